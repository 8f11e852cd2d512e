package whatif

import "time"

// thin makes reading a shuffle cheaper where fewer tasks write it than in the
// run as it was. A task reads one block of every task that wrote; where blocks
// hold less than a packet, what a task does is opening them, and its time goes
// with their number. (A task of the embedded engine that read 200 blocks of
// some hundred bytes took 14 to 16 ms, the same rows in three blocks less than
// one.) It is the last edit, when all numbers of tasks are settled.
func (m *Model) thin(was *Model) {
	for i := range m.Stages {
		before, now := was.writers(i), m.writers(i)
		s := &was.Stages[i]
		blocks := int64(before * s.Tasks.Len())
		if now == 0 || now >= before || before < leastBlocks || blocks == 0 {
			continue
		}
		if s.Bytes()/blocks >= packet {
			m.open(i, now-before)
			continue
		}
		share := float64(now) / float64(before)
		m.Stages[i].edit(func(_ int, t *Task) {
			t.Cost[Compute] = time.Duration(share * float64(t.Cost[Compute]))
			t.Cost[Fetch] = time.Duration(share * float64(t.Cost[Fetch]))
		})
	}
}

// open gives each task of a stage so many blocks more to open, or less: what the
// embedded engine takes for each beside its rows. Where rows are sorted, pieces of
// fewer writers are larger, which costs as much as it saves.
func (m *Model) open(i, blocks int) {
	if !m.Embedded() || m.facts.sorts[m.Stages[i].ID] > 0 {
		return
	}
	m.Stages[i].edit(func(_ int, t *Task) {
		c := &t.Cost[Compute]
		*c = max(*c/2, *c+time.Duration(blocks)*arrowBlock)
	})
}

// leastBlocks is the number of blocks below which opening them does not show.
const leastBlocks = 16

// writers counts the tasks that write what stage i reads.
func (m *Model) writers(i int) (n int) {
	seen := map[int]bool{}
	for _, p := range m.Stages[i].Parents {
		if p = m.home(p); !seen[p] && p != i {
			seen[p] = true
			n += m.Stages[p].Tasks.Len()
		}
	}
	return n
}
