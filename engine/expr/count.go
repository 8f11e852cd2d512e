package expr

import "fmt"

// counts is count(*), count(x, ...) and count_if(x).
type counts struct {
	failure
	n    []int64
	what counted
}

type counted uint8

const (
	countRows  counted = iota // all
	countKnown                // where no argument is null
	countTrue                 // where the argument is true
)

func bindCount(c *aggregateCall) (*BoundAggregate, error) {
	if len(c.Args) == 0 {
		if c.Distinct {
			return nil, fmt.Errorf("DISTINCT needs an argument")
		}
		if c.Filter == nil {
			return countOf(countRows, nil), nil
		}
		return countOf(countTrue, []*Bound{c.cond}), nil
	}
	args := make([]*Bound, len(c.Args))
	for i, x := range c.Args {
		var err error
		if args[i], err = c.value(x); err != nil {
			return nil, err
		}
	}
	return countOf(countKnown, args), nil
}

func bindCountIf(c *aggregateCall) (*BoundAggregate, error) {
	x, err := c.condition(c.filtered(c.Args[0]))
	return countOf(countTrue, []*Bound{x}), err
}

func countOf(what counted, args []*Bound) *BoundAggregate {
	return &BoundAggregate{Type: Int64, StateTypes: []Type{Int64}, Args: args,
		NewState: func() State { return &counts{what: what} }}
}

func (s *counts) Grow(n int)       { s.n = extend(s.n, n) }
func (s *counts) Size() int64      { return int64(cap(s.n)) * 8 }
func (s *counts) Export() []Column { return []Column{s.Final()} }
func (s *counts) Final() Column    { return Column{Type: Int64, Len: len(s.n), I64: s.n} }

func (s *counts) Update(groups []int32, args []*Column) {
	n := s.n
	switch {
	case s.what == countTrue && args[0].Type != Null:
		valid := args[0].Valid
		for i, v := range args[0].Bools[:len(groups)] {
			if v != 0 && (valid == nil || valid[i>>3]>>(i&7)&1 != 0) {
				n[groups[i]]++
			}
		}
	case s.what == countRows || len(args) == 1 && args[0].Valid == nil && args[0].Type != Null:
		if len(n) == 1 {
			n[0] += int64(len(groups))
			return
		}
		for _, g := range groups {
			n[g]++
		}
	case len(args) == 1 && args[0].Type != Null:
		valid := args[0].Valid
		for i, g := range groups {
			n[g] += int64(valid[i>>3] >> (i & 7) & 1)
		}
	default:
		for i, g := range groups {
			if !HasNull(args, i) {
				n[g]++
			}
		}
	}
}

func (s *counts) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		s.n[g] += state[0].I64[i]
	}
}
