package whatif

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Side is one input of a join, as the exchange that feeds it was measured.
type Side struct {
	Exchange *profiler.Node
	Stage    int   // id of the stage that wrote it, -1 when not known
	Bytes    int64 // "data size": rows in memory
	Rows     int64
	Legal    bool // the join's type lets this side be broadcast
}

// A Join is a join whose two sides are shuffled.
type Join struct {
	Execution int64
	Node      *profiler.Node
	Stage     int     // id of the stage that joins, -1 when not known
	Sides     [2]Side // left, right
}

// Small is the index of the smaller side that may be broadcast, or -1.
func (j Join) Small() int {
	best := -1
	for i, s := range j.Sides {
		if s.Legal && s.Bytes > 0 && (best < 0 || s.Bytes < j.Sides[best].Bytes) {
			best = i
		}
	}
	return best
}

// ShuffleJoins lists the joins of the run that shuffled both their sides.
func (m *Model) ShuffleJoins() []Join { return slices.Clone(m.plans.joins) }

func (m *Model) findJoins() (joins []Join) {
	for _, x := range m.Profile.Executions {
		t := newTree(x)
		for _, n := range x.Nodes {
			if n.Name != "SortMergeJoin" && n.Name != "ShuffledHashJoin" {
				continue
			}
			children := t.children[n.ID]
			if len(children) != 2 {
				continue
			}
			j := Join{Execution: x.ID, Node: n, Stage: -1}
			left, right := broadcastable(n.Detail)
			complete := true
			for i, c := range children {
				ex := feeding(t, c)
				if ex == nil {
					complete = false
					break
				}
				j.Sides[i] = m.side(ex)
				j.Sides[i].Legal = [2]bool{left, right}[i]
			}
			if !complete {
				continue
			}
			j.Stage = m.joinStage(n, j)
			joins = append(joins, j)
		}
	}
	return joins
}

// feeding walks from a join's child down single children to the exchange.
func feeding(t *tree, n *profiler.Node) *profiler.Node {
	for range 16 {
		if isExchange(n) {
			return n
		}
		c := t.children[n.ID]
		if len(c) != 1 {
			return nil
		}
		n = c[0]
	}
	return nil
}

func (m *Model) side(ex *profiler.Node) Side {
	s := Side{Exchange: ex, Stage: -1}
	if d, ok := ex.Metric(metric.DataSize.String()); ok {
		s.Bytes = d.Total
	}
	if r, ok := ex.Metric(metric.NodeShuffleRecordsWritten.String()); ok {
		s.Rows = r.Total
	}
	for _, id := range ex.Stages {
		if w := m.Stage(id); w != nil && w.written() > 0 && (s.Stage < 0 || id < s.Stage) {
			s.Stage = id
		}
	}
	return s
}

// written is the stage's shuffle output.
func (s *Stage) written() (n int64) {
	for k := range s.Tasks {
		n += s.Tasks[k].Written
	}
	return n
}

// joinStage is the stage that reads both sides' exchanges.
func (m *Model) joinStage(n *profiler.Node, j Join) int {
	readers := map[int]int{}
	for i := range m.Stages {
		for _, p := range m.Stages[i].Parents {
			for _, s := range j.Sides {
				if m.Stages[p].ID == s.Stage && s.Stage >= 0 {
					readers[m.Stages[i].ID]++
				}
			}
		}
	}
	best := -1
	for _, id := range slices.Concat(n.Stages, j.Sides[0].Exchange.Stages, j.Sides[1].Exchange.Stages) {
		if id != j.Sides[0].Stage && id != j.Sides[1].Stage && m.Stage(id) != nil && (best < 0 || readers[id] > readers[best]) {
			best = id
		}
	}
	return best
}

var joinType = regexp.MustCompile(`\b(Inner|Cross|LeftOuter|RightOuter|FullOuter|LeftSemi|LeftAnti|ExistenceJoin)\b`)

// broadcastable says which sides a join's type allows to broadcast, as Spark's
// JoinSelectionHelper (canBuildBroadcastLeft, canBuildBroadcastRight).
func broadcastable(detail string) (left, right bool) {
	switch joinType.FindString(detail) {
	case "LeftOuter", "LeftSemi", "LeftAnti", "ExistenceJoin":
		return false, true
	case "RightOuter":
		return true, false
	case "FullOuter":
		return false, false
	}
	return true, true
}

