package expr

import "math"

// moments is variance, standard deviation, skewness and kurtosis: count, mean
// and the sums of the second to fourth powers of the distances from it, each as
// far as it is needed. Values are added and states merged by the formulas of
// Spark's CentralMomentAgg (Welford; Chan, Golub and LeVeque; Pébay).
type moments struct {
	failure
	n, mean, m2, m3, m4 []float64
	moment
}

// A moment is a result, and the highest power of distances that it needs.
type moment struct {
	power  int
	result func(s *moments, g int) (float64, bool)
}

var (
	squares    = moment{2, func(s *moments, g int) (float64, bool) { return s.m2[g], s.n[g] > 0 }}
	varPop     = moment{2, func(s *moments, g int) (float64, bool) { return s.m2[g] / s.n[g], s.n[g] > 0 }}
	varSamp    = moment{2, func(s *moments, g int) (float64, bool) { return s.m2[g] / (s.n[g] - 1), s.n[g] > 1 }}
	stddevPop  = moment{2, func(s *moments, g int) (float64, bool) { return math.Sqrt(s.m2[g] / s.n[g]), s.n[g] > 0 }}
	stddevSamp = moment{2, func(s *moments, g int) (float64, bool) { return math.Sqrt(s.m2[g] / (s.n[g] - 1)), s.n[g] > 1 }}
	skewness   = moment{3, func(s *moments, g int) (float64, bool) {
		return math.Sqrt(s.n[g]) * s.m3[g] / math.Sqrt(s.m2[g]*s.m2[g]*s.m2[g]), s.m2[g] != 0
	}}
	kurtosis = moment{4, func(s *moments, g int) (float64, bool) {
		return s.n[g]*s.m4[g]/(s.m2[g]*s.m2[g]) - 3, s.m2[g] != 0
	}}
)

func bindMoments(m moment) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		args, err := c.doubles(c.Args)
		if err != nil {
			return nil, err
		}
		out := &BoundAggregate{Type: Float64, Args: args, NewState: func() State { return &moments{moment: m} }}
		for range m.power + 1 {
			out.StateTypes = append(out.StateTypes, Float64)
		}
		return out, nil
	}
}

// all lists the sums in use.
func (s *moments) all() []*[]float64 {
	return []*[]float64{&s.n, &s.mean, &s.m2, &s.m3, &s.m4}[:s.power+1]
}

func (s *moments) Grow(n int) {
	for _, v := range s.all() {
		*v = extend(*v, n)
	}
}

func (s *moments) Size() int64 { return int64(cap(s.n)*(s.power+1)) * 8 }

func (s *moments) Update(groups []int32, args []*Column) {
	x := args[0]
	if x.Type == Null {
		return
	}
	for i, g := range groups {
		if x.Valid != nil && x.Valid[i>>3]>>(i&7)&1 == 0 {
			continue
		}
		s.n[g]++
		d := x.F64[i] - s.mean[g]
		dn := d / s.n[g]
		s.mean[g] += dn
		s.m2[g] += d * (d - dn)
		if s.power > 2 {
			s.m3[g] = s.m3[g] - 3*dn*s.m2[g] + d*(d*d-dn*dn)
		}
		if s.power > 3 {
			s.m4[g] = s.m4[g] - 4*dn*s.m3[g] - 6*(dn*dn)*s.m2[g] + d*(d*(d*d)-dn*(dn*dn))
		}
	}
}

func (s *moments) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		na, nb := s.n[g], state[0].F64[i]
		if nb == 0 {
			continue
		}
		n := na + nb
		d := state[1].F64[i] - s.mean[g]
		dn := d / n
		a2, b2 := s.m2[g], state[2].F64[i]
		s.n[g] = n
		s.mean[g] += dn * nb
		s.m2[g] = a2 + b2 + d*dn*na*nb
		if s.power < 3 {
			continue
		}
		a3, b3 := s.m3[g], state[3].F64[i]
		s.m3[g] = a3 + b3 + dn*dn*d*na*nb*(na-nb) + 3*dn*(na*b2-nb*a2)
		if s.power > 3 {
			s.m4[g] = s.m4[g] + state[4].F64[i] + dn*dn*dn*d*na*nb*(na*na-na*nb+nb*nb) +
				6*dn*dn*(na*na*b2+nb*nb*a2) + 4*dn*(na*b3-nb*a3)
		}
	}
}

func (s *moments) Export() []Column { return columnsOf(s.all()) }

func (s *moments) Final() Column {
	return results(len(s.n), func(g int) (float64, bool) { return s.result(s, g) })
}

func doubles(v []float64) Column { return Column{Type: Float64, Len: len(v), F64: v} }

func columnsOf(lists []*[]float64) []Column {
	out := make([]Column, len(lists))
	for i, v := range lists {
		out[i] = doubles(*v)
	}
	return out
}

// results is a column of n doubles, null where there is none.
func results(n int, of func(g int) (v float64, known bool)) Column {
	out := doubles(make([]float64, n))
	known := make([]bool, n)
	for g := range n {
		out.F64[g], known[g] = of(g)
	}
	out.Valid = nullWhere(n, func(i int) bool { return !known[i] })
	return out
}
