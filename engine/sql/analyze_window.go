package sql

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// windows are the window functions of a select block, gathered by what they
// share: one Window node for every partitioning and order.
type windows struct {
	named map[string]*Window
	specs []*windowSpec
}

// A windowSpec is a partitioning and order with the functions over it.
type windowSpec struct {
	text        string // by which equal ones are found
	partitionBy []string
	orderBy     []plan.SortKey
	computed    []expr.Expr // keys that are no columns
	funcs       []plan.WindowFunc
	at          Pos
}

// add takes in a window function and returns its column.
func (w *windows) add(t *translator, c *Call) expr.Expr {
	if c.Filter != nil {
		t.a.fail(c.Filter.At(), "[_LEGACY_ERROR_TEMP_1030] FILTER and OVER do not go together; write %s(CASE WHEN ... THEN ... END) OVER (...)", c.Fn)
	}
	inner := *t
	inner.windows, inner.clause, inner.output = nil, "a window", nil
	over := w.resolve(t, c.Over)
	spec := w.spec(&inner, over)
	f, typ := inner.windowFunc(c, over)
	f.Name = t.a.id("w")
	spec.funcs = append(spec.funcs, f)
	t.scope.schema = append(t.scope.schema, expr.Field{Name: f.Name, Type: typ})
	return expr.Col(f.Name)
}

// resolve replaces OVER name, and OVER (name ...), by what WINDOW says.
func (w *windows) resolve(t *translator, over *Window) *Window {
	for range maxQueries {
		if over.Ref.Name == "" {
			return over
		}
		base := w.named[strings.ToLower(over.Ref.Name)]
		if base == nil {
			t.a.fail(over.Ref.Pos, "[MISSING_WINDOW_SPECIFICATION] there is no window %s", over.Ref.Name)
		}
		merged := *base
		if over.PartitionBy != nil {
			merged.PartitionBy = over.PartitionBy
		}
		if over.OrderBy != nil {
			merged.OrderBy = over.OrderBy
		}
		if over.Frame != nil {
			merged.Frame = over.Frame
		}
		over = &merged
	}
	t.a.fail(over.Ref.Pos, "the windows refer to each other")
	return nil
}

func (w *windows) spec(t *translator, over *Window) *windowSpec {
	s := &windowSpec{at: over.Pos}
	texts := []string{}
	key := func(e Expr) string {
		x, _ := t.typed(e)
		texts = append(texts, x.String())
		if r, ok := x.(expr.Ref); ok {
			return r.Name
		}
		for _, old := range w.specs {
			for _, c := range old.computed {
				if expr.Unalias(c).String() == x.String() {
					return expr.Name(c)
				}
			}
		}
		for _, c := range s.computed {
			if expr.Unalias(c).String() == x.String() {
				return expr.Name(c)
			}
		}
		id := t.a.id("_w")
		s.computed = append(s.computed, expr.As{X: x, Name: id})
		return id
	}
	for _, e := range over.PartitionBy {
		s.partitionBy = append(s.partitionBy, key(e))
	}
	texts = append(texts, "ORDER BY")
	for _, o := range over.OrderBy {
		k := plan.SortKey{Column: key(o.Expr), Desc: o.Desc, NullsFirst: o.nullsFirst()}
		texts = append(texts, fmt.Sprint(k.Desc, k.NullsFirst))
		s.orderBy = append(s.orderBy, k)
	}
	s.text = strings.Join(texts, "\n")
	for _, old := range w.specs {
		if old.text == s.text {
			return old
		}
	}
	w.specs = append(w.specs, s)
	return s
}

