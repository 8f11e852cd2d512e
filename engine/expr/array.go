package expr

import (
	"fmt"
	"slices"
)

// arrayFunctions are the rows of the function table on arrays and structs.
func arrayFunctions() []function {
	return []function{
		{"array", 0, -1, bindArray, "array of the arguments"},
		{"struct", 1, -1, bindStruct, "struct of the arguments, called col1, col2 and so on"},
		{"named_struct", 2, -1, bindNamedStruct, "struct of names and values in turn"},
		{".", 2, 2, bindField, "field of a struct by its name, or of every struct in an array"},
		{"[]", 2, 2, bindIndex(true), "element of an array by its position from 0, or field of a struct; outside an error in ANSI mode, else null"},
		{"get", 2, 2, bindIndex(false), "element of an array by its position from 0; null outside"},
		{"element_at", 2, 2, bindElementAt, "element of an array by its position from 1, or from -1 backwards"},
		{"try_element_at", 2, 2, trying(bindElementAt), "as element_at, null outside"},
		{"size cardinality", 1, 1, bindSize, "number of elements; of null -1, in ANSI mode null"},
		{"array_size", 1, 1, onArray(bindArraySize), "number of elements, of null null"},
		{"array_contains", 2, 2, bindArrayContains, "a value is among the elements"},
		{"array_position", 2, 2, bindArrayPosition, "position from 1 of a value among the elements, 0 where it is not there"},
		{"array_min", 1, 1, onArray(bindArrayExtreme(-1)), "the least element"},
		{"array_max", 1, 1, onArray(bindArrayExtreme(1)), "the greatest element"},
		{"array_distinct", 1, 1, onArray(bindDistinct), "every element once, in order of appearance"},
		{"array_sort", 1, 1, onArray(bindArraySort(false)), "elements in order, nulls last"},
		{"sort_array", 1, 2, onArray(bindArraySort(true)), "elements in order, nulls first; descending, nulls last, where the second argument is false"},
		{"array_join", 2, 3, bindArrayJoin, "elements as a text with a separator, nulls left out or replaced by the third argument"},
		{"array_union", 2, 2, bindSet(func(inFirst, inSecond bool) bool { return true }), "elements of either array, once each"},
		{"array_intersect", 2, 2, bindSet(func(inFirst, inSecond bool) bool { return inFirst && inSecond }), "elements of both arrays, once each"},
		{"array_except", 2, 2, bindSet(func(inFirst, inSecond bool) bool { return inFirst && !inSecond }), "elements of the first array that are not in the second, once each"},
		{"arrays_overlap", 2, 2, bindOverlap, "the arrays share an element"},
		{"array_remove", 2, 2, bindArrayRemove, "without the elements equal to a value"},
		{"array_compact", 1, 1, onArray(bindCompact), "without nulls"},
		{"array_append", 2, 2, bindArrayAdd(false), "with a value at the end"},
		{"array_prepend", 2, 2, bindArrayAdd(true), "with a value at the start"},
		{"array_insert", 3, 3, bindArrayInsert, "with a value at a position, 1 or -1 backwards; nulls fill a gap"},
		{"array_repeat", 2, 2, bindArrayRepeat, "a value so many times"},
		{"arrays_zip", 1, -1, bindArraysZip, "structs of the elements at the same positions"},
		{"slice", 3, 3, bindSlice, "elements from a position, 1 or -1 backwards, so many"},
		{"flatten", 1, 1, onArray(bindFlatten), "elements of the arrays in an array"},
		{"sequence", 2, 3, bindSequence, "numbers, dates or timestamps from the first to the second argument in steps of the third"},
	}
}

// onArray is a binder of functions whose first argument is an array.
func onArray(bind binder) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if args[0].Type == Null {
			args[0] = bindLiteral(Value{Type: ArrayOf(Null), IsNull: true})
		}
		if t := args[0].Type; t.Kind() != Array {
			return nil, fmt.Errorf("%v is not an array", t)
		}
		return bind(m, args)
	}
}

// elements are the positions in Items[0] of the elements of array i.
func (c *Column) elements(i int) (items *Column, from, to int) {
	return &c.Items[0], int(c.Offsets[i]), int(c.Offsets[i+1])
}

func bindArray(m Mode, args []*Bound) (*Bound, error) {
	elem, err := m.unify(args)
	if err != nil {
		return nil, err
	}
	return perRowNulls(ArrayOf(elem), args, func(args []*Column, i int, to *Builder) error {
		for _, c := range args {
			to.items[0].Append(c, i)
		}
		to.endList()
		return nil
	}), nil
}

// bindConcatArrays joins arrays; one that is null makes the result null.
func bindConcatArrays(m Mode, args []*Bound) (*Bound, error) {
	t, err := m.unify(args)
	if err != nil {
		return nil, err
	}
	return perRow(t, args, func(args []*Column, i int, to *Builder) error {
		for _, c := range args {
			items, from, end := c.elements(i)
			for j := from; j < end; j++ {
				to.items[0].Append(items, j)
			}
		}
		to.endList()
		return nil
	}), nil
}

