package expr

import (
	"bytes"
	"slices"
)

// picks keeps one row of its arguments for each group: min_by, max_by, first and
// last, and min and max of texts, decimals, arrays and structs.
//
// The rows that are kept lie one behind the other in builders, and each group
// knows its place. A batch first finds the best row of each of its groups, which
// is copied only then; rows that were replaced are dropped once they are the
// majority. (A string for each group, copied whenever a better one came, was the
// alternative: an allocation for each, and nothing for arrays.)
type picks struct {
	failure
	sign  int  // 1: the row with the greatest key wins, -1: the least; 0: the order of arrival says
	later bool // of equal rows the last one wins
	key   int  // the argument that is compared
	nulls bool // a row counts though its key is null
	cond  bool // the last argument says whether a row counts, and is not kept

	rows    []*Builder
	at      []int32 // of each group, position in rows + 1; 0: there is none
	best    []int32 // of each group, row of the batch + 1
	touched []int32 // groups of the batch
	sel     []int32 // scratch: positions in rows
	ranks   dictRanks
}

// bindBy is min_by and max_by: of equal keys the last row wins, as in Spark.
func bindBy(sign int) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		x, err := c.value(c.Args[0])
		if err != nil {
			return nil, err
		}
		y, err := c.value(c.Args[1])
		if err != nil {
			return nil, err
		}
		return pickOf(x.Type, []*Bound{x, y}, picks{sign: sign, later: true, key: 1}), nil
	}
}

// bindArrival is first and last.
func bindArrival(later bool) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		ignore, err := c.flag(1)
		if err != nil {
			return nil, err
		}
		x, err := c.value(c.Args[0])
		if err != nil {
			return nil, err
		}
		p := picks{later: later, nulls: !ignore, cond: c.cond != nil && !ignore}
		out := pickOf(x.Type, []*Bound{x}, p)
		if p.cond { // a null that the filter leaves out looks like any other
			out.Args = append(out.Args, c.cond)
		}
		return out, nil
	}
}

func pickOf(t Type, args []*Bound, p picks) *BoundAggregate {
	out := &BoundAggregate{Type: t, Args: args}
	for _, x := range args {
		out.StateTypes = append(out.StateTypes, x.Type)
	}
	kept := slices.Clone(out.StateTypes)
	out.StateTypes = append(out.StateTypes, Bool) // whether there is a row
	out.NewState = func() State {
		s := p
		for _, t := range kept {
			s.rows = append(s.rows, NewBuilder(t))
		}
		return &s
	}
	return out
}

func (s *picks) Grow(n int) { s.at, s.best = extend(s.at, n), extend(s.best, n) }

func (s *picks) Size() int64 {
	n := int64(cap(s.at)+cap(s.best)) * 4
	for _, b := range s.rows {
		n += b.Size() * 5 / 4 // buffers grow by a quarter
	}
	return n
}

func (s *picks) Update(groups []int32, args []*Column) {
	var cond *Column
	if s.cond {
		cond = args[len(args)-1]
	}
	s.pick(groups, args, cond)
}

func (s *picks) Merge(groups []int32, state []*Column) {
	s.pick(groups, state, state[len(s.rows)])
}

// pick folds the rows for which cond (nil: all) is true.
func (s *picks) pick(groups []int32, args []*Column, cond *Column) {
	key := args[s.key]
	if cond != nil && cond.Type == Null || key.Type == Null && !s.nulls {
		return
	}
	s.touched = s.touched[:0]
	rank := s.ranks.of(key, len(groups))
	for i, g := range groups {
		if !s.nulls && key.IsNull(i) || cond != nil && (cond.IsNull(i) || cond.Bools[i] == 0) {
			continue
		}
		best := int(s.best[g]) - 1
		switch {
		case best < 0:
			s.touched = append(s.touched, g)
		case s.sign == 0:
			if !s.later {
				continue
			}
		case rank != nil:
			if !s.wins(int(rank[key.Codes[i]]) - int(rank[key.Codes[best]])) {
				continue
			}
		case !s.wins(compareValues(key, i, key, best)):
			continue
		}
		s.best[g] = int32(i) + 1
	}
	s.keep(args, key)
}

// wins says whether a row replaces another, by how their keys compare.
func (s *picks) wins(order int) bool { return order*s.sign > 0 || order == 0 && s.later }

// keep compares the best rows of a batch with those that are kept.
func (s *picks) keep(args []*Column, key *Column) {
	kept := s.rows[s.key].Column() // each group is touched once, so the rows of before are enough
	for _, g := range s.touched {
		row, old := int(s.best[g])-1, int(s.at[g])-1
		s.best[g] = 0
		if old >= 0 && !(s.sign == 0 && s.later) && (s.sign == 0 || !s.wins(compareValues(key, row, kept, old))) {
			continue
		}
		for c, b := range s.rows {
			b.Append(args[c], row)
		}
		s.at[g] = int32(s.rows[0].Len())
	}
	if n := s.rows[0].Len(); n > 2*len(s.at)+1000 {
		s.compact()
	}
}

// compact drops the rows that no group keeps.
func (s *picks) compact() {
	s.positions()
	for c, b := range s.rows {
		from := b.Column()
		s.rows[c] = NewBuilder(from.Type)
		for _, i := range s.sel {
			if i >= 0 {
				s.rows[c].Append(from, int(i))
			}
		}
	}
	n := int32(0)
	for g, at := range s.at {
		if at > 0 {
			n++
			s.at[g] = n
		}
	}
}

func (s *picks) positions() []int32 {
	s.sel = grow(s.sel, len(s.at))
	for g, at := range s.at {
		s.sel[g] = at - 1
	}
	return s.sel
}

func (s *picks) Export() []Column {
	out := make([]Column, len(s.rows)+1)
	s.positions()
	for c, b := range s.rows {
		Take(&out[c], b.Column(), s.sel)
	}
	there := make([]uint8, len(s.at))
	for g, at := range s.at {
		there[g] = b2u(at > 0)
	}
	out[len(s.rows)] = Column{Type: Bool, Len: len(there), Bools: there}
	return out
}

func (s *picks) Final() Column {
	var out Column
	Take(&out, s.rows[0].Column(), s.positions())
	return out
}

// dictRanks is the order of a dictionary's values: with it a batch of texts is
// compared by numbers, each text once.
type dictRanks struct {
	dict *Column
	rank []int32
}

// of returns the ranks of key's dictionary by code; nil when it has none, or one
// so large that a batch of so many rows is sooner compared text by text.
func (r *dictRanks) of(key *Column, rows int) []int32 {
	if key.Dict == nil {
		return nil
	}
	if r.dict == key.Dict {
		return r.rank
	}
	if key.Dict.Len*4 > rows {
		return nil
	}
	r.dict = key.Dict
	order := make([]int32, r.dict.Len)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(r.dict.Str(int(a)), r.dict.Str(int(b))) })
	r.rank = make([]int32, len(order))
	for at, code := range order {
		r.rank[code] = int32(at)
		if at > 0 && bytes.Equal(r.dict.Str(int(code)), r.dict.Str(int(order[at-1]))) {
			r.rank[code] = r.rank[order[at-1]]
		}
	}
	return r.rank
}
