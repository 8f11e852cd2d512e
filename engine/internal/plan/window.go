package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/expr"
)

// A Window computes, for every row, functions over the rows around it: those
// with the same PartitionBy values, in the order of OrderBy. Its columns are the
// input's, then one for each function. All functions of one node share
// partitioning and order.
type Window struct {
	Input       Node
	PartitionBy []string
	OrderBy     []SortKey
	Funcs       []WindowFunc
	schema      expr.Schema
}

// A WindowFunc is one function of a window.
type WindowFunc struct {
	Name string // of its column
	// Fn is row_number, rank, dense_rank, percent_rank, cume_dist, ntile, lag, lead,
	// first_value, last_value or nth_value; "" where Agg is set.
	Fn   string
	Args []expr.Expr // lag and lead: value, offset, default; nth_value: value, n; ntile: n
	// Agg is an aggregate over the frame; Fn is "" then.
	Agg         *expr.Aggregate
	IgnoreNulls bool // of lag, lead and the _value functions
	Frame       Frame
}

// A Frame is the rows around a row that a function sees: From and To, both
// included. With Rows they count rows; else they are distances of the one
// ORDER BY value, and rows equal to the current one are its peers.
type Frame struct {
	Rows     bool
	From, To Bound
	Mode     expr.Mode // in which distances are added to values
}

// A BoundKind is where an end of a frame lies.
type BoundKind uint8

const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// A Bound is one end of a frame. Offset is a constant that is not negative:
// an int for Rows, else of a type that can be subtracted from and added to the
// ORDER BY column (a number, an interval); it is not used by the other kinds.
type Bound struct {
	Kind   BoundKind
	Offset expr.Value
}

// DefaultFrame is SQL's: all rows of the partition without an order, else from
// the first row to the last peer of the current one.
func DefaultFrame(ordered bool) Frame {
	if ordered {
		return Frame{From: Bound{Kind: UnboundedPreceding}, To: Bound{Kind: CurrentRow}}
	}
	return Frame{Rows: true, From: Bound{Kind: UnboundedPreceding}, To: Bound{Kind: UnboundedFollowing}}
}

// NewWindow computes functions over an input; the error names what is wrong.
func NewWindow(in Node, partitionBy []string, orderBy []SortKey, funcs []WindowFunc) (*Window, error) {
	w := &Window{Input: in, PartitionBy: partitionBy, OrderBy: orderBy, Funcs: slices.Clone(funcs)}
	w.schema = append(w.schema, in.Schema()...)
	for i := range w.Funcs {
		f := &w.Funcs[i]
		if err := f.check(orderBy); err != nil {
			return nil, err
		}
		f.fix()
		t, err := f.typeOver(in.Schema())
		if err != nil {
			return nil, err
		}
		w.schema = append(w.schema, expr.Field{Name: f.Name, Type: t})
	}
	return w, nil
}

// takes is the least and most arguments of the functions that are no aggregates.
var takes = map[string][2]int{"row_number": {0, 0}, "rank": {0, 0}, "dense_rank": {0, 0}, "percent_rank": {0, 0}, "cume_dist": {0, 0},
	"ntile": {0, 1}, "lag": {1, 3}, "lead": {1, 3}, "first_value": {1, 1}, "last_value": {1, 1}, "nth_value": {2, 2}}

// check finds what a function or its frame cannot have.
func (f *WindowFunc) check(orderBy []SortKey) error {
	limits, known := takes[f.Fn]
	switch n := len(f.Args); {
	case f.Agg != nil && f.Agg.Distinct:
		return fmt.Errorf("%s: DISTINCT cannot stand in a window function", f.Agg)
	case f.Agg == nil && !known:
		return fmt.Errorf("%s is no window function", f.Fn)
	case f.Agg == nil && (n < limits[0] || n > limits[1]):
		return fmt.Errorf("%s takes %d to %d arguments, got %d", f.Fn, limits[0], limits[1], n)
	case f.Frame.backwards():
		return fmt.Errorf("the frame of %s ends before it begins", f.Name)
	}
	for _, b := range []Bound{f.Frame.From, f.Frame.To} {
		if b.Kind != Preceding && b.Kind != Following {
			continue
		}
		v := b.Offset
		switch {
		case v.IsNull || v.I < 0 || v.F < 0 || v.Wide.Sign() < 0 || f.Frame.Rows && !v.Type.IsWhole():
			return fmt.Errorf("the frame of %s: %v is no distance; it is a number that is not negative, of rows a whole one", f.Name, v)
		case !f.Frame.Rows && len(orderBy) != 1:
			return fmt.Errorf("the frame of %s: a RANGE frame with a distance needs one ORDER BY column, got %d", f.Name, len(orderBy))
		}
	}
	return nil
}

