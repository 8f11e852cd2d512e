package expr

import (
	"fmt"
	"math"
	"math/bits"
)

// sums is sum and avg of doubles and of whole numbers and intervals (decimals
// have decimalSums): a sum and the count of values behind it. A negative count
// says that the sum overflowed and stays so.
type sums[T int64 | float64] struct {
	failure
	sum    []T
	n      []int64
	mean   bool
	t      Type // of the result
	policy overflow
}

// overflow is what a sum does when it leaves its type.
type overflow uint8

const (
	wraps    overflow = iota // goes on modulo 2^64: bigint without ANSI mode
	fails                    // is an error: ANSI mode, and intervals in every mode
	vanishes                 // is null: try_sum, try_avg
)

const overflowed = math.MinInt64 / 2

func bindSum(c *aggregateCall) (*BoundAggregate, error) { return bindTotal(c, false) }
func bindAvg(c *aggregateCall) (*BoundAggregate, error) { return bindTotal(c, true) }

func bindTrySum(c *aggregateCall) (*BoundAggregate, error) {
	c.Mode.Try = true
	return bindTotal(c, false)
}

func bindTryAvg(c *aggregateCall) (*BoundAggregate, error) {
	c.Mode.Try = true
	return bindTotal(c, true)
}

func bindTotal(c *aggregateCall, mean bool) (*BoundAggregate, error) {
	x, err := c.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	policy := wraps
	switch {
	case c.Mode.Try:
		policy = vanishes
	case c.Mode.ANSI || isSpan(x.Type):
		policy = fails
	}
	switch t := x.Type; {
	case isSpan(t) || t.IsWhole() && !mean:
		to := t
		switch {
		case t.IsWhole():
			to = Int64
		case mean:
			to = t.Kind() // part of a day may be hours
		}
		return &BoundAggregate{Type: to, StateTypes: []Type{Int64, Int64}, Args: []*Bound{x},
			NewState: func() State {
				return &sums[int64]{t: to, policy: policy, mean: mean}
			}}, nil
	case t.Kind() == Decimal:
		return bindDecimalTotal(x, mean, policy), nil
	case t.IsNumber():
	case t == String || t == Null:
		if x, err = c.valueAs(c.Args[0], Float64); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%s is %v, neither a number nor an interval", c.Args[0], t)
	}
	return &BoundAggregate{Type: Float64, StateTypes: []Type{Float64, Int64}, Args: []*Bound{x},
		NewState: func() State { return &sums[float64]{t: Float64, mean: mean} }}, nil
}

func (s *sums[T]) Grow(n int) { s.sum, s.n = extend(s.sum, n), extend(s.n, n) }

func (s *sums[T]) Size() int64 { return int64(cap(s.sum)+cap(s.n)) * 8 }

func (s *sums[T]) Update(groups []int32, args []*Column) {
	c := args[0]
	switch c.Type.Layout() {
	case Int32:
		fold(s, groups, c.I32, c.Valid)
	case Float64:
		fold(s, groups, c.F64, c.Valid)
	case Int64:
		if s.policy == wraps {
			fold(s, groups, c.I64, c.Valid)
		} else {
			s.foldExact(groups, c.I64, c.Valid, nil)
		}
	}
}

func fold[T int64 | float64, V number](s *sums[T], groups []int32, v []V, valid []byte) {
	if len(s.sum) != 1 {
		foldSum(s.sum, s.n, groups, v, valid)
		return
	}
	sum, n := total[T](v[:len(groups)], valid)
	s.sum[0] += sum
	s.n[0] += n
}

// total adds the values that are not null, and counts them: four sums side by
// side, since a sum in memory or in one register waits for itself each time.
func total[T int64 | float64, V number](v []V, valid []byte) (sum T, n int64) {
	var s [4]T
	rest := v
	for ; len(rest) >= 8; rest = rest[8:] {
		if valid != nil {
			bits := valid[0]
			valid = valid[1:]
			if bits != 0xff {
				for i, x := range rest[:8] {
					if bits>>i&1 != 0 {
						s[0] += T(x)
						n++
					}
				}
				continue
			}
		}
		x := rest[:8]
		s[0] += T(x[0]) + T(x[4])
		s[1] += T(x[1]) + T(x[5])
		s[2] += T(x[2]) + T(x[6])
		s[3] += T(x[3]) + T(x[7])
		n += 8
	}
	for i, x := range rest {
		if valid == nil || valid[0]>>i&1 != 0 {
			sum += T(x)
			n++
		}
	}
	return sum + (s[0] + s[1]) + (s[2] + s[3]), n
}

