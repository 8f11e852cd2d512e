package expr

import (
	"fmt"
	"strings"
)

// An Aggregate is an aggregate function over expressions, with the name of its
// result.
type Aggregate struct {
	Fn       string // count, sum, avg, min, max, ...: see aggregates
	Args     []Expr // none: count(*)
	Distinct bool   // count only
	Name     string
}

// String prints the aggregate as SQL would.
func (a Aggregate) String() string {
	args := make([]string, len(a.Args))
	for i, x := range a.Args {
		args[i] = x.String()
	}
	text := strings.Join(args, ", ")
	if len(args) == 0 {
		text = "1"
	}
	if a.Distinct {
		text = "DISTINCT " + text
	}
	return a.Fn + "(" + text + ")"
}

// The aggregate functions of SQL.

func Count(name string) Aggregate { return Aggregate{Fn: "count", Name: name} }
func CountOf(x Expr, name string) Aggregate {
	return Aggregate{Fn: "count", Args: []Expr{x}, Name: name}
}
func CountDistinct(x Expr, name string) Aggregate {
	return Aggregate{Fn: "count", Args: []Expr{x}, Distinct: true, Name: name}
}
func Sum(x Expr, name string) Aggregate { return Aggregate{Fn: "sum", Args: []Expr{x}, Name: name} }
func Avg(x Expr, name string) Aggregate { return Aggregate{Fn: "avg", Args: []Expr{x}, Name: name} }
func Min(x Expr, name string) Aggregate { return Aggregate{Fn: "min", Args: []Expr{x}, Name: name} }
func Max(x Expr, name string) Aggregate { return Aggregate{Fn: "max", Args: []Expr{x}, Name: name} }

// Percentile is the exact percentile p (0 to 1), interpolated between rows as
// in Spark.
func Percentile(x Expr, p float64, name string) Aggregate {
	return Aggregate{Fn: "percentile", Args: []Expr{x, Lit(p)}, Name: name}
}

// Stat is an aggregate by its name: stddev_samp, stddev_pop, var_samp, var_pop
// of one argument; corr, covar_samp, covar_pop of two.
func Stat(fn, name string, args ...Expr) Aggregate { return Aggregate{Fn: fn, Args: args, Name: name} }

// A State holds one aggregate's state for many groups, in columns. Partial
// states travel as columns between tasks: Export on one side, Merge on the
// other. It belongs to one goroutine.
type State interface {
	// Grow makes room for n groups.
	Grow(n int)
	// Update folds one batch: row i belongs to group groups[i].
	Update(groups []int32, args []*Column)
	// Merge folds exported states: row i belongs to group groups[i].
	Merge(groups []int32, state []*Column)
	// Export returns the state of all groups, one column per StateType.
	Export() []Column
	// Final returns the result of all groups.
	Final() Column
	// Size is the memory of the state, in bytes.
	Size() int64
}

// A BoundAggregate is an aggregate with types.
type BoundAggregate struct {
	Type       Type   // of the result
	StateTypes []Type // of the exported state
	Args       []*Bound
	NewState   func() State
}

type aggregate struct {
	args int // -1: none or one
	bind func(args []*Bound) (*BoundAggregate, error)
	doc  string
}

var aggregates = map[string]aggregate{
	"count":       {-1, bindCount, "rows, or values that are not null"},
	"sum":         {1, bindSum, "sum: bigint of whole numbers, double of doubles"},
	"avg":         {1, bindAvg, "arithmetic mean"},
	"min":         {1, bindExtreme(-1), "least value"},
	"max":         {1, bindExtreme(1), "greatest value"},
	"var_pop":     {1, bindMoments(varPop), "population variance"},
	"var_samp":    {1, bindMoments(varSamp), "sample variance; null of one value"},
	"stddev_pop":  {1, bindMoments(stddevPop), "population standard deviation"},
	"stddev_samp": {1, bindMoments(stddevSamp), "sample standard deviation; null of one value"},
	"corr":        {2, bindPairs(corr), "Pearson's correlation; NaN where a side does not vary"},
	"covar_pop":   {2, bindPairs(covarPop), "population covariance"},
	"covar_samp":  {2, bindPairs(covarSamp), "sample covariance; null of one pair"},
	"percentile":  {2, bindPercentile, "exact percentile, interpolated"},
}

