package operator

import (
	"math"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// folding is an aggregate over frames. Rows with the same frame share a group of
// one state, and all groups of a slice are folded together: the rows at the ends
// of their frames, and nodes of trees for what lies between. Where frames only
// grow, states that can say their result after every row do so instead.
type folding struct {
	agg    *expr.BoundAggregate
	frames *frames
	values values
	upper  *tree // whose leaves are the chunks of a span
	failed error // why there is none

	runner expr.Runner // where frames only grow; or nil
	part   int32       // the partition, and so the group, that it is at
	start  int32       // of that partition
	after  expr.Column // the results after each row, of the slice or, for peers, the span
	open   expr.State  // of the partition that may go on

	ids, lo, hi []int32
	all         []int32 // 0, 1, 2, ...
	pairs       struct{ groups, rows []int32 }
	taken       []expr.Column
	out         expr.Column
}

// blockRows is how many rows a leaf of a chunk's tree folds; up to twice as many
// are folded one by one.
const blockRows = 8

func newFolding(f *plan.WindowFunc, fr *frames, schema expr.Schema) (windowFunction, error) {
	agg, err := expr.BindAggregate(*f.Agg, schema)
	if err != nil {
		return nil, err
	}
	a := &folding{agg: agg, frames: fr, taken: make([]expr.Column, len(agg.Args))}
	a.values.exprs = agg.Args
	return a, nil
}

func (a *folding) reach() reach {
	switch {
	case !a.frames.grows():
		return toPartition
	case a.frames.Rows:
		return toRow
	}
	return toPeers
}

func (a *folding) begin(s *span) error {
	a.values.begin(s)
	a.frames.begin()
	a.runner = nil
	if runner, ok := a.agg.NewState().(expr.Runner); ok && a.frames.grows() && (a.frames.Rows || s.chunks() == 1) {
		a.runner, a.part, a.start = runner, -1, math.MinInt32
		runner.Grow(len(s.parts) - 1)
		if s.before.rows > 0 {
			a.carryOn(runner, []int32{0})
		}
		if a.frames.Rows {
			return nil
		}
		return a.runAhead(s)
	}
	if s.chunks() > 1 {
		return a.plant(s)
	}
	return nil
}

// run gives the results after each row of a slice.
func (a *folding) run(p *slice) error {
	a.taken = resized(a.taken, len(a.agg.Args))
	if err := evalAll(a.taken, a.agg.Args, p.batch); err != nil {
		return err
	}
	a.ids = resized(a.ids, p.batch.Rows)
	for i, start := range p.start {
		if start != a.start {
			a.part, a.start = a.part+1, start
		}
		a.ids[i] = a.part
	}
	a.after = a.runner.Run(a.ids, pointers(a.taken))
	return a.runner.Err()
}

// runAhead gives the results after each row of a span, as those of peers lie
// ahead of them.
func (a *folding) runAhead(s *span) error {
	h, err := a.values.of(0)
	if err != nil {
		return err
	}
	a.ids = resized(a.ids, s.rows())
	for p := range len(s.parts) - 1 {
		for i := s.parts[p]; i < s.parts[p+1]; i++ {
			a.ids[i] = int32(p)
		}
	}
	a.after = a.runner.Run(a.ids, pointers(h.cols))
	return a.runner.Err()
}

// plant folds the chunks of a span.
func (a *folding) plant(s *span) error {
	leaves := a.agg.NewState()
	leaves.Grow(s.chunks())
	for chunk := range s.chunks() {
		h, err := a.values.of(chunk)
		if err != nil {
			return err
		}
		a.ids = resized(a.ids, s.starts[chunk+1]-s.starts[chunk])
		for i := range a.ids {
			a.ids[i] = int32(chunk)
		}
		leaves.Update(a.ids, pointers(h.cols))
	}
	if a.failed, a.upper = leaves.Err(), nil; a.failed == nil {
		a.upper = newTree(a.agg, leaves, s.chunks())
	}
	return nil
}

// carryOn merges what the open partition came to into groups.
func (a *folding) carryOn(state expr.State, groups []int32) {
	cols := a.open.Export()
	taken := make([]expr.Column, len(cols))
	for i := range cols {
		expr.Take(&taken[i], &cols[i], make([]int32, len(groups)))
	}
	state.Merge(groups, pointers(taken))
}

func (a *folding) end(s *span) error {
	start := int(s.at.start[len(s.at.start)-1])
	if start >= 0 {
		a.open = a.agg.NewState()
		a.open.Grow(1)
	}
	for chunk := s.chunkOf(max(start, 0)); chunk < s.chunks(); chunk++ {
		h, err := a.values.of(chunk)
		if err != nil {
			return err
		}
		n := s.starts[chunk+1] - s.starts[chunk]
		rows := (&expr.Batch{Rows: n, Cols: h.cols}).Slice(max(start-s.starts[chunk], 0), n)
		a.open.Update(make([]int32, rows.Rows), pointers(rows.Cols))
	}
	return a.open.Err()
}

func (a *folding) compute(p *slice) (*expr.Column, error) {
	n := p.batch.Rows
	if a.runner != nil && a.frames.Rows {
		return &a.after, a.run(p)
	}
	lo, hi, err := a.frames.of(p)
	if err != nil {
		return nil, err
	}
	a.ids = resized(a.ids, n)
	if a.runner != nil {
		for i, past := range hi {
			a.ids[i] = past - 1
		}
		expr.Take(&a.out, &a.after, a.ids)
		return &a.out, nil
	}
	a.lo, a.hi = a.lo[:0], a.hi[:0]
	for i := range lo {
		if k := len(a.lo); k == 0 || a.lo[k-1] != lo[i] || a.hi[k-1] != hi[i] {
			a.lo, a.hi = append(a.lo, lo[i]), append(a.hi, hi[i])
		}
		a.ids[i] = int32(len(a.lo) - 1)
	}
	state := a.agg.NewState()
	state.Grow(len(a.lo))
	for len(a.all) < len(a.lo) {
		a.all = append(a.all, int32(len(a.all)))
	}
	if open := 0; a.lo[0] < 0 {
		for ; open < len(a.lo) && a.lo[open] < 0; open++ {
			a.lo[open] = 0
		}
		a.carryOn(state, a.all[:open])
	}
	if err := a.fold(p.span, state); err != nil {
		return nil, err
	}
	a.out = state.Final()
	if err := state.Err(); err != nil {
		return nil, err
	}
	if len(a.lo) < n {
		whole := a.out
		a.out = expr.Column{}
		expr.Take(&a.out, &whole, a.ids)
	}
	return &a.out, nil
}

// fold folds the frames from a.lo to a.hi, each into its group.
func (a *folding) fold(s *span, state expr.State) error {
	groups := a.all[:len(a.lo)]
	if s.chunks() == 1 {
		return a.foldChunk(0, state, groups, a.lo, a.hi)
	}
	// The chunk that a frame begins in, those between, the one that it ends in.
	first, last := make([]int32, len(groups)), make([]int32, len(groups))
	for i := range groups {
		first[i] = int32(s.chunkOf(int(a.lo[i])))
		last[i] = max(first[i], int32(s.chunkOf(int(max(a.hi[i]-1, 0)))))
	}
	if err := a.ends(s, state, first, first, last); err != nil {
		return err
	}
	lo := make([]int32, len(groups))
	for i := range groups {
		lo[i] = min(first[i]+1, last[i])
		if lo[i] < last[i] && a.upper == nil {
			return a.failed
		}
	}
	if a.upper != nil {
		a.upper.fold(state, groups, lo, last)
	}
	return a.ends(s, state, last, first, last)
}

// ends folds the parts of frames that lie in the chunk they begin in, or, for
// those of several chunks, end in.
func (a *folding) ends(s *span, state expr.State, which, first, last []int32) error {
	atEnd := &which[0] == &last[0]
	var groups, lo, hi []int32
	for from := 0; from < len(which); {
		chunk := which[from]
		start, end := int32(s.starts[chunk]), int32(s.starts[chunk+1])
		groups, lo, hi = groups[:0], lo[:0], hi[:0]
		for ; from < len(which) && which[from] == chunk; from++ {
			if atEnd && first[from] == chunk {
				continue
			}
			groups = append(groups, int32(from))
			lo, hi = append(lo, max(a.lo[from], start)-start), append(hi, min(a.hi[from], end)-start)
		}
		if err := a.foldChunk(int(chunk), state, groups, lo, hi); err != nil {
			return err
		}
	}
	return nil
}

// foldChunk folds rows [lo, hi) of a chunk, counted within it, into each group.
func (a *folding) foldChunk(chunk int, state expr.State, groups, lo, hi []int32) error {
	if len(groups) == 0 {
		return nil
	}
	h, err := a.values.of(chunk)
	if err != nil {
		return err
	}
	long := false
	for i := range lo {
		long = long || hi[i]-lo[i] > 2*blockRows
	}
	if long && h.tree == nil {
		h.tree = a.treeOf(h, a.values.span.starts[chunk+1]-a.values.span.starts[chunk])
	}
	a.pairs.groups, a.pairs.rows = a.pairs.groups[:0], a.pairs.rows[:0]
	var nodes struct{ groups, lo, hi []int32 }
	for i, g := range groups {
		past := hi[i]
		if past-lo[i] > 2*blockRows && h.tree != nil {
			l := (lo[i] + blockRows - 1) / blockRows
			nodes.groups, nodes.lo, nodes.hi = append(nodes.groups, g), append(nodes.lo, l), append(nodes.hi, past/blockRows)
			past = l * blockRows
		}
		a.add(h, state, g, lo[i], past)
	}
	a.flush(h, state)
	if len(nodes.groups) > 0 {
		h.tree.fold(state, nodes.groups, nodes.lo, nodes.hi)
		for i, g := range groups {
			if hi[i]-lo[i] > 2*blockRows {
				a.add(h, state, g, hi[i]/blockRows*blockRows, hi[i])
			}
		}
		a.flush(h, state)
	}
	return state.Err()
}

// treeOf folds the blocks of a chunk; nil where a sum of rows fails that no frame
// may have asked for.
func (a *folding) treeOf(h *chunkValues, rows int) *tree {
	n := (rows + blockRows - 1) / blockRows
	leaves := a.agg.NewState()
	leaves.Grow(n)
	groups := make([]int32, rows)
	for i := range groups {
		groups[i] = int32(i / blockRows)
	}
	leaves.Update(groups, pointers(h.cols))
	if leaves.Err() != nil {
		return nil
	}
	return newTree(a.agg, leaves, n)
}

// add notes that rows [lo, hi) go into a group.
func (a *folding) add(h *chunkValues, state expr.State, group, lo, hi int32) {
	for i := lo; i < hi; i++ {
		a.pairs.groups, a.pairs.rows = append(a.pairs.groups, group), append(a.pairs.rows, i)
	}
	if len(a.pairs.rows) > 1<<16 {
		a.flush(h, state)
	}
}

func (a *folding) flush(h *chunkValues, state expr.State) {
	if len(a.pairs.rows) == 0 {
		return
	}
	for i := range h.cols {
		expr.Take(&a.taken[i], &h.cols[i], a.pairs.rows)
	}
	state.Update(a.pairs.groups, pointers(a.taken))
	a.pairs.groups, a.pairs.rows = a.pairs.groups[:0], a.pairs.rows[:0]
}
