// Package size answers how large a Spark application should be: partitions,
// executors, memory, driver, collector, cluster and what they cost.
//
//	Need (from flags) ─┐
//	Evidence (a run)  ─┴► New ─► Plan: settings, each with formula and source ─► Artifact for a platform
//	Prices (one dated file) ──┘
//
// With a run at hand its own numbers are used, and formulas stand in for what it
// did not record; a setting says which of the two it comes from. Partitions are
// decided first, then cores, heap, overhead and last the number of executors: the
// earlier ones change what the later ones have to hold.
package size

import (
	"fmt"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// A Need is the job to size for, as the user states it. Zero fields are open:
// they are measured, derived or taken from the defaults below.
type Need struct {
	Input        int64         // bytes to read, as they lie on disk
	Shuffle      int64         // bytes of the largest shuffle, as they are written
	Cached       int64         // bytes of memory for datasets that are used again
	Within       time.Duration // the time that a run may take
	Rate         int64         // bytes of input that a core works through in a second
	Executors    int
	Cores        int   // of an executor
	Memory       int64 // heap of an executor, bytes
	Node         string
	Python       bool // Python workers beside the JVM
	Streaming    bool
	Busy         float64 // share of the cluster's time with work on it, 0 to 1
	Budget       float64 // dollars a month
	RunsAMonth   float64 // 0: the cluster stands all month
	MaxExecutors int     // most executors that the platform grants; 0: no limit
}

// What stands in for numbers that nobody gave. Each is said where it is used.
const (
	DefaultRate   = 10 << 20         // bytes a second and core; 14 recorded runs with over 200 MB of input had 0.1 to 98 MB, half of them 2 to 18
	DefaultWithin = 30 * time.Minute // for a run
	DefaultBusy   = 0.7              // of a cluster's time
	expansion     = 3.0              // bytes in memory for a byte of a compressed column file
	partition     = 128 << 20        // spark.sql.files.maxPartitionBytes
	reserved      = 300 << 20        // Spark's RESERVED_SYSTEM_MEMORY_BYTES
	leastHeap     = reserved * 3 / 2 // Spark refuses to start with less
	mib           = 1 << 20
	gib           = 1 << 30
	mostBytes     = 1 << 60
	mostExecutors = 100_000
)

// A Setting is one value with the reasoning behind it.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Was    string `json:"was,omitempty"` // in the run, when it differs
	Why    string `json:"why"`           // the formula with its numbers
	Source string `json:"source"`        // of the formula
}

// A Plan is the answer.
type Plan struct {
	Settings   []Setting          `json:"settings"`
	Executors  int                `json:"executors"`
	Cores      int                `json:"executorCores"`
	Heap       int64              `json:"executorMemoryBytes"`
	Overhead   int64              `json:"executorMemoryOverheadBytes"`
	Driver     int64              `json:"driverMemoryBytes"`
	Partitions int                `json:"shufflePartitions"`
	Elapsed    float64            `json:"expectedSeconds"`  // of one run on these executors
	Replay     *whatif.Prediction `json:"replay,omitempty"` // of the run under all settings that the replay models
	Allocation []Setting          `json:"dynamicAllocation"`
	Storage    []Level            `json:"storageLevels"`
	Platforms  []Platform         `json:"platforms"`
	Cluster    *Cluster           `json:"clusterUnderBudget,omitempty"`
	Folklore   []Folklore         `json:"outdatedRules"`
	Assumed    []string           `json:"assumptions,omitempty"`
	Observed   []string           `json:"observed,omitempty"` // what the run showed, in words

	need     Need
	run      *Evidence
	fraction float64 // of the heap beyond the reserve that is Spark's to manage
	work     float64 // core-seconds of one run
	perCore  int64   // heap that one core needs, bytes
	priced   string
}

