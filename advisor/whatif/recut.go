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
			was, slots := m.Stages[i].Tasks.Len(), m.peak()
			m.recut(i, n)
			m.crowd([]int{i}, func(int) int { return min(was, slots) }, func(int) int { return min(n, slots) })
		}
	}
}

func (m *Model) recut(i, n int) {
	s := &m.Stages[i]
	old := s.Tasks.Len()
	switch {
	case n <= 0 || n == old || old == 0:
		return
	case n < old:
		groups := make([][]int, n)
		for k := range old {
			g := s.Tasks.Index(k) % n
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
	limit, by := m.taskMemory(), m.spiller(i)
	sorts := m.facts.sorts[s.ID]
	first := m.peak()
	var largest, biggest int64
	tasks, before := s.Tasks, s.Bytes()/int64(s.Tasks.Len())
	for k := range tasks.Len() {
		largest = max(largest, tasks.Bytes(k))
	}
	s.Tasks = tabulate(len(groups), func(g int) Task {
		t := Task{Index: g}
		var need, ground int64
		full := 0
		for _, k := range groups[g] {
			old := tasks.At(k)
			if k < first {
				t.Cost[Fixed] = max(t.Cost[Fixed], old.Cost[Fixed])
			}
			if old.Bytes == 0 {
				continue
			}
			full++
			old.Cost[Compute] = time.Duration(float64(old.Cost[Compute]) / sorts.slows(old.Bytes, sortGrowth))
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
		t.Cost[Compute] = time.Duration(sorts.slows(t.Bytes, sortGrowth) * float64(t.Cost[Compute]))
		m.respill(&t, need+ground, by)
		biggest = max(biggest, t.Bytes)
		return t
	})
	if limit > 0 && largest > 0 && biggest > 4*largest && biggest > limit/2 {
		m.Refuse(fmt.Sprintf("stage %d: partitions would be %d times the largest measured and more than half of a task's memory", s.ID, biggest/largest))
	}
	m.spread = max(m.spread, 0.10)
	m.doubtSorts(i, before)
	m.Assume("a partition costs a fixed part and a part that grows with its bytes, both fitted from this run")
}

// split cuts the stage's partitions into n.
func (m *Model) split(i, n int) {
	s, f := &m.Stages[i], m.floor(i)
	by := m.spiller(i)
	tasks, sorts := s.Tasks, m.facts.sorts[s.ID]
	old := tasks.Len()
	if m.Embedded() {
		f.compute = max(f.compute, min(time.Duration(m.writers(i))*arrowBlockFine, s.compute()/time.Duration(2*old)))
		m.doubtBlocks(i, n-old)
	}
	m.Reach(float64(n)/float64(old)/2, fmt.Sprintf("stage %d with %d partitions instead of %d", s.ID, n, old))
	size := func(bytes int64) float64 { return float64(max(bytes, 1)) }
	sizes := make([]float64, old)
	for k := range sizes {
		sizes[k] = size(tasks.Bytes(k))
	}
	slices.Sort(sizes)
	atom := 2 * (sizes[(old-1)/2] + sizes[old/2]) / 2
	grown := func(k int) (t Task, heavy float64) { // what is more than fixed, and its share of one key
		t = tasks.At(k)
		t.Cost[Fixed] = max(0, t.Cost[Fixed]-f.fixed)
		t.Cost[Compute] = time.Duration(float64(max(0, t.Cost[Compute]-f.compute)) / sorts.slows(t.Bytes, sortGrowth))
		if old >= 3 { // else too few to tell a heavy key from an uneven cut
			heavy = max(0, size(t.Bytes)-atom) / size(t.Bytes)
		}
		return t, heavy
	}
	var loose Task
	var looseNeed float64
	var ground int64
	for k := range old {
		t, heavy := grown(k)
		data, base := t.memory()
		ground = max(ground, base)
		loose.add(&t, 1-heavy)
		looseNeed += (1 - heavy) * float64(data)
	}
	k := 0 // the next whose heavy key has no task yet
	s.Tasks = tabulate(n, func(at int) Task {
		out := Task{Index: at}
		need := looseNeed / float64(n)
		if k < old && k*n/old == at {
			t, heavy := grown(k)
			out.add(&t, heavy)
			data, _ := t.memory()
			need += heavy * float64(data)
			k++
		}
		out.add(&loose, 1/float64(n))
		out.Cost[Fixed] += f.fixed
		out.Cost[Compute] = f.compute + time.Duration(sorts.slows(out.Bytes, sortGrowth)*float64(out.Cost[Compute]))
		m.respill(&out, ground+int64(need), by)
		return out
	})
	m.doubtSorts(i, s.Bytes()/int64(old))
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
