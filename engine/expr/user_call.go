package expr

import (
	"fmt"
	"strings"
	"time"
)

// A Meter is told of every batch that a user's function computed: rows, and
// nanoseconds without its arguments'. A function of constants is computed once.
type Meter func(rows, nanos int64)

// IsUser reports whether the call is of a function that a program registered.
func (c Call) IsUser() bool { return functions[c.Fn] == nil && c.Mode.User.Lookup(c.Fn) != nil }

// Metered returns e with the meter at every call of a user's function.
func Metered(e Expr, m Meter) Expr {
	return Rewrite(e, func(x Expr) Expr {
		if c, ok := x.(Call); ok && c.IsUser() {
			c.meter = m
			return c
		}
		return x
	})
}

// CallsUser reports whether a user's function is in e.
func CallsUser(e Expr) bool {
	if c, ok := e.(Call); ok && c.IsUser() {
		return true
	}
	for _, c := range e.Children() {
		if CallsUser(c) {
			return true
		}
	}
	return false
}

// A userCall is a user's function at work. What it panics with is an error of
// the query, for which the loop remembers at which row it is.
type userCall struct {
	name  string
	spec  *FunctionSpec
	meter Meter
	cols  []*Column // arguments of the batch
	row   int       // at work on; -1 when the function computes whole batches
	at    bool      // work: what panics now is the function
	nanos int64     // of the arguments
	rows  int64
}

func bindUser(c Call, spec *FunctionSpec, args []*Bound) (*Bound, error) {
	if len(args) != len(spec.Args) {
		return nil, fmt.Errorf("%s takes %s, got %d", c.Fn, arity(len(spec.Args), len(spec.Args)), len(args))
	}
	if err := castArgs(c.Mode, args, spec.Args...); err != nil {
		return nil, about(c, err)
	}
	u := &userCall{name: strings.ToLower(c.Fn), spec: spec, meter: c.meter, cols: make([]*Column, len(args)), row: -1}
	inner := u.batches(args)
	if spec.row != nil {
		inner = newRowLoop(spec.Result, u.timed(args), u.one, true)
	}
	out := *inner
	out.eval = func(b *Batch) (col *Column, err error) {
		start := time.Now()
		u.nanos, u.rows = 0, 0
		defer func() {
			if u.at { // only a panic leaves it so
				err = u.fail(fmt.Errorf("panic: %v", recover()))
				u.at = false
			}
			if u.meter != nil && u.rows > 0 {
				u.meter(u.rows, int64(time.Since(start))-u.nanos)
			}
		}()
		return inner.eval(b)
	}
	return &out, nil
}

// timed lets arguments tell the time they take, which is not the function's.
func (u *userCall) timed(args []*Bound) []*Bound {
	out := make([]*Bound, len(args))
	for i, a := range args {
		x := *a
		x.eval = func(b *Batch) (*Column, error) {
			start := time.Now()
			c, err := a.eval(b)
			u.nanos += int64(time.Since(start))
			return c, err
		}
		out[i] = &x
	}
	return out
}

// one computes one row.
func (u *userCall) one(args []*Column, i int, to *Builder) error {
	u.cols, u.row, u.at = args, i, true
	u.rows++
	err := u.spec.row(args, i, to)
	u.at = false
	if err != nil {
		return u.fail(err)
	}
	return nil
}

// batches computes whole batches.
func (u *userCall) batches(args []*Bound) *Bound {
	to, timed := NewBuilder(u.spec.Result), u.timed(args)
	return &Bound{Type: u.spec.Result, eval: func(b *Batch) (*Column, error) {
		for i, a := range timed {
			c, err := a.eval(b)
			if err != nil {
				return nil, err
			}
			u.cols[i] = c
		}
		to.Reset()
		u.rows += int64(b.Rows)
		u.at = true
		err := u.spec.batch(u.cols, b.Rows, to)
		u.at = false
		if err != nil {
			return nil, u.fail(err)
		}
		if to.Len() != b.Rows {
			return nil, u.fail(fmt.Errorf("%d values for %d rows", to.Len(), b.Rows))
		}
		return to.Column(), nil
	}}
}

// fail names the function, and the arguments of the row it failed for.
func (u *userCall) fail(err error) error {
	if u.row < 0 {
		return fmt.Errorf("[FAILED_EXECUTE_UDF] function %s: %w", u.name, err)
	}
	values := make([]string, len(u.cols))
	for i, c := range u.cols {
		values[i] = c.Value(u.row).String()
	}
	return fmt.Errorf("[FAILED_EXECUTE_UDF] function %s(%s): %w", u.name, strings.Join(values, ", "), err)
}
