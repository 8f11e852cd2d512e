package expr

// A bag keeps all values that it is given for each group: the values in columns
// in order of arrival, and beside them the group that each belongs to. Between
// tasks a group's values travel as arrays. (A slice for each group, the other way
// to do it, costs 24 bytes and an allocation for each.)
type bag struct {
	groups int
	parts  []bagPart  // full ones
	owner  []int32    // of each row of the last part, its group
	rows   []*Builder // the last part
	size   int64      // of the full parts
	sel    []int32    // scratch
}

// A bagPart is some rows; so many that growing buffers would be copied more often
// than filled.
type bagPart struct {
	owner []int32
	cols  []Column
}

const bagPartRows = 1 << 14

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

// Size counts the spare room of buffers too, which grow by a quarter.
func (b *bag) Size() int64 {
	n := b.size + int64(cap(b.owner))*4
	for _, c := range b.rows {
		n += c.Size() * 5 / 4
	}
	return n
}

// put adds the rows of some columns at positions sel, where the first column has
// no null.
func (b *bag) put(groups []int32, cols []*Column, sel []int32) {
	b.owner = appendAt(b.owner, groups, sel)
	for c, to := range b.rows {
		if cols[c].Valid == nil && cols[c].Type == to.col.Type || c == 0 {
			to.AppendRows(cols[c], sel)
			continue
		}
		for _, i := range sel {
			to.Append(cols[c], int(i))
		}
	}
	if len(b.owner) >= bagPartRows {
		b.close()
	}
}

// close puts the last part among the full ones.
func (b *bag) close() {
	p := bagPart{owner: b.owner}
	b.size += int64(cap(b.owner)) * 4
	for _, c := range b.rows {
		b.size += c.Size() * 5 / 4
		p.cols = append(p.cols, c.Take())
	}
	b.parts, b.owner = append(b.parts, p), nil
}

// known is the rows in which no column is null.
func (b *bag) known(cols []*Column, rows int) []int32 {
	b.sel = grow(b.sel, rows)
	n := 0
	for i := range rows {
		b.sel[n] = int32(i)
		n++
		for _, c := range cols {
			if c.Valid != nil && c.Valid[i>>3]>>(i&7)&1 == 0 || c.Type == Null {
				n--
				break
			}
		}
	}
	return b.sel[:n]
}

// Merge adds the rows of exported lists.
func (b *bag) Merge(groups []int32, lists []*Column) {
	owner, items := unlist(groups, lists)
	b.put(owner, items, b.known(items[:1], len(owner)))
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

// byGroup is all rows ordered by group, each group's from offsets[g] on in order of
// arrival.
func (b *bag) byGroup() (offsets []int32, cols []Column) {
	b.close()
	var owner []int32
	for _, p := range b.parts {
		owner = append(owner, p.owner...)
	}
	offsets, order := byGroup(owner, b.groups)
	cols = make([]Column, len(b.rows))
	for c := range cols {
		parts := make([]*Column, len(b.parts))
		for i := range b.parts {
			parts[i] = &b.parts[i].cols[c]
		}
		whole := concatColumns(b.rows[c].col.Type, parts, len(owner))
		Take(&cols[c], &whole, order)
	}
	return offsets, cols
}

// byGroup is the positions of rows ordered by the group that owns them.
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
	offsets, cols := b.byGroup()
	out := make([]Column, len(cols))
	for c := range cols {
		out[c] = Column{Type: ArrayOf(cols[c].Type), Len: b.groups, Offsets: offsets, Items: cols[c : c+1]}
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
