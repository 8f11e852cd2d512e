package expr

import "slices"

// bindIn compares with each candidate and joins the answers with or, so that
// nulls behave as SQL wants. Constant whole numbers and texts are looked up in a
// set instead.
func bindIn(m Mode, args []*Bound) (*Bound, error) {
	t, err := m.unify(args)
	if err != nil {
		return nil, err
	}
	if set, ok := newSet(t, args[1:]); ok {
		return set.bind(args[0]), nil
	}
	var out *Bound
	for _, candidate := range args[1:] {
		eq, err := bindCompare(opEq)(m, []*Bound{args[0], candidate})
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = eq
		} else if out, err = bindLogic(false)(m, []*Bound{out, eq}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// A set is constant candidates of IN.
type set struct {
	layout Type
	whole  map[int64]bool
	texts  map[string]bool
	null   bool // a candidate is null: what is not found may be it
}

func newSet(t Type, candidates []*Bound) (*set, bool) {
	s := &set{layout: t.Layout(), whole: map[int64]bool{}, texts: map[string]bool{}}
	if s.layout != Int32 && s.layout != Int64 && s.layout != String {
		return nil, false
	}
	for _, c := range candidates {
		v, ok := constantValue(c)
		switch {
		case !ok:
			return nil, false
		case v.IsNull:
			s.null = true
		case s.layout == String:
			s.texts[v.S] = true
		default:
			s.whole[v.I] = true
		}
	}
	return s, true
}

func (s *set) bind(x *Bound) *Bound {
	few := make([]int64, 0, len(s.whole))
	for v := range s.whole {
		few = append(few, v)
	}
	slices.Sort(few)
	var verdict, own []byte
	return onOne(Bool, x, func(out, in *Column, n int) error {
		out.Bools = grow(out.Bools, n)
		switch {
		case s.layout == Int32:
			among(out.Bools, in.I32, few, s.whole)
		case s.layout == Int64:
			among(out.Bools, in.I64, few, s.whole)
		case in.Dict != nil && in.Dict.Len == 0: // all null
			clear(out.Bools)
		case in.Dict != nil && in.Dict.Len <= n:
			verdict = grow(verdict, in.Dict.Len)
			for i := range verdict {
				verdict[i] = b2u(s.texts[string(in.Dict.Str(i))])
			}
			for i, code := range in.Codes[:n] {
				out.Bools[i] = verdict[code]
			}
		default:
			for i := range out.Bools {
				out.Bools[i] = b2u(s.texts[string(in.Str(i))])
			}
		}
		if s.null {
			out.Valid = ownBitmap(out.Valid, n, &own)
			for i, found := range out.Bools {
				if found == 0 {
					clearBit(out.Valid, i)
				}
			}
		}
		return nil
	})
}

// among writes whether each value is in a set: by comparing with every member
// where they are few, else by looking it up.
func among[T int32 | int64](out []uint8, in []T, few []int64, all map[int64]bool) {
	in = in[:len(out)]
	if len(few) > 16 {
		for i, v := range in {
			out[i] = b2u(all[int64(v)])
		}
		return
	}
	clear(out)
	for _, member := range few {
		for i, v := range in {
			out[i] |= b2u(int64(v) == member)
		}
	}
}
