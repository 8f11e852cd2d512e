package expr

import "fmt"

// collected is collect_list: the bag of the values is the result.
type collected struct {
	failure
	bag
}

func bindCollect(c *aggregateCall) (*BoundAggregate, error) {
	x, err := c.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	types := []Type{x.Type}
	return &BoundAggregate{Type: ArrayOf(x.Type), StateTypes: stateTypes(types), Args: []*Bound{x},
		NewState: func() State { return &collected{bag: newBag(types)} }}, nil
}

func bindCollectSet(c *aggregateCall) (*BoundAggregate, error) {
	list, err := bindCollect(c)
	if err != nil {
		return nil, err
	}
	return distinctOf(list)
}

func (s *collected) Update(groups []int32, args []*Column) {
	s.put(groups, args, s.known(args[:1], len(groups)))
}

func (s *collected) Final() Column { return s.Export()[0] }

// joined is listagg: a bag of the texts and the keys that order them.
type joined struct {
	failure
	bag
	t         Type
	delimiter string
	keys      []Order
}

func bindListagg(c *aggregateCall) (*BoundAggregate, error) {
	x, err := c.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	if x.Type != Binary && x.Type != String {
		if x, err = c.valueAs(c.Args[0], String); err != nil {
			return nil, err
		}
	}
	s := joined{t: x.Type}
	if len(c.Args) > 1 {
		v, err := c.constant(1)
		if err == nil && !v.IsNull && v.Type.Layout() != String {
			err = fmt.Errorf("the delimiter %s must be text", c.Args[1])
		}
		if err != nil {
			return nil, err
		}
		s.delimiter = v.S
	}
	args := []*Bound{x}
	for i, o := range c.OrderBy {
		if c.Distinct && (i > 0 || o.X.String() != c.Args[0].String()) {
			return nil, fmt.Errorf("with DISTINCT, WITHIN GROUP can order by %s alone, not by %s", c.Args[0], o.X)
		}
		key, err := c.value(o.X)
		if err != nil {
			return nil, err
		}
		args = append(args, key)
		s.keys = append(s.keys, Order{Col: i + 1, Desc: o.Desc, NullsFirst: o.NullsFirst})
	}
	types := typesOf(args)
	return &BoundAggregate{Type: s.t, StateTypes: stateTypes(types), Args: args,
		NewState: func() State {
			s := s
			s.bag = newBag(types)
			return &s
		}}, nil
}

func (s *joined) Update(groups []int32, args []*Column) {
	s.put(groups, args, s.known(args[:1], len(groups)))
}

func (s *joined) Final() Column {
	offsets, cols := s.byGroup()
	rows := &Batch{Rows: cols[0].Len, Cols: cols}
	out := NewBuilder(s.t)
	var text []byte
	for g := range s.groups {
		if offsets[g] == offsets[g+1] {
			out.AppendNull()
			continue
		}
		part := rows.Slice(int(offsets[g]), int(offsets[g+1]))
		text = text[:0]
		for i, row := range SortIndex(part, s.keys) {
			if i > 0 {
				text = append(text, s.delimiter...)
			}
			text = append(text, part.Cols[0].Str(int(row))...)
		}
		out.AppendBytes(text)
	}
	return out.Take()
}