// windowFunc binds a function over a window and finds its type.
func (t *translator) windowFunc(c *Call, over *Window) (plan.WindowFunc, expr.Type) {
	f := plan.WindowFunc{IgnoreNulls: c.IgnoreNulls, Frame: t.frame(over)}
	fn := map[string]string{"first": "first_value", "first_value": "first_value", "any_value": "first_value", "last": "last_value", "last_value": "last_value"}[c.Fn]
	if fn == "" {
		fn = windowFunctions[c.Fn]
	}
	if fn == "" {
		if !expr.IsAggregate(c.Fn) {
			t.a.fail(c.Pos, "[UNSUPPORTED_EXPR_FOR_WINDOW] %s is no window function", c.Fn)
		}
		plain := *c
		plain.Over = nil
		if c.Distinct {
			t.a.fail(c.Pos, "[DISTINCT_WINDOW_FUNCTION_UNSUPPORTED] DISTINCT cannot stand in a window function")
		}
		if c.Filter != nil {
			t.a.fail(c.Pos, "FILTER cannot stand in a window function, as in Spark; use CASE WHEN in its argument")
		}
		agg, typ := t.bindAggregate(&plain)
		f.Agg = &agg
		return f, typ
	}
	f.Fn = fn
	args := c.Args
	if (fn == "first_value" || fn == "last_value") && len(args) == 2 {
		v := t.a.constant(args[1])
		f.IgnoreNulls, args = f.IgnoreNulls || v.I == 1, args[:1]
	}
	limits := map[string][2]int{"ntile": {0, 1}, "lag": {1, 3}, "lead": {1, 3}, "first_value": {1, 1}, "last_value": {1, 1}, "nth_value": {2, 2}}[fn]
	if len(args) < limits[0] || len(args) > limits[1] {
		t.a.fail(c.Pos, "[WRONG_NUM_ARGS] %s takes %d to %d arguments, got %d", c.Fn, limits[0], limits[1], len(args))
	}
	typ := map[string]expr.Type{"percent_rank": expr.Float64, "cume_dist": expr.Float64}[fn]
	for i, arg := range args {
		x, at := t.typed(arg)
		switch {
		case i == 0 && fn != "ntile":
			typ = at
		case i == 1 || fn == "ntile":
			v := t.a.constant(arg)
			if !v.Type.IsWhole() || v.IsNull || v.I < 1 && (fn == "ntile" || fn == "nth_value") {
				t.a.fail(arg.At(), "%s takes a constant whole number here", c.Fn)
			}
			x = expr.Lit(int(v.I))
		case i == 2:
			x = t.a.cast(x, at, typ)
		}
		f.Args = append(f.Args, x)
	}
	switch fn {
	case "row_number", "rank", "dense_rank", "ntile":
		typ = expr.Int32
	}
	if over.OrderBy == nil && fn != "first_value" && fn != "last_value" && fn != "nth_value" {
		t.a.fail(c.Pos, "[WINDOW_FUNCTION_AND_FRAME_MISMATCH] %s needs ORDER BY in its window", c.Fn)
	}
	return f, typ
}

// frame is the window's frame, or the default one.
func (t *translator) frame(over *Window) plan.Frame {
	if over.Frame == nil {
		return plan.DefaultFrame(over.OrderBy != nil)
	}
	f := plan.Frame{Rows: over.Frame.Rows, From: t.bound(over, over.Frame.From), To: t.bound(over, over.Frame.To), Mode: t.a.Mode}
	if !f.Rows && (f.From.Kind%2 == 1 || f.To.Kind%2 == 1) && len(over.OrderBy) != 1 {
		t.a.fail(over.Pos, "[DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER] a RANGE frame with a distance needs one ORDER BY column")
	}
	if f.From.Kind > f.To.Kind {
		t.a.fail(over.Pos, "[DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON] the frame ends before it begins")
	}
	return f
}

func (t *translator) bound(over *Window, b Bound) plan.Bound {
	out := plan.Bound{Kind: plan.BoundKind(b.Kind)}
	if b.Kind != Preceding && b.Kind != Following {
		return out
	}
	out.Offset = t.a.constant(b.Offset)
	v := out.Offset
	if v.IsNull || over.Frame.Rows && !v.Type.IsWhole() {
		t.a.fail(b.Offset.At(), "[DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE] a distance of rows is a constant whole number")
	}
	if v.I < 0 || v.F < 0 || v.Wide.Sign() < 0 {
		t.a.fail(b.Offset.At(), "the distance %v is negative; say PRECEDING or FOLLOWING", v)
	}
	return out
}

// build puts the windows on top of a plan.
func (w *windows) build(a *Analyzer, n plan.Node) plan.Node {
	for _, s := range w.specs {
		node, err := plan.NewWindow(a.with(s.at, n, s.computed...), s.partitionBy, s.orderBy, s.funcs)
		a.must(s.at, err)
		n = node
	}
	return n
}