// New sizes a job. run is what an earlier run of it showed, or nil. The error of
// an impossible need names the flag.
func New(need Need, run *Evidence, prices Prices) (*Plan, error) {
	if err := need.check(run, prices); err != nil {
		return nil, err
	}
	p := &Plan{need: need, run: run, fraction: 0.6}
	if run != nil {
		p.Observed = run.words()
	}
	p.partitions()
	p.cores()
	p.heap()
	p.overhead()
	p.count()
	p.replay()
	p.driver()
	p.garbage()
	p.allocate()
	p.store()
	p.price(prices)
	p.folklore()
	p.priced = fmt.Sprintf("prices of %s, %s, in %s; --prices FILE replaces them", prices.Date, prices.Region, prices.Currency)
	return p, nil
}

func (n Need) check(run *Evidence, prices Prices) error {
	switch {
	case min(n.Input, n.Shuffle, n.Cached, n.Memory) < 0 || max(n.Input, n.Shuffle, n.Cached, n.Memory) > mostBytes:
		return fmt.Errorf("a size below zero or above 1 EB; --input, --shuffle, --cached and --memory take sizes such as 500GB")
	case n.Input == 0 && run == nil:
		return fmt.Errorf("nothing to size: give --input 500GB, or the log of an earlier run")
	case n.Cores < 0 || n.Cores > 128:
		return fmt.Errorf("--cores %d: an executor has 1 to 128 cores", n.Cores)
	case n.Executors < 0 || n.Executors > mostExecutors:
		return fmt.Errorf("--executors %d: there are 1 to %d", n.Executors, mostExecutors)
	case n.Memory != 0 && n.Memory < leastHeap:
		return fmt.Errorf("--memory %s: Spark does not start with less than %s (one and a half times the %s it sets aside)",
			metric.FormatBytes(n.Memory), metric.FormatBytes(leastHeap), metric.FormatBytes(reserved))
	case n.Busy < 0 || n.Busy > 1:
		return fmt.Errorf("--busy %g: a share of 0 to 1, such as 0.7", n.Busy)
	case n.Budget < 0 || n.RunsAMonth < 0:
		return fmt.Errorf("--budget and --runs are not below zero")
	case n.Within < 0 || n.Rate < 0:
		return fmt.Errorf("--within and --rate are above zero, such as 30m and 20MB")
	}
	if n.Node != "" {
		if _, err := prices.node(n.Node); err != nil {
			return err
		}
	}
	return nil
}

// set adds a setting; was is filled from the run.
func (p *Plan) set(key, value, source, why string, args ...any) {
	s := Setting{Key: key, Value: value, Why: fmt.Sprintf(why, args...), Source: source}
	if p.run != nil {
		if was := p.run.Settings[key]; was != value {
			s.Was = was
		}
	}
	p.Settings = append(p.Settings, s)
}

func (p *Plan) assume(text string, args ...any) {
	p.Assumed = append(p.Assumed, fmt.Sprintf(text, args...))
}

// Value is the plan's value of a key; "" when it does not set it.
func (p *Plan) Value(key string) string {
	for _, s := range p.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Priced says of when and where the prices are.
func (p *Plan) Priced() string { return p.priced }

// replay predicts the run under the plan, as far as the replay models its settings.
// For another input than the run's it says nothing.
func (p *Plan) replay() {
	if p.run == nil || p.scale() != 1 {
		return
	}
	var changes []config.Change
	for _, s := range p.Settings {
		if whatif.Modelled(s.Key) && !(p.run.Local && s.Key == config.ExecutorMemory) {
			changes = append(changes, config.Change{Key: s.Key, To: s.Value})
		}
	}
	x := p.run.model.Predict(whatif.Changes(changes...))
	x.Stages = nil
	p.Replay = &x
	if x.Refused == "" {
		p.Elapsed = x.After.Seconds()
	}
}

// spark spells a size as Spark's keys take it: whole gibibytes or mebibytes.
func spark(bytes int64) string {
	if bytes%gib == 0 {
		return fmt.Sprintf("%dg", bytes/gib)
	}
	return fmt.Sprintf("%dm", ceil(bytes, mib))
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }
