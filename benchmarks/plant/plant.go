// Package plant holds jobs in which one cause of slowness is planted on purpose,
// each beside the same job without it, and jobs that have nothing to find. They
// run on the engine, over data that is generated here.
//
//	Shape ─► Generate ─► Data ─► Cause.Plant(strength) ─► planted Job ─┐
//	                       │                     └──────► plain Job ───┴─► Run ─► profile, event log
//	                       └───► Healthy ───────────────► Job ─────────┘
//
// The package knows nothing of the advisor: what is planted is decided by how
// the job is written and configured, and what it costs by running it both ways.
package plant

import (
	"context"
	"fmt"
	"slices"

	"stagecoach/engine"
)

// A Strength says how much of a run a planted cause takes: from hardly any of it
// to most of it.
type Strength int

// The strengths, the least first.
const (
	Weak Strength = iota
	Medium
	Strong
)

// Strengths are all of them.
var Strengths = []Strength{Weak, Medium, Strong}

func (s Strength) String() string { return [...]string{"weak", "medium", "strong"}[s] }

// of picks the number for the strength.
func (s Strength) of(weak, medium, strong int) int { return [...]int{weak, medium, strong}[s] }

// A Shape is the form of a job's data and of the cluster that it runs on.
type Shape struct {
	Name   string
	Rows   int // of the table of facts
	Keys   int // different values of its key
	Files  int // that it is written as
	Parts  int // shuffle partitions of a job that is cut well
	Memory int // MiB of an executor of a job that has enough
	Slots  string
}

// Shapes are those that every cause is planted in. Both have two slots, for two
// cores: with more slots than cores tasks would take turns, and what a cause costs
// would not show.
var Shapes = []Shape{
	{Name: "local", Rows: 3_000_000, Keys: 5_000, Files: 8, Parts: 8, Memory: 2048, Slots: "local[2]"},
	{Name: "cluster", Rows: 3_600_000, Keys: 100_000, Files: 12, Parts: 12, Memory: 2048, Slots: "local-cluster[2,1,%d]"},
}

// Long is the shape of jobs whose times are compared with predictions: longer ones,
// which what else a machine does changes less.
var Long = Shape{Name: "long", Rows: 4_000_000, Keys: 5_000, Files: 16, Parts: 8, Memory: 2048, Slots: "local[2]"}

// Small is a shape whose jobs take a moment, for tests of the machinery.
var Small = Shape{Name: "small", Rows: 20_000, Keys: 200, Files: 4, Parts: 4, Memory: 1024, Slots: "local[2]"}

// conf is the configuration of a job of this shape that has so many MiB for each
// executor.
func (s Shape) conf(memory int) []string {
	if s.clustered() {
		return []string{"spark.master=" + fmt.Sprintf(s.Slots, memory), fmt.Sprintf("spark.sql.shuffle.partitions=%d", s.Parts)}
	}
	return []string{"spark.master=" + s.Slots, fmt.Sprintf("spark.executor.memory=%dm", memory), fmt.Sprintf("spark.sql.shuffle.partitions=%d", s.Parts)}
}

// clustered reports whether the executors are apart from the driver.
func (s Shape) clustered() bool { return s.Slots != "local[2]" }

// A Job is one application: its whole configuration and what it does.
type Job struct {
	Conf []string
	Do   func(context.Context, *engine.Session) error
	Cut  float64 // share of the event log that is lost at its end
}

// A Cause is a way to plant one.
type Cause struct {
	Name string   // of the cause, as advisors' findings name it
	Also []string // causes that say the same of these jobs
	Doc  string   // what is planted, and what the plain job does instead
	// Plant returns the job with the cause and the same job without it. It writes
	// the inputs that both need beside the data.
	Plant func(context.Context, *Data, Strength) (planted, plain Job, err error)
}

// A Healthy is a kind of job that has nothing worth finding.
type Healthy struct {
	Name string
	Job  func(context.Context, *Data) (Job, error)
}

// Causes are all causes that the engine can produce, in the order of the report.
var Causes = slices.Concat(skewed, partitioned, joined, reused, wasted, stored, broken)