// BindAggregate resolves an aggregate against the schema of its input.
func BindAggregate(a Aggregate, schema Schema) (*BoundAggregate, error) {
	f, ok := aggregates[a.Fn]
	if !ok {
		names := make([]string, 0, len(aggregates))
		for n := range aggregates {
			names = append(names, n)
		}
		return nil, fmt.Errorf("unknown aggregate function %q%s", a.Fn, suggest(a.Fn, names))
	}
	if f.args >= 0 && len(a.Args) != f.args || f.args < 0 && len(a.Args) > 1 {
		return nil, fmt.Errorf("%s: wrong number of arguments", a)
	}
	args := make([]*Bound, len(a.Args))
	for i, x := range a.Args {
		var err error
		if args[i], err = Bind(x, schema); err != nil {
			return nil, fmt.Errorf("%s: %w", a, err)
		}
	}
	bind := f.bind
	if a.Distinct {
		if a.Fn != "count" || len(args) != 1 {
			return nil, fmt.Errorf("%s: DISTINCT is for count of one argument", a)
		}
		bind = bindCountDistinct
	}
	out, err := bind(args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a, err)
	}
	return out, nil
}

// counts is count(*) and count(x).
type counts struct {
	n   []int64
	any bool // no argument: count rows
}

func bindCount(args []*Bound) (*BoundAggregate, error) {
	return &BoundAggregate{Type: Int64, StateTypes: []Type{Int64}, Args: args,
		NewState: func() State { return &counts{any: len(args) == 0} }}, nil
}

func (s *counts) Grow(n int)       { s.n = extend(s.n, n) }
func (s *counts) Size() int64      { return int64(cap(s.n)) * 8 }
func (s *counts) Export() []Column { return []Column{s.Final()} }
func (s *counts) Final() Column    { return Column{Type: Int64, Len: len(s.n), I64: s.n} }

func (s *counts) Update(groups []int32, args []*Column) {
	n := s.n
	if s.any || args[0].Valid == nil && args[0].Type != Null {
		for _, g := range groups {
			n[g]++
		}
		return
	}
	for i, g := range groups {
		if !args[0].IsNull(i) {
			n[g]++
		}
	}
}

func (s *counts) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		s.n[g] += state[0].I64[i]
	}
}

// extend grows a slice to n elements, the new ones zero.
func extend[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		old := len(s)
		s = s[:n]
		clear(s[old:])
		return s
	}
	out := make([]T, n, max(2*len(s), n))
	copy(out, s)
	return out
}

// sums is sum and avg: a sum and the count of values behind it.
type sums[T int64 | float64] struct {
	sum  []T
	n    []int64
	mean bool
}

func bindSum(args []*Bound) (*BoundAggregate, error) {
	switch args[0].Type {
	case Int32, Int64, Null, Bool:
		x, err := bindCast(args[0], Int64)
		if err != nil {
			return nil, err
		}
		return &BoundAggregate{Type: Int64, StateTypes: []Type{Int64, Int64}, Args: []*Bound{x},
			NewState: func() State { return &sums[int64]{} }}, nil
	}
	if err := toFloat(args); err != nil {
		return nil, err
	}
	return &BoundAggregate{Type: Float64, StateTypes: []Type{Float64, Int64}, Args: args,
		NewState: func() State { return &sums[float64]{} }}, nil
}

func bindAvg(args []*Bound) (*BoundAggregate, error) {
	if err := toFloat(args); err != nil {
		return nil, err
	}
	return &BoundAggregate{Type: Float64, StateTypes: []Type{Float64, Int64}, Args: args,
		NewState: func() State { return &sums[float64]{mean: true} }}, nil
}

func (s *sums[T]) Grow(n int) { s.sum, s.n = extend(s.sum, n), extend(s.n, n) }

func (s *sums[T]) Size() int64 { return int64(cap(s.sum)+cap(s.n)) * 8 }

func (s *sums[T]) Update(groups []int32, args []*Column) {
	values := any(args[0].I64)
	if args[0].Type.Layout() == Float64 {
		values = args[0].F64
	}
	v, valid := values.([]T)[:len(groups)], args[0].Valid
	sum, n := s.sum, s.n
	if valid == nil {
		for i, g := range groups {
			sum[g] += v[i]
			n[g]++
		}
		return
	}
	for i, g := range groups {
		if valid[i>>3]>>(i&7)&1 != 0 {
			sum[g] += v[i]
			n[g]++
		}
	}
}

