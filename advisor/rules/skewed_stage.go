package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var skewedStage = advisor.Rule{
	Name:  "skewed-stage",
	Title: "One task does most of a stage's work",
	Cause: "skewed-shuffle-key",
	Doc: `
A stage ends when its slowest task ends. When one task is given far more data
than its peers, the other slots wait for it.

Compare the slowest task with the median on the stage screen: its bytes are as
far above the median as its time. If only the time stands out, suspect the
machine, not the data.

Of a join, let adaptive execution split the partition, or broadcast the other
side. Of a grouping or a window, use a key with more values, or aggregate in two
steps with a salted key. More partitions do not help: one key stays in one.

Ignore it where the slowest task fits beside the others' waves anyway; the
replay knows.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 2.5, Doc: "slowest task over median task; advisors use 2 to 10, with absolute guards like the next two, and balanced stages were seen up to 2.1"},
		{Name: "seconds", Default: 1, Embedded: 0.05, Doc: "least time the slowest task takes beyond the median; below, warm-up and noise look the same"},
		{Name: "tasks", Default: 3, Doc: "least number of tasks for which a median means something"},
		{Name: "data", Default: 2, Doc: "slowest task's bytes over the median's; 1.5 times is Mantri's bound for a task that is slow for other reasons"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			d := s.Dist(metric.TaskDuration)
			median := middle(d)
			least := max(int64(limit("ratio")*float64(median)), median+int64(limit("seconds")*1e9))
			if float64(d.Len()) < limit("tasks") || d.Max() < least {
				continue
			}
			at, dim, most, usual := heavyTask(s, least, limit("data"))
			if at < 0 {
				continue
			}
			slowest, _ := s.Tasks.Metric(at, metric.TaskDuration)
			f := advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("the heaviest of %d tasks took %.1f times the median, and %.1f times its %s", d.Len(), ratio(slowest, median), ratio(most.Value, usual.Value), dim),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.TaskDuration, slowest, "heaviest"),
					advisor.Measured(metric.TaskDuration, median, "median"),
					most, usual,
				},
				Waste:       time.Duration(slowest - median),
				CoreSeconds: time.Duration(slowest-median).Seconds() * float64(slots(run)-1),
				Confidence:  advisor.High,
				Edits:       []whatif.Edit{whatif.Unskew(s.ID, limit("data"))},
				Excludes:    []string{config.ShufflePartitions, config.ExecutorMemory, "spark.driver.memory", config.MemoryFraction},
			}
			mend(run, s, most.Value, &f)
			found = append(found, f)
		}
		return found
	},
}

// heavyTask finds the slowest of the tasks that took at least so long and have so
// many times the median of something, -1 where there is none. Others may have been
// slower: the first tasks on an executor are.
func heavyTask(s *profiler.Stage, least int64, data float64) (at int, name string, most, median advisor.Evidence) {
	at = -1
	longest, medians := least-1, mediansOf(s)
	for i := range s.Tasks.Len() {
		took, ok := s.Tasks.Metric(i, metric.TaskDuration)
		if !ok || took <= longest || s.Tasks.Status(i) != profiler.Succeeded {
			continue
		}
		if n, m, usual := heaviest(s, i, medians); n != "" && float64(m.Value) >= data*float64(usual.Value) {
			at, longest, name, most, median = i, took, n, m, usual
		}
	}
	return at, name, most, median
}

// A load is what a task can have more of than others: the sum of some metrics.
type load struct {
	name string
	ids  []metric.ID
}

var loads = []load{
	{"shuffleReadBytes", []metric.ID{metric.ShuffleLocalBytesRead, metric.ShuffleRemoteBytesRead}}, // where the blocks lie is chance
	{metric.ShuffleReadRecords.String(), []metric.ID{metric.ShuffleReadRecords}},
	{metric.InputBytes.String(), []metric.ID{metric.InputBytes}},
	{metric.InputRecords.String(), []metric.ID{metric.InputRecords}},
	{metric.ShuffleWriteBytes.String(), []metric.ID{metric.ShuffleWriteBytes}},
	{metric.OutputBytes.String(), []metric.ID{metric.OutputBytes}},
}

// of is the load of a task, if it recorded any.
func (l load) of(s *profiler.Stage, row int) (sum int64, ok bool) {
	for _, id := range l.ids {
		v, recorded := s.Tasks.Metric(row, id)
		sum, ok = sum+v, ok || recorded
	}
	return sum, ok
}

// dist is the load of all tasks of the stage.
func (l load) dist(s *profiler.Stage) profiler.Dist {
	if len(l.ids) > 1 {
		return s.ShuffleReadDist()
	}
	return s.Dist(l.ids[0])
}

// mediansOf are what the stage's tasks usually have of each load.
func mediansOf(s *profiler.Stage) []int64 {
	out := make([]int64, len(loads))
	for i, l := range loads {
		if slices.ContainsFunc(l.ids, func(id metric.ID) bool { return s.Metrics.Value(id) > 0 }) {
			out[i] = middle(l.dist(s))
		}
	}
	return out
}

// heaviest finds what a task has most of, in relation to the median.
func heaviest(s *profiler.Stage, at int, medians []int64) (name string, most, median advisor.Evidence) {
	best := 0.0
	for i, l := range loads {
		v, ok := l.of(s, at)
		if r := ratio(v, medians[i]); ok && v > 1000 && r > best {
			best, name = r, l.name
			most = advisor.Evidence{Name: l.name, Unit: l.ids[0].Unit(), Value: v, Note: "heaviest"}
			median = advisor.Evidence{Name: l.name, Unit: l.ids[0].Unit(), Value: medians[i], Note: "median"}
		}
	}
	return name, most, median
}

// joins reports whether the stage of a program of RDDs joins two of them.
func joins(run *advisor.Run, s *profiler.Stage) bool {
	return slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool { return strings.Contains(r.Name, "CoGroupedRDD") }) ||
		shuffledFor(run, s, func(call string) bool { return strings.HasSuffix(strings.ToLower(call), "join") || call == "cogroup" })
}

// mend says what to change, which depends on why the rows were brought together.
func mend(run *advisor.Run, s *profiler.Stage, heavy int64, f *advisor.Finding) {
	nodes := nodesOf(run, s)
	if joins(run, s) {
		f.Cause = "skewed-join"
		f.CodeChange = "add a salt of 0..15 to the key of the large side and repeat the small side for each; or send the small side to all tasks: sc.broadcast(dict)"
		return
	}
	if !named(nodes, "SortMergeJoin", "ShuffledHashJoin") {
		f.CodeChange = "group by (key, salt) first, with salt = pmod(hash(other column), 16), and by key over the result; or give a window more partition columns"
		return
	}
	f.Cause = "skewed-join"
	f.CodeChange = "add a salt column of 0..15 to the key of the large side and repeat the small side for each salt; or broadcast the small side: /*+ BROADCAST(small) */"
	if run.Model.Embedded() {
		return
	}
	bytes := heavy
	if f.Evidence[2].Unit != metric.Bytes {
		bytes = max(bytes, s.ShuffleReadBytes()/2)
	}
	f.Edits = nil // the replay knows these parameters
	f.Changes = []config.Change{
		{Key: config.AdaptiveEnabled, To: "true"},
		{Key: "spark.sql.adaptive.skewJoin.enabled", To: "true"},
	}
	if bytes < 2*(256<<20) { // Spark splits only partitions above 256 MB by default
		mib := max(1, bytes/2>>20)
		f.Changes = append(f.Changes, config.Change{Key: "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", To: strconv.FormatInt(mib, 10) + "m"})
		if settings(run).Int(config.AdvisoryPartitionSize) > mib<<20 {
			f.Changes = append(f.Changes, config.Change{Key: config.AdvisoryPartitionSize, To: strconv.FormatInt(mib, 10) + "m"})
		}
	}
}
