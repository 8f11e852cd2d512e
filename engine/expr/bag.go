package expr

// A bag keeps all values that it is given for each group: the values in columns
// in order of arrival, and beside them the group that each belongs to. Between
// tasks a group's values travel as arrays. (A slice for each group, the other way
// to do it, costs 24 bytes and an allocation for each.)
type bag struct {
	groups int
	owner  []int32 // of each row, its group
	rows   []*Builder
}

func newBag(types []Type) bag {
	var b bag
	for _, t := range types {
		b.rows = append(b.rows, NewBuilder(t))
	}
	return b
}

// stateTypes is the types of what lists returns.
func stateTypes(types []Type) []Type {
	out := make([]Type, len(types))
	for i, t := range types {
		out[i] = ArrayOf(t)
	}
	return out
}

func typesOf(args []*Bound) []Type {
	out := make([]Type, len(args))
	for i, x := range args {
		out[i] = x.Type
	}
	return out
}

func (b *bag) Grow(n int) { b.groups = max(b.groups, n) }

// Size counts the spare room of buffers that grow by a quarter.
func (b *bag) Size() int64 {
	n := int64(cap(b.owner)) * 4
	for _, c := range b.rows {
		n += c.Size() * 5 / 4
	}
	return n
}

// put adds row i of some columns to group g.
func (b *bag) put(g int32, cols []*Column, i int) {
	b.owner = append(b.owner, g)
	for c, to := range b.rows {
		to.Append(cols[c], i)
	}
}

// Merge adds the rows of exported lists.
func (b *bag) Merge(groups []int32, lists []*Column) {
	owner, items := unlist(groups, lists)
	for i, g := range owner {
		b.put(g, items, i)
	}
}

// unlist is the elements of columns of arrays of equal lengths, and for each the
// group that its array belongs to.
func unlist(groups []int32, lists []*Column) (owner []int32, items []*Column) {
	for i, g := range groups {
		for range lists[0].Offsets[i+1] - lists[0].Offsets[i] {
			owner = append(owner, g)
		}
	}
	for _, c := range lists {
		from, to := c.span(nil)
		part := c.Items[0].slice(from, to)
		items = append(items, &part)
	}
	return owner, items
}

// order is the positions of the rows by group, each group's from offsets[g] on in
// order of arrival.
func (b *bag) order() (offsets, order []int32) { return byGroup(b.owner, b.groups) }

func byGroup(owner []int32, groups int) (offsets, order []int32) {
	offsets = make([]int32, groups+1)
	for _, g := range owner {
		offsets[g+1]++
	}
	for g := range groups {
		offsets[g+1] += offsets[g]
	}
	order = make([]int32, len(owner))
	next := append([]int32(nil), offsets...)
	for i, g := range owner {
		order[next[g]] = int32(i)
		next[g]++
	}
	return offsets, order
}

// Export is each group's rows as arrays, one for each column.
func (b *bag) Export() []Column {
	offsets, order := b.order()
	out := make([]Column, len(b.rows))
	for c, rows := range b.rows {
		out[c] = lists(rows.Column(), offsets, order)
	}
	return out
}

// lists is a column of arrays: array g holds the values at positions
// order[offsets[g]:offsets[g+1]].
func lists(values *Column, offsets, order []int32) Column {
	out := Column{Type: ArrayOf(values.Type), Len: len(offsets) - 1, Offsets: offsets, Items: make([]Column, 1)}
	Take(&out.Items[0], values, order)
	return out
}
