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
func onTwo(t Type, x, y *Bound, loop func(out, a, c *Column, n int)) *Bound {
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
		loop(out, a, c, b.Rows)
		return out, nil
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

// toFloat casts to double.
func toFloat(args []*Bound) error {
	for i, a := range args {
		c, err := bindCast(a, Float64)
		if err != nil {
			return err
		}
		args[i] = c
	}
	return nil
}
