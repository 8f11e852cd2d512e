package size

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// Evidence is what a run showed of what it needs. Sizes are bytes; zero is
// unknown or none.
type Evidence struct {
	Name      string
	Version   string // of Spark
	Settings  map[string]string
	Wall      time.Duration
	Input     int64   // read from files
	Shuffle   int64   // read from shuffles by the stage that read most
	Stage     int     // that stage
	Growth    float64 // bytes in memory of a byte of that shuffle, from what was spilled; 0 without spill
	Skewed    bool    // that stage's largest task read far more than its median one
	Widest    int     // tasks of the widest stage
	Peak      int64   // most execution memory that a task held and would have held without spilling
	Spilled   int64   // to disk
	HeapPeak  int64   // most heap of an executor
	Driver    int64   // most heap of the driver, where it ran no tasks
	Cached    int64   // most memory that cached blocks took
	Result    int64   // results that came to the driver in the job that sent most
	Broadcast int64   // largest broadcast
	GC        float64 // share of the task time
	Busy      float64 // share of the slots' time with a task
	Work      time.Duration
	Executors int
	Cores     int   // of an executor
	Heap      int64 // of an executor, as it was set; the driver's where the driver runs the tasks
	Local     bool  // the driver runs the tasks
	Killed    int   // executors lost to the memory limit of their container
	SQL       bool
	Python    bool

	model *whatif.Model
}

// Observe takes from a run what sizing needs, and keeps its model to replay it.
func Observe(m *whatif.Model) *Evidence {
	p := m.Profile
	e := &Evidence{Name: p.App.Name, Version: p.App.SparkVersion, Settings: p.Properties, Wall: p.App.Wall(), SQL: len(p.Executions) > 0, model: m}
	e.executors(p)
	e.heap()
	results := map[int]int64{}
	var gc, run int64
	for _, s := range p.Stages {
		e.stage(s)
		gc += s.Metrics.Value(metric.JVMGCTime)
		run += s.Metrics.Value(metric.ExecutorRunTime)
		for _, job := range s.JobIDs {
			results[job] += s.Metrics.Value(metric.ResultSize)
			e.Result = max(e.Result, results[job])
		}
	}
	if run > 0 {
		e.GC = min(1, float64(gc)/float64(run))
	}
	for _, r := range p.RDDs {
		e.Cached += r.PeakMemory
	}
	for _, x := range p.Executions {
		for _, n := range x.Nodes {
			e.Python = e.Python || strings.Contains(n.Name, "Python") || strings.Contains(n.Name, "InPandas") || strings.Contains(n.Name, "InArrow")
			if m, ok := n.Metric("data size"); ok && m.Seen && strings.Contains(n.Name, "BroadcastExchange") {
				e.Broadcast = max(e.Broadcast, m.Total)
			}
		}
	}
	b := p.Breakdown()
	if b.Total > 0 {
		idle := b.Parts[profiler.IdleSlots] + b.Parts[profiler.DriverGap]
		e.Work = b.Total - idle
		e.Busy = float64(e.Work) / float64(b.Total)
	}
	return e
}

func (e *Evidence) stage(s *profiler.Stage) {
	e.Widest = max(e.Widest, s.NumTasks)
	e.Input += s.Metrics.Value(metric.InputBytes)
	e.Spilled += s.Metrics.Value(metric.DiskBytesSpilled)
	peaks, spills := s.Dist(metric.PeakExecutionMemory), s.Dist(metric.MemoryBytesSpilled)
	e.Peak = max(e.Peak, peaks.Max()+spills.Max())
	if read := s.ShuffleReadBytes(); read > e.Shuffle {
		d := s.ShuffleReadDist()
		e.Shuffle, e.Stage, e.Growth = read, s.ID, 0
		e.Skewed = d.Len() > 1 && d.Max() > 64*mib && d.Skew() > 5
		if disk := s.Metrics.Value(metric.DiskBytesSpilled); disk > 0 {
			e.Growth = max(1, float64(s.Metrics.Value(metric.MemoryBytesSpilled))/float64(disk))
		}
	}
}

