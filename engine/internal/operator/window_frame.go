package operator

import (
	"math"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// frames finds where the frames of rows begin and end.
type frames struct {
	plan.Frame
	from, to *edge // of RANGE distances
	lo, hi   []int32
}

// An edge is an end of RANGE frames at a distance. It goes through the values of
// the order once, beside the rows, and never back, as in Spark: where a value and
// its distance wrap around it stays.
type edge struct {
	bound, value *expr.Bound
	order        []expr.Order
	past         bool // the end of frames: behind the rows that equal the bound

	at    int
	start int32
	chunk int // whose values are loaded, from 1
	have  expr.Batch
	want  expr.Batch
}

func newFrames(f plan.Frame, n *plan.Window, orders []expr.Order) (*frames, error) {
	out := &frames{Frame: f}
	if f.Rows {
		return out, nil
	}
	var err error
	if out.from, err = newEdge(f, f.From, n, orders); err == nil {
		out.to, err = newEdge(f, f.To, n, orders)
	}
	if out.to != nil {
		out.to.past = true
	}
	return out, err
}

// newEdge binds the value at a distance from the order's; nil for an end without
// distance.
func newEdge(f plan.Frame, b plan.Bound, n *plan.Window, orders []expr.Order) (*edge, error) {
	if b.Kind != plan.Preceding && b.Kind != plan.Following {
		return nil, nil
	}
	key, schema := n.OrderBy[0], n.Input.Schema()
	fn := "+"
	if (b.Kind == plan.Preceding) != key.Desc {
		fn = "-"
	}
	value := expr.Col(key.Column)
	t := schema[orders[0].Col].Type
	var bound expr.Expr = expr.Call{Fn: fn, Args: []expr.Expr{value, expr.Literal{Value: b.Offset, Computed: true}}, Mode: f.Mode}
	if t == expr.Date && b.Offset.Type.Kind() == expr.DayTime {
		days := b.Offset.I / (24 * 3600e6)
		bound = expr.Call{Fn: fn, Args: []expr.Expr{value, expr.Lit(int(days))}, Mode: f.Mode}
	}
	e := &edge{order: []expr.Order{{Desc: key.Desc, NullsFirst: key.NullsFirst}}}
	var err error
	if e.bound, err = expr.Bind(bound, schema); err != nil {
		return nil, err
	}
	if t.Kind() == expr.Decimal || e.bound.Type == t {
		value, t = cast(value, t, e.bound.Type, f.Mode), e.bound.Type
	}
	if e.value, err = expr.Bind(value, schema); err == nil {
		e.bound, err = expr.Bind(cast(bound, e.bound.Type, t, f.Mode), schema)
	}
	return e, err
}

func cast(x expr.Expr, from, to expr.Type, m expr.Mode) expr.Expr {
	if from == to {
		return x
	}
	return expr.CastTo{X: x, To: to, Mode: m}
}

// grows reports whether all frames begin with the partition and end with the row
// or its peers.
func (f *frames) grows() bool {
	return f.From.Kind == plan.UnboundedPreceding && f.To.Kind == plan.CurrentRow
}

// begin forgets the span before.
func (f *frames) begin() {
	for _, e := range []*edge{f.from, f.to} {
		if e != nil {
			e.at, e.start, e.chunk = 0, -1, 0
		}
	}
}

// of returns the positions of the first row of each row's frame and of the one
// behind its last; valid until the next call.
func (f *frames) of(p *slice) (lo, hi []int32, err error) {
	n := p.batch.Rows
	f.lo, f.hi = resized(f.lo, n), resized(f.hi, n)
	if !f.Rows && (f.From.Kind == plan.CurrentRow || f.To.Kind == plan.CurrentRow) {
		if err := p.peers(); err != nil {
			return nil, nil, err
		}
	}
	if err := f.end(f.hi, p, f.To, f.to, 1, p.end); err != nil {
		return nil, nil, err
	}
	if err := f.end(f.lo, p, f.From, f.from, 0, f.hi); err != nil {
		return nil, nil, err
	}
	for i, lo := range f.lo {
		f.hi[i] = max(f.hi[i], lo)
	}
	return f.lo, f.hi, nil
}

// end fills in one end of frames; past is 1 for the positions behind them. An
// edge stops at the limits.
func (f *frames) end(out []int32, p *slice, b plan.Bound, e *edge, past int, limits []int32) error {
	switch b.Kind {
	case plan.UnboundedPreceding:
		copy(out, p.start)
		return nil
	case plan.UnboundedFollowing:
		copy(out, p.end)
		return nil
	}
	if e != nil {
		return e.find(out, p, limits)
	}
	if !f.Rows { // the peers of the current row
		if past == 0 {
			copy(out, p.peer)
		} else {
			copy(out, p.past)
		}
		return nil
	}
	distance := 0
	switch b.Kind {
	case plan.Preceding:
		distance = -int(min(b.Offset.I, math.MaxInt32))
	case plan.Following:
		distance = int(min(b.Offset.I, math.MaxInt32))
	}
	for i := range out {
		out[i] = int32(min(max(p.from+i+distance+past, int(p.start[i])), int(p.end[i])))
	}
	return nil
}

// find moves the edge along the rows of a slice.
func (e *edge) find(out []int32, p *slice, limits []int32) error {
	bound, err := e.bound.Eval(p.batch)
	if err != nil {
		return err
	}
	e.want = expr.Batch{Rows: bound.Len, Cols: append(e.want.Cols[:0], *bound)}
	most := -1
	if e.past {
		most = 0
	}
	s := p.span
	for i := range out {
		if p.start[i] != e.start {
			e.start, e.at = p.start[i], int(p.start[i])
		}
		for e.at < int(limits[i]) {
			if e.chunk == 0 || e.at >= s.starts[e.chunk] {
				if err := e.load(s, s.chunkOf(e.at)); err != nil {
					return err
				}
			}
			if expr.CompareRows(&e.have, e.at-s.starts[e.chunk-1], &e.want, i, e.order) > most {
				break
			}
			e.at++
		}
		out[i] = int32(e.at)
	}
	return nil
}

func (e *edge) load(s *span, chunk int) error {
	b, err := s.load(chunk)
	if err != nil {
		return err
	}
	v, err := e.value.Eval(b)
	if err != nil {
		return err
	}
	e.chunk, e.have = chunk+1, expr.Batch{Rows: b.Rows, Cols: append(e.have.Cols[:0], *v)}
	return nil
}
