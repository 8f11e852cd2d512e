// Package whatif predicts what a change of parameters would do to a run that
// was recorded, by replaying it.
//
//	Profile ─► Model ─► edits ─► simulate ─► Prediction
//	             │                  ▲
//	             └── as observed ───┘  the model's own error
//
// A Model keeps what bounds the wall time: jobs with the driver's gaps between
// them, stages with what they wait for, tasks in launch order with their time
// split by cause, and the slots. An Edit changes a Model as a change of
// parameters would change the run. Replaying the untouched Model tells how far
// the model can be trusted; replaying the edited one makes the prediction.
// Simulated times are only ever compared with simulated times (Ousterhout,
// NSDI'15), and the ratio is applied to the measured wall time.
package whatif

import (
	"slices"
	"strings"
	"time"

	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// A Stage is one attempt of a stage.
type Stage struct {
	ID, Attempt int
	Name        string
	Parents     []int         // indexes of stages that must have ended
	Lead        time.Duration // from being ready to the first launch, slots permitting
	Tail        time.Duration // from the last task's end to the stage's
	Gap         time.Duration // from a task's end to the next launch on its slot
	Tasks       *Tasks        // in launch order
	Observed    time.Duration // first launch to completion, as recorded
	Partitions  int           // tasks without repeated attempts, as recorded

	configured bool // tasks are the partitions that spark.sql.shuffle.partitions asked for
	coalesced  bool // adaptive execution has joined some
}

// Work is the sum of the stage's task times.
func (s *Stage) Work() (d time.Duration) {
	for k := range s.Tasks.Len() {
		d += s.Tasks.Duration(k)
	}
	return d
}

// Bytes is what the stage's tasks read.
func (s *Stage) Bytes() (n int64) {
	for k := range s.Tasks.Len() {
		n += s.Tasks.Bytes(k)
	}
	return n
}

// shuffled reports whether a shuffle feeds the stage.
func (s *Stage) shuffled() bool {
	for k := range s.Tasks.Len() {
		if s.Tasks.Shuffled(k) > 0 {
			return true
		}
	}
	return false
}

// edit lets change see each task of the stage, in order. Other models keep theirs.
func (s *Stage) edit(change func(k int, t *Task)) { s.Tasks = s.Tasks.edited(change) }

// A Job is one action: it starts a gap after another job has ended.
type Job struct {
	ID     int
	After  int           // index of the job that had to end first; -1: the application's start
	Gap    time.Duration // the driver's time in between
	Stages []int         // indexes; a stage runs in the first job that lists it
	Empty  time.Duration // recorded time of a job none of whose stages ran
	Tail   time.Duration // from the last stage's end to the job's
}

// A Model is a run as the replay sees it.
type Model struct {
	Profile *profiler.Profile
	Config  config.Config // parameters in force, as far as config knows them
	Wall    time.Duration // measured
	Jobs    []Job
	Stages  []Stage
	Slots   []Slot
	End     time.Duration // from the last job's end to the application's

	assumed []string
	refused string
	spread  float64     // relative uncertainty of what was changed
	doubts  []Edit      // other ways in which an edit may come out
	folded  map[int]int // stage index → the stage that took over its work
	last    map[int]int // stage id → index of its last attempt; shared by copies
	facts   *facts      // shared by copies
}

// facts are found once, in the run as it was. Several goroutines may ask for them.
type facts struct {
	joins     []Join
	repeated  []Group
	sorts     map[int]sorts    // by stage id
	combiners map[int]combiner // by stage id
	small     time.Duration    // fixed cost of small tasks, over all stages
	pace      float64          // of tasks: time they run over processor time, 1 to 4
	smalls    bool             // it could be told
	replayed  func() *outcome  // of the run as it was; replayed when it is first asked for
	floors    []knownFloor     // by stage
}

// A Slot is a place for one task at a time.
type Slot struct {
	From, To time.Duration // since the application's start; To 0: to the end
}

// peak is the number of slots that there were at once at most. (An executor that
// took another's place brings slots of its own.)
func (m *Model) peak() int {
	var opens, closes []time.Duration
	for _, s := range m.Slots {
		opens = append(opens, s.From)
		if s.To > 0 {
			closes = append(closes, s.To)
		}
	}
	slices.Sort(opens)
	slices.Sort(closes)
	most, gone := 0, 0
	for i, at := range opens {
		for gone < len(closes) && closes[gone] <= at {
			gone++
		}
		most = max(most, i+1-gone)
	}
	return most
}

// Assume records what an edit took for granted. Texts are kept once each.
func (m *Model) Assume(text string) {
	if !slices.Contains(m.assumed, text) {
		m.assumed = append(m.assumed, text)
	}
}

// Refuse says why no prediction can be made. The first reason stands.
func (m *Model) Refuse(reason string) {
	if m.refused == "" {
		m.refused = reason
	}
}

// Reach says how far an edit leaves what was measured, as a factor, and widens
// the range accordingly: 10 % up to 1, 25 % up to 2, 50 % up to 4; beyond, the
// prediction is refused. The steps are the published errors of replay models:
// worst 26 % within range (dagSim, ICPE'18), 28 % for changes of hardware
// (Monotasks, SOSP'17).
func (m *Model) Reach(factor float64, what string) {
	switch {
	case factor > 4:
		m.Refuse(what + " is more than four times beyond what was measured; measure a run nearer to it")
	case factor > 2:
		m.spread = max(m.spread, 0.50)
	case factor > 1:
		m.spread = max(m.spread, 0.25)
	default:
		m.spread = max(m.spread, 0.10)
	}
}

// Doubt says how else the change may come out, as a further edit of the changed
// model: the range covers it.
func (m *Model) Doubt(e Edit) { m.doubts = append(m.doubts, e) }

// Find returns the index of the last attempt of the stage, or -1.
func (m *Model) Find(id int) int {
	if i, ok := m.last[id]; ok {
		return i
	}
	return -1
}

// Stage returns the last attempt of the stage, which has tasks, or nil.
func (m *Model) Stage(id int) *Stage {
	if i := m.Find(id); i >= 0 && m.Stages[i].Tasks.Len() > 0 {
		return &m.Stages[i]
	}
	return nil
}

// Embedded reports whether this project's engine wrote the profile: no JVM did.
func (m *Model) Embedded() bool {
	v := m.Profile.JVM["Java Version"]
	return v == "" || strings.HasSuffix(v, "(no JVM)")
}

// clone copies what edits change. Tasks never change, so that models share them.
func (m *Model) clone() *Model {
	c := *m
	c.assumed = slices.Clone(m.assumed)
	c.doubts = slices.Clone(m.doubts)
	c.folded = map[int]int{}
	c.Slots = slices.Clone(m.Slots)
	c.Jobs = slices.Clone(m.Jobs)
	c.Stages = slices.Clone(m.Stages)
	for i := range c.Stages {
		c.Stages[i].Parents = slices.Clone(m.Stages[i].Parents)
	}
	return &c
}
