package expr

// extremes is min (sign -1) and max (sign 1) of values that a machine compares;
// of the others there is picks. bool_and is the least of its values, bool_or the
// greatest.
type extremes[T machine] struct {
	failure
	t    Type
	sign int
	v    []T
	set  []bool
}

type machine interface {
	uint8 | int32 | int64 | float64
}

func bindExtreme(sign int) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		x, err := c.value(c.Args[0])
		if err != nil {
			return nil, err
		}
		return extremeOf(x, sign), nil
	}
}

func bindBool(sign int) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		if _, err := c.condition(c.Args[0]); err != nil {
			return nil, err
		}
		x, err := c.valueAs(c.Args[0], Bool)
		if err != nil {
			return nil, err
		}
		return extremeOf(x, sign), nil
	}
}

func extremeOf(x *Bound, sign int) *BoundAggregate {
	out := &BoundAggregate{Type: x.Type, StateTypes: []Type{x.Type}, Args: []*Bound{x}}
	switch x.Type.Layout() {
	case Bool:
		out.NewState = func() State { return &extremes[uint8]{t: x.Type, sign: sign} }
	case Int32:
		out.NewState = func() State { return &extremes[int32]{t: x.Type, sign: sign} }
	case Int64:
		out.NewState = func() State { return &extremes[int64]{t: x.Type, sign: sign} }
	case Float64:
		out.NewState = func() State { return &extremes[float64]{t: x.Type, sign: sign} }
	default:
		return pickOf(x.Type, out.Args, picks{sign: sign})
	}
	return out
}

func (s *extremes[T]) Grow(n int) { s.v, s.set = extend(s.v, n), extend(s.set, n) }

func (s *extremes[T]) Size() int64 { return int64(cap(s.v)*s.t.Width() + cap(s.set)) }

func (s *extremes[T]) Merge(groups []int32, state []*Column) { s.Update(groups, state) }

func (s *extremes[T]) Update(groups []int32, args []*Column) {
	c := args[0]
	in := machineValues[T](c)[:len(groups)]
	v, set := s.v, s.set
	switch {
	case c.Valid == nil && len(v) == 1 && len(in) > 0:
		best := in[0]
		if set[0] {
			best = v[0]
		}
		if s.sign < 0 {
			for _, x := range in {
				if x < best || best != best {
					best = x
				}
			}
		} else {
			for _, x := range in {
				if x > best || x != x {
					best = x
				}
			}
		}
		v[0], set[0] = best, true
	case c.Valid != nil && s.sign < 0:
		for i, g := range groups {
			if c.Valid[i>>3]>>(i&7)&1 != 0 && (!set[g] || in[i] < v[g] || v[g] != v[g]) {
				v[g], set[g] = in[i], true
			}
		}
	case c.Valid != nil:
		for i, g := range groups {
			if c.Valid[i>>3]>>(i&7)&1 != 0 && (!set[g] || in[i] > v[g] || in[i] != in[i]) {
				v[g], set[g] = in[i], true
			}
		}
	case s.sign < 0:
		for i, g := range groups {
			if !set[g] || in[i] < v[g] || v[g] != v[g] { // NaN is greater than all
				v[g], set[g] = in[i], true
			}
		}
	default:
		for i, g := range groups {
			if !set[g] || in[i] > v[g] || in[i] != in[i] {
				v[g], set[g] = in[i], true
			}
		}
	}
}

// machineValues is the slice of c that holds values of type T.
func machineValues[T machine](c *Column) []T {
	var out any
	switch c.Type.Layout() {
	case Bool:
		out = c.Bools
	case Int32:
		out = c.I32
	case Int64:
		out = c.I64
	case Float64:
		out = c.F64
	}
	return out.([]T)
}

// machineColumn is a column of type t that keeps its values in v.
func machineColumn[T machine](t Type, v []T) Column {
	out := Column{Type: t, Len: len(v)}
	switch v := any(v).(type) {
	case []uint8:
		out.Bools = v
	case []int32:
		out.I32 = v
	case []int64:
		out.I64 = v
	case []float64:
		out.F64 = v
	}
	return out
}

func (s *extremes[T]) Export() []Column { return []Column{s.Final()} }

func (s *extremes[T]) Final() Column {
	out := machineColumn(s.t, s.v)
	out.Valid = nullWhere(len(s.set), func(i int) bool { return !s.set[i] })
	return out
}
