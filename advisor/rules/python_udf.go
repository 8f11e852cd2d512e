package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var pythonUDF = advisor.Rule{
	Name:  "python-udf",
	Title: "Rows go through a Python process one by one",
	Cause: "python-udf",
	Doc: `
A plain Python function in a query gets every row through a pipe: the JVM
encodes it, Python decodes it, computes, and sends the result back. The task
waits meanwhile; its own processor time is small.

In the plan: BatchEvalPython, with the data sent to Python workers. On the stage
screen: run time far above CPU time.

Replace the function by built-in expressions, which run inside the JVM; or by a
pandas_udf, which gets whole columns.

Ignore it where the function itself is the work, such as a model: then a
pandas_udf spares the crossing only.`,
	Needs: []metric.ID{metric.ExecutorCPUTime, metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "waiting", Default: 0.3, Doc: "least part of the run time that is neither CPU nor an accounted wait; tasks that read files and compute have a tenth"},
		{Name: "rows", Default: 10_000, Doc: "least rows that go through the functions, where the plan counts them; a few rows take as long as a worker takes to start"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the stage takes"},
		{Name: "others", Default: 0.2, Doc: "run time of the stages without Python functions, over the stage's, from which they tell how long tasks run for each second of processor time: on a crowded machine those of the JVM wait for cores as well"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			if share(run, s.Duration()) < limit("share") || !named(nodesOf(run, s), "BatchEvalPython", "PythonUDTF", "BatchEvalPythonUDTF") {
				continue
			}
			if rows := throughPython(run, s); rows >= 0 && float64(rows) < limit("rows") {
				continue
			}
			d := func(id metric.ID) time.Duration { return time.Duration(s.Metrics.Value(id)) }
			ran := d(metric.ExecutorRunTime)
			inside := time.Duration(paceBeside(run, ran, limit("others")) * float64(d(metric.ExecutorCPUTime)))
			outside := ran - inside - d(metric.JVMGCTime) - d(metric.ShuffleFetchWaitTime) - d(metric.ShuffleWriteTime)
			if float64(outside) < limit("waiting")*float64(ran) {
				continue
			}
			found = append(found, advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("%.0f %% of the time that tasks ran went to Python workers", 100*ratio(int64(outside), int64(ran))),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.ExecutorRunTime, int64(ran), ""),
					advisor.Measured(metric.ExecutorCPUTime, int64(d(metric.ExecutorCPUTime)), ""),
					{Name: "time outside of the JVM", Unit: metric.Duration, Value: int64(outside)},
				},
				Waste:       outside / time.Duration(slots(run)),
				CoreSeconds: outside.Seconds(),
				Confidence:  advisor.High,
				CodeChange:  "replace the Python function by built-in expressions, or by a pandas_udf that takes whole columns",
				Edits:       []whatif.Edit{whatif.Reclaim([]int{s.ID}, outside)},
			})
		}
		return found
	},
}

// paceBeside is how long tasks of stages without Python functions run for each second
// of processor time, accounted waits apart; 1 where those stages ran too little, beside
// a stage that ran so long, to tell.
func paceBeside(run *advisor.Run, ran time.Duration, least float64) float64 {
	var others, busy int64
	for s := range done(run) {
		if !inPython(run, s) {
			v := s.Metrics.Value
			others += v(metric.ExecutorRunTime) - v(metric.JVMGCTime) - v(metric.ShuffleFetchWaitTime) - v(metric.ShuffleWriteTime)
			busy += v(metric.ExecutorCPUTime)
		}
	}
	if busy <= 0 || float64(others) < least*float64(ran) {
		return 1
	}
	return max(1, float64(others)/float64(busy))
}

// throughPython is the number of rows that come out of the stage's Python
// functions, -1 where nobody counted.
func throughPython(run *advisor.Run, s *profiler.Stage) int64 {
	rows := int64(-1)
	for _, x := range run.Executions {
		t := treeOf(x)
		for _, n := range x.Nodes {
			if strings.Contains(n.Name, "EvalPython") && slices.Contains(n.Stages, s.ID) {
				rows = max(rows, t.rows(n))
			}
		}
	}
	return rows
}
