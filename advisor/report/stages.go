package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Stage is a row of the stage table.
type Stage struct {
	ID        int           `json:"id"`
	Attempt   int           `json:"attempt"`
	Name      string        `json:"name"`
	Status    string        `json:"status"`
	Tasks     int           `json:"tasks"`
	Failed    int           `json:"failed,omitempty"`
	Duration  time.Duration `json:"durationNanos"`
	TaskTime  time.Duration `json:"taskTimeNanos"`
	CPU       time.Duration `json:"cpuNanos"`
	GC        time.Duration `json:"gcNanos"`
	Input     int64         `json:"inputBytes"`
	Output    int64         `json:"outputBytes"`
	ShuffleIn int64         `json:"shuffleReadBytes"`
	Shuffle   int64         `json:"shuffleWriteBytes"`
	Spilled   int64         `json:"spilledBytes"`
	Median    time.Duration `json:"medianTaskNanos"`
	Max       time.Duration `json:"maxTaskNanos"`
	Histogram Histogram     `json:"histogram"`
}

// A Histogram counts tasks by duration, in equal steps from 0 to Max.
type Histogram struct {
	Max    time.Duration `json:"maxNanos"`
	Counts []int         `json:"counts"`
}

// histogramSteps is Sturges' count of classes for the 128 tasks of a usual
// stage, doubled so that a straggler stands apart.
const histogramSteps = 16

func histogram(d profiler.Dist) Histogram {
	h := Histogram{Max: time.Duration(d.Max()), Counts: make([]int, histogramSteps)}
	for _, v := range d {
		at := 0
		if h.Max > 0 {
			at = int(float64(v) / float64(h.Max) * histogramSteps)
		}
		h.Counts[min(max(at, 0), histogramSteps-1)]++
	}
	return h
}

// stages lists the stages that ran, the longest where there are too many.
func (d *Document) stages(p *profiler.Profile, prefix string, clean func(string) string) (out []Stage) {
	for _, s := range p.Stages {
		if s.Tasks.Len() == 0 {
			continue
		}
		v := func(id metric.ID) int64 { return s.Metrics.Value(id) }
		dist := s.Dist(metric.TaskDuration)
		out = append(out, Stage{
			ID: s.ID, Attempt: s.Attempt, Name: clean(s.Name), Status: s.Status.String(), Tasks: s.NumTasks, Failed: s.Failed,
			Duration: s.Duration(), TaskTime: time.Duration(v(metric.TaskDuration)),
			CPU: time.Duration(v(metric.ExecutorCPUTime)), GC: time.Duration(v(metric.JVMGCTime)),
			Input: v(metric.InputBytes), Output: v(metric.OutputBytes), ShuffleIn: s.ShuffleReadBytes(), Shuffle: v(metric.ShuffleWriteBytes),
			Spilled: v(metric.DiskBytesSpilled),
			Median:  time.Duration(dist.Median()), Max: time.Duration(dist.Max()), Histogram: histogram(dist),
		})
	}
	if n := len(out); n > maxStages {
		slices.SortStableFunc(out, func(a, b Stage) int { return cmp.Compare(b.Duration, a.Duration) })
		out = out[:maxStages]
		slices.SortStableFunc(out, func(a, b Stage) int {
			return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt))
		})
		d.note("%sthe %d longest of %d stages are listed", prefix, maxStages, n)
	}
	return out
}

// facts are the numbers at the head of a report.
func facts(p *profiler.Profile) []Fact {
	var work, cpu, gc, in, shuffle, spill, out int64
	stages, tasks, failed := 0, 0, 0
	for _, s := range p.Stages {
		if s.Tasks.Len() == 0 {
			continue
		}
		stages, tasks, failed = stages+1, tasks+s.Tasks.Len(), failed+s.Failed
		work += s.Metrics.Value(metric.TaskDuration)
		cpu += s.Metrics.Value(metric.ExecutorCPUTime)
		gc += s.Metrics.Value(metric.JVMGCTime)
		in += s.Metrics.Value(metric.InputBytes)
		out += s.Metrics.Value(metric.OutputBytes)
		shuffle += s.Metrics.Value(metric.ShuffleWriteBytes)
		spill += s.Metrics.Value(metric.DiskBytesSpilled)
	}
	slots := p.Slots()
	list := []Fact{
		{Name: "Wall time", Unit: metric.Duration, Value: int64(p.App.Wall())},
		{Name: "Task time", Unit: metric.Duration, Value: work},
		{Name: "CPU time", Unit: metric.Duration, Value: cpu},
		{Name: "GC time", Unit: metric.Duration, Value: gc},
		{Name: "Slots", Value: int64(slots)},
		{Name: "Jobs", Value: int64(len(p.Jobs))},
		{Name: "Stages", Value: int64(stages)},
		{Name: "Tasks", Value: int64(tasks)},
		{Name: "Failed tasks", Value: int64(failed)},
		{Name: "Input", Unit: metric.Bytes, Value: in},
		{Name: "Shuffled", Unit: metric.Bytes, Value: shuffle},
		{Name: "Spilled", Unit: metric.Bytes, Value: spill},
		{Name: "Output", Unit: metric.Bytes, Value: out},
	}
	if slots > 0 && p.App.Wall() > 0 {
		used := float64(work) / (float64(slots) * float64(p.App.Wall()))
		list = append(list, Fact{Name: "Slots in use", Unit: metric.Count, Value: int64(math.Round(100 * used)), Note: "percent of slots times wall time"})
	}
	return list
}

func compare(a, b Run) (rows []Row) {
	for _, f := range a.Facts {
		for _, g := range b.Facts {
			if f.Name == g.Name && (f.Value != 0 || g.Value != 0) {
				rows = append(rows, Row{f.Name, f.Unit, f.Value, g.Value})
			}
		}
	}
	return rows
}

// An Executor is a row of the executor table.
type Executor struct {
	ID       string        `json:"id"`
	Host     string        `json:"host"`
	Cores    int           `json:"cores"`
	Memory   int64         `json:"storageBytes"`
	Tasks    int           `json:"tasks"`
	Failed   int           `json:"failed"`
	TaskTime time.Duration `json:"taskTimeNanos"`
	GC       time.Duration `json:"gcNanos"`
	Removed  string        `json:"removed,omitempty"`
}

func (d *Document) executors(p *profiler.Profile, prefix string) (out []Executor) {
	for _, e := range p.Executors {
		row := Executor{ID: e.ID, Host: e.Host, Cores: e.Cores, Memory: e.MaxMemory, Tasks: e.Completed + e.Failed, Failed: e.Failed,
			TaskTime: e.TaskTime, GC: time.Duration(e.Metrics.Value(metric.JVMGCTime))}
		if e.Removed > 0 {
			row.Removed = e.Reason
			if row.Removed == "" {
				row.Removed = "removed"
			}
		}
		out = append(out, row)
	}
	if n := len(out); n > maxExecutors {
		slices.SortStableFunc(out, func(a, b Executor) int { return cmp.Compare(b.TaskTime, a.TaskTime) })
		out = out[:maxExecutors]
		d.note("%sthe %d busiest of %d executors are listed", prefix, maxExecutors, n)
	}
	return out
}
