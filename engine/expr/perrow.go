package expr

import "slices"

// A rowFunc computes a function for row i of its arguments and appends the one
// value to the builder.
type rowFunc func(args []*Column, i int, to *Builder) error

// typed makes a binder of f: argument n is cast to types[n], arguments beyond
// the list to its last type. f sees no nulls: the result is null where an
// argument is.
func typed(t Type, f rowFunc, types ...Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, types...); err != nil {
			return nil, err
		}
		return perRow(t, args, f), nil
	}
}

// moded is typed for functions that differ with the mode.
func moded(t Type, f func(m Mode) rowFunc, types ...Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) { return typed(t, f(m), types...)(m, args) }
}

// castArgs casts argument n to types[n], arguments beyond the list to its last
// type.
func castArgs(m Mode, args []*Bound, types ...Type) error {
	for i, a := range args {
		x, err := implicit(m, a, types[min(i, len(types)-1)])
		if err != nil {
			return err
		}
		args[i] = x
	}
	return nil
}

// perRow applies f to every row whose arguments are not null; the others are
// null.
func perRow(t Type, args []*Bound, f rowFunc) *Bound { return newRowLoop(t, args, f, true) }

// perRowNulls applies f to every row.
func perRowNulls(t Type, args []*Bound, f rowFunc) *Bound { return newRowLoop(t, args, f, false) }

// A rowLoop applies a rowFunc. A function of constants is computed once; one
// whose only argument that varies has a dictionary, once per name in it.
type rowLoop struct {
	args    []*Bound
	f       rowFunc
	strict  bool // nulls stay nulls without asking f
	cols    []*Column
	to      *Builder
	varying int // the argument that varies; -1 for none, -2 for several

	constant *Bound  // the answer for constants
	seen     *Column // the dictionary whose answers named holds
	named    *Column
	valid    []byte // of named, by name
	out      Column
	bitmap   []byte
}

func newRowLoop(t Type, args []*Bound, f rowFunc, strict bool) *Bound {
	l := &rowLoop{args: slices.Clone(args), f: f, strict: strict, cols: make([]*Column, len(args)), to: NewBuilder(t), varying: -1}
	for i, a := range args {
		if a.constant {
			continue
		}
		if l.varying != -1 {
			l.varying = -2
			break
		}
		l.varying = i
	}
	return &Bound{Type: t, constant: l.varying == -1, eval: l.eval}
}

func (l *rowLoop) eval(b *Batch) (*Column, error) {
	if l.varying == -1 {
		return l.once(b)
	}
	for i, a := range l.args {
		c, err := a.eval(b)
		if err != nil {
			return nil, err
		}
		l.cols[i] = c
	}
	if l.varying >= 0 {
		if in := l.cols[l.varying]; in.Dict != nil && in.Dict.Len > 0 && in.Dict.Len <= max(b.Rows, 64) && (l.strict || in.Valid == nil) {
			if ok := l.perName(in, b.Rows); ok {
				return &l.out, nil
			}
		}
	}
	if err := l.run(l.cols, b.Rows); err != nil {
		return nil, err
	}
	return l.to.Column(), nil
}

// once computes the answer for constants in the first batch.
func (l *rowLoop) once(b *Batch) (*Column, error) {
	if l.constant == nil {
		if err := l.constants(1); err != nil {
			return nil, err
		}
		if err := l.run(l.cols, 1); err != nil {
			return nil, err
		}
		l.constant = bindLiteral(l.to.Column().Value(0))
	}
	return l.constant.eval(b)
}

// constants evaluates the constant arguments for n rows.
func (l *rowLoop) constants(n int) error {
	for i, a := range l.args {
		if !a.constant {
			continue
		}
		c, err := a.eval(&Batch{Rows: n})
		if err != nil {
			return err
		}
		l.cols[i] = c
	}
	return nil
}

func (l *rowLoop) run(cols []*Column, rows int) error {
	l.to.Reset()
next:
	for i := range rows {
		if l.strict {
			for _, c := range cols {
				if c.IsNull(i) {
					l.to.AppendNull()
					continue next
				}
			}
		}
		if err := l.f(cols, i, l.to); err != nil {
			return err
		}
	}
	return nil
}

// perName answers from the names of in's dictionary. It fails when one of them
// is an error, which counts only if a row has that name.
func (l *rowLoop) perName(in *Column, rows int) bool {
	if l.seen != in.Dict {
		if l.constants(in.Dict.Len) != nil {
			return false
		}
		l.cols[l.varying] = in.Dict
		err := l.run(l.cols, in.Dict.Len)
		if l.cols[l.varying] = in; err != nil || l.constants(rows) != nil {
			return false
		}
		named := l.to.Take()
		l.seen, l.named, l.valid = in.Dict, &named, named.Valid
		named.Valid = nil
	}
	if l.named.Type.Layout() == String {
		l.out = Column{Type: l.named.Type, Len: rows, Dict: l.named, Codes: in.Codes}
	} else {
		Take(&l.out, l.named, in.Codes[:rows])
	}
	l.out.Valid = in.Valid
	if l.valid == nil {
		return true
	}
	l.out.Valid = ownBitmap(in.Valid, rows, &l.bitmap)
	for i, code := range in.Codes[:rows] {
		if l.valid[code>>3]>>(code&7)&1 == 0 {
			clearBit(l.out.Valid, i)
		}
	}
	return true
}

// A cached value is what was last made of a text: a compiled pattern, a zone.
type cached[T any] struct {
	text string
	made bool
	v    T
	err  error
	make func(string) (T, error)
}

func (c *cached[T]) of(text []byte) (T, error) {
	if !c.made || c.text != string(text) {
		c.text, c.made = string(text), true
		c.v, c.err = c.make(c.text)
	}
	return c.v, c.err
}

// check makes the value of a constant argument, so that a mistake in it shows
// when the expression is bound.
func (c *cached[T]) check(x *Bound) error {
	if v, ok := constantValue(x); ok && !v.IsNull {
		_, err := c.of([]byte(v.S))
		return err
	}
	return nil
}
