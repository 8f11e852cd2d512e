package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var widePythonInput = advisor.Rule{
	Name:  "wide-python-input",
	Title: "Whole rows go to a Python function that returns little",
	Cause: "wide-scan",
	Doc: `
A function of mapInPandas or mapInArrow gets every column of its frame: Spark
cannot look into it to see which ones it uses. All of them are read, decoded,
encoded as Arrow, sent through a pipe and made into a pandas frame.

In the plan: MapInPandas, with the data sent to Python workers far above the data
returned, over a scan whose ReadSchema has all columns of the table.

Select the columns that the function uses before it is called.

Ignore it where the function needs all of them, as one that looks for duplicates
or counts nulls does.`,
	Needs: []metric.ID{metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "columns", Default: 16, Doc: "least columns that the scan below reads; as shuffle-heavy has it"},
		{Name: "used", Default: 3, Doc: "columns that such functions use in the end; what the others take is spared"},
		{Name: "ratio", Default: 4, Doc: "least bytes sent over bytes returned: a function that returns a quarter may well return columns as they are"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the stage takes"},
		{Name: "rate", Default: 36 << 20, Doc: "bytes sent in a second of task time, reading them included: 424 MiB of 67 columns took 11.8 s more than four columns of the same rows"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			nodes := nodesOf(run, s)
			columns := float64(columnsRead(nodes))
			sent, returned := throughPipe(nodes)
			if columns < limit("columns") || sent == 0 || float64(sent) < limit("ratio")*float64(returned) || share(run, s.Duration()) < limit("share") {
				continue
			}
			ran := time.Duration(s.Metrics.Value(metric.ExecutorRunTime))
			spared := time.Duration((1 - limit("used")/columns) * min(float64(ran), float64(sent)/limit("rate")*float64(time.Second)))
			found = append(found, advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("a Python function gets %s of %.0f columns and returns %s", metric.FormatBytes(sent), columns, metric.FormatBytes(returned)),
				Evidence: []advisor.Evidence{
					{Name: "data sent to Python workers", Unit: metric.Bytes, Value: sent},
					{Name: "data returned from Python workers", Unit: metric.Bytes, Value: returned},
					{Name: "columns read", Value: int64(columns)},
					advisor.Measured(metric.ExecutorRunTime, int64(ran), ""),
				},
				Waste:       spared / time.Duration(slots(run)),
				CoreSeconds: spared.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "df.select(the columns that the function uses).mapInPandas(...)",
				Edits:       []whatif.Edit{whatif.Reclaim([]int{s.ID}, spared)},
			})
		}
		return found
	},
}

// throughPipe is what the nodes' functions over whole frames were sent and returned.
func throughPipe(nodes []*profiler.Node) (sent, returned int64) {
	for _, n := range nodes {
		if strings.Contains(n.Name, "MapInPandas") || strings.Contains(n.Name, "MapInArrow") {
			out, _ := n.Metric("data sent to Python workers")
			back, _ := n.Metric("data returned from Python workers")
			sent, returned = sent+out.Total, returned+back.Total
		}
	}
	return sent, returned
}