// executors counts those that lived at once and takes their usual number of cores.
func (e *Evidence) executors(p *profiler.Profile) {
	alone := len(p.Executors) == 1
	var cores []int
	for _, x := range p.Executors {
		if x.Driver && !alone {
			e.Driver = x.HeapPeak
		}
		if x.Cores == 0 || x.Driver && !alone {
			continue
		}
		cores = append(cores, x.Cores)
		e.HeapPeak = max(e.HeapPeak, x.HeapPeak)
		reason := strings.ToLower(x.Reason)
		if strings.Contains(reason, "memory limit") || strings.Contains(reason, "oomkilled") || strings.Contains(reason, "exit code 137") || strings.Contains(reason, "code: 137") {
			e.Killed++
		}
	}
	if len(cores) == 0 {
		return
	}
	slices.Sort(cores)
	e.Cores = cores[len(cores)/2]
	e.Executors = max(1, p.Slots()/max(1, e.Cores))
}

// heap reads what the run gave its executors, and takes the run's collector for
// the whole of its Java options: what Spark adds to them by itself is no setting.
func (e *Evidence) heap() {
	c, _ := config.FromMap(e.Settings)
	key := config.ExecutorMemory
	if master := e.Settings[config.Master]; master == "local" || strings.HasPrefix(master, "local[") {
		e.Local = true
		key = config.DriverMemory
	}
	e.Heap = c.Int(key)
	e.Settings = maps.Clone(e.Settings)
	for _, word := range strings.Fields(e.Settings[javaOptions]) {
		if strings.HasPrefix(word, "-XX:+Use") && strings.HasSuffix(word, "GC") {
			e.Settings[javaOptions] = word
			return
		}
	}
	delete(e.Settings, javaOptions)
}

// words are the facts that decide, for people.
func (e *Evidence) words() []string {
	out := []string{fmt.Sprintf("%s took %s on %s of %s, busy for %.0f %% of the time", cmp.Or(e.Name, "the run"), metric.FormatDuration(e.Wall), counted(e.Executors, "executor"), counted(e.Cores, "core"), 100*e.Busy)}
	if e.Local {
		out = append(out, "its driver ran the tasks; on a cluster they get executors of their own")
	}
	if e.Input > 0 {
		out = append(out, "it read "+metric.FormatBytes(e.Input)+" of input")
	}
	if e.Shuffle > 0 {
		text := fmt.Sprintf("its largest shuffle, stage %d, read %s", e.Stage, metric.FormatBytes(e.Shuffle))
		if e.Skewed {
			text += ", unevenly: repair the skew before anything is sized by it"
		}
		out = append(out, text)
	}
	if e.Peak > 0 {
		out = append(out, fmt.Sprintf("a task wanted at most %s of execution memory; %s were spilled", metric.FormatBytes(e.Peak), metric.FormatBytes(e.Spilled)))
	}
	if e.GC > 0 {
		out = append(out, fmt.Sprintf("garbage collection took %.1f %% of the task time", 100*e.GC))
	}
	if e.Killed > 0 {
		out = append(out, counted(e.Killed, "executor")+" went with the container's memory limit")
	}
	return out
}

// adaptive reports whether adaptive execution joins small partitions in the run.
func (e *Evidence) adaptive() bool {
	c, _ := config.FromMap(e.Settings)
	if !c.IsSet(config.AdaptiveEnabled) && older(e.Version, "3.2") {
		return false
	}
	return c.Bool(config.AdaptiveEnabled) && c.Bool(config.CoalesceEnabled)
}

// older compares versions by their first two numbers; an unknown one is new.
func older(version, than string) bool {
	var a, b, c, d int
	if n, _ := fmt.Sscanf(version, "%d.%d", &a, &b); n < 2 {
		return false
	}
	fmt.Sscanf(than, "%d.%d", &c, &d)
	return a < c || a == c && b < d
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