// bindIndex takes elements by position from 0; strict makes positions outside
// an error in ANSI mode.
func bindIndex(strict bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if strict && args[0].Type.Kind() == Struct {
			return bindField(m, args)
		}
		return onArray(func(m Mode, args []*Bound) (*Bound, error) {
			if err := castArgs(m, args[1:], Int32); err != nil {
				return nil, err
			}
			return perRow(args[0].Type.Elem(), args, func(args []*Column, i int, to *Builder) error {
				items, from, end := args[0].elements(i)
				n := int(args[1].I32[i])
				switch {
				case n >= 0 && n < end-from:
					to.Append(items, from+n)
				case strict && m.fails():
					return &Error{"INVALID_ARRAY_INDEX", fmt.Sprintf("The index %d is out of bounds. The array has %d elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead. "+bypass+".", n, end-from), "22003"}
				default:
					to.AppendNull()
				}
				return nil
			}), nil
		})(m, args)
	}
}

func bindElementAt(m Mode, args []*Bound) (*Bound, error) {
	return onArray(func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args[1:], Int32); err != nil {
			return nil, err
		}
		return perRow(args[0].Type.Elem(), args, func(args []*Column, i int, to *Builder) error {
			items, from, end := args[0].elements(i)
			n := int(args[1].I32[i])
			switch {
			case n == 0:
				return errIndexOfZero()
			case n > 0 && n <= end-from:
				to.Append(items, from+n-1)
			case n < 0 && -n <= end-from:
				to.Append(items, end+n)
			case m.fails():
				return &Error{"INVALID_ARRAY_INDEX_IN_ELEMENT_AT", fmt.Sprintf("The index %d is out of bounds. The array has %d elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.", n, end-from), "22003"}
			default:
				to.AppendNull()
			}
			return nil
		}), nil
	})(m, args)
}

func errIndexOfZero() error {
	return &Error{"INVALID_INDEX_OF_ZERO", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).", "22003"}
}

func bindSize(m Mode, args []*Bound) (*Bound, error) {
	return onArray(func(m Mode, args []*Bound) (*Bound, error) {
		return perRowNulls(Int32, args, func(args []*Column, i int, to *Builder) error {
			switch {
			case !args[0].IsNull(i):
				to.appendInt(int64(args[0].Offsets[i+1] - args[0].Offsets[i]))
			case m.ANSI:
				to.AppendNull()
			default:
				to.appendInt(-1)
			}
			return nil
		}), nil
	})(m, args)
}

func bindArraySize(_ Mode, args []*Bound) (*Bound, error) {
	return perRow(Int32, args, func(args []*Column, i int, to *Builder) error {
		to.appendInt(int64(args[0].Offsets[i+1] - args[0].Offsets[i]))
		return nil
	}), nil
}

// bindArrayExtreme takes the least (sign -1) or greatest (1) element that is not
// null.
func bindArrayExtreme(sign int) binder {
	return func(_ Mode, args []*Bound) (*Bound, error) {
		return perRow(args[0].Type.Elem(), args, func(args []*Column, i int, to *Builder) error {
			items, from, end := args[0].elements(i)
			best := -1
			for j := from; j < end; j++ {
				if !items.IsNull(j) && (best < 0 || sign*compareValues(items, j, items, best) > 0) {
					best = j
				}
			}
			if best < 0 {
				to.AppendNull()
			} else {
				to.Append(items, best)
			}
			return nil
		}), nil
	}
}

// bindArraySort sorts; nulls come last, or with nullsFirst before the elements
// of an ascending order.
func bindArraySort(nullsFirst bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args[1:], Bool); err != nil {
			return nil, err
		}
		var index []int
		return perRow(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
			items, from, end := args[0].elements(i)
			descending := len(args) == 2 && args[1].Bools[i] == 0
			index = index[:0]
			for j := from; j < end; j++ {
				index = append(index, j)
			}
			slices.SortStableFunc(index, func(x, y int) int {
				if xn, yn := items.IsNull(x), items.IsNull(y); xn || yn {
					if nullsFirst && !descending {
						return int(b2u(yn)) - int(b2u(xn))
					}
					return int(b2u(xn)) - int(b2u(yn))
				}
				if descending {
					x, y = y, x
				}
				return compareValues(items, x, items, y)
			})
			for _, j := range index {
				to.items[0].Append(items, j)
			}
			to.endList()
			return nil
		}), nil
	}
}

func bindArrayJoin(m Mode, args []*Bound) (*Bound, error) {
	return onArray(func(m Mode, args []*Bound) (*Bound, error) {
		if e := args[0].Type.Elem(); e != String && e != Null {
			return nil, fmt.Errorf("array_join joins texts, not %v; cast the array to array<string>", e)
		}
		if err := castArgs(m, args[1:], String); err != nil {
			return nil, err
		}
		var text []byte
		return perRow(String, args, func(args []*Column, i int, to *Builder) error {
			items, from, end := args[0].elements(i)
			text = text[:0]
			first := true
			for j := from; j < end; j++ {
				null := items.IsNull(j)
				if null && len(args) < 3 {
					continue
				}
				if !first {
					text = append(text, args[1].Str(i)...)
				}
				if first = false; null {
					text = append(text, args[2].Str(i)...)
				} else {
					text = append(text, items.Str(j)...)
				}
			}
			to.AppendBytes(text)
			return nil
		}), nil
	})(m, args)
}
