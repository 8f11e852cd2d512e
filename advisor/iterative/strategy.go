package iterative

import "math"

// A strategy is a way to run the rounds.
type strategy struct {
	name, doc  string
	mapReduce  bool // a job of its own for each round, state in files
	cached     bool
	disk       bool // what memory does not hold is kept on the local disk
	checkpoint bool
	replicated bool // cached blocks and state have a second copy
}

var strategies = []strategy{
	{name: "mapreduce", doc: "every round is a job: it starts, reads all input, and writes its state with replicas", mapReduce: true},
	{name: "re-read", doc: "one Spark application that caches nothing: every round reads all input"},
	{name: "memory", doc: "MEMORY_ONLY: what memory does not hold is read and decoded again", cached: true},
	{name: "memory-disk", doc: "MEMORY_AND_DISK: what memory does not hold comes from the local disk", cached: true, disk: true},
	{name: "checkpoint", doc: "MEMORY_AND_DISK, and the state is written every few rounds, which cuts the lineage", cached: true, disk: true, checkpoint: true},
	{name: "replicated", doc: "MEMORY_AND_DISK_2 with checkpoints: a second copy of cached blocks, so that a lost node costs no reading", cached: true, disk: true, checkpoint: true, replicated: true},
}

// Costs are the strategies' costs, in the order in which they save more. The
// numbers of a job that passes Check are finite.
func Costs(j Job) []Cost {
	var out []Cost
	for _, s := range strategies {
		out = append(out, j.cost(s))
	}
	return out
}

func (j Job) cost(s strategy) Cost {
	c := Cost{Strategy: s.name, Doc: s.doc}
	share := 0.0
	if s.cached {
		share = j.Cached()
		if s.replicated {
			share = min(1, j.Memory*float64(j.Nodes)/(2*j.Input*j.Expansion))
		}
	}
	every := j.Interval()
	lineage, at := 0, 0.0
	for round := 1; round <= j.Rounds; round++ {
		parts := j.parts(s, share, round == 1)
		lineage++
		if s.mapReduce {
			lineage = 0
			parts[Startup] += j.Startup
		} else {
			if round == 1 {
				parts[Startup] += j.Startup
			}
			parts[Lineage] += j.Plan * float64(lineage)
		}
		if s.checkpoint && round%every == 0 && round < j.Rounds {
			parts[State] += j.checkpoint()
			lineage = 0
		}
		took := 0.0
		for _, p := range parts {
			took += p
		}
		parts[Recovery] += j.recovery(s, share, lineage, took)
		for p, v := range parts {
			c.Parts[p] += v
			at += v
		}
		c.After = append(c.After, at)
	}
	return c
}

// parts are a round's seconds. The first one reads everything; caching is done
// along the way, and only a second copy takes time of its own.
func (j Job) parts(s strategy, share float64, first bool) (parts [NumParts]float64) {
	nodes := float64(j.Nodes)
	held, missing := share, 1-share
	if first || !s.cached {
		held, missing = 0, 1
	}
	switch {
	case missing > 0 && s.disk && !first: // decoded blocks, serialized: half their size in memory
		parts[Spill] = missing * j.Input * j.Expansion / 2 / (j.Disk * nodes)
	default:
		parts[Read] = missing * j.reading()
	}
	if first && s.disk {
		parts[Spill] = (1 - share) * j.Input * j.Expansion / 2 / (j.Disk * nodes) // writing them
	}
	if first && s.replicated {
		parts[State] = j.Input * j.Expansion / 2 / (j.Network * nodes)
	}
	parts[Memory] = held * j.Input * j.Expansion / (j.RAM * nodes)
	parts[Compute] = j.Input / (j.Compute * nodes * float64(j.Cores))
	parts[Shuffle] = j.Shuffle/(j.Disk*nodes) + j.Shuffle/(j.Network*nodes)
	if s.mapReduce {
		parts[Shuffle] += j.Shuffle / (j.Disk * nodes) // merged on disk once more before it is reduced
		parts[State] = j.checkpoint() + j.State/(j.Disk*nodes)
	}
	return parts
}

// reading is the time to read all input from disk and to decode it.
func (j Job) reading() float64 {
	nodes := float64(j.Nodes)
	return max(j.Input/(j.Disk*nodes), j.Input/(j.Decode*nodes*float64(j.Cores)))
}

// checkpoint is the time to write the state with its replicas.
func (j Job) checkpoint() float64 {
	nodes := float64(j.Nodes)
	return j.State*float64(j.Replicas)/(j.Disk*nodes) + j.State*float64(j.Replicas-1)/(j.Network*nodes)
}

// round is the time of a later round, planning left out.
func (j Job) round(share, planning float64) float64 {
	t := planning
	for _, p := range j.parts(strategy{cached: true, disk: true}, share, false) {
		t += p
	}
	return t
}

// recovery is the expected cost of failures during a round of so many seconds: a
// node loses its part of the cached input, which is read again unless a copy is
// left, and the rounds since the last checkpoint run again for its part of the
// state. A MapReduce job repeats the node's tasks of one round.
func (j Job) recovery(s strategy, share float64, lineage int, took float64) float64 {
	if j.MTBF == 0 {
		return 0
	}
	nodes := float64(j.Nodes)
	failures := 1 - math.Exp(-took*nodes/j.MTBF)
	lost := took / 2 / nodes // the node's running tasks
	if !s.mapReduce {
		lost += float64(lineage) * took / nodes
	}
	if s.cached && !s.replicated {
		lost += share * j.reading() / nodes
	}
	return failures * lost
}
