package expr

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// percentiles is the exact percentiles: how often each group met each value, as
// a double. Values repeat (fares, durations), so that this is little to keep and
// to send; a list of 20 M fares took five times as long.
type percentiles struct {
	failure
	groups int
	valueCounts

	points   []float64 // from 0 to 1
	list     bool      // the result is an array
	t        Type      // of a percentile: double or an interval
	discrete bool      // a value that is there instead of one between two
	desc     bool
}

func bindPercentile(c *aggregateCall) (*BoundAggregate, error) {
	s, err := c.percentages(1)
	if err != nil {
		return nil, err
	}
	return c.percentilesOf(c.Args[0], c.Args[2:], s)
}

func bindMedian(c *aggregateCall) (*BoundAggregate, error) {
	return c.percentilesOf(c.Args[0], nil, percentiles{points: []float64{0.5}})
}

// bindWithin is percentile_cont and percentile_disc.
func bindWithin(discrete bool) func(c *aggregateCall) (*BoundAggregate, error) {
	return func(c *aggregateCall) (*BoundAggregate, error) {
		s, err := c.percentages(0)
		if err != nil {
			return nil, err
		}
		if len(c.OrderBy) != 1 {
			return nil, fmt.Errorf("needs WITHIN GROUP (ORDER BY x) with one key")
		}
		s.discrete, s.desc = discrete, c.OrderBy[0].Desc
		return c.percentilesOf(c.OrderBy[0].X, nil, s)
	}
}

// percentages reads the constant argument that is a percentage or an array of
// them.
func (c *aggregateCall) percentages(i int) (s percentiles, err error) {
	v, err := c.constant(i)
	if err != nil {
		return s, err
	}
	all := []Value{v}
	if v.Type.Kind() == Array && !v.IsNull {
		all, s.list = v.List, true
	}
	for _, v := range all {
		p, ok := v.number()
		if !ok || !(p >= 0 && p <= 1) {
			return s, fmt.Errorf("the percentage must be from 0 to 1, not %v", v)
		}
		s.points = append(s.points, p)
	}
	return s, nil
}

// number is a constant as a double.
func (v Value) number() (f float64, ok bool) {
	switch {
	case v.IsNull:
		return 0, false
	case v.Type.IsWhole():
		return float64(v.I), true
	case v.Type.Layout() == Float64:
		return v.F, true
	case v.Type.Kind() == Decimal:
		return v.Wide.Float(v.Type.Scale()), true
	case v.Type == String:
		f, err := strconv.ParseFloat(v.S, 64)
		return f, err == nil
	}
	return 0, false
}

func (c *aggregateCall) percentilesOf(x Expr, frequency []Expr, s percentiles) (*BoundAggregate, error) {
	value, t, err := c.measured(x, isSpan)
	if err != nil {
		return nil, err
	}
	s.t = Float64
	if isSpan(t) {
		s.t = t
	}
	args := []*Bound{value}
	for _, f := range frequency {
		often, err := c.value(f)
		if err == nil && !often.Type.IsWhole() {
			err = fmt.Errorf("the frequency %s is %v, not a whole number", f, often.Type)
		}
		if err == nil {
			often, err = c.valueAs(f, Int64)
		}
		if err != nil {
			return nil, err
		}
		args = append(args, often)
	}
	out := &BoundAggregate{Type: s.t, StateTypes: []Type{ArrayOf(Float64), ArrayOf(Int64)}, Args: args}
	if s.list {
		out.Type = ArrayOf(s.t)
	}
	out.NewState = func() State {
		s := s
		return &s
	}
	return out, nil
}

func (s *percentiles) Grow(n int) { s.groups = max(s.groups, n) }

func (s *percentiles) Size() int64 { return s.size() }

func (s *percentiles) Update(groups []int32, args []*Column) {
	value := args[0]
	if value.Type == Null {
		return
	}
	for i, g := range groups {
		if value.Valid != nil && value.IsNull(i) {
			continue
		}
		n := int64(1)
		if len(args) == 2 {
			if args[1].IsNull(i) {
				continue
			}
			if n = args[1].I64[i]; n < 0 {
				s.fail("[NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION] found the negative value %d among the frequencies, "+
					"but expected a positive integral value", n)
			}
		}
		if n > 0 {
			s.add(g, value.F64[i], n)
		}
	}
}

// Merge adds the pairs of exported lists.
func (s *percentiles) Merge(groups []int32, lists []*Column) { s.Update(unlist(groups, lists)) }

func (s *percentiles) Export() []Column {
	offsets, values, often := s.sorted(s.groups, s.desc)
	counts := Column{Type: Int64, Len: len(often), I64: often}
	return []Column{
		{Type: ArrayOf(Float64), Len: s.groups, Offsets: offsets, Items: []Column{doubles(values)}},
		{Type: ArrayOf(Int64), Len: s.groups, Offsets: offsets, Items: []Column{counts}},
	}
}

func (s *percentiles) Final() Column {
	offsets, values, often := s.sorted(s.groups, s.desc)
	t := s.t
	if s.list {
		t = ArrayOf(t)
	}
	out := NewBuilder(t)
	for g := range s.groups {
		from, to := offsets[g], offsets[g+1]
		if from == to {
			out.AppendNull()
			continue
		}
		upTo := often[from:to] // how many rows lie up to each value
		for i := 1; i < len(upTo); i++ {
			upTo[i] += upTo[i-1]
		}
		list := Value{Type: t}
		for _, p := range s.points {
			list.List = append(list.List, s.result(s.at(values[from:to], upTo, p)))
		}
		if s.list {
			out.AppendValue(list)
		} else {
			out.AppendValue(list.List[0])
		}
	}
	return out.Take()
}

// at is percentile p of sorted values, of which upTo says how many rows each ends.
func (s *percentiles) at(v []float64, upTo []int64, p float64) float64 {
	n := upTo[len(upTo)-1]
	nth := func(row int64) float64 {
		i, _ := slices.BinarySearch(upTo, row+1)
		return v[i]
	}
	if s.discrete {
		return nth(max(int64(math.Ceil(p*float64(n))), 1) - 1)
	}
	at := p * float64(n-1)
	low, high := math.Floor(at), math.Ceil(at)
	a := nth(int64(low))
	if low == high {
		return a
	}
	b := nth(int64(high))
	if a == b {
		return a
	}
	return (high-at)*a + (at-low)*b
}

// result is a percentile as a value; intervals are cut at whole units, as in
// Spark.
func (s *percentiles) result(p float64) Value {
	if s.t == Float64 {
		return Value{Type: Float64, F: p}
	}
	return Value{Type: s.t, I: int64(p)}
}
