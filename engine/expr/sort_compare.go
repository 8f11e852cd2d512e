package expr

import "bytes"

// CompareRows compares row i of a with row j of b by the keys: negative when
// the first comes first.
func CompareRows(a *Batch, i int, b *Batch, j int, keys []Order) int {
	for _, k := range keys {
		x, y := &a.Cols[k.Col], &b.Cols[k.Col]
		xn, yn := x.IsNull(i), y.IsNull(j)
		if xn || yn {
			if xn == yn {
				continue
			}
			if xn == k.NullsFirst {
				return -1
			}
			return 1
		}
		c := compareValues(x, i, y, j)
		if c == 0 {
			continue
		}
		if k.Desc {
			return -c
		}
		return c
	}
	return 0
}

// compareValues orders two values that are not null; NaN is greater than any
// other double, as in Spark.
func compareValues(x *Column, i int, y *Column, j int) int {
	switch x.Type.Layout() {
	case Bool:
		return int(x.Bools[i]) - int(y.Bools[j])
	case Int32:
		return order(x.I32[i], y.I32[j])
	case Int64:
		return order(x.I64[i], y.I64[j])
	case Float64:
		a, b := x.F64[i], y.F64[j]
		if a != a || b != b {
			return int(b2u(a != a)) - int(b2u(b != b))
		}
		return order(a, b)
	case Decimal:
		return x.Wide[i].Cmp(y.Wide[j])
	case String:
		return bytes.Compare(x.Str(i), y.Str(j))
	case Array:
		n, m := int(x.Offsets[i+1]-x.Offsets[i]), int(y.Offsets[j+1]-y.Offsets[j])
		for k := range min(n, m) {
			if c := compareNullable(&x.Items[0], int(x.Offsets[i])+k, &y.Items[0], int(y.Offsets[j])+k); c != 0 {
				return c
			}
		}
		return n - m
	case Struct:
		for f := range x.Items {
			if c := compareNullable(&x.Items[f], i, &y.Items[f], j); c != 0 {
				return c
			}
		}
	}
	return 0
}

// compareNullable orders values inside arrays and structs: nulls first.
func compareNullable(x *Column, i int, y *Column, j int) int {
	if xn, yn := x.IsNull(i), y.IsNull(j); xn || yn {
		return int(b2u(yn)) - int(b2u(xn))
	}
	return compareValues(x, i, y, j)
}

func order[T number](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// RowsBefore writes the positions of the rows of b that come before row at of bound
// into sel and returns them. Most rows are ruled out by the first key, in a loop.
func RowsBefore(b, bound *Batch, at int, keys []Order, sel []int32) []int32 {
	sel = grow(sel, b.Rows)
	first := keys[0]
	x, y := &b.Cols[first.Col], &bound.Cols[first.Col]
	layout, likely := x.Type.Layout(), b.Rows
	if x.Valid != nil || y.IsNull(at) {
		layout = Null
	}
	switch layout {
	case Int32:
		likely = notAfter(sel, x.I32[:b.Rows], y.I32[at], first.Desc)
	case Int64:
		likely = notAfter(sel, x.I64[:b.Rows], y.I64[at], first.Desc)
	case Float64:
		likely = notAfter(sel, x.F64[:b.Rows], y.F64[at], first.Desc)
	default:
		for i := range sel {
			sel[i] = int32(i)
		}
	}
	n := 0
	for _, i := range sel[:likely] {
		sel[n] = i
		if CompareRows(b, int(i), bound, at, keys) < 0 {
			n++
		}
	}
	return sel[:n]
}

// notAfter writes the positions of the values that do not come after a bound, or
// cannot be compared with it, and returns how many.
func notAfter[T number](sel []int32, values []T, bound T, desc bool) (n int) {
	if desc {
		for i, v := range values {
			sel[n] = int32(i)
			n += int(b2u(v < bound) ^ 1)
		}
		return n
	}
	for i, v := range values {
		sel[n] = int32(i)
		n += int(b2u(v > bound) ^ 1)
	}
	return n
}
