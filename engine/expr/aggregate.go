package expr

import (
	"fmt"
	"strings"
)

// An Aggregate is an aggregate function over expressions, with the name of its
// result.
type Aggregate struct {
	Fn   string // count, sum, avg, min, max, ...: the sections of aggregates
	Args []Expr // none: count(*)
	// Distinct folds every combination of arguments once.
	Distinct bool
	// Filter leaves out the rows for which it is not true; nil leaves out none.
	Filter Expr
	// OrderBy is WITHIN GROUP (ORDER BY ...), of listagg, mode and the percentiles.
	OrderBy []Ordering
	Mode    Mode
	Name    string
}

// An Ordering is one key of WITHIN GROUP (ORDER BY ...).
type Ordering struct {
	X                Expr
	Desc, NullsFirst bool
}

// String prints the aggregate as SQL would.
func (a Aggregate) String() string {
	text := joinExprs(a.Args)
	if len(a.Args) == 0 && a.Fn == "count" {
		text = "1"
	}
	if a.Distinct {
		text = "DISTINCT " + text
	}
	text = a.Fn + "(" + text + ")"
	if len(a.OrderBy) > 0 {
		keys := make([]string, len(a.OrderBy))
		for i, o := range a.OrderBy {
			keys[i] = o.X.String()
			if o.Desc {
				keys[i] += " DESC"
			}
		}
		text += " WITHIN GROUP (ORDER BY " + strings.Join(keys, ", ") + ")"
	}
	if a.Filter != nil {
		text += " FILTER (WHERE " + a.Filter.String() + ")"
	}
	return text
}

func joinExprs(list []Expr) string {
	text := make([]string, len(list))
	for i, x := range list {
		text[i] = x.String()
	}
	return strings.Join(text, ", ")
}

// Children lists the arguments, then the keys of OrderBy, then Filter if there
// is one.
func (a Aggregate) Children() []Expr {
	all := append([]Expr{}, a.Args...)
	for _, o := range a.OrderBy {
		all = append(all, o.X)
	}
	if a.Filter != nil {
		all = append(all, a.Filter)
	}
	return all
}

// With returns the aggregate over other children, as many as it has.
func (a Aggregate) With(ch []Expr) Aggregate {
	n := len(a.Args)
	a.Args = ch[:n:n]
	a.OrderBy = append([]Ordering{}, a.OrderBy...)
	for i := range a.OrderBy {
		a.OrderBy[i].X = ch[n+i]
	}
	if a.Filter != nil {
		a.Filter = ch[len(ch)-1]
	}
	return a
}

// In returns the aggregate and all its expressions in mode m.
func (a Aggregate) In(m Mode) Aggregate {
	ch := a.Children()
	for i, x := range ch {
		ch[i] = In(x, m)
	}
	a = a.With(ch)
	a.Mode = m.keep(a.Mode)
	return a
}

// The aggregate functions that programs name most.

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

// Stat is an aggregate by its name: stddev_samp of one argument, corr of two.
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
	// Export returns the state of all groups, one column per StateType; valid
	// until the state changes.
	Export() []Column
	// Final returns the result of all groups; valid until the state changes.
	Final() Column
	// Size is the memory of the state, in bytes.
	Size() int64
	// Err is the first error that Update, Merge or Final met, a sum that left
	// its type. It is asked once after each, and what they return counts only
	// when there is none.
	Err() error
}

// failure is the Err of states that may fail.
type failure struct{ err error }

func (f *failure) Err() error { return f.err }

func (f *failure) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// A BoundAggregate is an aggregate with types.
type BoundAggregate struct {
	Type       Type   // of the result
	StateTypes []Type // of the exported state
	Args       []*Bound
	NewState   func() State
}

// BindAggregate resolves an aggregate against the schema of its input.
func BindAggregate(a Aggregate, schema Schema) (*BoundAggregate, error) {
	f, ok := aggregates[a.Fn]
	if a.Fn == bloomRow.names {
		f, ok = &bloomRow, true
	}
	if !ok {
		return nil, fmt.Errorf("unknown aggregate function %q%s", a.Fn, suggest(a.Fn, aggregateNames()))
	}
	if len(a.Args) < f.least || f.most >= 0 && len(a.Args) > f.most {
		return nil, fmt.Errorf("%s takes %s, got %d", a.Fn, arity(f.least, f.most), len(a.Args))
	}
	c := &aggregateCall{Aggregate: a, schema: schema}
	if a.Filter != nil {
		var err error
		if c.cond, err = c.condition(a.Filter); err != nil {
			return nil, fmt.Errorf("%s: %w", a, err)
		}
	}
	out, err := f.bind(c)
	if err == nil && a.Distinct && !f.repeats {
		out, err = distinctOf(out)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a, err)
	}
	return out, nil
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
