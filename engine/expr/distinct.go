package expr

// distinct gives an aggregate every combination of arguments once: a table of
// (group, arguments) keeps those that have been seen. What travels between
// tasks is the combinations; only the end folds them.
type distinct struct {
	failure
	groups int
	seen   *Groups
	types  []Type
	cols   []*Column
	owner  Column
	ids    []int32
	inner  func() State
}

func distinctOf(of *BoundAggregate) (*BoundAggregate, error) {
	types := typesOf(of.Args)
	keys := append([]Type{Int32}, types...)
	return &BoundAggregate{Type: of.Type, StateTypes: stateTypes(types), Args: of.Args,
		NewState: func() State { return &distinct{seen: NewGroups(keys), types: types, inner: of.NewState} }}, nil
}

func (s *distinct) Grow(n int) { s.groups = max(s.groups, n) }

// Size does not count the inner state, which is there only while Final makes the
// result.
func (s *distinct) Size() int64 { return s.seen.Size() }

func (s *distinct) Update(groups []int32, args []*Column) {
	s.owner = Column{Type: Int32, Len: len(groups), I32: groups}
	s.cols = append(append(s.cols[:0], &s.owner), args...)
	s.ids = s.seen.Assign(s.cols, len(groups), s.ids)
}

func (s *distinct) Merge(groups []int32, state []*Column) { s.Update(unlist(groups, state)) }

func (s *distinct) Export() []Column {
	keys := s.seen.Keys()
	offsets, order := byGroup(keys[0].I32, s.groups)
	out := make([]Column, len(s.types))
	for c := range out {
		flat := keys[c+1].Flatten() // the dictionary holds the texts of all groups
		out[c] = lists(&flat, offsets, order)
	}
	return out
}

func (s *distinct) Final() Column {
	keys := s.seen.Keys()
	args := make([]*Column, len(s.types))
	for c := range args {
		args[c] = &keys[c+1]
	}
	state := s.inner()
	state.Grow(s.groups)
	state.Update(keys[0].I32, args)
	out := state.Final()
	if err := state.Err(); err != nil && s.err == nil {
		s.err = err
	}
	return out
}