// foldSum adds values to sums. Four billion 32-bit values fit a bigint, so that
// these need no check.
func foldSum[T int64 | float64, V number](sum []T, n []int64, groups []int32, v []V, valid []byte) {
	v = v[:len(groups)]
	if valid == nil {
		for i, g := range groups {
			sum[g] += T(v[i])
			n[g]++
		}
		return
	}
	for i, g := range groups {
		if valid[i>>3]>>(i&7)&1 != 0 {
			sum[g] += T(v[i])
			n[g]++
		}
	}
}

// foldExact adds values, or partial sums of counts values each, and notices
// sums that leave 64 bits; never of doubles, which wrap nowhere.
func (s *sums[T]) foldExact(groups []int32, v []int64, valid []byte, counts []int64) {
	sum := any(s.sum).([]int64)
	for i, g := range groups {
		if valid != nil && valid[i>>3]>>(i&7)&1 == 0 {
			continue
		}
		old, count := sum[g], int64(1)
		if counts != nil {
			count = counts[i]
		}
		next := old + v[i]
		s.n[g] += count
		sum[g] = next
		if (old^next)&(v[i]^next) < 0 || count < 0 {
			s.leave(int(g))
		}
	}
}

// leave notes that the sum of a group left its type.
func (s *sums[T]) leave(g int) {
	if s.policy == vanishes {
		s.n[g] = overflowed
		return
	}
	if s.t == Int64 {
		s.fail("[ARITHMETIC_OVERFLOW] long overflow. Use 'try_sum' to tolerate overflow and return NULL instead. "+
			"If necessary set %q to %q to bypass this error", "spark.sql.ansi.enabled", "false")
		return
	}
	s.fail("[INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION] integer overflow while operating with intervals. " +
		"Use 'try_sum' or 'try_avg' to tolerate overflow and return NULL instead")
}

func (s *sums[T]) Merge(groups []int32, state []*Column) {
	if s.policy != wraps {
		s.foldExact(groups, state[0].I64, nil, state[1].I64)
		return
	}
	values := any(state[0].I64)
	if state[0].Type == Float64 {
		values = state[0].F64
	}
	v := values.([]T)
	for i, g := range groups {
		s.sum[g] += v[i]
		s.n[g] += state[1].I64[i]
	}
}

func (s *sums[T]) column(v []T) Column {
	switch v := any(v).(type) {
	case []int64:
		return Column{Type: Int64, Len: len(v), I64: v}
	case []float64:
		return doubles(v)
	}
	return Column{}
}

func (s *sums[T]) Export() []Column {
	return []Column{s.column(s.sum), {Type: Int64, Len: len(s.n), I64: s.n}}
}

func (s *sums[T]) Final() Column {
	out := s.column(s.sum)
	switch {
	case isSpan(s.t):
		out = s.intervals(out.I64)
	case s.mean:
		out = doubles(make([]float64, len(s.sum)))
		for i, v := range s.sum {
			out.F64[i] = float64(v) / float64(s.n[i])
		}
	}
	out.Valid = nullWhere(len(s.n), func(i int) bool { return s.n[i] <= 0 })
	return out
}

// intervals is the sums, or their means rounded half away from zero.
func (s *sums[T]) intervals(sum []int64) Column {
	out := Column{Type: s.t, Len: len(sum)}
	v := make([]int64, len(sum))
	for g := range v {
		v[g] = sum[g]
		if s.t.Kind() == YearMonth && v[g] != int64(int32(v[g])) && s.n[g] > 0 {
			s.leave(g)
		}
		if s.mean && s.n[g] > 0 {
			v[g] = roundDiv(v[g], s.n[g])
		}
	}
	if s.t.Kind() == DayTime {
		out.I64 = v
		return out
	}
	out.I32 = make([]int32, len(v))
	transform(out.I32, v, func(v int64) int32 { return int32(v) })
	return out
}

// roundDiv is v / n, n > 0, halves away from zero.
func roundDiv(v, n int64) int64 {
	q, rest := v/n, v%n
	if rest < 0 {
		rest = -rest
	}
	if over, carry := bits.Add64(uint64(rest), uint64(rest), 0); carry > 0 || over >= uint64(n) {
		if v < 0 {
			return q - 1
		}
		return q + 1
	}
	return q
}