func (s *sums[T]) Merge(groups []int32, state []*Column) {
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
		return Column{Type: Float64, Len: len(v), F64: v}
	}
	return Column{}
}

func (s *sums[T]) Export() []Column {
	return []Column{s.column(s.sum), {Type: Int64, Len: len(s.n), I64: s.n}}
}

func (s *sums[T]) Final() Column {
	out := s.column(s.sum)
	if s.mean {
		mean := make([]float64, len(s.sum))
		for i, v := range s.sum {
			mean[i] = float64(v) / float64(s.n[i])
		}
		out = Column{Type: Float64, Len: len(mean), F64: mean}
	}
	out.Valid = nullWhere(len(s.n), func(i int) bool { return s.n[i] == 0 })
	return out
}

// nullWhere makes a bitmap that is clear where null says so; nil when nowhere.
func nullWhere(n int, null func(i int) bool) []byte {
	var bitmap []byte
	for i := range n {
		if null(i) {
			if bitmap == nil {
				bitmap = ownBitmap(nil, n, new([]byte))
			}
			clearBit(bitmap, i)
		}
	}
	return bitmap
}

// extremes is min (sign -1) and max (sign 1).
type extremes struct {
	t    Type
	sign int
	set  []bool
	i    []int64
	f    []float64
	s    []string
	text int64
	wide []Int128
}

func bindExtreme(sign int) func([]*Bound) (*BoundAggregate, error) {
	return func(args []*Bound) (*BoundAggregate, error) {
		t := args[0].Type
		if k := t.Kind(); k == Array || k == Struct {
			return nil, fmt.Errorf("%v has no order here", t)
		}
		return &BoundAggregate{Type: t, StateTypes: []Type{t}, Args: args,
			NewState: func() State { return &extremes{t: t, sign: sign} }}, nil
	}
}

func (s *extremes) Grow(n int) {
	s.set = extend(s.set, n)
	switch s.t.Layout() {
	case Float64:
		s.f = extend(s.f, n)
	case Decimal:
		s.wide = extend(s.wide, n)
	case String:
		s.s = extend(s.s, n)
	default:
		s.i = extend(s.i, n)
	}
}

func (s *extremes) Size() int64 {
	return int64(cap(s.set)) + int64(cap(s.i)+cap(s.f))*8 + int64(cap(s.s)+cap(s.wide))*16 + s.text
}

func (s *extremes) Merge(groups []int32, state []*Column) { s.Update(groups, state) }

func (s *extremes) Update(groups []int32, args []*Column) {
	c := args[0]
	for i, g := range groups {
		if c.IsNull(i) {
			continue
		}
		switch s.t.Layout() {
		case Float64:
			s.f[g] = better(s.sign, s.set[g], s.f[g], c.F64[i])
		case String:
			if old, v := s.s[g], c.Str(i); !s.set[g] || (s.sign > 0) == (string(v) > old) && string(v) != old {
				s.text += int64(len(v) - len(old))
				s.s[g] = string(v)
			}
		case Int32:
			s.i[g] = better(s.sign, s.set[g], s.i[g], int64(c.I32[i]))
		case Decimal:
			if v := c.Wide[i]; !s.set[g] || v.Cmp(s.wide[g]) == s.sign {
				s.wide[g] = v
			}
		case Bool:
			s.i[g] = better(s.sign, s.set[g], s.i[g], int64(c.Bools[i]))
		default:
			s.i[g] = better(s.sign, s.set[g], s.i[g], c.I64[i])
		}
		s.set[g] = true
	}
}

func better[T int64 | float64](sign int, set bool, old, v T) T {
	switch {
	case !set || v != v && sign > 0 || old != old && sign < 0:
		return v
	case sign > 0 && v > old || sign < 0 && v < old:
		return v
	}
	return old
}

func (s *extremes) Export() []Column { return []Column{s.Final()} }

func (s *extremes) Final() Column {
	b := NewBuilder(s.t)
	for g, set := range s.set {
		v := Value{Type: s.t, IsNull: !set}
		switch s.t.Layout() {
		case Float64:
			v.F = s.f[g]
		case Decimal:
			v.Wide = s.wide[g]
		case String:
			v.S = s.s[g]
		default:
			v.I = s.i[g]
		}
		b.AppendValue(v)
	}
	return b.Take()
}
