package main

import (
	"io"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparkrest"
)

// profileDocument is what --format json prints: names and units are those of
// Spark's REST API wherever Spark has them. docs/profile.md lists every field.
type profileDocument struct {
	Application  jsonApplication                 `json:"application"`
	Totals       map[string]int64                `json:"totals"`
	Bounds       map[string]profiler.Bound       `json:"bounds" doc:"by the name of a total that is not exact: where the true number lies; max null: nobody knows"`
	Incomplete   []profiler.Gap                  `json:"incomplete" doc:"what the log does not hold although it happened, and what that means; empty when the log is whole"`
	Jobs         each[jsonJob]                   `json:"jobs"`
	Stages       each[jsonStage]                 `json:"stages" doc:"attempts, skipped ones included"`
	Executors    each[sparkrest.ExecutorSummary] `json:"executors"`
	SQL          each[sparkrest.ExecutionData]   `json:"sql"`
	Storage      []jsonRDD                       `json:"storage" doc:"datasets that were marked to be cached"`
	Streams      []jsonStream                    `json:"streamingQueries" doc:"runs of streaming queries"`
	Sessions     []jsonSession                   `json:"sessions" doc:"connections to the Thrift server and to Spark Connect"`
	Operations   []jsonOperation                 `json:"operations" doc:"statements that they have sent"`
	Resources    []sparkrest.ResourceProfileInfo `json:"resourceProfiles" doc:"what executors and tasks of stages ask for"`
	Breakdown    map[string]float64              `json:"breakdown" doc:"milliseconds of slot time by what it was spent on"`
	CriticalPath []jsonSegment                   `json:"criticalPath" doc:"the chain of stages and driver gaps that the wall time consists of"`
	Warnings     []string                        `json:"warnings"`
}

type jsonApplication struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	AttemptID      string         `json:"attemptId"`
	SparkVersion   string         `json:"sparkVersion"`
	SparkUser      string         `json:"sparkUser"`
	StartTime      sparkrest.Date `json:"startTime"`
	EndTime        sparkrest.Date `json:"endTime,omitzero" doc:"left out while no end is known"`
	StartTimeEpoch int64          `json:"startTimeEpoch" doc:"milliseconds since 1970"`
	EndTimeEpoch   int64          `json:"endTimeEpoch" doc:"milliseconds since 1970; -1 while no end is known"`
	Completed      bool           `json:"completed" doc:"the log holds the end"`
	Slots          int            `json:"slots" doc:"tasks that can run at once"`
}

type jsonJob struct {
	sparkrest.JobData
	ExecutionID  *int64 `json:"sqlExecutionId,omitempty"`
	Error        string `json:"error,omitempty"`
	MissingTasks int    `json:"missingTasks,omitempty" doc:"attempts of tasks whose end the log does not hold: counts of ended tasks may be that much higher"`
}

type jsonStage struct {
	sparkrest.StageData
	Parents      []int              `json:"parentIds"`
	Copies       int                `json:"speculativeTasksSubmitted,omitempty" doc:"copies of slow tasks that were asked for; Spark itself does not log it"`
	JobIDs       []int              `json:"jobIds"`
	Wall         int64              `json:"durationMs" doc:"from the first launch to completion"`
	MissingTasks int                `json:"missingTasks,omitempty" doc:"attempts of tasks whose end the log does not hold: counts of ended tasks may be that much higher, sums are lower bounds, quantiles are of the tasks seen"`
	Breakdown    map[string]float64 `json:"breakdown" doc:"milliseconds of task time by what it was spent on"`
}

type jsonSegment struct {
	Kind    string `json:"kind"`
	Stage   *int   `json:"stageId,omitempty"`
	Attempt *int   `json:"attemptId,omitempty"`
	Ms      int64  `json:"durationMs"`
}

type jsonRDD struct {
	ID         int        `json:"id"`
	Name       string     `json:"name"`
	Partitions int        `json:"numPartitions"`
	Sizes      *jsonSizes `json:"stored,omitempty" doc:"left out when the log has no block updates"`
}

type jsonSizes struct {
	Cached     int   `json:"numCachedPartitions"`
	Memory     int64 `json:"memoryUsed"`
	Disk       int64 `json:"diskUsed"`
	Peak       int64 `json:"peakMemoryUsed"`
	Evictions  int   `json:"evictions"`
	Recomputed int   `json:"recomputedPartitions"`
}

// profileJSON prints the profile for programs. With a stage it holds only that
// one, with quantiles of its metrics.
func profileJSON(w io.Writer, p *profiler.Profile, stage int) error {
	v := &sparkrest.View{Profile: p}
	attempt := v.Attempt()
	totals := totalsOf(p)
	out := profileDocument{
		Application: jsonApplication{p.App.ID, p.App.Name, p.App.AttemptID, p.App.SparkVersion, p.App.User, attempt.StartTime,
			sparkrest.Date(p.App.End), int64(attempt.StartTimeEpoch), int64(attempt.EndTimeEpoch), attempt.Completed, p.Slots()},
		Totals: totals, Bounds: p.Unsure(totals), Incomplete: append([]profiler.Gap{}, p.Incomplete()...),
		Jobs: func(yield func(jsonJob) bool) { eachJob(v, yield) },
		Stages: func(yield func(jsonStage) bool) {
			for _, s := range p.Stages {
				if (stage < 0 || s.ID == stage) && !yield(stageJSON(v, s, stage >= 0)) {
					return
				}
			}
		},
		Executors: func(yield func(sparkrest.ExecutorSummary) bool) {
			for _, x := range p.Executors {
				if !yield(v.Executor(x)) {
					return
				}
			}
		},
		SQL: func(yield func(sparkrest.ExecutionData) bool) {
			for _, x := range p.Executions {
				if !yield(v.Execution(x, true, false)) {
					return
				}
			}
		},
		Streams: streamsJSON(p), Sessions: sessionsJSON(p), Operations: operationsJSON(p), Resources: sparkrest.ResourceProfiles(p),
		Storage: []jsonRDD{}, Breakdown: breakdownJSON(p.Breakdown()), CriticalPath: []jsonSegment{}, Warnings: []string{},
	}
	for _, g := range p.CriticalPath() {
		s := jsonSegment{Kind: g.Kind.String(), Ms: g.Duration().Milliseconds()}
		if g.Stage != nil {
			s.Stage, s.Attempt = &g.Stage.ID, &g.Stage.Attempt
		}
		out.CriticalPath = append(out.CriticalPath, s)
	}
	for _, r := range p.RDDs {
		rdd := jsonRDD{ID: r.ID, Name: r.Name, Partitions: r.NumPartitions}
		if p.BlocksLogged {
			rdd.Sizes = &jsonSizes{r.Cached, r.MemorySize, r.DiskSize, r.PeakMemory, r.Evictions, r.Recomputed}
		}
		out.Storage = append(out.Storage, rdd)
	}
	for _, warning := range p.Warnings {
		out.Warnings = append(out.Warnings, warning.String())
	}
	return printDocument(w, out)
}