// Building a broadcast collects the rows, sends them and builds a hash table.
// A logged broadcast of 516 MB took 6.9 s in all in Spark; the embedded engine
// hands on columns.
const (
	sparkBroadcastRate = 75e6
	arrowBroadcastRate = 300e6
)

// Encoding rows for a shuffle, decoding and sorting them is work that Spark
// does not time apart. A join of 108 MB (data size) whose shuffle and sort went
// away took 2.7 s of task time less, of which 0.5 s were timed as writing.
const (
	sparkShuffleRate = 50e6 // bytes of data size per second of task time
	arrowShuffleRate = 500e6
)

// broadcast turns every shuffle join whose smaller side now lies within the
// threshold into a broadcast join: the join's work moves into the tasks of the
// larger side, whose shuffle disappears, fetching and sorting with it.
func (m *Model) broadcast(was config.Config) {
	threshold := m.Config.Int(config.BroadcastThreshold)
	if v := m.Config.Text(config.AdaptiveBroadcast); v != "" && m.Config.Bool(config.AdaptiveEnabled) {
		threshold = max(threshold, m.Config.Int(config.AdaptiveBroadcast))
	}
	if threshold <= was.Int(config.BroadcastThreshold) {
		m.Refuse("the profile does not tell what broadcast joins would cost as shuffle joins; run a trial")
		return
	}
	joins := slices.DeleteFunc(m.ShuffleJoins(), func(j Join) bool {
		s := j.Small()
		return s < 0 || j.Sides[s].Bytes > threshold
	})
	small := map[int]bool{}
	for _, j := range joins {
		small[j.Sides[j.Small()].Stage] = true
	}
	done := 0
	for _, j := range joins {
		if m.fold(j, small) {
			done++
		}
	}
	m.spread = max(m.spread, 0.25)
	m.Assume(fmt.Sprintf("%d of %d shuffle joins whose smaller side fits become broadcast joins", done, len(joins)))
	m.Assume("a broadcast costs the time to collect, send and build at a fixed rate")
}

// fold moves a join into the stage that reads its larger side.
func (m *Model) fold(j Join, small map[int]bool) bool {
	s := j.Small()
	b, l, at := m.Find(j.Sides[s].Stage), m.Find(j.Sides[1-s].Stage), m.Find(j.Stage)
	if b < 0 || l < 0 || at < 0 {
		return false
	}
	l, host := m.home(l), m.home(at)
	if l == b || l == host && at == host {
		return false
	}
	build := &m.Stages[b]
	rate := sparkBroadcastRate
	if m.Embedded() {
		rate = arrowBroadcastRate
	}
	for k := range build.Tasks {
		build.Tasks[k].Cost[Write], build.Tasks[k].Written = 0, 0
	}
	build.Tail += time.Duration(float64(j.Sides[s].Bytes) / rate * 1e9)
	if host != at {
		return true // an earlier join of this stage has moved it already
	}
	for _, p := range m.Stages[at].Parents {
		if p = m.home(p); p != l && p != b && !small[m.Stages[p].ID] {
			return false // the stage also reads a shuffle that stays
		}
	}
	saved := m.shipping(j, &m.Stages[at])
	if !m.hosts(l) {
		m.unpartition(j, &m.Stages[l])
	}
	m.take(l, at, saved)
	if !m.after(b, l) {
		m.Stages[l].Parents = append(m.Stages[l].Parents, b)
	}
	return true
}

// home follows a stage to the one that took over its work.
func (m *Model) home(i int) int {
	for {
		next, ok := m.folded[i]
		if !ok {
			return i
		}
		i = next
	}
}

// hosts reports whether stage i has taken over another's work already.
func (m *Model) hosts(i int) bool {
	for _, to := range m.folded {
		if to == i {
			return true
		}
	}
	return false
}