// backwards reports whether a frame ends before it begins.
func (f Frame) backwards() bool {
	a, b := f.From.Offset, f.To.Offset
	order := cmp.Or(cmp.Compare(a.I, b.I), cmp.Compare(a.F, b.F), a.Wide.Cmp(b.Wide))
	switch {
	case f.From.Kind != f.To.Kind:
		return f.From.Kind > f.To.Kind
	case f.From.Kind == Preceding:
		return order < 0
	case f.From.Kind == Following:
		return order > 0
	}
	return false
}

// fix gives the functions that do not look at their frame the one that Spark says
// they have.
func (f *WindowFunc) fix() {
	growing := Frame{Rows: true, From: Bound{Kind: UnboundedPreceding}, To: Bound{Kind: CurrentRow}}
	switch f.Fn {
	case "row_number", "rank", "dense_rank", "percent_rank", "ntile":
		f.Frame = growing
	case "cume_dist":
		f.Frame = growing
		f.Frame.Rows = false
	}
}

func (f *WindowFunc) typeOver(s expr.Schema) (expr.Type, error) {
	if f.Agg != nil {
		b, err := expr.BindAggregate(*f.Agg, s)
		if err != nil {
			return expr.Null, err
		}
		return b.Type, nil
	}
	switch f.Fn {
	case "row_number", "rank", "dense_rank", "ntile":
		return expr.Int32, nil
	case "percent_rank", "cume_dist":
		return expr.Float64, nil
	}
	return expr.TypeOf(f.Args[0], s)
}

// Children lists the expressions that the function computes with.
func (f *WindowFunc) Children() []expr.Expr {
	if f.Agg != nil {
		return f.Agg.Children()
	}
	return f.Args
}

// String prints the function and its frame as Spark does.
func (f WindowFunc) String() string {
	text := f.Fn
	if f.Agg != nil {
		text = f.Agg.String()
	} else {
		text += "(" + strings.Trim(list(f.Args), "[]") + ")"
	}
	return text + " " + f.Frame.String() + " AS " + f.Name
}

// String prints the frame as Spark does.
func (f Frame) String() string {
	unit := "RangeFrame"
	if f.Rows {
		unit = "RowFrame"
	}
	return fmt.Sprintf("specifiedwindowframe(%s, %s, %s)", unit, f.From, f.To)
}

// String prints the bound as Spark does.
func (b Bound) String() string {
	switch b.Kind {
	case UnboundedPreceding:
		return "unboundedpreceding$()"
	case UnboundedFollowing:
		return "unboundedfollowing$()"
	case CurrentRow:
		return "currentrow$()"
	case Preceding:
		return "-" + b.Offset.String()
	}
	return b.Offset.String()
}

func (n *Window) Schema() expr.Schema { return n.schema }
func (n *Window) Inputs() []Node      { return []Node{n.Input} }

// With keeps the functions' columns behind those of the new input.
func (n *Window) With(in []Node) Node {
	c := *n
	own := n.schema[len(n.schema)-len(n.Funcs):]
	c.Input = in[0]
	c.schema = append(append(expr.Schema{}, in[0].Schema()...), own...)
	return &c
}

func (n *Window) Name() string { return "Window" }
func (n *Window) Detail() string {
	return list(n.Funcs) + ", [" + strings.Join(n.PartitionBy, ", ") + "], " + list(n.OrderBy)
}
func (*Window) node() {}
