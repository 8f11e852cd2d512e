package expr

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A FunctionSpec is a function that a program brings along: RowFunction1 to
// RowFunction3 make one of a Go function of plain values, BatchFunction one that
// computes a column at a time.
//
// It must give the same for the same arguments. It is called as often as the
// engine likes: once for equal arguments, also when a plan is made, and by
// several tasks at once.
type FunctionSpec struct {
	Args   []Type // what it takes; what it is given is cast as Spark's functions do
	Result Type
	Doc    string // a sentence for DESCRIBE FUNCTION; may be empty

	row   rowFunc // sees no nulls
	batch func(args []*Column, rows int, out *Builder) error
}

// BatchFunction computes a function for all rows of a batch: compute appends as
// many values to out as there are rows. It sees nulls. The columns are its own
// until it returns.
func BatchFunction(args []Type, result Type, compute func(args []*Column, rows int, out *Builder) error) FunctionSpec {
	return FunctionSpec{Args: args, Result: result, batch: compute}
}

// A Native is a Go type whose values are values of a column type: boolean, int,
// bigint, double and string.
type Native interface {
	bool | int32 | int64 | float64 | string
}

// RowFunction1 makes a function of a Go function of one value. Where an argument
// is null so is the result, unasked; types follow from the Go types.
func RowFunction1[R, A Native](f func(A) (R, error)) FunctionSpec {
	a, argA := reader[A]()
	r, put := writer[R]()
	return FunctionSpec{Args: []Type{a}, Result: r, row: func(args []*Column, i int, to *Builder) error {
		v, err := f(argA(args[0], i))
		put(to, v)
		return err
	}}
}

// RowFunction2 is RowFunction1 for two arguments.
func RowFunction2[R, A, B Native](f func(A, B) (R, error)) FunctionSpec {
	a, argA := reader[A]()
	b, argB := reader[B]()
	r, put := writer[R]()
	return FunctionSpec{Args: []Type{a, b}, Result: r, row: func(args []*Column, i int, to *Builder) error {
		v, err := f(argA(args[0], i), argB(args[1], i))
		put(to, v)
		return err
	}}
}

// RowFunction3 is RowFunction1 for three arguments.
func RowFunction3[R, A, B, C Native](f func(A, B, C) (R, error)) FunctionSpec {
	a, argA := reader[A]()
	b, argB := reader[B]()
	c, argC := reader[C]()
	r, put := writer[R]()
	return FunctionSpec{Args: []Type{a, b, c}, Result: r, row: func(args []*Column, i int, to *Builder) error {
		v, err := f(argA(args[0], i), argB(args[1], i), argC(args[2], i))
		put(to, v)
		return err
	}}
}

// reader is the column type of a Go type and how its values are taken of a
// column. The Go type is looked at once, here.
func reader[T Native]() (Type, func(*Column, int) T) {
	var t Type
	var read any
	switch any(*new(T)).(type) {
	case bool:
		t, read = Bool, func(c *Column, i int) bool { return c.Bools[i] != 0 }
	case int32:
		t, read = Int32, func(c *Column, i int) int32 { return c.I32[i] }
	case int64:
		t, read = Int64, func(c *Column, i int) int64 { return c.I64[i] }
	case float64:
		t, read = Float64, func(c *Column, i int) float64 { return c.F64[i] }
	default:
		t, read = String, func(c *Column, i int) string { return string(c.Str(i)) }
	}
	return t, read.(func(*Column, int) T)
}

func writer[T Native]() (Type, func(*Builder, T)) {
	var t Type
	var put any
	switch any(*new(T)).(type) {
	case bool:
		t, put = Bool, (*Builder).appendBool
	case int32:
		t, put = Int32, func(b *Builder, v int32) { b.appendInt(int64(v)) }
	case int64:
		t, put = Int64, (*Builder).appendInt
	case float64:
		t, put = Float64, func(b *Builder, v float64) { b.AppendValue(Value{Type: Float64, F: v}) }
	default:
		t, put = String, func(b *Builder, v string) { b.AppendBytes([]byte(v)) }
	}
	return t, put.(func(*Builder, T))
}

// UserFunctions are the functions that a program registered, by lower name. They
// are safe for concurrent use; the nil one has none.
type UserFunctions struct {
	mu     sync.RWMutex
	byName map[string]*FunctionSpec
}

var functionName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// Add registers a function under a name that none has yet: plans that were made
// with a function keep it.
func (u *UserFunctions) Add(name string, f FunctionSpec) error {
	name = strings.ToLower(name)
	if !functionName.MatchString(name) {
		return fmt.Errorf("function name %q: letters, digits and _ make a name, no digit first", name)
	}
	if f.row == nil && f.batch == nil {
		return fmt.Errorf("function %s has nothing to compute it; make it with RowFunction1 or BatchFunction", name)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if functions[name] != nil || IsAggregate(name) || u.byName[name] != nil {
		return fmt.Errorf("[ROUTINE_ALREADY_EXISTS] there is a function %s already; choose another name", name)
	}
	if u.byName == nil {
		u.byName = map[string]*FunctionSpec{}
	}
	u.byName[name] = &f
	return nil
}

// Lookup returns the function called name, in any case, or nil.
func (u *UserFunctions) Lookup(name string) *FunctionSpec {
	if u == nil {
		return nil
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	return u.byName[strings.ToLower(name)]
}

// Names lists the functions in order.
func (u *UserFunctions) Names() []string {
	if u == nil {
		return nil
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	return slices.Sorted(maps.Keys(u.byName))
}
