package expr

import "math"

// pairs is correlation, covariance and linear regression of the rows where both
// arguments are not null: the state of Spark's PearsonCorrelation. a is the first
// argument and b the second; the regr_ functions call them y and x.
type pairs struct {
	failure
	n, ma, mb  []float64 // count and means
	ab, aa, bb []float64 // products of the distances from the means, summed
	strict     bool      // ANSI mode: corr divides by zero where a side does not vary
	result     func(s *pairs, g int) (float64, bool)
}

func covarPop(s *pairs, g int) (float64, bool)  { return s.ab[g] / s.n[g], s.n[g] > 0 }
func covarSamp(s *pairs, g int) (float64, bool) { return s.ab[g] / (s.n[g] - 1), s.n[g] > 1 }

func corr(s *pairs, g int) (float64, bool) {
	spread := math.Sqrt(s.aa[g] * s.bb[g])
	if s.n[g] > 1 && spread == 0 && s.strict {
		s.fail("[DIVIDE_BY_ZERO] division by zero: one side does not vary. "+
			"If necessary set %q to %q to bypass this error", "spark.sql.ansi.enabled", "false")
	}
	return s.ab[g] / spread, s.n[g] > 1 && spread != 0
}

func regrSXY(s *pairs, g int) (float64, bool) { return s.ab[g], s.n[g] > 0 }

func regrSlope(s *pairs, g int) (float64, bool) { return s.ab[g] / s.bb[g], s.bb[g] != 0 }

func regrIntercept(s *pairs, g int) (float64, bool) {
	return s.ma[g] - s.ab[g]/s.bb[g]*s.mb[g], s.bb[g] != 0
}

// regrR2 is null where y does not vary and 1 where x does not: Spark has the two
// the other way round than SQL's standard.
func regrR2(s *pairs, g int) (float64, bool) {
	if s.bb[g] == 0 {
		return 1, s.aa[g] != 0
	}
	r := s.ab[g] / math.Sqrt(s.aa[g]*s.bb[g])
	return r * r, s.aa[g] != 0
}

// bindOfPairs is an aggregate of argument i alone over the rows where the other one
// is not null either.
func bindOfPairs(i int, bind func(*aggregateCall) (*BoundAggregate, error)) func(*aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		if _, err := c.doubles(c.Args); err != nil {
			return nil, err
		}
		one := *c
		one.Args = []Expr{CaseWhen{When: []Expr{IsNotNull(c.Args[1-i])}, Then: []Expr{c.Args[i]}}}
		return bind(&one)
	}
}

func bindPairs(result func(*pairs, int) (float64, bool)) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		args, err := c.doubles(c.Args)
		if err != nil {
			return nil, err
		}
		f, strict := Float64, c.Mode.ANSI && !c.Mode.Try
		return &BoundAggregate{Type: f, StateTypes: []Type{f, f, f, f, f, f}, Args: args,
			NewState: func() State { return &pairs{result: result, strict: strict} }}, nil
	}
}

func (s *pairs) all() []*[]float64 {
	return []*[]float64{&s.n, &s.ma, &s.mb, &s.ab, &s.aa, &s.bb}
}

func (s *pairs) Grow(n int) {
	for _, v := range s.all() {
		*v = extend(*v, n)
	}
}

func (s *pairs) Size() int64 { return int64(cap(s.n)) * 48 }

func (s *pairs) Update(groups []int32, args []*Column) {
	a, b := args[0], args[1]
	sometimes := a.Valid != nil || b.Valid != nil || a.Type == Null || b.Type == Null
	for i, g := range groups {
		if sometimes && (a.IsNull(i) || b.IsNull(i)) {
			continue
		}
		n := s.n[g] + 1
		s.n[g] = n
		x, y, ma, mb := a.F64[i], b.F64[i], s.ma[g], s.mb[g]
		da, db := x-ma, y-mb
		if n < steady {
			ma, mb = ma+da/n, mb+db/n
		} else {
			part := 1 / n // waits for nothing; the difference is in the last digit of what moves a mean the least
			ma, mb = ma+da*part, mb+db*part
		}
		s.ma[g], s.mb[g] = ma, mb
		s.ab[g] += da * (y - mb)
		s.aa[g] += da * (x - ma)
		s.bb[g] += db * (y - mb)
	}
}

// steady is the number of rows from which on a mean moves so little that how it is
// divided does not matter; below it the steps are Spark's, to the last digit.
const steady = 1024

func (s *pairs) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		na, nb := s.n[g], state[0].F64[i]
		if nb == 0 {
			continue
		}
		n := na + nb
		da, db := state[1].F64[i]-s.ma[g], state[2].F64[i]-s.mb[g]
		s.ma[g] += da / n * nb
		s.mb[g] += db / n * nb
		s.ab[g] = s.ab[g] + state[3].F64[i] + da*(db/n)*na*nb
		s.aa[g] = s.aa[g] + state[4].F64[i] + da*(da/n)*na*nb
		s.bb[g] = s.bb[g] + state[5].F64[i] + db*(db/n)*na*nb
		s.n[g] = n
	}
}

func (s *pairs) Export() []Column { return columnsOf(s.all()) }

func (s *pairs) Final() Column {
	return results(len(s.n), func(g int) (float64, bool) { return s.result(s, g) })
}
