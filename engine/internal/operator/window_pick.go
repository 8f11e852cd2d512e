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
	open  expr.Column // the last values of the open partition, which a lag may ask for
}

// nowhere is the position of a row that there is not.
const nowhere = math.MinInt32

// carriedLag is how far back a lag may look that carries values from span to span
// instead of looking at whole partitions.
const carriedLag = 1024

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

func (p *picking) reach() reach {
	if p.fn == "lag" && !p.known && p.n <= 0 && p.n >= -carriedLag {
		return toRow
	}
	return toPartition
}

func (p *picking) end(s *span) error {
	n, had := int32(s.rows()), int32(p.open.Len)
	from := max(n+int32(p.n), s.at.start[len(s.at.start)-1], -had)
	p.at = p.at[:0]
	for at := max(from, 0); at < n; at++ {
		p.at = append(p.at, at)
	}
	var last expr.Column
	if err := p.values.at(0, p.t, p.at, &last); err != nil {
		return err
	}
	before := (&expr.Batch{Cols: []expr.Column{p.open}}).Slice(int(had+min(from, 0)), int(had))
	p.open = p.joined(&before.Cols[0], &last)
	return nil
}

// joined is the values of two columns, one behind the other.
func (p *picking) joined(a, b *expr.Column) expr.Column {
	return expr.Concat(expr.Schema{{Type: p.t}}, []*expr.Batch{{Rows: a.Len, Cols: []expr.Column{*a}}, {Rows: b.Len, Cols: []expr.Column{*b}}}).Cols[0]
}

func (p *picking) begin(s *span) error {
	p.values.begin(s)
	p.frames.begin()
	if s.before.rows == 0 {
		p.open = expr.Column{Type: p.t}
	}
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
				at = nowhere
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
	if s.start[0] < 0 && s.from < -p.n {
		p.outOfOpen()
	}
	if p.otherwise == nil {
		return &p.out, nil
	}
	other, err := p.otherwise.Eval(s.batch)
	if err != nil {
		return nil, err
	}
	both := p.joined(&p.out, other)
	for i, at := range p.at {
		if p.at[i] = int32(i); at == nowhere {
			p.at[i] += int32(s.batch.Rows)
		}
	}
	expr.Take(&p.out, &both, p.at)
	return &p.out, nil
}

// outOfOpen puts in the values that lie before the span.
func (p *picking) outOfOpen() {
	both := p.joined(&p.out, &p.open)
	sel := make([]int32, len(p.at))
	for i, at := range p.at {
		if sel[i] = int32(i); at < 0 && at != nowhere {
			sel[i] = int32(both.Len) + at
		}
	}
	expr.Take(&p.out, &both, sel)
}

// awayKnown finds the rows that are so many known values before or behind.
func (p *picking) awayKnown(s *slice) {
	for i := range p.at {
		at := int32(s.from + i)
		if p.n > 0 {
			p.at[i] = p.nulls.position(p.nulls.rank(at+1)+int32(p.n)-1, s.end[i])
		} else if p.at[i] = p.nulls.position(p.nulls.rank(at)+int32(p.n), at); p.at[i] < s.start[i] {
			p.at[i] = nowhere
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
			at = nowhere
		case p.known:
			at = p.nulls.position(at, hi[i])
		}
		p.at[i] = at
	}
}
