package expr

import "fmt"

// implicit converts an argument to the type that a function takes, as Spark's
// implicit casts do.
func implicit(m Mode, x *Bound, t Type) (*Bound, error) {
	if k := x.Type.Kind(); (k == Array || k == Struct) && t.Kind() != k {
		return nil, fmt.Errorf("%v is no %v; take an element or a field of it", x.Type, t)
	}
	return m.cast(x, t)
}
