package expr

import "slices"

// Logic and choice: functions that decide by one argument whether another
// counts. What does not count must not fail either: the other argument is
// computed for all rows at once, since mostly nothing fails, and when that
// fails once more for only the rows where it counts.

// A branch evaluates an expression for some rows of a batch.
type branch struct {
	x        *Bound
	gatherer Gatherer
	sel      []int32
	back     []int32
	out      Column
}

// eval computes the branch's expression for the rows of which needed says that
// they count; the values of the others mean nothing.
func (r *branch) eval(b *Batch, needed func(i int) bool) (*Column, error) {
	c, err := r.x.eval(b)
	if err == nil {
		return c, nil
	}
	r.sel, r.back = r.sel[:0], grow(r.back, b.Rows)
	for i := range b.Rows {
		r.back[i] = -1
		if needed(i) {
			r.back[i] = int32(len(r.sel))
			r.sel = append(r.sel, int32(i))
		}
	}
	if len(r.sel) == b.Rows {
		return nil, err
	}
	if c, err = r.x.eval(r.gatherer.Gather(b, r.sel)); err != nil {
		return nil, err
	}
	part := c.slice(0, len(r.sel))
	Take(&r.out, &part, r.back)
	return &r.out, nil
}

// conditions converts arguments to booleans, which in ANSI mode texts may be.
func (m Mode) conditions(args []*Bound) error {
	for i, a := range args {
		if a.Type != Bool && a.Type != Null && (a.Type != String || !m.ANSI) {
			return errArgument(i+1, `"BOOLEAN"`, a.Type)
		}
		c, err := m.cast(a, Bool)
		if err != nil {
			return err
		}
		args[i] = c
	}
	return nil
}

// bindLogic makes and (conjunction) and or, in SQL's three-valued logic:
// false and null is false, true or null is true.
func bindLogic(conjunction bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if a, b := args[0].Type, args[1].Type; a != b && m.conditions(slices.Clone(args)) != nil {
			return nil, errDiffTypes(a, b)
		} else if a == b && a != Bool && a != Null {
			return nil, errWrongType(`"BOOLEAN"`, a)
		}
		if err := m.conditions(args); err != nil {
			return nil, err
		}
		x, y := args[0], &branch{x: args[1]}
		out := &Column{Type: Bool}
		var bitmap []byte
		decides := b2u(!conjunction) // the value that settles the result alone
		return &Bound{Type: Bool, constant: x.constant && args[1].constant, eval: func(b *Batch) (*Column, error) {
			a, err := x.eval(b)
			if err != nil {
				return nil, err
			}
			c, err := y.eval(b, func(i int) bool { return a.IsNull(i) || a.Bools[i] != decides })
			if err != nil {
				return nil, err
			}
			n := b.Rows
			out.Len, out.Valid = n, nil
			out.Bools = grow(out.Bools, n)
			if conjunction {
				for i := range out.Bools {
					out.Bools[i] = a.Bools[i] & c.Bools[i]
				}
			} else {
				for i := range out.Bools {
					out.Bools[i] = a.Bools[i] | c.Bools[i]
				}
			}
			if a.Valid == nil && c.Valid == nil {
				return out, nil
			}
			out.Valid = ownBitmap(both(a, c, n, &bitmap), n, &bitmap)
			for i := range n {
				if out.Valid[i>>3]>>(i&7)&1 != 0 {
					continue
				}
				if !a.IsNull(i) && a.Bools[i] == decides || !c.IsNull(i) && c.Bools[i] == decides {
					out.Bools[i] = decides
					out.Valid[i>>3] |= 1 << (i & 7)
				}
			}
			return out, nil
		}}, nil
	}
}

func bindNot(m Mode, args []*Bound) (*Bound, error) {
	if err := m.conditions(args); err != nil {
		return nil, err
	}
	return onOne(Bool, args[0], func(out, in *Column, n int) error {
		out.Bools = grow(out.Bools, n)
		for i, v := range in.Bools[:n] {
			out.Bools[i] = 1 - v
		}
		return nil
	}), nil
}