// take gives the work of stage from to the tasks of stage to, in proportion to
// their own. The fixed cost of from's tasks, its fetching, the shuffle that to
// wrote, and so much computing as saved says are saved.
func (m *Model) take(to, from int, saved time.Duration) {
	f := m.floor(from)
	var work, own Task
	for k := range m.Stages[from].Tasks {
		t := m.Stages[from].Tasks[k]
		t.Cost[Fetch], t.Cost[Fixed] = 0, 0
		t.Cost[Compute] = max(0, t.Cost[Compute]-f.compute)
		work.add(&t, 1)
	}
	work.Cost[Compute] = max(0, work.Cost[Compute]-saved)
	work.Bytes, work.Shuffled = 0, 0
	host := &m.Stages[to]
	for k := range host.Tasks {
		host.Tasks[k].Cost[Write], host.Tasks[k].Written = 0, 0
		own.add(&host.Tasks[k], 1)
	}
	for k := range host.Tasks {
		share := 1 / float64(len(host.Tasks))
		if own.Cost[Compute] > 0 {
			share = float64(host.Tasks[k].Cost[Compute]) / float64(own.Cost[Compute])
		}
		host.Tasks[k].add(&work, share)
	}
	gone := &m.Stages[from]
	gone.Tasks, gone.Lead, gone.Tail = nil, 0, 0
	m.folded[from] = to
}

// probeShare is what probing a hash table costs of what merging sorted rows
// costs: 320,000 rows merged in 75 ms of the embedded engine, and a stage that
// probed and aggregated them took less than 10 ms more than reading them.
const probeShare = 0.1

// shipping is the computing that the join's stage is spared when the larger
// side is not shuffled. Where operators are timed it is all but the operators
// after the join and the probing; else an estimate by size, and at least what
// was timed as sorting, and at most half of the stage.
func (m *Model) shipping(j Join, s *Stage) time.Duration {
	kept, sorting, timed := m.operators(j, s)
	var compute time.Duration
	for k := range s.Tasks {
		compute += s.Tasks[k].Cost[Compute]
	}
	if timed {
		return max(0, compute-kept)
	}
	rate := sparkShuffleRate
	if m.Embedded() {
		rate = arrowShuffleRate
	}
	shipped := time.Duration(float64(j.Sides[1-j.Small()].Bytes) / rate * 1e9)
	return min(max(shipped, sorting), compute/2)
}

// operators sums what the stage's operators took: sorting apart, the join as
// probing. Reading and writing exchanges is left out. timed is false where the
// operators were not timed one by one.
func (m *Model) operators(j Join, s *Stage) (kept, sorting time.Duration, timed bool) {
	for _, x := range m.Profile.Executions {
		if x.ID != j.Execution {
			continue
		}
		for _, n := range x.Nodes {
			if isExchange(n) || !slices.Contains(n.Stages, s.ID) {
				continue
			}
			d, _ := nodeTime(n)
			_, own := n.Metric(metric.NodeTime.String())
			timed = timed || own
			switch {
			case n.Name == "Sort":
				sorting += d
			case n == j.Node:
				kept += time.Duration(probeShare * float64(d))
			default:
				kept += d
			}
		}
	}
	return kept, sorting, timed
}

// unpartition takes out of the stage that read the larger side what it took to
// cut its rows into partitions, which is what its operators do not account for.
func (m *Model) unpartition(j Join, s *Stage) {
	kept, sorting, timed := m.operators(j, s)
	var compute time.Duration
	for k := range s.Tasks {
		compute += s.Tasks[k].Cost[Compute]
	}
	if keep := float64(kept+sorting) / float64(max(1, compute)); timed && keep < 1 && kept > 0 {
		for k := range s.Tasks {
			s.Tasks[k].Cost[Compute] = time.Duration(keep * float64(s.Tasks[k].Cost[Compute]))
		}
	}
}

// after reports whether stage b cannot end before stage l begins: it waits for
// l, or runs in a job that starts only after l's.
func (m *Model) after(b, l int) bool {
	job := func(s int) int {
		return slices.IndexFunc(m.Jobs, func(j Job) bool { return slices.Contains(j.Stages, s) })
	}
	for j, host := job(b), job(l); j >= 0; j = m.Jobs[j].After {
		if j == host {
			if job(b) != host {
				return true
			}
			break
		}
	}
	seen := map[int]bool{}
	var waits func(int) bool
	waits = func(s int) bool {
		if s == l {
			return true
		}
		if seen[s] {
			return false
		}
		seen[s] = true
		return slices.ContainsFunc(m.Stages[s].Parents, waits)
	}
	return waits(b)
}
