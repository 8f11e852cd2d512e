package expr

import "fmt"

// Elements are equal when their images are; nulls count as equal where arrays
// are taken for sets.

// bindDistinct keeps the first of equal elements.
func bindDistinct(_ Mode, args []*Bound) (*Bound, error) {
	var s elementSet
	return perRow(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
		s.reset()
		items, from, end := args[0].elements(i)
		for j := from; j < end; j++ {
			if s.add(items, j) {
				to.items[0].Append(items, j)
			}
		}
		to.endList()
		return nil
	}), nil
}

// An elementSet holds images of elements.
type elementSet struct {
	seen  map[string]bool
	image []byte
}

func (s *elementSet) reset() {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	clear(s.seen)
}

// add reports whether element j was not in the set.
func (s *elementSet) add(items *Column, j int) bool {
	if s.has(items, j) {
		return false
	}
	s.seen[string(s.image)] = true
	return true
}

func (s *elementSet) has(items *Column, j int) bool {
	s.image = AppendImage(s.image[:0], items, j)
	return s.seen[string(s.image)]
}

// twoArrays casts both arguments to one type of array.
func twoArrays(m Mode, args []*Bound) (Type, error) {
	t, err := m.unify(args)
	if err == nil && t == Null {
		t = ArrayOf(Null)
		err = castArgs(m, args, t)
	}
	if err == nil && t.Kind() != Array {
		err = fmt.Errorf("%v is not an array", t)
	}
	return t, err
}

// bindSet makes union, intersection and difference: keep says whether an element
// stays. Elements come in order of their appearance.
func bindSet(keep func(inFirst, inSecond bool) bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		t, err := twoArrays(m, args)
		if err != nil {
			return nil, err
		}
		var out elementSet
		var sides [2]elementSet
		return perRow(t, args, func(args []*Column, i int, to *Builder) error {
			out.reset()
			for k, c := range args {
				sides[k].reset()
				items, from, end := c.elements(i)
				for j := from; j < end; j++ {
					sides[k].add(items, j)
				}
			}
			for _, c := range args {
				items, from, end := c.elements(i)
				for j := from; j < end; j++ {
					if keep(sides[0].has(items, j), sides[1].has(items, j)) && out.add(items, j) {
						to.items[0].Append(items, j)
					}
				}
			}
			to.endList()
			return nil
		}), nil
	}
}

// bindOverlap is null where only a null could be shared.
func bindOverlap(m Mode, args []*Bound) (*Bound, error) {
	if _, err := twoArrays(m, args); err != nil {
		return nil, err
	}
	var s elementSet
	return perRow(Bool, args, func(args []*Column, i int, to *Builder) error {
		s.reset()
		null := false
		items, from, end := args[0].elements(i)
		others, first, last := args[1].elements(i)
		for j := from; j < end; j++ {
			if items.IsNull(j) {
				null = true
			} else {
				s.add(items, j)
			}
		}
		for j := first; j < last; j++ {
			if others.IsNull(j) {
				null = true
			} else if s.has(others, j) {
				to.appendBool(true)
				return nil
			}
		}
		if null && end > from && last > first {
			to.AppendNull()
		} else {
			to.appendBool(false)
		}
		return nil
	}), nil
}

// withElement casts an array and a value so that the value can be an element.
func withElement(m Mode, args []*Bound) (Type, error) {
	if args[0].Type == Null {
		args[0] = bindLiteral(Value{Type: ArrayOf(args[1].Type), IsNull: true})
	}
	if args[0].Type.Kind() != Array {
		return Null, fmt.Errorf("%v is not an array", args[0].Type)
	}
	elem, err := CommonType(m, args[0].Type.Elem(), args[1].Type)
	if err != nil {
		return Null, err
	}
	return elem, castArgs(m, args, ArrayOf(elem), elem)
}

// search is the position from 0 of the first element equal to the
// value, or -1, and whether a null is among those before it.
func search(args []*Column, i int) (at int, null bool) {
	items, from, end := args[0].elements(i)
	for j := from; j < end; j++ {
		if items.IsNull(j) {
			null = true
		} else if compareValues(items, j, args[1], i) == 0 {
			return j - from, null
		}
	}
	return -1, null
}

func bindArrayContains(m Mode, args []*Bound) (*Bound, error) {
	if _, err := withElement(m, args); err != nil {
		return nil, err
	}
	return perRow(Bool, args, func(args []*Column, i int, to *Builder) error {
		if at, null := search(args, i); at < 0 && null {
			to.AppendNull()
		} else {
			to.appendBool(at >= 0)
		}
		return nil
	}), nil
}

func bindArrayPosition(m Mode, args []*Bound) (*Bound, error) {
	if _, err := withElement(m, args); err != nil {
		return nil, err
	}
	return perRow(Int64, args, func(args []*Column, i int, to *Builder) error {
		at, _ := search(args, i)
		to.appendInt(int64(at + 1))
		return nil
	}), nil
}

func bindArrayRemove(m Mode, args []*Bound) (*Bound, error) {
	if _, err := withElement(m, args); err != nil {
		return nil, err
	}
	return perRow(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
		items, from, end := args[0].elements(i)
		for j := from; j < end; j++ {
			if items.IsNull(j) || compareValues(items, j, args[1], i) != 0 {
				to.items[0].Append(items, j)
			}
		}
		to.endList()
		return nil
	}), nil
}

func bindCompact(_ Mode, args []*Bound) (*Bound, error) {
	return perRow(args[0].Type, args, func(args []*Column, i int, to *Builder) error {
		items, from, end := args[0].elements(i)
		for j := from; j < end; j++ {
			if !items.IsNull(j) {
				to.items[0].Append(items, j)
			}
		}
		to.endList()
		return nil
	}), nil
}
