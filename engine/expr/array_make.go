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
