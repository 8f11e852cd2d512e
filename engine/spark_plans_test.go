package engine_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
)

// unlikeSpark is the queries of plans.txt whose plans differ from Spark's, and
// why.
var unlikeSpark = map[string]string{
	"SELECT name, a.id FROM b LEFT JOIN a ON a.k < b.k AND a.id < 5":           "one task sees which built rows matched; Spark joins twice",
	"SELECT k, count(DISTINCT g) FROM a GROUP BY k":                            "distinct values are a state of one aggregation; Spark groups by them first",
	"SELECT k, count(DISTINCT g), sum(v), count(DISTINCT s) FROM a GROUP BY k": "the same, where Spark copies each row for each distinct column",
	"SELECT id FROM a WHERE v > (SELECT avg(v) FROM a)":                        "a scalar subquery is joined; Spark runs it beside the plan",
}

// Typical queries are run by the plans that Spark runs them by: the same joins
// with the same build sides, exchanges, sorts, aggregates, windows, limits and
// changes by adaptive execution, in the same order of the tree.
func TestSparkPlans(t *testing.T) {
	answers := askSpark(t, pythonWithSpark(t), "plans", []string{"testdata/spark/plans.txt"})
	r := &recorder{}
	s := sparkSession(t, true, answers[0].Version, engine.WithListener(r.add))
	compared := 0
	for _, want := range answers {
		if want.Error != "" {
			t.Errorf("%s\n  Spark's error is %s", want.SQL, want.Error)
			continue
		}
		r.events = nil
		f, err := s.SQL(context.Background(), want.SQL)
		query := strings.HasPrefix(want.SQL, "SELECT") || strings.HasPrefix(want.SQL, "WITH")
		if err == nil && query {
			_, err = f.Collect(context.Background())
		}
		if err != nil {
			t.Errorf("%s\n  %v", want.SQL, err)
		}
		if err != nil || !query {
			continue
		}
		compared++
		ours, sparks := shapeOfEvents(r.events), shapeOfText(want.Plan)
		why, known := unlikeSpark[want.SQL]
		switch {
		case ours == sparks && known:
			t.Errorf("%s\n  is planned as in Spark; take it off the list", want.SQL)
		case ours != sparks && known:
			t.Logf("%s\n  %s", want.SQL, why)
		case ours != sparks:
			t.Errorf("%s\nwant\n%sgot\n%s", want.SQL, sparks, ours)
		}
	}
	t.Logf("%d plans compared with Spark %s", compared, answers[0].Version)
}

// shapeOfText is the shape of a plan that Spark prints: of the final one where
// it was adaptive.
func shapeOfText(text string) string {
	text, _, _ = strings.Cut(text, "+- == Initial Plan ==")
	if _, final, ok := strings.Cut(text, "+- == Final Plan ==\n"); ok {
		text = final
	}
	root := &event.PlanNode{}
	type open struct {
		depth int
		node  *event.PlanNode
	}
	above := []open{{-1, root}}
	for line := range strings.Lines(text) {
		detail := strings.TrimLeft(line, " :+-")
		depth := len(line) - len(detail)
		if detail = wholeStage.ReplaceAllString(strings.TrimSpace(detail), ""); detail == "" {
			continue
		}
		for above[len(above)-1].depth >= depth {
			above = above[:len(above)-1]
		}
		n := &event.PlanNode{Name: firstWord.FindString(detail), Detail: detail}
		parent := above[len(above)-1].node
		parent.Children = append(parent.Children, n)
		above = append(above, open{depth, n})
	}
	return shape(root)
}

// shapeOfEvents is the shape of the last plan that events tell of.
func shapeOfEvents(events []event.Event) string {
	var last *event.PlanNode
	for _, e := range events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			last = e.Plan
		case event.SQLAdaptiveExecutionUpdate:
			last = e.Plan
		}
	}
	return shape(last)
}

var (
	wholeStage = regexp.MustCompile(`^\*?\s?\(\d+\)\s`)
	firstWord  = regexp.MustCompile(`^\S+?(\b|$)`)
	joinType   = regexp.MustCompile(`\b(Inner|LeftOuter|RightOuter|FullOuter|LeftSemi|LeftAnti|Cross|ExistenceJoin)\b`)
	buildSide  = regexp.MustCompile(`\bBuild(Left|Right)\b`)
	spreading  = regexp.MustCompile(`\b(hash|range|RoundRobin)[pP]artitioning\b|SinglePartition`)
)

// shape prints the steps of a plan that decide how it runs, a line each: not
// where columns are computed and rows read.
func shape(root *event.PlanNode) string {
	var b strings.Builder
	var visit func(n *event.PlanNode, depth int)
	visit = func(n *event.PlanNode, depth int) {
		if n == nil {
			return
		}
		line := ""
		switch name := n.Name; {
		case strings.HasSuffix(name, "Join"):
			line = name + " " + strings.ReplaceAll(joinType.FindString(n.Detail), "Cross", "Inner") + " " + buildSide.FindString(n.Detail)
		case strings.HasSuffix(name, "Aggregate"):
			line = "Aggregate"
			if below := n.Children[0]; name == "SortAggregate" && below.Name == "Sort" {
				n = below // Spark sorts for what its hash tables cannot hold
			}
		case name == "Exchange":
			line = "Exchange " + spreading.FindString(n.Detail)
		case name == "AQEShuffleRead":
			line = n.Detail
		case name == "TakeOrderedAndProject", name == "CollectLimit":
			// What each partition gives to the one that decides is a part of the step.
			line = name
			if below := n.Children; len(below) == 1 && below[0].Name == "Exchange" {
				if inner := below[0].Children[0]; inner.Name == name || inner.Name == "LocalLimit" {
					n = inner
				}
			}
		case strings.HasPrefix(name, "Empty"), strings.Contains(n.Detail, "<empty>"), strings.HasPrefix(name, "Scan") && strings.Contains(n.Detail, "[0 batches]"):
			fmt.Fprintf(&b, "%sEmptyRelation\n", strings.Repeat("  ", depth))
			return
		case strings.HasSuffix(name, "Limit"):
			line = name
		case name == "ReusedExchange", name == "BroadcastExchange", name == "CartesianProduct", name == "Sort", name == "Window", name == "Expand", name == "Generate", name == "Union", name == "Coalesce", name == "Sample":
			line = name
		}
		if line != "" {
			fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth), strings.TrimSpace(line))
			depth++
		}
		if n.Name == "ReusedExchange" {
			return
		}
		for _, c := range n.Children {
			visit(c, depth)
		}
	}
	visit(root, 0)
	return b.String()
}
