// Package iterative says what a job costs that reads the same data in every round,
// as learners and graph algorithms do: the case for which Spark was made and
// MapReduce was not.
//
//	Job ─► for each Strategy, round by round: read, compute, shuffle, keep state ─► Cost, by part
//
// The model is one of bandwidths, after Zaharia et al. (NSDI'12): a round reads its
// input again, from disk or from memory, as far as memory holds it. What is not
// held is read again (a dataset kept in memory alone) or fetched from the local
// disk (memory and disk). A plan that carries all rounds before it costs the driver
// more each round, and a lost executor costs all of them again: a checkpoint cuts
// both and takes writing the state. A second copy of cached blocks takes memory, and
// saves reading them again after a loss.
package iterative

import (
	"fmt"
	"math"
)

// A Job is the input of the model. Rates are bytes a second.
type Job struct {
	Input     float64 // bytes on disk, compressed
	Expansion float64 // bytes in memory for a byte on disk
	State     float64 // bytes that a round hands to the next
	Shuffle   float64 // bytes that a round shuffles
	Rounds    int
	Nodes     int
	Cores     int     // of a node
	Memory    float64 // bytes of a node that may hold cached blocks
	Disk      float64 // rate of a node's disk
	Network   float64 // rate of a node's network
	RAM       float64 // rate at which a node reads cached blocks
	Compute   float64 // rate at which a core works through input, decoded
	Decode    float64 // rate at which a core decodes input
	Startup   float64 // seconds that a MapReduce job takes to start
	Plan      float64 // seconds of the driver a round, for each round in the lineage
	Replicas  int     // of the distributed file system
	MTBF      float64 // seconds between failures of a node; 0: none fails
	Every     int     // rounds between checkpoints; 0: the best by Young's formula
}

// Default is a job on a small cluster: what is not said otherwise.
var Default = Job{Input: 100 << 30, Expansion: 3, State: 100 << 20, Shuffle: 1 << 30, Rounds: 20, Nodes: 10, Cores: 8, Memory: 40 << 30,
	Disk: 200 << 20, Network: 1.25e9, RAM: 10 << 30, Compute: 50 << 20, Decode: 100 << 20, Startup: 15, Plan: 0.05, Replicas: 3, MTBF: 30 * 86400}

// Check says which number cannot be, by the name of its flag.
func (j Job) Check() error {
	for _, x := range []struct {
		flag  string
		value float64
	}{{"input", j.Input}, {"expansion", j.Expansion}, {"disk", j.Disk}, {"network", j.Network}, {"ram", j.RAM}, {"compute", j.Compute}, {"decode", j.Decode},
		{"rounds", float64(j.Rounds)}, {"nodes", float64(j.Nodes)}, {"cores", float64(j.Cores)}, {"replicas", float64(j.Replicas)}} {
		if !(x.value > 0) || math.IsInf(x.value, 0) {
			return fmt.Errorf("--%s must be above zero", x.flag)
		}
	}
	for _, x := range []struct {
		flag  string
		value float64
	}{{"state", j.State}, {"shuffle", j.Shuffle}, {"memory", j.Memory}, {"startup", j.Startup}, {"plan", j.Plan}, {"mtbf", j.MTBF}, {"every", float64(j.Every)}} {
		if !(x.value >= 0) || math.IsInf(x.value, 0) {
			return fmt.Errorf("--%s must not be below zero", x.flag)
		}
	}
	if j.Rounds > 100_000 {
		return fmt.Errorf("--rounds %d: at most 100000", j.Rounds)
	}
	return nil
}

// A Part is what time of a round is spent on.
type Part uint8

// The parts, in the order of the plot.
const (
	Startup  Part = iota // starting jobs
	Read                 // input from the distributed file system, decoding included
	Memory               // cached blocks
	Spill                // blocks that did not fit, from the local disk
	Compute              // the work itself
	Shuffle              // between the tasks of a round
	State                // handing the result to the next round: files, checkpoints, replicas
	Lineage              // planning what the plan carries
	Recovery             // expected cost of failures
	NumParts
)

var partNames = [NumParts]string{"startup", "read", "memory", "spill", "compute", "shuffle", "state", "lineage", "recovery"}

// String names the part.
func (p Part) String() string { return partNames[p] }

// A Cost is the seconds of a strategy, by part.
type Cost struct {
	Strategy string
	Doc      string
	Parts    [NumParts]float64
	After    []float64 // seconds after each round
}

// Total is the time of all rounds.
func (c Cost) Total() (t float64) {
	for _, p := range c.Parts {
		t += p
	}
	return t
}

// Cached is the share of the decoded input that memory holds.
func (j Job) Cached() float64 {
	return min(1, j.Memory*float64(j.Nodes)/(j.Input*j.Expansion))
}

// Interval is after how many rounds to write a checkpoint: as asked, or by Young's
// formula (CACM 17, 1974): the square root of twice the checkpoint's cost times the
// time between failures.
func (j Job) Interval() int {
	if j.Every > 0 {
		return min(j.Every, j.Rounds)
	}
	if j.MTBF == 0 {
		return j.Rounds
	}
	round := j.round(j.Cached(), 0)
	between := j.MTBF / float64(j.Nodes)
	// The lineage is cut as well: of k rounds it costs plan x k x k / 2.
	best := math.Sqrt(2*j.checkpoint()*between) / max(round, 1e-9)
	if j.Plan > 0 {
		best = min(best, math.Sqrt(2*j.checkpoint()/j.Plan))
	}
	return int(max(1, min(float64(j.Rounds), math.Round(best))))
}
