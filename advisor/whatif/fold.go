package whatif

import (
	"slices"
	"time"

	"stagecoach/engine/metric"
)

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
	build.edit(func(_ int, t *Task) { t.Cost[Write], t.Written = 0, 0 })
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
		m.Stages[l].unpartition(j.partitioning)
	}
	if rest := m.Stages[at].compute() - saved; rest > 0 && !m.Embedded() {
		m.Doubt(func(o *Model) { o.Stages[l].unpartition(time.Duration(textsShip * float64(rest))) })
	}
	m.take(l, at, saved)
	if !m.after(b, l) {
		m.Stages[l].Parents = append(m.Stages[l].Parents, b)
	}
	return true
}

// textsShip is how much of what is taken for other work in a join's stage of Spark may
// be shuffling and sorting after all: of 33 s in which 3 M rows with texts were joined
// and aggregated, 29 went with the shuffle, where half was predicted.
const textsShip = 0.7

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
	var work Task
	for _, t := range m.Stages[from].Tasks.All {
		t.Cost[Fetch], t.Cost[Fixed] = 0, 0
		t.Cost[Compute] = max(0, t.Cost[Compute]-f.compute)
		work.add(&t, 1)
	}
	work.Cost[Compute] = max(0, work.Cost[Compute]-saved)
	work.Bytes, work.Shuffled = 0, 0
	host := &m.Stages[to]
	own := host.compute()
	host.edit(func(_ int, t *Task) {
		t.Cost[Write], t.Written = 0, 0
		share := 1 / float64(host.Tasks.Len())
		if own > 0 {
			share = float64(t.Cost[Compute]) / float64(own)
		}
		t.add(&work, share)
	})
	gone := &m.Stages[from]
	gone.Tasks, gone.Lead, gone.Tail = nil, 0, 0
	m.folded[from] = to
}

// probeShare is what probing a hash table costs of what merging sorted rows
// costs: 320,000 rows merged in 75 ms of the embedded engine, and a stage that
// probed and aggregated them took less than 10 ms more than reading them.
const probeShare = 0.1

// broadcastKeeps is what the embedded engine's operators after a join take when
// it becomes a broadcast join, of what they took before: they see whole batches
// instead of pieces of partitions, and the small side's texts as codes. In two
// joins of 5 M trips it was 0.54 (grouping by two texts) and 0.91.
const broadcastKeeps = 0.75

// shipping is the computing that the join's stage is spared when the larger
// side is not shuffled. Where operators are timed it is all but the operators
// after the join and the probing; else an estimate by size, at least what was timed
// as sorting, and at most half of the stage. Rows that the join drops cost nothing
// after it: where it tells how many it keeps, they are spared their part at least, and
// the others half of theirs at most. Tasks that wait for processors are that much
// slower at it.
func (m *Model) shipping(j Join, s *Stage) time.Duration {
	operators, sorting, timed := m.operators(j, s)
	compute := s.compute()
	if timed {
		if m.Embedded() {
			operators = time.Duration(broadcastKeeps * float64(operators))
		}
		return max(0, compute-operators)
	}
	rate := sparkShuffleRate / m.facts.pace
	if m.Embedded() {
		rate = arrowShuffleRate
	}
	large := j.Sides[1-j.Small()]
	shipped := max(sorting, time.Duration(float64(large.Bytes)/rate*1e9))
	kept := 1.0 // of the large side's rows
	if out, ok := j.Node.Metric(metric.NumOutputRows.String()); ok && out.Seen && large.Rows > 0 {
		kept = min(1, float64(out.Total)/float64(large.Rows))
	}
	least, most := (1-kept)/(1+kept), 1/(1+kept)
	return time.Duration(min(max(float64(shipped), least*float64(compute)), most*float64(compute)))
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

// partitioning is the computing of the stage that read the join's larger side
// beyond that of its operators; 0 where they were not timed.
func (m *Model) partitioning(j Join) time.Duration {
	i := j.Small()
	if i < 0 {
		return 0
	}
	s := m.Stage(j.Sides[1-i].Stage)
	if s == nil {
		return 0
	}
	kept, sorting, timed := m.operators(j, s)
	if !timed || kept <= 0 {
		return 0
	}
	return max(0, s.compute()-kept-sorting)
}

// unpartition takes so much computing out of the stage.
func (s *Stage) unpartition(d time.Duration) {
	if all := s.compute(); all > 0 {
		keep := 1 - float64(min(d, all))/float64(all)
		s.slow(keep)
	}
}

// compute is the computing of all tasks.
func (s *Stage) compute() (d time.Duration) {
	for _, t := range s.Tasks.All {
		d += t.Cost[Compute]
	}
	return d
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
