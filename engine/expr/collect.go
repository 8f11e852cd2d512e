package expr

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// values is an aggregate that needs all its values: exact percentiles and the
// count of distinct values. A group's state is a list of 64-bit images;
// between tasks it travels as the bytes of that list in a string column.
type values struct {
	lists    [][]uint64
	kept     int64
	distinct *Groups // (group, value) pairs seen; nil when all are kept
	pair     [2]Column
	scratch  []int32
	p        float64
}

func bindCountDistinct(args []*Bound) (*BoundAggregate, error) {
	t := args[0].Type
	switch t.Layout() {
	case String, Decimal, Array, Struct:
		return &BoundAggregate{Type: Int64, StateTypes: []Type{String}, Args: args,
			NewState: func() State { return &distinctTexts{} }}, nil
	}
	return &BoundAggregate{Type: Int64, StateTypes: []Type{String}, Args: args,
		NewState: func() State { return &values{distinct: NewGroups([]Type{Int64, Int64})} }}, nil
}

func bindPercentile(args []*Bound) (*BoundAggregate, error) {
	p, ok := constantValue(args[1])
	if p.Type == Int32 {
		p.F = float64(p.I)
	}
	if !ok || p.IsNull || p.F < 0 || p.F > 1 || p.Type != Float64 && p.Type != Int32 {
		return nil, fmt.Errorf("the percentage must be a constant from 0 to 1")
	}
	if err := toFloat(args[:1]); err != nil {
		return nil, err
	}
	return &BoundAggregate{Type: Float64, StateTypes: []Type{String}, Args: args[:1],
		NewState: func() State { return &values{p: p.F} }}, nil
}

func (s *values) Grow(n int) { s.lists = extend(s.lists, n) }

func (s *values) Size() int64 {
	n := s.kept*10 + int64(cap(s.lists))*24 // lists grow by a quarter
	if s.distinct != nil {
		n += s.distinct.Size()
	}
	return n
}

// image is a value as 64 bits, equal for equal values.
func image(c *Column, i int) uint64 {
	switch c.Type.Layout() {
	case Bool:
		return uint64(c.Bools[i])
	case Int32:
		return uint64(int64(c.I32[i]))
	case Float64:
		return doubleBits(c.F64[i])
	}
	return uint64(c.I64[i])
}

func (s *values) Update(groups []int32, args []*Column) {
	c := args[0]
	if c.Type == Null {
		return
	}
	s.begin(len(groups))
	for i, g := range groups {
		if !c.IsNull(i) {
			s.offer(g, image(c, i))
		}
	}
	s.flush()
}

// begin, offer and flush gather a batch's values, so that distinct ones are
// found by one call of Assign.
func (s *values) begin(n int) {
	for c := range s.pair {
		s.pair[c] = Column{Type: Int64, I64: s.pair[c].I64[:0]}
		s.pair[c].I64 = slices.Grow(s.pair[c].I64, n)
	}
}

func (s *values) offer(g int32, v uint64) {
	if s.distinct == nil {
		s.lists[g] = append(s.lists[g], v)
		s.kept++
		return
	}
	s.pair[0].I64 = append(s.pair[0].I64, int64(g))
	s.pair[1].I64 = append(s.pair[1].I64, int64(v))
}

func (s *values) flush() {
	if s.distinct == nil {
		return
	}
	n := len(s.pair[0].I64)
	s.pair[0].Len, s.pair[1].Len = n, n
	known := int32(s.distinct.Len())
	s.scratch = s.distinct.Assign([]*Column{&s.pair[0], &s.pair[1]}, n, s.scratch)
	for i, id := range s.scratch {
		if id == known {
			known++
			g := s.pair[0].I64[i]
			s.lists[g] = append(s.lists[g], uint64(s.pair[1].I64[i]))
			s.kept++
		}
	}
}

func (s *values) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		list := state[0].Str(i)
		s.begin(len(list) / 8)
		for ; len(list) >= 8; list = list[8:] {
			s.offer(g, binary.LittleEndian.Uint64(list))
		}
		s.flush()
	}
}

func (s *values) Export() []Column {
	b := NewBuilder(String)
	var text []byte
	for _, list := range s.lists {
		text = text[:0]
		for _, v := range list {
			text = binary.LittleEndian.AppendUint64(text, v)
		}
		b.AppendBytes(text)
	}
	return []Column{b.Take()}
}

func (s *values) Final() Column {
	if s.distinct != nil {
		out := Column{Type: Int64, Len: len(s.lists), I64: make([]int64, len(s.lists))}
		for i, list := range s.lists {
			out.I64[i] = int64(len(list))
		}
		return out
	}
	out := doubles(make([]float64, len(s.lists)))
	for i, list := range s.lists {
		if len(list) > 0 {
			out.F64[i] = percentile(list, s.p)
		}
	}
	out.Valid = nullWhere(len(s.lists), func(i int) bool { return len(s.lists[i]) == 0 })
	return out
}

// percentile interpolates between the two values around position p·(n-1).
func percentile(list []uint64, p float64) float64 {
	v := make([]float64, len(list))
	for i, b := range list {
		v[i] = math.Float64frombits(b)
	}
	slices.Sort(v)
	at := p * float64(len(v)-1)
	low := math.Floor(at)
	high := math.Ceil(at)
	if low == high {
		return v[int(at)]
	}
	return (high-at)*v[int(low)] + (at-low)*v[int(high)]
}

// distinctTexts counts distinct strings; a group's state is its texts, each
// behind its length.
type distinctTexts struct {
	sets []map[string]struct{}
	size int64
}

func (s *distinctTexts) Grow(n int)  { s.sets = extend(s.sets, n) }
func (s *distinctTexts) Size() int64 { return s.size + int64(cap(s.sets))*8 }

func (s *distinctTexts) add(g int32, text []byte) {
	if _, ok := s.sets[g][string(text)]; ok {
		return
	}
	if s.sets[g] == nil {
		s.sets[g] = map[string]struct{}{}
	}
	s.sets[g][string(text)] = struct{}{}
	s.size += int64(len(text)) + 32
}

func (s *distinctTexts) Update(groups []int32, args []*Column) {
	texts := args[0]
	if texts.Type.Layout() != String {
		texts = images(texts, len(groups))
	}
	for i, g := range groups {
		if !texts.IsNull(i) {
			s.add(g, texts.Str(i))
		}
	}
}

func (s *distinctTexts) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		for list := state[0].Str(i); len(list) >= 4; {
			n := int(binary.LittleEndian.Uint32(list))
			s.add(g, list[4:4+n])
			list = list[4+n:]
		}
	}
}

func (s *distinctTexts) Export() []Column {
	b := NewBuilder(String)
	var text []byte
	for _, set := range s.sets {
		text = text[:0]
		for v := range set {
			text = binary.LittleEndian.AppendUint32(text, uint32(len(v)))
			text = append(text, v...)
		}
		b.AppendBytes(text)
	}
	return []Column{b.Take()}
}

func (s *distinctTexts) Final() Column {
	out := Column{Type: Int64, Len: len(s.sets), I64: make([]int64, len(s.sets))}
	for i, set := range s.sets {
		out.I64[i] = int64(len(set))
	}
	return out
}
