package whatif

import (
	"fmt"
	"slices"
	"time"
)

// Recut gives the stage a new number of shuffle partitions. Fewer: partitions
// meet as a hash modulo n makes them meet. More: each is split, except for the
// part beyond twice the median, which one key is taken to hold (heavy keys do
// not shrink with the number of partitions).
func Recut(stageID, n int) Edit {
	return func(m *Model) {
		if i := m.Find(stageID); i >= 0 {
			was, slots := len(m.Stages[i].Tasks), m.peak()
			m.recut(i, n)
			m.crowd([]int{i}, func(int) int { return min(was, slots) }, func(int) int { return min(n, slots) })
		}
	}
}

func (m *Model) recut(i, n int) {
	s := &m.Stages[i]
	old := len(s.Tasks)
	switch {
	case n <= 0 || n == old || old == 0:
		return
	case n < old:
		groups := make([][]int, n)
		for k := range s.Tasks {
			g := s.Tasks[k].Index % n
			groups[g] = append(groups[g], k)
		}
		f := m.floor(i)
		if m.Embedded() {
			f.compute = max(f.compute, time.Duration(m.writers(i))*arrowBlock)
		}
		m.merge(i, groups, f)
		m.doubtFloor(i, f, groups)
	default:
		m.split(i, n)
	}
}

// merge makes one task of each group of tasks (positions in the stage): the
// fixed cost f once, everything that grows with the size as a sum; of tasks that
// read nothing, nothing else counts. Empty groups become tasks that cost the
// fixed part. The first task on each slot, which brings the stage's code there,
// keeps the fixed cost that it had.
func (m *Model) merge(i int, groups [][]int, f floor) {
	s := &m.Stages[i]
	limit := m.taskMemory()
	sorts := m.facts.sorts[s.ID]
	first := m.peak()
	var largest, biggest int64
	for k := range s.Tasks {
		largest = max(largest, s.Tasks[k].Bytes)
	}
	out := make([]Task, len(groups))
	for g, members := range groups {
		t := &out[g]
		t.Index = g
		var need, ground int64
		full := 0
		for _, k := range members {
			old := &s.Tasks[k]
			if k < first {
				t.Cost[Fixed] = max(t.Cost[Fixed], old.Cost[Fixed])
			}
			if old.Bytes == 0 {
				continue
			}
			full++
			for p := range numParts {
				if p != Fixed {
					t.Cost[p] += old.Cost[p]
				}
			}
			t.Bytes, t.Shuffled, t.Written = t.Bytes+old.Bytes, t.Shuffled+old.Shuffled, t.Written+old.Written
			data, base := old.memory()
			need, ground = need+data, max(ground, base)
		}
		t.Cost[Fixed] = max(f.fixed, t.Cost[Fixed])
		t.Cost[Compute] = max(min(f.compute, t.Cost[Compute]), t.Cost[Compute]-time.Duration(full-1)*f.compute)
		t.Cost[Compute] = time.Duration(sorts.growth(full, sortGrowth) * float64(t.Cost[Compute]))
		m.respill(t, need+ground, limit)
		biggest = max(biggest, t.Bytes)
	}
	if limit > 0 && largest > 0 && biggest > 4*largest && biggest > limit/2 {
		m.Refuse(fmt.Sprintf("stage %d: partitions would be %d times the largest measured and more than half of a task's memory", s.ID, biggest/largest))
	}
	m.spread = max(m.spread, 0.10)
	s.Tasks = out
	m.doubtSorts(i, groups)
	m.Assume("a partition costs a fixed part and a part that grows with its bytes, both fitted from this run")
}

// split cuts the stage's partitions into n.
func (m *Model) split(i, n int) {
	s, f := &m.Stages[i], m.floor(i)
	limit := m.taskMemory()
	old := len(s.Tasks)
	if m.Embedded() {
		f.compute = max(f.compute, min(time.Duration(m.writers(i))*arrowBlockFine, s.compute()/time.Duration(2*old)))
		m.doubtBlocks(i, n-old)
	}
	m.Reach(float64(n)/float64(old)/2, fmt.Sprintf("stage %d with %d partitions instead of %d", s.ID, n, old))
	size := func(t *Task) float64 { return float64(max(t.Bytes, 1)) }
	sizes := make([]float64, old)
	for k := range s.Tasks {
		sizes[k] = size(&s.Tasks[k])
	}
	sorted := slices.Sorted(slices.Values(sizes))
	atom := 2 * (sorted[(old-1)/2] + sorted[old/2]) / 2
	var loose Task
	var looseNeed float64
	var ground int64
	out := make([]Task, n)
	need := make([]float64, n)
	for k := range s.Tasks {
		t := s.Tasks[k]
		t.Cost[Fixed] = max(0, t.Cost[Fixed]-f.fixed)
		t.Cost[Compute] = max(0, t.Cost[Compute]-f.compute)
		heavy := max(0, sizes[k]-atom) / sizes[k]
		if old < 3 {
			heavy = 0 // too few to tell a heavy key from an uneven cut
		}
		at := k * n / old
		out[at].add(&t, heavy)
		data, base := t.memory()
		ground = max(ground, base)
		need[at] += heavy * float64(data)
		loose.add(&t, 1-heavy)
		looseNeed += (1 - heavy) * float64(data)
	}
	for k := range out {
		t := &out[k]
		t.Index = k
		t.add(&loose, 1/float64(n))
		t.Cost[Fixed] += f.fixed
		t.Cost[Compute] += f.compute
		m.respill(t, ground+int64(need[k]+looseNeed/float64(n)), limit)
	}
	s.Tasks = out
	m.Assume("a partition costs a fixed part and a part that grows with its bytes, both fitted from this run")
	m.Assume("what a partition holds beyond twice the median belongs to one key and is not split")
}

// add adds a share of o to t.
func (t *Task) add(o *Task, share float64) {
	for p := range numParts {
		t.Cost[p] += time.Duration(share * float64(o.Cost[p]))
	}
	t.Bytes += int64(share * float64(o.Bytes))
	t.Shuffled += int64(share * float64(o.Shuffled))
	t.Written += int64(share * float64(o.Written))
	t.Spilled += int64(share * float64(o.Spilled))
}