func eachJob(v *sparkrest.View, yield func(jsonJob) bool) {
	missing := map[int]int{}
	for _, s := range v.Stages {
		if n := s.Missing(); n > 0 {
			missing[s.ID] += n
		}
	}
	for _, j := range v.Jobs {
		job := jsonJob{JobData: v.Job(j), Error: j.Error}
		for _, id := range j.StageIDs {
			job.MissingTasks += missing[id]
		}
		if j.ExecutionID >= 0 {
			job.ExecutionID = &j.ExecutionID
		}
		if !yield(job) {
			return
		}
	}
}

func stageJSON(v *sparkrest.View, s *profiler.Stage, quantiles bool) jsonStage {
	d := jsonStage{StageData: v.Stage(s), Parents: append([]int{}, s.Parents...), JobIDs: append([]int{}, s.JobIDs...),
		Wall: s.Duration().Milliseconds(), MissingTasks: s.Missing(), Breakdown: breakdownJSON(s.Breakdown()),
		Copies: s.Speculation.Submitted}
	d.SpeculationSummary = sparkrest.Speculation(s)
	if quantiles {
		d.TaskDistributions = v.Distributions(s, []float64{0, 0.25, 0.5, 0.75, 1})
	}
	return d
}

func breakdownJSON(b profiler.Breakdown) map[string]float64 {
	out := map[string]float64{}
	for a, d := range b.All {
		out[a.String()] = float64(d) / float64(time.Millisecond)
	}
	return out
}

// totals are the counters under "totals", in the order of the reference. Sums
// over tasks follow them, under their names in Spark's API.
var totals = []struct {
	name, doc string
	of        func(*profiler.Profile) int64
}{
	{"jobs", "jobs that started", func(p *profiler.Profile) int64 { return int64(p.Totals.Jobs) }},
	{"failedJobs", "jobs that ended with an error", func(p *profiler.Profile) int64 { return int64(p.Totals.FailedJobs) }},
	{"stages", "attempts of stages that were submitted", func(p *profiler.Profile) int64 { return int64(p.Totals.Submitted) }},
	{"completedStages", "attempts of stages that ended, well or not", func(p *profiler.Profile) int64 { return int64(p.Totals.Completed) }},
	{"failedStages", "attempts of stages that ended with a failure", func(p *profiler.Profile) int64 { return int64(p.Totals.FailedStages) }},
	{"tasks", "attempts of tasks that ended", func(p *profiler.Profile) int64 { return int64(p.Totals.Tasks) }},
	{"failedTasks", "of these: failed", func(p *profiler.Profile) int64 { return int64(p.Totals.FailedTasks) }},
	{"killedTasks", "of these: killed", func(p *profiler.Profile) int64 { return int64(p.Totals.KilledTasks) }},
	{"speculativeTasks", "of these: speculative", func(p *profiler.Profile) int64 { return int64(p.Totals.SpeculativeTasks) }},
	{"executors", "executors with cores, the driver left out", func(p *profiler.Profile) int64 { return int64(p.Totals.Executors) }},
	{"removedExecutors", "executors that were removed before the end", func(p *profiler.Profile) int64 { return int64(p.Totals.Removed) }},
	{"sqlExecutions", "SQL executions that started", func(p *profiler.Profile) int64 { return int64(p.Totals.Executions) }},
	{"durationMs", "from the application's start to its end, or to the last event seen; milliseconds", func(p *profiler.Profile) int64 { return p.App.Wall().Milliseconds() }},
	{"shuffleReadBytes", "local and remote bytes read from shuffles", func(p *profiler.Profile) int64 {
		return p.Totals.Metrics.Value(metric.ShuffleLocalBytesRead) + p.Totals.Metrics.Value(metric.ShuffleRemoteBytesRead)
	}},
}

// inTotals reports whether a metric is summed under "totals": those that a log
// holds, not those that are derived for each task.
func inTotals(id metric.ID) bool {
	return !id.SQL() && id != metric.TaskDuration && id != metric.SchedulerDelay && id != metric.GettingResultTime
}

// totalsOf are counted from the log's events alone.
func totalsOf(p *profiler.Profile) map[string]int64 {
	out := map[string]int64{}
	for _, t := range totals {
		out[t.name] = t.of(p)
	}
	for id := range metric.All {
		if inTotals(id) {
			out[id.String()] = sparkrest.InSparkUnit(id, p.Totals.Metrics.Value(id))
		}
	}
	return out
}
