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

	// partitioning is the computing that cutting the larger side into partitions
	// took, where operators are timed: what they do not account for.
	partitioning time.Duration
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
func (m *Model) ShuffleJoins() []Join { return slices.Clone(m.facts.joins) }

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
			j.partitioning = m.partitioning(j)
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
	for k := range s.Tasks.Len() {
		n += s.Tasks.Written(k)
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

// broadcastSpread is how far the saving of broadcast joins may lie from the
// prediction, relatively. In trials of the taxi questions measured savings lay
// up to 35 % above predictions: what operators after the join save depends on
// what they group by, which the profile does not tell.
const broadcastSpread = 0.4

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
	m.hint(slices.DeleteFunc(m.ShuffleJoins(), func(j Join) bool {
		s := j.Small()
		return s < 0 || j.Sides[s].Bytes > threshold
	}))
}

// Hint makes broadcast joins of shuffle joins, as a hint in the query does, whatever
// the threshold. Each must have a Small side.
func Hint(joins []Join) Edit { return func(m *Model) { m.hint(joins) } }

func (m *Model) hint(joins []Join) {
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
	m.spread = max(m.spread, broadcastSpread)
	m.Assume(fmt.Sprintf("%d of %d shuffle joins whose smaller side fits become broadcast joins", done, len(joins)))
	m.Assume("a broadcast costs the time to collect, send and build at a fixed rate")
}