func bindIsNull(want bool) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		return onOne(Bool, args[0], func(out, in *Column, n int) error {
			out.Valid = nil
			out.Bools = grow(out.Bools, n)
			switch {
			case in.Type == Null:
				setAll(out.Bools, b2u(want))
			case in.Valid == nil:
				setAll(out.Bools, b2u(!want))
			default:
				flip := b2u(want)
				for i := range out.Bools {
					out.Bools[i] = in.Valid[i>>3]>>(i&7)&1 ^ flip
				}
			}
			return nil
		}), nil
	}
}

func setAll(bools []uint8, v uint8) {
	for i := range bools {
		bools[i] = v
	}
}

func isNotNull(x *Bound) *Bound {
	out, _ := bindIsNull(false)([]*Bound{x})
	return out
}

func bindCoalesce(m Mode, args []*Bound) (*Bound, error) {
	t, err := m.unify(args)
	if err != nil {
		return nil, err
	}
	when := make([]*Bound, len(args)-1)
	for i := range when {
		when[i] = isNotNull(args[i])
	}
	return bindChoose(when, args, t), nil
}

func bindIf(m Mode, args []*Bound) (*Bound, error) {
	if err := m.conditions(args[:1]); err != nil {
		return nil, err
	}
	t, err := m.unify(args[1:])
	if err != nil {
		return nil, err
	}
	return bindChoose(args[:1], args[1:], t), nil
}

func bindNvl2(m Mode, args []*Bound) (*Bound, error) {
	t, err := m.unify(args[1:])
	if err != nil {
		return nil, err
	}
	return bindChoose([]*Bound{isNotNull(args[0])}, args[1:], t), nil
}

func bindNullIf(m Mode, args []*Bound) (*Bound, error) {
	x := args[0]
	equal, err := bindCompare(opEq)(m, args)
	if err != nil {
		return nil, err
	}
	out, bitmap := Column{}, []byte(nil)
	return &Bound{Type: x.Type, eval: func(b *Batch) (*Column, error) {
		c, err := x.eval(b)
		if err != nil || c.Type == Null {
			return c, err
		}
		out = *c // its values, fewer of them valid
		e, err := equal.eval(b)
		if err != nil || e.Type == Null {
			return &out, err
		}
		out.Valid = ownBitmap(out.Valid, b.Rows, &bitmap)
		dropTrue(out.Valid, e.Bools[:b.Rows], e.Valid)
		return &out, nil
	}}, nil
}

func bindNullIfZero(m Mode, args []*Bound) (*Bound, error) {
	return bindNullIf(m, []*Bound{args[0], bindLiteral(intValue(0))})
}

func bindZeroIfNull(m Mode, args []*Bound) (*Bound, error) {
	return bindCoalesce(m, []*Bound{args[0], bindLiteral(intValue(0))})
}

func bindNaNvl(m Mode, args []*Bound) (*Bound, error) {
	t := Float64
	if args[0].Type == Float32 && args[1].Type == Float32 {
		t = Float32
	}
	if err := m.castAll(args, t); err != nil {
		return nil, err
	}
	nan, err := bindIsNaN(m, []*Bound{args[0]})
	if err != nil {
		return nil, err
	}
	return bindChoose([]*Bound{nan}, []*Bound{args[1], args[0]}, t), nil
}

// bindExtremeOf makes greatest (opGt) and least (opLt), which pass over nulls.
func bindExtremeOf(op compareOp) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		t, err := m.unifyStrictly(args)
		if err != nil {
			return nil, err
		}
		builder := NewBuilder(t)
		columns := make([]*Column, len(args))
		return &Bound{Type: t, eval: func(b *Batch) (*Column, error) {
			for i, a := range args {
				if columns[i], err = a.eval(b); err != nil {
					return nil, err
				}
			}
			builder.Reset()
			for i := range b.Rows {
				best := columns[0]
				for _, c := range columns[1:] {
					if best.IsNull(i) || !c.IsNull(i) && op.holds(compareValues(c, i, best, i)) == 1 {
						best = c
					}
				}
				builder.Append(best, i)
			}
			return builder.Column(), nil
		}}, nil
	}
}

