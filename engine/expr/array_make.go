package expr

import "fmt"

// bindArrayAdd puts a value, null too, at the start or the end.
func bindArrayAdd(atStart bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if _, err := withElement(m, args); err != nil {
			return nil, err
		}
		return perRowNulls(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
			if args[0].IsNull(i) {
				to.AppendNull()
				return nil
			}
			if atStart {
				to.items[0].Append(args[1], i)
			}
			items, from, end := args[0].elements(i)
			for j := from; j < end; j++ {
				to.items[0].Append(items, j)
			}
			if !atStart {
				to.items[0].Append(args[1], i)
			}
			to.endList()
			return nil
		}), nil
	}
}

// bindArrayInsert puts a value at a position. One past the ends leaves a gap of
// nulls; -1 is behind the last element.
func bindArrayInsert(m Mode, args []*Bound) (*Bound, error) {
	array := []*Bound{args[0], args[2]}
	if _, err := withElement(m, array); err != nil {
		return nil, err
	}
	if err := castArgs(m, args[1:2], Int32); err != nil {
		return nil, err
	}
	args = []*Bound{array[0], args[1], array[1]}
	return perRowNulls(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
		if args[0].IsNull(i) || args[1].IsNull(i) {
			to.AppendNull()
			return nil
		}
		items, from, end := args[0].elements(i)
		at, n := int(args[1].I32[i]), end-from
		switch {
		case at == 0:
			return &Error{"INVALID_INDEX_OF_ZERO", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).", "22003"}
		case max(at, -at) > maxElements:
			return fmt.Errorf("position %d is too far; arrays have up to %d elements", at, maxElements)
		case at > 0:
			at--
		default:
			at += n + 1
		}
		value := func() { to.items[0].Append(args[2], i) }
		null := func(count int) {
			for range count {
				to.items[0].AppendNull()
			}
		}
		if at < 0 {
			value()
			null(-at)
		}
		for j := from; j < end; j++ {
			if j-from == at {
				value()
			}
			to.items[0].Append(items, j)
		}
		if at >= n {
			null(at - n)
			value()
		}
		to.endList()
		return nil
	}), nil
}

// maxElements bounds arrays that a number in the arguments makes long.
const maxElements = 1 << 24

func bindArrayRepeat(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args[1:], Int32); err != nil {
		return nil, err
	}
	return perRowNulls(ArrayOf(args[0].Type), args, func(args []*Column, i int, to *Builder) error {
		if args[1].IsNull(i) {
			to.AppendNull()
			return nil
		}
		n := args[1].I32[i]
		if n > maxElements {
			return fmt.Errorf("an array of %d elements is too long; %d are possible", n, maxElements)
		}
		for range n {
			to.items[0].Append(args[0], i)
		}
		to.endList()
		return nil
	}), nil
}

// bindArraysZip names its fields from 0, as Spark does where it knows no names.
func bindArraysZip(m Mode, args []*Bound) (*Bound, error) {
	fields := make(Schema, len(args))
	for k, a := range args {
		if a.Type.Kind() != Array {
			return nil, fmt.Errorf("%v is not an array", a.Type)
		}
		fields[k] = Field{Name: fmt.Sprint(k), Type: a.Type.Elem()}
	}
	return perRow(ArrayOf(StructOf(fields)), args, func(args []*Column, i int, to *Builder) error {
		longest := 0
		for _, c := range args {
			longest = max(longest, int(c.Offsets[i+1]-c.Offsets[i]))
		}
		rows := to.items[0]
		for n := range longest {
			for k, c := range args {
				if items, from, end := c.elements(i); from+n < end {
					rows.items[k].Append(items, from+n)
				} else {
					rows.items[k].AppendNull()
				}
			}
			rows.mark(true)
		}
		to.endList()
		return nil
	}), nil
}

func bindSlice(m Mode, args []*Bound) (*Bound, error) {
	return onArray(func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args[1:], Int32); err != nil {
			return nil, err
		}
		return perRow(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
			items, from, end := args[0].elements(i)
			start, length := int64(args[1].I32[i]), int64(args[2].I32[i])
			switch n := int64(end - from); {
			case start == 0:
				return fmt.Errorf("slice cannot start at 0: elements count from 1, or from -1 backwards")
			case length < 0:
				return fmt.Errorf("slice of %d elements; the length must not be negative", length)
			case start > n || start < -n:
			default:
				first, last := span(n, start, length)
				for j := from + int(first); j < from+int(last); j++ {
					to.items[0].Append(items, j)
				}
			}
			to.endList()
			return nil
		}), nil
	})(m, args)
}

func bindFlatten(_ Mode, args []*Bound) (*Bound, error) {
	t := args[0].Type.Elem()
	if t.Kind() != Array {
		return nil, fmt.Errorf("%v is not an array of arrays", args[0].Type)
	}
	return perRow(t, args, func(args []*Column, i int, to *Builder) error {
		inner, from, end := args[0].elements(i)
		for j := from; j < end; j++ {
			if inner.IsNull(j) {
				to.AppendNull()
				return nil
			}
		}
		for j := from; j < end; j++ {
			items, first, last := inner.elements(j)
			for k := first; k < last; k++ {
				to.items[0].Append(items, k)
			}
		}
		to.endList()
		return nil
	}), nil
}
