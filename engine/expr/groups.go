package expr

// Groups numbers the distinct keys it is shown, from 0, in order of
// appearance: the hash table of aggregation and of joins.
//
//	columns   zone 132    hour 18     vendor NULL     of one row
//	words     | 132 | 19 | 0 |                        64 bits each; see keyPart
//	table     a small single word: an array; others: open addressing
//	group     7
//
// Every key becomes one or more words, most often one: whole numbers take the
// bits that the range of those seen so far needs, texts, arrays and structs those
// of an id. No slot holds a pointer.
type Groups struct {
	types     []Type
	parts     []keyPart
	interners []*interner
	words     int // per key
	n         int

	keys   []uint64 // words of group g at g*words
	direct []int32  // group+1 by small single-word key
	slots  []groupSlot
	used   int // slots in use
	coded  groupCodes

	row    []uint64 // scratch: words of a batch's rows
	absent []bool   // scratch: rows that Find need not look for
}

// NewGroups returns an empty table for keys of the given types.
func NewGroups(types []Type) *Groups {
	g := &Groups{types: types, interners: make([]*interner, len(types)), parts: make([]keyPart, len(types))}
	for i, t := range types {
		switch t.Layout() {
		case String, Array, Struct:
			g.interners[i] = newInterner()
			g.parts[i] = keyPart{narrow: true, low: 1}
		case Int32, Int64, Null:
			g.parts[i].narrow = true
		case Bool:
			g.parts[i] = keyPart{narrow: true, width: 2}
		}
	}
	g.words = place(g.types, g.parts)
	return g
}

// Len is the number of groups.
func (g *Groups) Len() int { return g.n }

// Size is the memory of the table in bytes.
func (g *Groups) Size() int64 {
	n := int64(cap(g.keys))*8 + int64(len(g.slots))*16 + int64(len(g.direct))*4
	for _, in := range g.interners {
		if in != nil {
			n += in.size
		}
	}
	return n
}

// Assign finds the group of every row, making groups for new keys. out is
// reused when large enough.
func (g *Groups) Assign(cols []*Column, rows int, out []int32) []int32 {
	out = grow(out, rows)
	if rows == 0 {
		return out
	}
	if codes := sameCodes(cols, rows); codes != nil {
		g.assignCodes(cols, codes, out)
		return out
	}
	return g.assign(cols, out)
}

// assign is Assign by the keys themselves, for as many rows as out has.
func (g *Groups) assign(cols []*Column, out []int32) []int32 {
	for !g.encode(cols, len(out), nil) {
		g.widen(cols, len(out))
	}
	if g.words == 1 {
		g.assignOne(out)
	} else {
		g.assignMany(out)
	}
	return out
}

// Find is Assign without making groups: -1 where the key is not there.
func (g *Groups) Find(cols []*Column, rows int, out []int32) []int32 {
	out = grow(out, rows)
	if rows == 0 {
		return out
	}
	g.absent = grow(g.absent, rows)
	clear(g.absent)
	g.encode(cols, rows, g.absent)
	if g.words == 1 {
		g.findOne(out)
	} else {
		g.findMany(out)
	}
	for i, absent := range g.absent {
		if absent {
			out[i] = -1
		}
	}
	return out
}

// Reader returns a view of the finished table for Find, with scratch memory of
// its own: several goroutines may each use a reader of one table, as long as
// nobody adds to it.
func (g *Groups) Reader() *Groups {
	c := *g
	c.row, c.absent = nil, nil
	c.interners = make([]*interner, len(g.interners))
	for i, in := range g.interners {
		if in != nil {
			c.interners[i] = &interner{ids: in.ids}
		}
	}
	return &c
}

// HasNull reports whether any column of the row is null; joins skip such keys.
func HasNull(cols []*Column, i int) bool {
	for _, c := range cols {
		if c.IsNull(i) {
			return true
		}
	}
	return false
}
