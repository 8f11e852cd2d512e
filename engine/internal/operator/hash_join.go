package operator

import (
	"context"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
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
	if n.Strategy == plan.NestedLoop {
		return nestedLoop(n, in[probe], t.Tables(sides[build].(*plan.Exchange)).Rows, t), nil
	}
	table := func() (*Table, error) { return t.Tables(sides[build].(*plan.Exchange)), nil }
	if n.Strategy == plan.ShuffledHash {
		table = func() (*Table, error) { return collectTable(n, sides[build], in[build], t) }
	}
	return hashJoin(n, in[probe], table, t), nil
}

// KeyColumns returns the positions of a join side's keys.
func KeyColumns(schema expr.Schema, names []string) []int {
	out := make([]int, len(names))
	for i, k := range names {
		out[i] = schema.Index(k)
	}
	return out
}

// collectTable builds the table of a shuffled hash join from one partition. It
// cannot spill: a build side that does not fit fails the task, as in Spark.
func collectTable(n *plan.Join, side plan.Node, in Batches, t *Task) (*Table, error) {
	start := time.Now()
	memory := t.Memory.Reserve(t.ID)
	var held []*expr.Batch
	size := int64(0)
	for b, err := range in {
		if err != nil {
			return nil, err
		}
		size += b.Size()
		if err := memory.Resize(2*size + int64(b.Rows)*24); err != nil {
			return nil, err
		}
		held = append(held, b.Copy())
	}
	names := n.RightKeys
	if n.BuildLeft {
		names = n.LeftKeys
	}
	table := NewTable(expr.Concat(side.Schema(), held), KeyColumns(side.Schema(), names))
	t.Node(n).Record(metric.BuildTime, int64(time.Since(start)))
	t.Node(n).Record(metric.BuildDataSize, size)
	t.peak(n, memory.Peak())
	return table, nil
}

// hashJoin streams the probe side past the table. Inner, semi, anti and the
// outer join that keeps the probe side's rows are all a question of what
// happens to rows that find nothing. Joins with a condition, and those that ask
// which rows of the table were found, go through a pairing.
func hashJoin(n *plan.Join, probe Batches, build func() (*Table, error), t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		table, err := build()
		if err != nil {
			yield(nil, err)
			return
		}
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
		j := &joiner{node: n, table: table, prober: newProber(table)}
		for b, err := range probe {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, k := range keys {
				cols[i] = &b.Cols[k]
			}
			if out := j.join(b, cols); out.Rows > 0 && !yield(out, nil) {
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

	sel, rows []int32
	gather    expr.Gatherer
	out       expr.Batch
	taken     []expr.Column
}

func (j *joiner) join(b *expr.Batch, cols []*expr.Column) *expr.Batch {
	first := j.prober.find(cols, b.Rows)
	n := j.node
	switch n.Type {
	case plan.LeftSemi, plan.LeftAnti:
		j.sel = j.sel[:0]
		for i, r := range first {
			// With NullAware a null key might equal any of the table's.
			if (r >= 0) == (n.Type == plan.LeftSemi) && !(n.NullAware && j.table.Rows.Rows > 0 && cols[0].IsNull(i)) {
				j.sel = append(j.sel, int32(i))
			}
		}
		if len(j.sel) == b.Rows {
			return b
		}
		return j.gather.Gather(b, j.sel)
	}
	outer := n.Type == plan.LeftOuter || n.Type == plan.RightOuter
	all := true
	if !j.table.unique {
		all = false
	} else if !outer {
		for _, r := range first {
			all = all && r >= 0
		}
	}
	rows := first
	if !all {
		j.sel, j.rows = j.sel[:0], j.rows[:0]
		for i, r := range first {
			if r < 0 {
				if outer {
					j.sel, j.rows = append(j.sel, int32(i)), append(j.rows, -1)
				}
				continue
			}
			for ; r >= 0; r = j.table.next[r] {
				j.sel, j.rows = append(j.sel, int32(i)), append(j.rows, r)
			}
		}
		b, rows = j.gather.Gather(b, j.sel), j.rows
	}
	return j.assemble(b, rows)
}

// assemble puts the probe rows beside the build rows. Strings of a small table
// become codes into it, which costs four bytes a row and lets grouping by them
// work on numbers.
func (j *joiner) assemble(probe *expr.Batch, rows []int32) *expr.Batch {
	t := j.table
	if j.taken == nil {
		j.taken = make([]expr.Column, len(t.Rows.Cols))
	}
	for i := range t.Rows.Cols {
		if t.shared[i].Offsets == nil {
			expr.Take(&j.taken[i], &t.Rows.Cols[i], rows)
			continue
		}
		codes := expr.Column{Type: expr.String, Len: t.Rows.Rows, Valid: t.Rows.Cols[i].Valid, Dict: &t.shared[i], Codes: t.codes}
		expr.Take(&j.taken[i], &codes, rows)
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
