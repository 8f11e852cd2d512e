package expr

import "fmt"

// tally is mode: how often each value was seen in each group.
type tally struct {
	failure
	groups   int
	seen     *Groups // (group, value)
	n        []int64 // of each pair
	t        Type
	greatest bool // of several values the greatest wins, not the least
	ids      []int32
}

func bindMode(c *aggregateCall) (*BoundAggregate, error) {
	within := len(c.OrderBy) == 1
	if within == (len(c.Args) > 0) || len(c.OrderBy) > 1 {
		return nil, fmt.Errorf("mode takes one argument, or none and WITHIN GROUP (ORDER BY x)")
	}
	// Whoever wants any of the most frequent values gets the one that the
	// deterministic form gives.
	if _, err := c.flag(1); err != nil {
		return nil, err
	}
	s, value := tally{}, Expr(nil)
	if within {
		value, s.greatest = c.OrderBy[0].X, c.OrderBy[0].Desc
	} else {
		value = c.Args[0]
	}
	x, err := c.value(value)
	if err != nil {
		return nil, err
	}
	s.t = x.Type
	return &BoundAggregate{Type: x.Type, StateTypes: stateTypes([]Type{x.Type, Int64}), Args: []*Bound{x},
		NewState: func() State {
			s := s
			s.seen = NewGroups([]Type{Int32, s.t})
			return &s
		}}, nil
}

func (s *tally) Grow(n int) { s.groups = max(s.groups, n) }

func (s *tally) Size() int64 { return s.seen.Size() + int64(cap(s.n))*8 }

func (s *tally) Update(groups []int32, args []*Column) { s.add(groups, args[0], nil) }

func (s *tally) Merge(groups []int32, state []*Column) {
	owner, items := unlist(groups, state)
	s.add(owner, items[0], items[1].I64)
}

// add counts values, each often[i] times or once.
func (s *tally) add(groups []int32, values *Column, often []int64) {
	owner := Column{Type: Int32, Len: len(groups), I32: groups}
	s.ids = s.seen.Assign([]*Column{&owner, values}, len(groups), s.ids)
	s.n = extend(s.n, s.seen.Len())
	for i, id := range s.ids {
		switch {
		case values.IsNull(i):
		case often == nil:
			s.n[id]++
		default:
			s.n[id] += often[i]
		}
	}
}

func (s *tally) Export() []Column {
	keys := s.seen.Keys()
	offsets, order := byGroup(keys[0].I32, s.groups)
	flat := keys[1].Flatten()
	counts := Column{Type: Int64, Len: len(s.n), I64: s.n}
	return []Column{lists(&flat, offsets, order), lists(&counts, offsets, order)}
}

func (s *tally) Final() Column {
	keys := s.seen.Keys()
	best := make([]int32, s.groups)
	for g := range best {
		best[g] = -1
	}
	for i, g := range keys[0].I32 {
		old := best[g]
		switch {
		case keys[1].IsNull(i):
			continue
		case old < 0 || s.n[i] > s.n[old]:
		case s.n[i] < s.n[old] || compareValues(&keys[1], i, &keys[1], int(old)) < 0 == s.greatest:
			continue
		}
		best[g] = int32(i)
	}
	var out Column
	Take(&out, &keys[1], best)
	return out
}
