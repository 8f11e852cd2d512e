package operator

import (
	"stagecoach/engine/expr"
)

// A tree holds what rows fold to, by blocks, by pairs of blocks, by pairs of
// those and so on, so that any run of rows is a few nodes and not many rows:
//
//	level 1  [      ][      ]      rows 2 to 13 of blocks of 4: rows 2, 3;
//	level 0  [  ][  ][  ][  ]      nodes 1 and 2; rows 12, 13
//
// States know how to merge and not all how to take rows back, so a tree serves
// every aggregate. All frames of a slice go through a level at once, those nodes
// first that lie further left: what minds the order of its rows gets them in
// order.
type tree struct {
	levels [][]expr.Column // the exported states of each level's nodes
	taken  []expr.Column
	groups [2][]int32
	nodes  [2][]int32
}

// newTree builds the levels above leaves, one group each; nil when a merged state
// fails, as a sum may that no frame asks for.
func newTree(agg *expr.BoundAggregate, leaves expr.State, n int) *tree {
	t := &tree{}
	for {
		level := leaves.Export()
		if leaves.Err() != nil {
			return nil
		}
		t.levels = append(t.levels, level)
		if n < 2 {
			return t
		}
		parents := make([]int32, n)
		for i := range parents {
			parents[i] = int32(i >> 1)
		}
		n = (n + 1) / 2
		leaves = agg.NewState()
		leaves.Grow(n)
		leaves.Merge(parents, pointers(level))
	}
}

// fold merges the leaves [lo, hi) of each group into its state.
func (t *tree) fold(state expr.State, groups, lo, hi []int32) {
	top := 0
	for i := range lo {
		for 1<<top < hi[i]-lo[i] {
			top++
		}
	}
	for level := 0; level <= top && level < len(t.levels); level++ {
		t.merge(state, level, groups, lo, hi, 0)
	}
	for level := min(top, len(t.levels)-1); level >= 0; level-- {
		t.merge(state, level, groups, lo, hi, 1)
	}
}

// merge takes the nodes of one level at the left (side 0) or right end of each
// range.
func (t *tree) merge(state expr.State, level int, groups, lo, hi []int32, side int) {
	who, nodes := t.groups[side][:0], t.nodes[side][:0]
	for i, g := range groups {
		// Ranges shrink from level to level: on the left up to the next even
		// node, on the right down to it.
		l, r := (lo[i]+1<<level-1)>>level, hi[i]>>level
		if l >= r {
			continue
		}
		switch {
		case side == 0 && l&1 == 1:
			who, nodes = append(who, g), append(nodes, l)
		case side == 1 && r&1 == 1:
			who, nodes = append(who, g), append(nodes, r-1)
		}
	}
	t.groups[side], t.nodes[side] = who, nodes
	if len(nodes) == 0 {
		return
	}
	cols := t.levels[level]
	t.taken = resized(t.taken, len(cols))
	for i := range cols {
		expr.Take(&t.taken[i], &cols[i], nodes)
	}
	state.Merge(who, pointers(t.taken))
}

func pointers(cols []expr.Column) []*expr.Column {
	out := make([]*expr.Column, len(cols))
	for i := range cols {
		out[i] = &cols[i]
	}
	return out
}
