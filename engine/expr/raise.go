package expr

// raiseFunctions are the rows of the function table that fail on purpose.
func raiseFunctions() []function {
	return []function{
		{"raise_error", 1, 1, bindRaise, "fails with the words of its argument"},
		{"assert_true", 1, 2, bindAssert, "null when true, else fails, with the words of the second if there is one"},
	}
}

func errRaised(words string) error { return &Error{"USER_RAISED_EXCEPTION", words, "P0001"} }

func bindRaise(m Mode, args []*Bound) (*Bound, error) {
	words, err := m.cast(args[0], String)
	if err != nil {
		return nil, err
	}
	return failing(m, []*Bound{words}, func(cols []*Column, i int) error {
		if cols[0].IsNull(i) {
			return errRaised("null")
		}
		return errRaised(string(cols[0].Str(i)))
	}), nil
}

func bindAssert(m Mode, args []*Bound) (*Bound, error) {
	if err := m.conditions(args[:1]); err != nil {
		return nil, err
	}
	words := bindLiteral(Value{Type: String, S: "the condition is not true!"})
	if len(args) == 2 {
		var err error
		if words, err = m.cast(args[1], String); err != nil {
			return nil, err
		}
	}
	return failing(m, []*Bound{args[0], words}, func(cols []*Column, i int) error {
		if !cols[0].IsNull(i) && cols[0].Bools[i] == 1 {
			return nil
		}
		if cols[1].IsNull(i) {
			return errRaised("null")
		}
		return errRaised(string(cols[1].Str(i)))
	}), nil
}

// failing is null for every row, unless f says for one that it fails. It is
// never constant: what only fails must be there when rows come.
func failing(m Mode, args []*Bound, f func(cols []*Column, i int) error) *Bound {
	cols := make([]*Column, len(args))
	return &Bound{Type: Null, eval: func(b *Batch) (*Column, error) {
		for c, a := range args {
			var err error
			if cols[c], err = a.eval(b); err != nil {
				return nil, err
			}
		}
		for i := range b.Rows {
			if err := f(cols, i); err != nil && !m.Try {
				return nil, err
			}
		}
		return &Column{Type: Null, Len: b.Rows}, nil
	}}
}
