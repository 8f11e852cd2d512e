package expr

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// bindConcat joins texts, binaries when all are, or arrays.
func bindConcat(m Mode, args []*Bound) (*Bound, error) {
	binary := len(args) > 0
	for _, a := range args {
		if a.Type.Kind() == Array {
			return bindConcatArrays(m, args)
		}
		binary = binary && a.Type == Binary
	}
	t := String
	if binary {
		t = Binary
	}
	var text []byte
	return typed(t, func(args []*Column, i int, to *Builder) error {
		text = text[:0]
		for _, c := range args {
			text = append(text, c.Str(i)...)
		}
		to.AppendBytes(text)
		return nil
	}, t)(m, args)
}

// bindConcatWS joins with a separator; arrays count as their elements.
func bindConcatWS(m Mode, args []*Bound) (*Bound, error) {
	for i, a := range args {
		t := String
		if a.Type.Kind() == Array && i > 0 {
			if a.Type.Elem() == String || a.Type.Elem() == Null {
				continue
			}
			t = ArrayOf(String)
		}
		x, err := implicit(m, a, t)
		if err != nil {
			return nil, err
		}
		args[i] = x
	}
	var text []byte
	return perRowNulls(String, args, func(args []*Column, i int, to *Builder) error {
		if args[0].IsNull(i) {
			to.AppendNull()
			return nil
		}
		separator, first := args[0].Str(i), true
		text = text[:0]
		add := func(c *Column, i int) {
			if c.IsNull(i) {
				return
			}
			if !first {
				text = append(text, separator...)
			}
			text, first = append(text, c.Str(i)...), false
		}
		for _, c := range args[1:] {
			if c.Type.Kind() != Array {
				add(c, i)
			} else if !c.IsNull(i) {
				for j := c.Offsets[i]; j < c.Offsets[i+1]; j++ {
					add(&c.Items[0], int(j))
				}
			}
		}
		to.AppendBytes(text)
		return nil
	}), nil
}

func bindReverse(m Mode, args []*Bound) (*Bound, error) {
	if t := args[0].Type; t.Kind() == Array {
		return perRow(t, args, func(args []*Column, i int, to *Builder) error {
			c := args[0]
			for j := c.Offsets[i+1] - 1; j >= c.Offsets[i]; j-- {
				to.items[0].Append(&c.Items[0], int(j))
			}
			to.endList()
			return nil
		}), nil
	}
	return typed(String, func(args []*Column, i int, to *Builder) error {
		text := bytes.Clone(args[0].Str(i))
		// Every character is turned by itself, then all of them.
		for rest := text; len(rest) > 0; {
			_, width := utf8.DecodeRune(rest)
			slices.Reverse(rest[:width])
			rest = rest[width:]
		}
		slices.Reverse(text)
		to.AppendBytes(text)
		return nil
	}, String)(m, args)
}

// bindElt chooses among its arguments by number.
func bindElt(m Mode, args []*Bound) (*Bound, error) {
	t := String
	if !slices.ContainsFunc(args[1:], func(a *Bound) bool { return a.Type != Binary }) {
		t = Binary
	}
	if err := castArgs(m, args, Int32, t); err != nil {
		return nil, err
	}
	return perRowNulls(t, args, func(args []*Column, i int, to *Builder) error {
		n := 0
		if !args[0].IsNull(i) {
			if n = int(args[0].I32[i]); (n < 1 || n >= len(args)) && m.ANSI {
				return &Error{"INVALID_ARRAY_INDEX", fmt.Sprintf("The index %d is out of bounds. There are %d arguments to choose from. "+bypass+".", n, len(args)-1), "22003"}
			}
		}
		if n < 1 || n >= len(args) || args[n].IsNull(i) {
			to.AppendNull()
		} else {
			to.AppendBytes(args[n].Str(i))
		}
		return nil
	}), nil
}
