package tui

import (
	"time"

	"stagecoach/profiler"
)

// queries lists the SQL executions; behind each is its plan.
func queries() screen {
	return screen{
		id: queriesScreen, key: "6", title: "Plans",
		doc:  "one row for each SQL query; enter shows its plan.",
		grid: func(m *model, _ place) grid { return tableOf(m.profile().Executions, queryColumns(m)) },
		enter: func(m *model, _ place, row int) (place, string) {
			x := m.profile().Executions[row]
			if len(x.Nodes) == 0 {
				return place{}, "no plan of this query was recorded"
			}
			return of(planScreen, x.ID), ""
		},
		empty: nothing("No SQL query was run.", "Plans come with queries and data frames. Work on RDDs alone has stages, but no plan."),
	}
}

func queryColumns(m *model) []column[*profiler.Execution] {
	type X = *profiler.Execution
	return []column[X]{
		{heading{name: "id", title: "id", least: 3}, func(x X) value { return count(int(x.ID)) }, nil},
		{heading{name: "query", title: "query", left: true, flex: true, least: 30}, func(x X) value { return text(short(first(x.Description, x.Details), 300)) }, nil},
		{heading{name: "status", title: "status", left: true, least: 9}, func(x X) value { return text(x.Status.String()) }, func(x X) role { return tone(x.Status) }},
		{heading{name: "wall", title: "wall", least: 7}, func(x X) value { return span(m.queryWall(x)) }, nil},
		{heading{name: "jobs", title: "jobs", rank: 2}, func(x X) value { return count(len(x.JobIDs)) }, nil},
		{heading{name: "nodes", title: "nodes", rank: 3}, func(x X) value { return count(len(x.Nodes)) }, nil},
		{heading{name: "plans", title: "plans", rank: 4}, func(x X) value { return count(x.Plans) }, nil},
		{heading{name: "start", title: "start", least: 7, rank: 2}, func(x X) value { return m.sinceStart(x.Start) }, nil},
		{heading{name: "error", title: "error", left: true, rank: 2}, func(x X) value { return some(text(short(x.Error, max(16, m.width/4))), x.Error != "") }, func(X) role { return bad }},
	}
}

func (m *model) queryWall(x *profiler.Execution) time.Duration {
	if x.End == 0 {
		return time.Duration(max(0, m.data.end-x.Start)) * time.Millisecond
	}
	return x.Duration()
}
