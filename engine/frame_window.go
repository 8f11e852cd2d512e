package engine

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A WindowFunc is a column that Window adds: Fn is row_number, rank, dense_rank,
// percent_rank, cume_dist, ntile(n), lag or lead(value, distance, otherwise),
// first_value, last_value(value) or nth_value(value, n) over Args; or Agg is an
// aggregate. The zero Frame is SQL's default: with an order up to the last peer
// of the row, else the whole partition.
type WindowFunc = plan.WindowFunc

// Over is an aggregate as a window function, over the default frame.
func Over(a expr.Aggregate) WindowFunc { return WindowFunc{Name: a.Name, Agg: &a} }

// WindowFn is a window function by its name, over the default frame. Arguments
// that are no Expr become literals.
func WindowFn(fn, name string, args ...any) WindowFunc {
	f := WindowFunc{Name: name, Fn: fn}
	for _, a := range args {
		f.Args = append(f.Args, expr.Lit(a))
	}
	return f
}

// Ends of frames.
var (
	UnboundedPreceding = plan.Bound{Kind: plan.UnboundedPreceding}
	CurrentRow         = plan.Bound{Kind: plan.CurrentRow}
	UnboundedFollowing = plan.Bound{Kind: plan.UnboundedFollowing}
)

// Preceding is an end so many rows, or a value so much, before the current row: a
// number, or for Range an expr.Value that can be taken from the order's.
func Preceding(distance any) plan.Bound { return bound(plan.Preceding, distance) }

// Following is an end so far behind the current row.
func Following(distance any) plan.Bound { return bound(plan.Following, distance) }

func bound(kind plan.BoundKind, distance any) plan.Bound {
	b := plan.Bound{Kind: kind, Offset: expr.Value{IsNull: true}}
	if l, ok := expr.Lit(distance).(expr.Literal); ok {
		b.Offset = l.Value
	}
	return b
}

// Rows is the frame of the rows from one end to the other, both included.
func Rows(from, to plan.Bound) plan.Frame { return plan.Frame{Rows: true, From: from, To: to} }

// Range is the frame of the rows whose value in the order lies between two ends;
// rows of equal values are in it together.
func Range(from, to plan.Bound) plan.Frame { return plan.Frame{From: from, To: to} }

// Window adds columns that are computed over the rows with the same values in
// partitionBy (all rows, where it is empty), in an order.
func (f *Frame) Window(partitionBy []string, orderBy []SortKey, funcs ...WindowFunc) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		order, err := f.sortKeys(n, orderBy)
		if err != nil {
			return nil, err
		}
		var keys []SortKey
		for _, c := range partitionBy {
			keys = append(keys, SortKey{Column: c})
		}
		if keys, err = f.sortKeys(n, keys); err != nil {
			return nil, err
		}
		names := make([]string, len(keys))
		for i, k := range keys {
			names[i] = k.Column
		}
		list := make([]WindowFunc, len(funcs))
		for i, fn := range funcs {
			if n.Schema().Index(fn.Name) >= 0 {
				return nil, fmt.Errorf("there is a column %q already; name the window function's another", fn.Name)
			}
			if fn.Frame.To.Kind == plan.UnboundedPreceding { // no frame ends there
				fn.Frame = plan.DefaultFrame(len(order) > 0)
			}
			fn.Frame.Mode = f.session.mode
			if fn.Agg != nil {
				children := fn.Agg.Children()
				for j, x := range children {
					children[j] = f.resolve(x, n.Schema())
				}
				a := fn.Agg.With(children).In(f.session.mode)
				fn.Agg = &a
			} else {
				fn.Args = f.resolveAll(fn.Args, n.Schema())
			}
			list[i] = fn
		}
		return plan.NewWindow(n, names, order, list)
	})
}
