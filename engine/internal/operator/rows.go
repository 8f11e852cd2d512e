package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// filter keeps the rows for which the condition is true.
func filter(n *plan.Filter, in Batches, t *Task) (Batches, error) {
	shared, list, err := newCommon(t.meteredAll(n, expr.Conjuncts(n.Where)), n.Input.Schema())
	if err != nil {
		return nil, err
	}
	var conds []*expr.Bound
	for _, c := range list {
		b, err := expr.Bind(c, shared.schema)
		if err != nil {
			return nil, err
		}
		conds = append(conds, b)
	}
	f := &sieve{conds: conds}
	if n.Keep != nil || len(shared.bound) > 0 {
		f.out.Schema = n.Schema()
		for _, c := range n.Schema() {
			f.columns = append(f.columns, n.Input.Schema().Index(c.Name))
		}
	}
	return sift(in, shared, f), nil
}

// sift yields the rows that a sieve keeps.
func sift(in Batches, shared *common, f *sieve) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		for b, err := range in {
			if err == nil {
				b, err = shared.with(b)
			}
			if err == nil {
				b, err = f.keep(b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Rows > 0 && !yield(b, nil) {
				return
			}
		}
	}
}

// A sieve is a filter at work: its conditions, the columns it keeps, and its
// buffers.
type sieve struct {
	conds   []*expr.Bound
	columns []int // kept; nil keeps all
	out     expr.Batch
	all     expr.Column // the conditions so far, together
	sel     []int32
	g, few  expr.Gatherer
}

// keep applies the conditions together and gathers once. When those so far
// leave less than an eighth, the rest see only what is left, and so does one that
// failed for what is not.
func (f *sieve) keep(b *expr.Batch) (*expr.Batch, error) {
	for i, c := range f.conds {
		v, err := c.Eval(b)
		if err != nil && i > 0 {
			// It may have failed for a row that the conditions before rule out.
			f.sel = expr.Select(&f.all, b.Rows, f.sel)
			if len(f.sel) < b.Rows {
				return f.rest(i).keep(f.few.Gather(b, f.sel))
			}
		}
		if err != nil {
			return nil, err
		}
		if i == 0 {
			f.all = expr.Column{Type: expr.Bool, Len: b.Rows, Bools: append(f.all.Bools[:0], v.Bools[:min(b.Rows, len(v.Bools))]...), Valid: v.Valid}
			if v.Type == expr.Null {
				f.all.Bools = append(f.all.Bools, make([]uint8, b.Rows)...)
			}
			if f.all.Valid != nil {
				expr.Conjoin(f.all.Bools, v)
				f.all.Valid = nil
			}
		} else {
			expr.Conjoin(f.all.Bools, v)
		}
		if i < len(f.conds)-1 && i%2 == 1 {
			f.sel = expr.Select(&f.all, b.Rows, f.sel)
			if len(f.sel)*8 < b.Rows {
				return f.rest(i + 1).keep(f.few.Gather(b, f.sel))
			}
		}
	}
	f.sel = expr.Select(&f.all, b.Rows, f.sel)
	if f.columns != nil {
		f.out.Rows, f.out.Cols = b.Rows, f.out.Cols[:0]
		for _, c := range f.columns {
			f.out.Cols = append(f.out.Cols, b.Cols[c])
		}
		b = &f.out
	}
	if len(f.sel) == b.Rows {
		return b, nil
	}
	return f.g.Gather(b, f.sel), nil
}

// rest is a sieve of the conditions from number i on.
func (f *sieve) rest(i int) *sieve {
	return &sieve{conds: f.conds[i:], columns: f.columns, out: expr.Batch{Schema: f.out.Schema}}
}

// project computes columns.
func project(n *plan.Project, in Batches, t *Task) (Batches, error) {
	shared, list, err := newCommon(t.meteredAll(n, n.Exprs), n.Input.Schema())
	if err != nil {
		return nil, err
	}
	exprs := make([]*expr.Bound, len(list))
	for i, e := range list {
		if exprs[i], err = expr.Bind(e, shared.schema); err != nil {
			return nil, err
		}
	}
	return func(yield func(*expr.Batch, error) bool) {
		out := expr.Batch{Schema: n.Schema(), Cols: make([]expr.Column, len(exprs))}
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if b, err = shared.with(b); err != nil {
				yield(nil, err)
				return
			}
			out.Rows = b.Rows
			for i, e := range exprs {
				c, err := e.Eval(b)
				if err != nil {
					yield(nil, err)
					return
				}
				out.Cols[i] = *c
			}
			if !yield(&out, nil) {
				return
			}
		}
	}, nil
}

// limit passes over the offset, hands the next rows on and then stops its input.
func limit(n *plan.Limit, in Batches) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		skip, left := n.Offset, n.N
		if left == 0 {
			return
		}
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if skip > 0 {
				passed := min(skip, b.Rows)
				skip -= passed
				if passed == b.Rows {
					continue
				}
				b = b.Slice(passed, b.Rows)
			}
			if left < 0 {
				if !yield(b, nil) {
					return
				}
				continue
			}
			if b.Rows > left {
				b = b.Slice(0, left)
			}
			left -= b.Rows
			if !yield(b, nil) || left == 0 {
				return
			}
		}
	}
}