// bindChoose takes, for every row, the value beside the first condition that is
// true, or the last value. values has one more than when.
func bindChoose(when, values []*Bound, t Type) *Bound {
	var pick []int32
	builder := NewBuilder(t)
	out := Column{Type: t}
	var bitmap []byte
	columns := make([]*Column, len(values))
	conditions, branches := make([]branch, len(when)), make([]branch, len(values))
	for i := range when {
		conditions[i].x = when[i]
	}
	for i := range values {
		branches[i].x = values[i]
	}
	texts := constantTexts(values, t)
	return &Bound{Type: t, eval: func(b *Batch) (*Column, error) {
		pick = grow(pick, b.Rows)
		last := int32(len(when))
		for i := range pick {
			pick[i] = last
		}
		for w := range conditions {
			c, err := conditions[w].eval(b, func(i int) bool { return pick[i] == last })
			if err != nil {
				return nil, err
			}
			if c.Type == Null {
				continue
			}
			for i, v := range c.Bools[:len(pick)] {
				if v != 0 && pick[i] == last && !c.IsNull(i) {
					pick[i] = int32(w)
				}
			}
		}
		if texts != nil {
			take(&out, texts, pick, false, &bitmap)
			return &out, nil
		}
		for v := range branches {
			c, err := branches[v].eval(b, func(i int) bool { return pick[i] == int32(v) })
			if err != nil {
				return nil, err
			}
			columns[v] = c
		}
		if choose(&out, columns, pick, &bitmap) {
			return &out, nil
		}
		builder.Reset()
		for i, p := range pick {
			builder.Append(columns[p], i)
		}
		return builder.Column(), nil
	}}
}

// constantTexts is the values of a choice between texts, as codes, so that what
// is chosen are codes too; nil where a value is computed.
func constantTexts(values []*Bound, t Type) *Column {
	if t != String {
		return nil
	}
	words := NewBuilder(t)
	out := &Column{Type: t, Len: len(values), Codes: make([]int32, len(values))}
	for i, x := range values {
		v, ok := constantValue(x)
		if !ok {
			return nil
		}
		out.Codes[i] = int32(i)
		if v.IsNull {
			out.Valid = ownBitmap(out.Valid, len(values), &[]byte{})
			clearBit(out.Valid, i)
		}
		words.AppendBytes([]byte(v.S))
	}
	dict := words.Take()
	out.Dict = &dict
	return out
}

// choose takes value i of column pick[i], for all i; it returns false where values
// are no numbers.
func choose(out *Column, columns []*Column, pick []int32, bitmap *[]byte) bool {
	n := len(pick)
	switch out.Type.Layout() {
	case Bool:
		out.Bools = pickFrom(out.Bools, columns, pick, func(c *Column) []uint8 { return c.Bools })
	case Int32:
		out.I32 = pickFrom(out.I32, columns, pick, func(c *Column) []int32 { return c.I32 })
	case Int64:
		out.I64 = pickFrom(out.I64, columns, pick, func(c *Column) []int64 { return c.I64 })
	case Float64:
		out.F64 = pickFrom(out.F64, columns, pick, func(c *Column) []float64 { return c.F64 })
	default:
		return false
	}
	out.Len, out.Valid = n, nil
	for _, c := range columns {
		if c.Valid != nil {
			out.Valid = ownBitmap(nil, n, bitmap)
		}
	}
	if out.Valid == nil {
		return true
	}
	for i, p := range pick {
		if v := columns[p].Valid; v != nil && v[i>>3]>>(i&7)&1 == 0 {
			clearBit(out.Valid, i)
		}
	}
	return true
}

func pickFrom[T any](out []T, columns []*Column, pick []int32, values func(*Column) []T) []T {
	out = grow(out, len(pick))
	from := make([][]T, len(columns))
	for i, c := range columns {
		from[i] = values(c)[:len(pick)]
	}
	for i, p := range pick {
		out[i] = from[p][i]
	}
	return out
}
