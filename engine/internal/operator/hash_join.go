package operator

import (
	"context"
	"errors"
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
)

// buildJoin runs a join by its strategy.
func buildJoin(ctx context.Context, n *plan.Join, part *stage.Part, t *Task) (Batches, error) {
	var err error
	sides := []plan.Node{n.Left, n.Right}
	var in [2]Batches
	for i, s := range sides {
		if part.In[i] == nil {
			continue
		}
		if in[i], err = Build(ctx, s, part.In[i], t); err != nil {
			return nil, err
		}
	}
	switch n.Strategy {
	case plan.SortMerge:
		return sortMergeJoin(n, in[0], in[1], t), nil
	case plan.Cartesian:
		return cartesian(n, in[0], in[1], t), nil
	}
	build, probe := 1, 0
	if n.BuildLeft {
		build, probe = 0, 1
	}
	if n.Strategy == plan.ShuffledHash {
		return shuffledHashJoin(n, in[probe], in[build], t), nil
	}
	table := t.Tables(sides[build].(*plan.Exchange))
	switch {
	case table == nil:
		return nil, ErrNoTable
	case n.Strategy == plan.NestedLoop:
		return nestedLoop(n, in[probe], table.Rows, t), nil
	}
	return hashJoin(n, in[probe], table, t), nil
}

// ErrNoTable is the failure of a task that computes a partition of a cached frame
// again, below which there is a broadcast that this query did not make, since the
// frame was there altogether when it began.
var ErrNoTable = errors.New("what a cached frame below joins was not broadcast for this query")

// KeyColumns returns the positions of a join side's keys.
func KeyColumns(schema expr.Schema, names []string) []int {
	out := make([]int, len(names))
	for i, k := range names {
		out[i] = schema.Index(k)
	}
	return out
}

// hashJoin streams the probe side past the table. Inner, semi, anti and the
// outer join that keeps the probe side's rows are all a question of what
// happens to rows that find nothing. Joins with a condition, and those that ask
// which rows of the table were found, go through a pairing.
func hashJoin(n *plan.Join, probe Batches, table *Table, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		if n.NullAware && table.nullKey {
			return
		}
		names, probeSchema := n.LeftKeys, n.Left.Schema()
		if n.BuildLeft {
			names, probeSchema = n.RightKeys, n.Right.Schema()
		}
		keys := KeyColumns(probeSchema, names)
		if n.Where != nil || n.Type == plan.Existence || n.KeepsBuilt() {
			p, err := newPairing(n, !n.BuildLeft, t, handOn(yield))
			if err == nil {
				err = p.lookup(probe, keys, table)
			}
			if err != nil && err != errStopped {
				yield(nil, err)
			}
			return
		}
		cols := make([]*expr.Column, len(keys))
		j := &joiner{node: n, table: table, prober: newProber(table), most: 2 * t.BatchRows}
		for b, err := range probe {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, k := range keys {
				cols[i] = &b.Cols[k]
			}
			if !j.join(b, cols, yield) {
				return
			}
		}
	}
}

// lookup pairs the probe side's rows with those of the table that have their
// keys.
func (p *pairing) lookup(probe Batches, keys []int, table *Table) error {
	var met []bool
	if p.node.KeepsBuilt() {
		met = make([]bool, table.Rows.Rows)
	}
	cols := make([]*expr.Column, len(keys))
	finder := newProber(table)
	for b, err := range probe {
		if err != nil {
			return err
		}
		for i, k := range keys {
			cols[i] = &b.Cols[k]
		}
		matched := p.stream(b.Rows)
		p.from, p.to = p.from[:0], p.to[:0]
		for i, r := range finder.find(cols, b.Rows) {
			for ; r >= 0; r = table.next[r] {
				p.from, p.to = append(p.from, int32(i)), append(p.to, r)
				if len(p.from) >= p.batchRows {
					if err := p.pairs(b, table.Rows, p.from, p.to, met); err != nil {
						return err
					}
					p.from, p.to = p.from[:0], p.to[:0]
				}
			}
		}
		if err := p.pairs(b, table.Rows, p.from, p.to, met); err != nil {
			return err
		}
		if err := p.settle(b, p.streamLeft, matched); err != nil {
			return err
		}
	}
	if met == nil {
		return nil
	}
	return p.rest(table.Rows, met)
}

