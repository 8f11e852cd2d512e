package expr

import "math/big"

// decimalSums is sum and avg of decimals. Sums of 38 digits may leave 128 bits
// on the way and come back: laps counts how often, so that the order of the rows
// does not matter. (Spark notices only where a partial sum leaves 38 digits at
// the end of a task.)
type decimalSums struct {
	failure
	sum    []Int128
	laps   []int64 // the sum is sum + laps·2^128
	n      []int64
	mean   bool
	from   Type // of the arguments
	t      Type // of the result
	policy overflow
}

// bindDecimalTotal gives sum ten digits more, and avg four digits more before
// and after the point, both cut at 38.
func bindDecimalTotal(x *Bound, mean bool, policy overflow) *BoundAggregate {
	p, scale := x.Type.Precision(), x.Type.Scale()
	sum := DecimalOf(min(p+10, MaxPrecision), scale)
	t := sum
	if mean {
		t = DecimalOf(min(p+4, MaxPrecision), min(scale+4, MaxPrecision))
	}
	return &BoundAggregate{Type: t, StateTypes: []Type{DecimalOf(MaxPrecision, scale), Int64, Int64}, Args: []*Bound{x},
		NewState: func() State { return &decimalSums{from: x.Type, t: t, mean: mean, policy: policy} }}
}

func (s *decimalSums) Grow(n int) {
	s.sum, s.laps, s.n = extend(s.sum, n), extend(s.laps, n), extend(s.n, n)
}

func (s *decimalSums) Size() int64 { return int64(cap(s.sum)) * 32 }

func (s *decimalSums) Update(groups []int32, args []*Column) {
	c := args[0]
	for i, g := range groups {
		if !c.IsNull(i) {
			s.add(g, c.Wide[i])
			s.n[g]++
		}
	}
}

func (s *decimalSums) add(g int32, v Int128) {
	old := s.sum[g]
	next := old.Add(v)
	s.sum[g] = next
	if (old.Hi^next.Hi)&(v.Hi^next.Hi) < 0 {
		s.laps[g] += -1 - 2*(next.Hi>>63) // up where two positive ones became negative
	}
}

func (s *decimalSums) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		s.add(g, state[0].Wide[i])
		s.laps[g] += state[1].I64[i]
		s.n[g] += state[2].I64[i]
	}
}

func (s *decimalSums) Export() []Column {
	n := len(s.n)
	return []Column{{Type: DecimalOf(MaxPrecision, s.from.Scale()), Len: n, Wide: s.sum},
		{Type: Int64, Len: n, I64: s.laps}, {Type: Int64, Len: n, I64: s.n}}
}

func (s *decimalSums) Final() Column {
	out := Column{Type: s.t, Len: len(s.n), Wide: make([]Int128, len(s.n))}
	known := make([]bool, len(s.n))
	for g, n := range s.n {
		if n == 0 {
			continue
		}
		v := s.sum[g]
		ok := s.laps[g] == 0 && v.Fits(min(s.from.Precision()+10, MaxPrecision))
		if !ok && s.policy == fails {
			try := "try_sum"
			if s.mean {
				try = "try_avg"
			}
			s.fail("[ARITHMETIC_OVERFLOW] overflow in sum of decimals. Use '%s' to tolerate overflow and return NULL instead. "+
				"If necessary set %q to %q to bypass this error", try, "spark.sql.ansi.enabled", "false")
		}
		if ok && s.mean {
			q := v.Big()
			q.Mul(q, power10(s.t.Scale()-s.from.Scale()))
			roundQuo(q, big.NewInt(n))
			if v, ok = FromBig(q); !ok || !v.Fits(s.t.Precision()) {
				ok = false
				if s.policy == fails {
					s.fail("[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] the mean cannot be represented as %v. "+
						"If necessary set %q to %q to bypass this error, and return NULL instead", s.t, "spark.sql.ansi.enabled", "false")
				}
			}
		}
		out.Wide[g], known[g] = v, ok
	}
	out.Valid = nullWhere(len(known), func(i int) bool { return !known[i] })
	return out
}
