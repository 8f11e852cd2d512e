package expr

import "math"

// moments is variance and standard deviation: count, mean and sum of squared
// distances (Welford), merged as Chan, Golub and LeVeque do; the same state as
// Spark's CentralMomentAgg.
type moments struct {
	n, mean, m2 []float64
	result      func(n, m2 float64) (float64, bool)
}

func varPop(n, m2 float64) (float64, bool)     { return m2 / n, n > 0 }
func varSamp(n, m2 float64) (float64, bool)    { return m2 / (n - 1), n > 1 }
func stddevPop(n, m2 float64) (float64, bool)  { return math.Sqrt(m2 / n), n > 0 }
func stddevSamp(n, m2 float64) (float64, bool) { return math.Sqrt(m2 / (n - 1)), n > 1 }

func bindMoments(result func(n, m2 float64) (float64, bool)) func([]*Bound) (*BoundAggregate, error) {
	return func(args []*Bound) (*BoundAggregate, error) {
		if err := toFloat(args); err != nil {
			return nil, err
		}
		return &BoundAggregate{Type: Float64, StateTypes: []Type{Float64, Float64, Float64}, Args: args,
			NewState: func() State { return &moments{result: result} }}, nil
	}
}

func (s *moments) Grow(n int) {
	s.n, s.mean, s.m2 = extend(s.n, n), extend(s.mean, n), extend(s.m2, n)
}

func (s *moments) Size() int64 { return int64(cap(s.n)) * 24 }

func (s *moments) Update(groups []int32, args []*Column) {
	x := args[0]
	for i, g := range groups {
		if x.IsNull(i) {
			continue
		}
		s.n[g]++
		d := x.F64[i] - s.mean[g]
		s.mean[g] += d / s.n[g]
		s.m2[g] += d * (x.F64[i] - s.mean[g])
	}
}

func (s *moments) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		nb := state[0].F64[i]
		if nb == 0 {
			continue
		}
		na := s.n[g]
		n := na + nb
		d := state[1].F64[i] - s.mean[g]
		s.mean[g] += d * nb / n
		s.m2[g] += state[2].F64[i] + d*d*na*nb/n
		s.n[g] = n
	}
}

func (s *moments) Export() []Column {
	return []Column{doubles(s.n), doubles(s.mean), doubles(s.m2)}
}

func doubles(v []float64) Column { return Column{Type: Float64, Len: len(v), F64: v} }

func (s *moments) Final() Column {
	out := doubles(make([]float64, len(s.n)))
	known := make([]bool, len(s.n))
	for i := range s.n {
		out.F64[i], known[i] = s.result(s.n[i], s.m2[i])
	}
	out.Valid = nullWhere(len(known), func(i int) bool { return !known[i] })
	return out
}

// pairs is correlation and covariance of the rows where both are not null: the
// state of Spark's PearsonCorrelation.
type pairs struct {
	n, mx, my, ck, m2x, m2y []float64
	result                  func(s *pairs, g int) (float64, bool)
}

func corr(s *pairs, g int) (float64, bool) {
	return s.ck[g] / math.Sqrt(s.m2x[g]*s.m2y[g]), s.n[g] > 0
}
func covarPop(s *pairs, g int) (float64, bool)  { return s.ck[g] / s.n[g], s.n[g] > 0 }
func covarSamp(s *pairs, g int) (float64, bool) { return s.ck[g] / (s.n[g] - 1), s.n[g] > 1 }

func bindPairs(result func(*pairs, int) (float64, bool)) func([]*Bound) (*BoundAggregate, error) {
	return func(args []*Bound) (*BoundAggregate, error) {
		if err := toFloat(args); err != nil {
			return nil, err
		}
		f := Float64
		return &BoundAggregate{Type: f, StateTypes: []Type{f, f, f, f, f, f}, Args: args,
			NewState: func() State { return &pairs{result: result} }}, nil
	}
}

func (s *pairs) all() []*[]float64 {
	return []*[]float64{&s.n, &s.mx, &s.my, &s.ck, &s.m2x, &s.m2y}
}

func (s *pairs) Grow(n int) {
	for _, v := range s.all() {
		*v = extend(*v, n)
	}
}

func (s *pairs) Size() int64 { return int64(cap(s.n)) * 48 }

func (s *pairs) Update(groups []int32, args []*Column) {
	a, b := args[0], args[1]
	for i, g := range groups {
		if a.IsNull(i) || b.IsNull(i) {
			continue
		}
		x, y := a.F64[i], b.F64[i]
		s.n[g]++
		dx, dy := x-s.mx[g], y-s.my[g]
		s.mx[g] += dx / s.n[g]
		s.my[g] += dy / s.n[g]
		s.ck[g] += dx * (y - s.my[g])
		s.m2x[g] += dx * (x - s.mx[g])
		s.m2y[g] += dy * (y - s.my[g])
	}
}

func (s *pairs) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		nb := state[0].F64[i]
		if nb == 0 {
			continue
		}
		na := s.n[g]
		n := na + nb
		dx, dy := state[1].F64[i]-s.mx[g], state[2].F64[i]-s.my[g]
		s.mx[g] += dx * nb / n
		s.my[g] += dy * nb / n
		s.ck[g] += state[3].F64[i] + dx*dy*na*nb/n
		s.m2x[g] += state[4].F64[i] + dx*dx*na*nb/n
		s.m2y[g] += state[5].F64[i] + dy*dy*na*nb/n
		s.n[g] = n
	}
}

func (s *pairs) Export() []Column {
	out := make([]Column, 0, 6)
	for _, v := range s.all() {
		out = append(out, doubles(*v))
	}
	return out
}

func (s *pairs) Final() Column {
	out := doubles(make([]float64, len(s.n)))
	known := make([]bool, len(s.n))
	for i := range s.n {
		out.F64[i], known[i] = s.result(s, i)
	}
	out.Valid = nullWhere(len(known), func(i int) bool { return !known[i] })
	return out
}
