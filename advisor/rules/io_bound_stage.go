package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var ioBoundStage = advisor.Rule{
	Name:    "io-bound-stage",
	Title:   "Tasks run much longer than they compute",
	Cause:   "low-cpu-share",
	Symptom: true,
	Doc: `
A task that runs but uses no processor waits: for a disk, for a service that a
function calls, or for a core because there are more slots than cores.

On the stage screen: CPU time far below run time while fetch wait and garbage
collection are small.

Read less (columns, partitions), from faster storage or a better packed format;
call services in batches; run no more slots than the machine has cores, or more
of them where the wait is outside the machine.

Ignore it in stages of a second or two, where start-up waits weigh most. Stages
that hand rows to Python workers are left out, since CPU time does not include
other processes, unless they take a millisecond and more for a row: whether such
a function waits or computes, its own profile tells.`,
	Needs: []metric.ID{metric.ExecutorCPUTime, metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "cpu", Default: 0.2, Doc: "CPU time over run time; advisors call 0.5 to 0.7 compute-bound, and healthy stages of machines with more slots than cores were seen at 0.24"},
		{Name: "others", Default: 0.6, Doc: "the stage's CPU share over that of all other stages, where they ran at least a fifth as long: on a crowded machine every stage waits alike, for cores"},
		{Name: "crowded", Default: 0.3, Doc: "the stage's CPU share over that of deserializing tasks, which waits for nothing but a core: 0.1 to 0.17 where tasks slept, 0.3 and more where the machine had other work"},
		{Name: "rows", Default: 3000, Doc: "most rows that a slot deals with in a second where Python functions are taken to wait (a service asked in batches: 1230); one that computes deals with 10,000 and more (python-udf-a of the labelled logs: 95,000)"},
		{Name: "few", Default: 100, Doc: "rows below which a Python function says nothing, its worker takes seconds to start; as many as rows where there are no two tasks for each slot"},
		{Name: "bytes", Default: 32 << 10, Doc: "most bytes read in that second: a row may be a whole document"},
		{Name: "short", Default: 128, Doc: "bytes of a row up to which it is none, but a value that is looked up: half a line of text"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the stage takes"},
		{Name: "seconds", Default: 2, Embedded: 0.2, Doc: "least time of the stage, beyond warm-up"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		var allBusy, allRan, opened, openedBusy time.Duration
		for s := range done(run) {
			opened += time.Duration(s.Metrics.Value(metric.ExecutorDeserializeTime))
			openedBusy += time.Duration(s.Metrics.Value(metric.ExecutorDeserializeCPUTime))
			allBusy += time.Duration(s.Metrics.Value(metric.ExecutorCPUTime))
			allRan += time.Duration(s.Metrics.Value(metric.ExecutorRunTime))
		}
		for s := range done(run) {
			d := func(id metric.ID) time.Duration { return time.Duration(s.Metrics.Value(id)) }
			busy, ran := d(metric.ExecutorCPUTime), d(metric.ExecutorRunTime)
			wait := d(metric.ShuffleFetchWaitTime) + d(metric.JVMGCTime) + d(metric.ShuffleWriteTime)
			rest := ran - busy - wait
			if share(run, s.Duration()) < limit("share") || s.Duration().Seconds() < limit("seconds") ||
				float64(busy) >= limit("cpu")*float64(ran) || inPython(run, s) && !waitsForRows(run, s, ran, limit) || rest < ran/3 || s.Metrics.Value(metric.DiskBytesSpilled) > 0 {
				continue
			}
			const enough = 100 * time.Millisecond // of whole milliseconds, to say something
			if opened >= enough && openedBusy > 0 && ratio(int64(busy), int64(ran)) >= limit("crowded")*ratio(int64(openedBusy), int64(opened)) {
				continue
			}
			if othersRan := allRan - ran; othersRan >= ran/5 &&
				ratio(int64(busy), int64(ran)) >= limit("others")*ratio(int64(allBusy-busy), int64(othersRan)) {
				continue
			}
			f := advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("tasks computed for %.0f %% of the time they ran", 100*ratio(int64(busy), int64(ran))),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.ExecutorRunTime, int64(ran), ""),
					advisor.Measured(metric.ExecutorCPUTime, int64(busy), ""),
					{Name: "waits that are accounted for", Unit: metric.Duration, Value: int64(wait), Note: "fetching, writing shuffles, garbage collection"},
					advisor.Measured(metric.InputBytes, s.Metrics.Value(metric.InputBytes), ""),
				},
				Waste:       rest / time.Duration(max(1, min(slots(run), s.NumTasks))),
				CoreSeconds: rest.Seconds(),
				Confidence:  advisor.Low,
				CodeChange:  "read fewer columns and partitions before this stage, or batch the calls that it makes",
			}
			found = append(found, f)
		}
		return found
	},
}

// waitsForRows reports whether a stage takes so long for each row that it read that
// it is likely to wait for something. It is false where it read next to nothing, or
// nothing says how many rows: Python's own shuffles pack up to a thousand as one.
func waitsForRows(run *advisor.Run, s *profiler.Stage, ran time.Duration, limit advisor.Limits) bool {
	rows := s.Metrics.Value(metric.InputRecords)
	if s.ExecutionID >= 0 {
		rows += s.Metrics.Value(metric.ShuffleReadRecords)
	}
	bytes := s.Metrics.Value(metric.InputBytes) + s.ShuffleReadBytes()
	few := limit("rows")
	if s.NumTasks >= 2*slots(run) { // the second wave finds workers that have started
		few = limit("few")
	}
	short := ratio(bytes, rows) <= limit("short")
	return float64(rows) >= few && float64(rows) < limit("rows")*ran.Seconds() && (short || float64(bytes) < limit("bytes")*ran.Seconds())
}

// inPython reports whether the stage hands rows to Python workers, whose
// computing no metric counts.
func inPython(run *advisor.Run, s *profiler.Stage) bool {
	return named(nodesOf(run, s), "Python", "Pandas", "Arrow") ||
		slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool { return strings.Contains(r.Name, "Python") })
}
