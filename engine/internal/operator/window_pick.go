package operator

import (
	"fmt"
	"math"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// picking is the functions that give the value of some other row: lag, lead,
// first_value, last_value, nth_value. Each says at which position; one gather
// does the rest.
type picking struct {
	fn        string
	t         expr.Type
	n         int  // how far away, or the how manieth; lag counts back
	known     bool // nulls are passed over
	frames    *frames
	values    values
	otherwise *expr.Bound // of lag and lead where there is no such row; or nil

	nulls known
	at    []int32
	out   expr.Column
}

func newPicking(f *plan.WindowFunc, t expr.Type, fr *frames, schema expr.Schema) (windowFunction, error) {
	p := &picking{fn: f.Fn, t: t, n: 1, known: f.IgnoreNulls, frames: fr}
	value, err := expr.Bind(f.Args[0], schema)
	if err != nil {
		return nil, err
	}
	p.values.exprs = []*expr.Bound{value}
	if len(f.Args) > 1 {
		v, err := expr.Constant(f.Args[1])
		if err != nil {
			return nil, err
		}
		if v.IsNull || v.I > math.MaxInt32 || v.I < -math.MaxInt32 || f.Fn == "nth_value" && v.I < 1 {
			return nil, fmt.Errorf("%s: the distance %s is none", f.Fn, f.Args[1])
		}
		p.n = int(v.I)
	}
	if len(f.Args) > 2 {
		if p.otherwise, err = bindAs(f.Args[2], t, schema); err != nil {
			return nil, err
		}
	}
	switch f.Fn {
	case "lag":
		p.n = -p.n
	case "lead", "first_value", "last_value", "nth_value":
	default:
		return nil, fmt.Errorf("%s is no window function", f.Fn)
	}
	return p, nil
}

func (p *picking) reach() reach    { return toPartition }
func (p *picking) end(*span) error { return nil }

func (p *picking) begin(s *span) error {
	p.values.begin(s)
	p.frames.begin()
	if p.known {
		return p.nulls.mark(&p.values)
	}
	return nil
}

func (p *picking) compute(s *slice) (*expr.Column, error) {
	p.at = resized(p.at, s.batch.Rows)
	away := p.fn == "lag" || p.fn == "lead"
	switch {
	case away && p.known && p.n != 0:
		p.awayKnown(s)
	case away:
		for i := range p.at {
			at := s.from + i + p.n
			if at < int(s.start[i]) || at >= int(s.end[i]) {
				at = -1
			}
			p.at[i] = int32(at)
		}
	default:
		lo, hi, err := p.frames.of(s)
		if err != nil {
			return nil, err
		}
		p.within(lo, hi)
	}
	if err := p.values.at(0, p.t, p.at, &p.out); err != nil {
		return nil, err
	}
	if p.otherwise == nil {
		return &p.out, nil
	}
	other, err := p.otherwise.Eval(s.batch)
	if err != nil {
		return nil, err
	}
	n := s.batch.Rows
	both := expr.Concat(expr.Schema{{Type: p.t}}, []*expr.Batch{{Rows: n, Cols: []expr.Column{p.out}}, {Rows: n, Cols: []expr.Column{*other}}})
	for i, at := range p.at {
		p.at[i] = int32(i)
		if at < 0 {
			p.at[i] += int32(n)
		}
	}
	expr.Take(&p.out, &both.Cols[0], p.at)
	return &p.out, nil
}

// awayKnown finds the rows that are so many known values before or behind.
func (p *picking) awayKnown(s *slice) {
	for i := range p.at {
		at := int32(s.from + i)
		if p.n > 0 {
			p.at[i] = p.nulls.position(p.nulls.rank(at+1)+int32(p.n)-1, s.end[i])
		} else if p.at[i] = p.nulls.position(p.nulls.rank(at)+int32(p.n), at); p.at[i] < s.start[i] {
			p.at[i] = -1
		}
	}
}

// within finds the first, last or nth rows of frames.
func (p *picking) within(lo, hi []int32) {
	for i := range p.at {
		from, past := lo[i], hi[i]
		if p.known {
			from, past = p.nulls.rank(from), p.nulls.rank(past)
		}
		at := from + int32(p.n) - 1 // the first, and the nth
		if p.fn == "last_value" {
			at = past - 1
		}
		switch {
		case at < from || at >= past:
			at = -1
		case p.known:
			at = p.nulls.position(at, hi[i])
		}
		p.at[i] = at
	}
}
