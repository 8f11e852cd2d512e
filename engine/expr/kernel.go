package expr

// number is what arithmetic and comparison loop over.
type number interface{ ~int32 | ~int64 | ~float64 }

// grow returns a slice of length n, s itself when it is large enough. The
// contents are arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// both is the validity of a result that is null where a or b is. It reuses buf
// when it must compute one.
func both(a, b *Column, n int, buf *[]byte) []byte {
	av, bv := validity(a, n, nil), validity(b, n, nil)
	switch {
	case av == nil:
		return bv
	case bv == nil:
		return av
	}
	size := (n + 7) / 8
	out := grow(*buf, size)
	*buf = out
	for i := range out {
		out[i] = av[i] & bv[i]
	}
	return out
}

// validity is the column's bitmap; of a Null column one that is all zero.
func validity(c *Column, n int, _ []byte) []byte {
	if c.Type == Null {
		return make([]byte, (n+7)/8)
	}
	return c.Valid
}

// ownBitmap returns a copy of valid in buf with room for n bits; all set where
// valid is nil.
func ownBitmap(valid []byte, n int, buf *[]byte) []byte {
	size := (n + 7) / 8
	out := grow(*buf, size)
	*buf = out
	if valid == nil {
		for i := range out {
			out[i] = 0xff
		}
		return out
	}
	copy(out, valid[:size])
	return out
}

func clearBit(bitmap []byte, i int) { bitmap[i>>3] &^= 1 << (i & 7) }

// onOne makes a Bound that applies loop to one argument; nulls stay nulls.
func onOne(t Type, x *Bound, loop func(out, in *Column, n int) error) *Bound {
	out := &Column{Type: t}
	return &Bound{Type: t, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		out.Len, out.Valid = b.Rows, validity(in, b.Rows, nil)
		if err := loop(out, in, b.Rows); err != nil {
			return nil, err
		}
		return out, nil
	}}
}

// onTwo makes a Bound that applies loop to two arguments; the result is null
// where one of them is.
func onTwo(t Type, x, y *Bound, loop func(out, a, c *Column, n int) error) *Bound {
	out := &Column{Type: t}
	var bitmap []byte
	return &Bound{Type: t, constant: x.constant && y.constant, eval: func(b *Batch) (*Column, error) {
		a, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		c, err := y.eval(b)
		if err != nil {
			return nil, err
		}
		out.Len, out.Valid = b.Rows, both(a, c, b.Rows, &bitmap)
		if err := loop(out, a, c, b.Rows); err != nil {
			return nil, err
		}
		return out, nil
	}}
}

// fails reports whether what goes wrong is an error rather than a null.
func (m Mode) fails() bool { return m.ANSI && !m.Try }

// checks reports whether whole numbers that overflow are noticed at all.
func (m Mode) checks() bool { return m.ANSI || m.Try }

// settle deals with the rows that a loop could not compute, of which wrong tells
// the error; nulls do not count. The first one fails where the mode says so,
// else they become null, in a bitmap that own keeps. Loops stay free of branches
// and call it only when something went wrong.
func (m Mode) settle(out *Column, n int, own *[]byte, wrong func(i int) error) error {
	copied := false
	for i := range n {
		if out.IsNull(i) {
			continue
		}
		err := wrong(i)
		if err == nil {
			continue
		}
		if m.fails() {
			return err
		}
		if !copied {
			out.Valid, copied = ownBitmap(out.Valid, n, own), true
		}
		clearBit(out.Valid, i)
	}
	return nil
}

// perRow makes a Bound that computes value by value, for what is rare or slow
// anyway: f appends one value made of row i of the arguments, none of which is
// null there, and its errors become nulls where the mode says so.
func (m Mode) perRow(t Type, args []*Bound, f func(to *Builder, cols []*Column, i int) error) *Bound {
	builder := NewBuilder(t)
	cols := make([]*Column, len(args))
	constant := true
	for _, a := range args {
		constant = constant && a.constant
	}
	return &Bound{Type: t, constant: constant, eval: func(b *Batch) (*Column, error) {
		for c, a := range args {
			var err error
			if cols[c], err = a.eval(b); err != nil {
				return nil, err
			}
		}
		builder.Reset()
	rows:
		for i := range b.Rows {
			for _, c := range cols {
				if c.IsNull(i) {
					builder.AppendNull()
					continue rows
				}
			}
			if err := f(builder, cols, i); err != nil {
				if m.fails() {
					return nil, err
				}
				builder.AppendNull()
			}
		}
		return builder.Column(), nil
	}}
}

// constantValue evaluates an argument that must be constant.
func constantValue(x *Bound) (Value, bool) {
	if !x.constant {
		return Value{}, false
	}
	c, err := x.eval(&Batch{Rows: 1})
	if err != nil {
		return Value{}, false
	}
	return c.Value(0), true
}

// transform applies f to every value.
func transform[A, B any](out []B, in []A, f func(A) B) {
	in = in[:len(out)]
	for i, v := range in {
		out[i] = f(v)
	}
}
