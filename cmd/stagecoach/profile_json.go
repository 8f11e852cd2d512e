package main

import (
	"encoding/json"
	"io"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// profileJSON prints the profile, or one stage of it, for programs. Metrics are
// under their names with their own units: durations in nanoseconds.
func profileJSON(w io.Writer, p *profiler.Profile, stage int) error {
	out := jsonProfile{
		App: jsonApp{p.App.ID, p.App.AttemptID, p.App.Name, p.App.User, p.App.SparkVersion, p.App.Start, p.App.End,
			p.App.Wall().Milliseconds(), p.Slots()},
		Totals: totalsOf(p), Breakdown: breakdownJSON(p.Breakdown()), CriticalPath: []jsonSegment{},
		Jobs: []jsonJob{}, Stages: []jsonStage{}, Executors: []jsonExecutor{}, Executions: []jsonExecution{}, RDDs: []jsonRDD{},
		Warnings: []string{},
	}
	for _, g := range p.CriticalPath() {
		s := jsonSegment{Kind: g.Kind.String(), Ms: g.Duration().Milliseconds()}
		if g.Stage != nil {
			s.Stage, s.Attempt = &g.Stage.ID, &g.Stage.Attempt
		}
		out.CriticalPath = append(out.CriticalPath, s)
	}
	for _, j := range p.Jobs {
		job := jsonJob{ID: j.ID, Name: j.Name, Status: j.Status.String(), Ms: j.Duration().Milliseconds(), Stages: j.StageIDs,
			Tasks: j.NumTasks, Completed: j.Completed, Failed: j.Failures, Killed: j.Killed, SkippedStages: j.SkippedStages, Error: j.Error}
		if j.ExecutionID >= 0 {
			job.Execution = &j.ExecutionID
		}
		out.Jobs = append(out.Jobs, job)
	}
	for _, s := range p.Stages {
		if stage < 0 || s.ID == stage {
			out.Stages = append(out.Stages, stageJSON(s))
		}
	}
	for _, x := range p.Executors {
		out.Executors = append(out.Executors, jsonExecutor{x.ID, x.Host, x.Cores, x.Started, x.Completed, x.Failed,
			x.TaskTime.Milliseconds(), x.MaxMemory, x.Added, x.Removed, x.Reason, x.Metrics})
	}
	for _, x := range p.Executions {
		out.Executions = append(out.Executions, jsonExecution{x.ID, x.RootID, x.Description, x.Status.String(), x.Duration().Milliseconds(),
			x.JobIDs, len(x.Nodes), x.Plans, x.Error})
	}
	for _, r := range p.RDDs {
		rdd := jsonRDD{ID: r.ID, Name: r.Name, Partitions: r.NumPartitions}
		if p.BlocksLogged {
			rdd.Sizes = &jsonSizes{r.Cached, r.MemorySize, r.DiskSize, r.PeakMemory, r.Evictions, r.Recomputed}
		}
		out.RDDs = append(out.RDDs, rdd)
	}
	for _, warning := range p.Warnings {
		out.Warnings = append(out.Warnings, warning.String())
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

type jsonProfile struct {
	App          jsonApp            `json:"app"`
	Totals       map[string]int64   `json:"totals"`
	Breakdown    map[string]float64 `json:"breakdown_ms"`
	CriticalPath []jsonSegment      `json:"critical_path"`
	Jobs         []jsonJob          `json:"jobs"`
	Stages       []jsonStage        `json:"stages"`
	Executors    []jsonExecutor     `json:"executors"`
	Executions   []jsonExecution    `json:"sql_executions"`
	RDDs         []jsonRDD          `json:"rdds"`
	Warnings     []string           `json:"warnings"`
}

type jsonApp struct {
	ID      string       `json:"id"`
	Attempt string       `json:"attempt,omitempty"`
	Name    string       `json:"name"`
	User    string       `json:"user"`
	Spark   string       `json:"spark_version"`
	Start   event.Millis `json:"start_ms"`
	End     event.Millis `json:"end_ms,omitempty"`
	Wall    int64        `json:"wall_ms"`
	Slots   int          `json:"slots"`
}

type jsonSegment struct {
	Kind    string `json:"kind"`
	Stage   *int   `json:"stage,omitempty"`
	Attempt *int   `json:"attempt,omitempty"`
	Ms      int64  `json:"time_ms"`
}

type jsonJob struct {
	ID            int    `json:"id"`
	Name          string `json:"name"`
	Status        string `json:"status"`
	Ms            int64  `json:"wall_ms"`
	Execution     *int64 `json:"sql_execution,omitempty"`
	Stages        []int  `json:"stages"`
	Tasks         int    `json:"tasks"`
	Completed     int    `json:"tasks_completed"`
	Failed        int    `json:"tasks_failed"`
	Killed        int    `json:"tasks_killed"`
	SkippedStages int    `json:"stages_skipped"`
	Error         string `json:"error,omitempty"`
}

type jsonStage struct {
	ID        int                `json:"id"`
	Attempt   int                `json:"attempt"`
	Name      string             `json:"name"`
	Status    string             `json:"status"`
	Failure   string             `json:"failure,omitempty"`
	Ms        int64              `json:"wall_ms"`
	Tasks     int                `json:"tasks"`
	Completed int                `json:"tasks_completed"`
	Failed    int                `json:"tasks_failed"`
	Killed    int                `json:"tasks_killed"`
	Parents   []int              `json:"parents"`
	Jobs      []int              `json:"jobs"`
	Metrics   metric.Set         `json:"metrics"`
	Quantiles map[string][]int64 `json:"quantiles"` // 0, 0.25, 0.5, 0.75, 1
	Breakdown map[string]float64 `json:"breakdown_ms"`
}

type jsonExecutor struct {
	ID        string       `json:"id"`
	Host      string       `json:"host"`
	Cores     int          `json:"cores"`
	Started   int          `json:"tasks_started"`
	Completed int          `json:"tasks_completed"`
	Failed    int          `json:"tasks_failed"`
	TaskTime  int64        `json:"task_time_ms"`
	MaxMemory int64        `json:"store_bytes"`
	Added     event.Millis `json:"added_ms"`
	Removed   event.Millis `json:"removed_ms,omitempty"`
	Reason    string       `json:"removed_reason,omitempty"`
	Metrics   metric.Set   `json:"metrics"`
}

type jsonExecution struct {
	ID          int64  `json:"id"`
	Root        int64  `json:"root"`
	Description string `json:"description"`
	Status      string `json:"status"`
	Ms          int64  `json:"wall_ms"`
	Jobs        []int  `json:"jobs"`
	Nodes       int    `json:"plan_nodes"`
	Plans       int    `json:"plans"`
	Error       string `json:"error,omitempty"`
}

type jsonRDD struct {
	ID         int        `json:"id"`
	Name       string     `json:"name"`
	Partitions int        `json:"partitions"`
	Sizes      *jsonSizes `json:"stored,omitempty"` // missing when the log has no block updates
}

type jsonSizes struct {
	Cached     int   `json:"partitions"`
	Memory     int64 `json:"memory_bytes"`
	Disk       int64 `json:"disk_bytes"`
	Peak       int64 `json:"peak_memory_bytes"`
	Evictions  int   `json:"evictions"`
	Recomputed int   `json:"recomputed"`
}

func stageJSON(s *profiler.Stage) jsonStage {
	out := jsonStage{ID: s.ID, Attempt: s.Attempt, Name: s.Name, Status: s.Status.String(), Failure: s.Failure,
		Ms: s.Duration().Milliseconds(), Tasks: s.NumTasks, Completed: s.Complete, Failed: s.Failed, Killed: s.Killed,
		Parents: append([]int{}, s.Parents...), Jobs: append([]int{}, s.JobIDs...), Metrics: s.Metrics,
		Quantiles: map[string][]int64{}, Breakdown: breakdownJSON(s.Breakdown())}
	for id := range s.Metrics.All {
		if d := s.Dist(id); d.Len() > 0 {
			out.Quantiles[id.String()] = []int64{d.Min(), d.Quantile(0.25), d.Median(), d.Quantile(0.75), d.Max()}
		}
	}
	return out
}

func breakdownJSON(b profiler.Breakdown) map[string]float64 {
	out := map[string]float64{}
	for a, d := range b.All {
		out[a.String()] = float64(d) / float64(time.Millisecond)
	}
	return out
}

// totalsOf sums over the application. Task counters are those of the stages: an
// end whose stage is unknown or was over is in none.
func totalsOf(p *profiler.Profile) map[string]int64 {
	t := map[string]int64{"jobs": int64(len(p.Jobs)), "sql_executions": int64(len(p.Executions)), "duration_ms": p.App.Wall().Milliseconds()}
	for _, name := range []string{"jobs_failed", "stages_submitted", "stages_completed", "stages_failed", "task_ends", "tasks_failed",
		"tasks_killed", "max_tasks_in_stage", "executors", "executors_removed"} {
		t[name] = 0
	}
	for _, j := range p.Jobs {
		if j.Status == profiler.Failed {
			t["jobs_failed"]++
		}
	}
	for _, s := range p.Stages {
		if s.Submitted == 0 {
			continue
		}
		t["stages_submitted"]++
		if s.Completed != 0 {
			t["stages_completed"]++
		}
		if s.Status == profiler.Failed {
			t["stages_failed"]++
		}
		ended := int64(s.Complete + s.Failed + s.Killed)
		t["task_ends"] += ended
		t["tasks_failed"] += int64(s.Failed)
		t["tasks_killed"] += int64(s.Killed)
		t["max_tasks_in_stage"] = max(t["max_tasks_in_stage"], ended)
		t["mem_spill_bytes"] += s.Metrics.Value(metric.MemoryBytesSpilled)
		t["disk_spill_bytes"] += s.Metrics.Value(metric.DiskBytesSpilled)
		t["input_bytes"] += s.Metrics.Value(metric.InputBytes)
		t["output_bytes"] += s.Metrics.Value(metric.OutputBytes)
		t["shuffle_read_bytes"] += s.ShuffleReadBytes()
		t["shuffle_write_bytes"] += s.Metrics.Value(metric.ShuffleWriteBytes)
	}
	for _, x := range p.Executors {
		if x.Driver {
			continue
		}
		t["executors"]++
		if x.Removed != 0 {
			t["executors_removed"]++
		}
	}
	return t
}
