package expr

import "fmt"

// bitwise is bit_and, bit_or and bit_xor.
type bitwise[T int32 | int64] struct {
	failure
	t   Type
	op  bitOp
	v   []T
	set []bool
}

type bitOp uint8

const (
	bitAnd bitOp = iota
	bitOr
	bitXor
)

func bindBitwise(op bitOp) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		x, err := c.value(c.Args[0])
		if err == nil && x.Type == Null {
			x, err = c.valueAs(c.Args[0], Int64)
		}
		if err == nil && !x.Type.IsWhole() {
			err = fmt.Errorf("%s is %v, not a whole number", c.Args[0], x.Type)
		}
		if err != nil {
			return nil, err
		}
		out := &BoundAggregate{Type: x.Type, StateTypes: []Type{x.Type}, Args: []*Bound{x}}
		out.NewState = func() State { return &bitwise[int32]{t: x.Type, op: op} }
		if x.Type == Int64 {
			out.NewState = func() State { return &bitwise[int64]{t: x.Type, op: op} }
		}
		return out, nil
	}
}

func (s *bitwise[T]) Grow(n int) { s.v, s.set = extend(s.v, n), extend(s.set, n) }

func (s *bitwise[T]) Size() int64 { return int64(cap(s.v)*s.t.Width() + cap(s.set)) }

func (s *bitwise[T]) Merge(groups []int32, state []*Column) { s.Update(groups, state) }

func (s *bitwise[T]) Update(groups []int32, args []*Column) {
	in := machineValues[T](args[0])
	for i, g := range groups {
		switch {
		case args[0].IsNull(i):
			continue
		case !s.set[g]:
			s.v[g], s.set[g] = in[i], true
		case s.op == bitAnd:
			s.v[g] &= in[i]
		case s.op == bitOr:
			s.v[g] |= in[i]
		default:
			s.v[g] ^= in[i]
		}
	}
}

func (s *bitwise[T]) Export() []Column { return []Column{s.Final()} }

func (s *bitwise[T]) Final() Column {
	out := machineColumn(s.t, s.v)
	out.Valid = nullWhere(len(s.set), func(i int) bool { return !s.set[i] })
	return out
}
