package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// filter keeps the rows for which the condition is true.
func filter(n *plan.Filter, in Batches) (Batches, error) {
	var conds []*expr.Bound
	for _, c := range expr.Conjuncts(n.Where) {
		b, err := expr.Bind(c, n.Input.Schema())
		if err != nil {
			return nil, err
		}
		conds = append(conds, b)
	}
	return func(yield func(*expr.Batch, error) bool) {
		var g, g2 expr.Gatherer
		var sel []int32
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			b, err = keep(b, conds, &sel, &g, &g2)
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Rows > 0 && !yield(b, nil) {
				return
			}
		}
	}, nil
}

// keep applies the conditions together and gathers once. When the conditions so
// far leave less than an eighth, the rest see only what is left.
func keep(b *expr.Batch, conds []*expr.Bound, sel *[]int32, g, g2 *expr.Gatherer) (*expr.Batch, error) {
	var all *expr.Column
	for i, c := range conds {
		v, err := c.Eval(b)
		if err != nil {
			return nil, err
		}
		if all == nil {
			copied := v.Copy()
			all = &copied
		} else {
			conjoin(all, v, b.Rows)
		}
		if i < len(conds)-1 && i%2 == 1 {
			*sel = expr.Select(all, b.Rows, *sel)
			if len(*sel)*8 < b.Rows {
				return keep(g2.Gather(b, *sel), conds[i+1:], sel, g, new(expr.Gatherer))
			}
		}
	}
	*sel = expr.Select(all, b.Rows, *sel)
	if len(*sel) == b.Rows {
		return b, nil
	}
	return g.Gather(b, *sel), nil
}

// conjoin makes dst true only where v is true too. A filter treats null as
// false, so validity folds into the value.
func conjoin(dst, v *expr.Column, rows int) {
	if v.Type == expr.Null {
		clear(dst.Bools)
		return
	}
	if v.Valid == nil {
		for i, x := range v.Bools[:rows] {
			dst.Bools[i] &= x
		}
		return
	}
	for i, x := range v.Bools[:rows] {
		dst.Bools[i] &= x & (v.Valid[i>>3] >> (i & 7))
	}
}

// project computes columns.
func project(n *plan.Project, in Batches) (Batches, error) {
	exprs := make([]*expr.Bound, len(n.Exprs))
	for i, e := range n.Exprs {
		var err error
		if exprs[i], err = expr.Bind(e, n.Input.Schema()); err != nil {
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

// limit passes the first rows on and then stops its input.
func limit(n *plan.Limit, in Batches) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		left := n.N
		if left <= 0 {
			return
		}
		for b, err := range in {
			if err == nil && b.Rows > left {
				b = b.Slice(0, left)
			}
			if !yield(b, err) || err != nil {
				return
			}
			if left -= b.Rows; left <= 0 {
				return
			}
		}
	}
}