type joiner struct {
	node   *plan.Join
	table  *Table
	prober *prober
	most   int // rows of a batch, where probe rows have several matches

	sel, rows []int32
	gather    expr.Gatherer
	out       expr.Batch
	taken     []expr.Column
}

// join yields the rows that a probe batch makes; false when the consumer left.
func (j *joiner) join(b *expr.Batch, cols []*expr.Column, yield func(*expr.Batch, error) bool) bool {
	first := j.prober.find(cols, b.Rows)
	n := j.node
	outer := n.Type == plan.LeftOuter || n.Type == plan.RightOuter
	switch {
	case n.Type == plan.LeftSemi || n.Type == plan.LeftAnti:
		j.sel = j.sel[:0]
		for i, r := range first {
			// With NullAware a null key might equal any of the table's.
			if (r >= 0) == (n.Type == plan.LeftSemi) && !(n.NullAware && j.table.Rows.Rows > 0 && cols[0].IsNull(i)) {
				j.sel = append(j.sel, int32(i))
			}
		}
		if len(j.sel) < b.Rows {
			b = j.gather.Gather(b, j.sel)
		}
		return b.Rows == 0 || yield(b, nil)
	case j.table.unique && (outer || !slices.Contains(first, -1)):
		return b.Rows == 0 || yield(j.assemble(b, first), nil)
	}
	j.sel, j.rows = j.sel[:0], j.rows[:0]
	for i, r := range first {
		if r < 0 && outer {
			j.sel, j.rows = append(j.sel, int32(i)), append(j.rows, -1)
		}
		for ; r >= 0; r = j.table.next[r] {
			j.sel, j.rows = append(j.sel, int32(i)), append(j.rows, r)
			if len(j.sel) >= j.most {
				if !yield(j.assemble(j.gather.Gather(b, j.sel), j.rows), nil) {
					return false
				}
				j.sel, j.rows = j.sel[:0], j.rows[:0]
			}
		}
	}
	return len(j.sel) == 0 || yield(j.assemble(j.gather.Gather(b, j.sel), j.rows), nil)
}

// assemble puts the probe rows beside the build rows. Strings of a small table
// become codes into it, of which the build rows' numbers are those, so that they cost
// nothing and grouping by them works on numbers.
func (j *joiner) assemble(probe *expr.Batch, rows []int32) *expr.Batch {
	t := j.table
	outer := j.node.Type != plan.Inner // and may have rows without a match
	if j.taken == nil {
		j.taken = make([]expr.Column, len(t.Rows.Cols))
	}
	for i := range t.Rows.Cols {
		in := &t.Rows.Cols[i]
		switch {
		case t.shared[i].Offsets == nil:
			expr.Take(&j.taken[i], in, rows)
		case in.Valid == nil && !outer:
			j.taken[i] = expr.Column{Type: expr.String, Len: len(rows), Dict: &t.shared[i], Codes: rows} // the rows are their codes
		default:
			codes := expr.Column{Type: expr.String, Len: t.Rows.Rows, Valid: in.Valid, Dict: &t.shared[i], Codes: t.codes}
			expr.Take(&j.taken[i], &codes, rows)
		}
	}
	j.out.Schema, j.out.Rows = j.node.Schema(), len(rows)
	j.out.Cols = j.out.Cols[:0]
	if j.node.BuildLeft {
		j.out.Cols = append(append(j.out.Cols, j.taken...), probe.Cols...)
	} else {
		j.out.Cols = append(append(j.out.Cols, probe.Cols...), j.taken...)
	}
	return &j.out
}
