package expr

import (
	"math/bits"
)

// Groups numbers the distinct keys it is shown, from 0, in order of
// appearance: the hash table of aggregation and of joins.
//
// Every key becomes one or more 64-bit words. Numbers go in as they are with a
// bit for null; strings, arrays and structs are interned, and their id goes in. A single-word key
// below 65,536 (a zone, an hour, a day, an interned name) is looked up in an
// array; other keys in an open-addressing table whose slots hold the word (or
// the words' hash) beside the group's number. No slot holds a pointer.
type Groups struct {
	types []Type
	parts []keyPart
	words int // per key
	n     int

	keys      []uint64 // words of group g at g*words
	direct    []int32  // group+1 by small single-word key
	slotKey   []uint64
	slotGroup []int32 // group+1; 0 is free
	used      int     // slots in use
	interners []*interner
	row       []uint64 // scratch: words of a batch's rows
}

// A keyPart says where a column's value lies in the words.
type keyPart struct {
	word, shift      int
	high             int // word of a decimal's upper half
	nullWord, nullAt int // position of the null bit; strings use id 0 instead
}

const directLimit = 1 << 16

// NewGroups returns an empty table for keys of the given types.
func NewGroups(types []Type) *Groups {
	g := &Groups{types: types, interners: make([]*interner, len(types))}
	var free []int // bits left in each word
	place := func(width int) (word, shift int) {
		for w, f := range free {
			if f >= width {
				free[w] -= width
				return w, 64 - f
			}
		}
		free = append(free, 64-width)
		return len(free) - 1, 0
	}
	for i, t := range types {
		var p keyPart
		switch t.Layout() {
		case String, Array, Struct:
			g.interners[i] = newInterner()
			p.word, p.shift = place(32)
		case Decimal:
			p.word, _ = place(64)
			p.high, _ = place(64)
		case Int32:
			p.word, p.shift = place(32)
		case Bool:
			p.word, p.shift = place(1)
		case Null:
		default:
			p.word, p.shift = place(64)
		}
		g.parts = append(g.parts, p)
	}
	for i := range types {
		if g.interners[i] == nil {
			g.parts[i].nullWord, g.parts[i].nullAt = place(1)
		}
	}
	g.words = max(len(free), 1)
	return g
}

// Len is the number of groups.
func (g *Groups) Len() int { return g.n }

// Size is the memory of the table in bytes.
func (g *Groups) Size() int64 {
	n := int64(cap(g.keys))*8 + int64(len(g.slotKey))*12 + int64(len(g.direct))*4
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
	g.encode(cols, rows, true)
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
	g.encode(cols, rows, false)
	for i := range out {
		words := g.row[i*g.words : (i+1)*g.words]
		if g.words == 1 && words[0] < uint64(len(g.direct)) {
			out[i] = g.direct[words[0]] - 1
			continue
		}
		h := words[0]
		if g.words > 1 {
			h = hashWords(words)
		}
		out[i] = -1
		if len(g.slotKey) == 0 {
			continue
		}
		mask := uint64(len(g.slotKey) - 1)
		for s := mixWord(h) & mask; g.slotGroup[s] != 0; s = (s + 1) & mask {
			if g.slotKey[s] == h && (g.words == 1 || g.same(g.slotGroup[s]-1, words)) {
				out[i] = g.slotGroup[s] - 1
				break
			}
		}
	}
	return out
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

func mixWord(k uint64) uint64 {
	k *= 0x9e3779b97f4a7c15
	return k ^ k>>32
}

func hashWords(words []uint64) uint64 {
	h := uint64(0)
	for _, w := range words {
		h = bits.RotateLeft64(h, 29) ^ w
		h *= 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	return h
}

func (g *Groups) same(group int32, words []uint64) bool {
	at := int(group) * g.words
	for i, w := range words {
		if g.keys[at+i] != w {
			return false
		}
	}
	return true
}

func (g *Groups) assignOne(out []int32) {
	words := g.row[:len(out)]
	for i, k := range words {
		if k < uint64(len(g.direct)) {
			if group := g.direct[k]; group != 0 {
				out[i] = group - 1
				continue
			}
		}
		out[i] = g.addOne(k)
	}
}

func (g *Groups) addOne(k uint64) int32 {
	if k < directLimit {
		if k >= uint64(len(g.direct)) {
			size := max(64, 1<<bits.Len64(k))
			larger := make([]int32, size)
			copy(larger, g.direct)
			g.direct = larger
		}
		group := g.direct[k]
		if group == 0 {
			g.keys = append(g.keys, k)
			g.n++
			group = int32(g.n)
			g.direct[k] = group
		}
		return group - 1
	}
	g.reserveSlot()
	mask := uint64(len(g.slotKey) - 1)
	s := mixWord(k) & mask
	for ; g.slotGroup[s] != 0; s = (s + 1) & mask {
		if g.slotKey[s] == k {
			return g.slotGroup[s] - 1
		}
	}
	g.keys = append(g.keys, k)
	g.n++
	g.slotKey[s], g.slotGroup[s] = k, int32(g.n)
	g.used++
	return int32(g.n) - 1
}

func (g *Groups) assignMany(out []int32) {
	for i := range out {
		words := g.row[i*g.words : (i+1)*g.words]
		g.reserveSlot()
		h := hashWords(words)
		mask := uint64(len(g.slotKey) - 1)
		s := mixWord(h) & mask
		found := int32(-1)
		for ; g.slotGroup[s] != 0; s = (s + 1) & mask {
			if g.slotKey[s] == h && g.same(g.slotGroup[s]-1, words) {
				found = g.slotGroup[s] - 1
				break
			}
		}
		if found < 0 {
			g.keys = append(g.keys, words...)
			g.n++
			g.slotKey[s], g.slotGroup[s] = h, int32(g.n)
			g.used++
			found = int32(g.n) - 1
		}
		out[i] = found
	}
}

// reserveSlot keeps the table at most half full.
func (g *Groups) reserveSlot() {
	if g.used*2 < len(g.slotKey) {
		return
	}
	size := max(64, 2*len(g.slotKey))
	keys, groups := make([]uint64, size), make([]int32, size)
	mask := uint64(size - 1)
	for i, group := range g.slotGroup {
		if group == 0 {
			continue
		}
		s := mixWord(g.slotKey[i]) & mask
		for groups[s] != 0 {
			s = (s + 1) & mask
		}
		keys[s], groups[s] = g.slotKey[i], group
	}
	g.slotKey, g.slotGroup = keys, groups
}

// encode writes the words of every row into g.row. Strings that were never
// interned get an id when add is set, else one that no key has.
func (g *Groups) encode(cols []*Column, rows int, add bool) {
	g.row = grow(g.row, rows*g.words)
	row := g.row
	clear(row)
	w := g.words
	for c, p := range g.parts {
		col := cols[c]
		t := g.types[c]
		if in := g.interners[c]; in != nil {
			if t.Layout() != String && col.Type != Null {
				col = images(col, rows)
			}
			in.encode(col, rows, add, row[p.word:], w, p.shift)
			continue
		}
		switch t.Layout() {
		case Bool:
			for i, v := range col.Bools[:min(rows, len(col.Bools))] {
				row[i*w+p.word] |= uint64(v) << p.shift
			}
		case Int32:
			for i, v := range col.I32[:min(rows, len(col.I32))] {
				row[i*w+p.word] |= uint64(uint32(v)) << p.shift
			}
		case Int64:
			for i, v := range col.I64[:min(rows, len(col.I64))] {
				row[i*w+p.word] |= uint64(v)
			}
		case Float64:
			for i, v := range col.F64[:min(rows, len(col.F64))] {
				row[i*w+p.word] |= bits.RotateLeft64(doubleBits(v), 32) // the bits that differ go low, where the hash looks
			}
		case Decimal:
			for i, v := range col.Wide[:min(rows, len(col.Wide))] {
				row[i*w+p.word], row[i*w+p.high] = v.Lo, uint64(v.Hi)
			}
		}
		if col.Valid == nil && col.Type != Null {
			continue
		}
		width := uint64(1)<<(8*t.Width()%64) - 1
		if t.Width() >= 8 {
			width = ^uint64(0)
		} else if t == Bool {
			width = 1
		}
		for i := range rows {
			if col.IsNull(i) {
				row[i*w+p.word] &^= width << p.shift
				if t.Layout() == Decimal {
					row[i*w+p.high] = 0
				}
				row[i*w+p.nullWord] |= 1 << p.nullAt
			}
		}
	}
}

// ids is the position of every group's key in an interner's dictionary; -1 for
// null.
func (g *Groups) ids(p keyPart) []int32 {
	out := make([]int32, g.n)
	for i := range out {
		out[i] = int32(uint32(g.keys[i*g.words+p.word]>>p.shift)) - 1
	}
	return out
}

// Keys returns the keys of all groups as columns, in order of group number.
func (g *Groups) Keys() []Column {
	out := make([]Column, len(g.types))
	for c, p := range g.parts {
		t := g.types[c]
		col := Column{Type: t, Len: g.n}
		var bitmap []byte
		null := func(i int) bool { return g.keys[i*g.words+p.nullWord]>>p.nullAt&1 != 0 }
		switch t.Layout() {
		case String:
			col.Dict, col.Codes = g.interners[c].dict(), g.ids(p)
			null = func(i int) bool {
				isNull := col.Codes[i] < 0
				col.Codes[i] = max(col.Codes[i], 0)
				return isNull
			}
		case Array, Struct:
			b, dict := NewBuilder(t), g.interners[c].dict()
			for _, id := range g.ids(p) {
				if id < 0 {
					b.AppendNull()
				} else {
					b.AppendImage(dict.Str(int(id)))
				}
			}
			out[c] = b.Take()
			continue
		case Decimal:
			col.Wide = make([]Int128, g.n)
			for i := range col.Wide {
				col.Wide[i] = Int128{g.keys[i*g.words+p.word], int64(g.keys[i*g.words+p.high])}
			}
		case Bool:
			col.Bools = make([]uint8, g.n)
			for i := range col.Bools {
				col.Bools[i] = uint8(g.keys[i*g.words+p.word] >> p.shift & 1)
			}
		case Int32:
			col.I32 = make([]int32, g.n)
			for i := range col.I32 {
				col.I32[i] = int32(uint32(g.keys[i*g.words+p.word] >> p.shift))
			}
		case Int64:
			col.I64 = make([]int64, g.n)
			for i := range col.I64 {
				col.I64[i] = int64(g.keys[i*g.words+p.word])
			}
		case Float64:
			col.F64 = make([]float64, g.n)
			for i := range col.F64 {
				col.F64[i] = floatFromBits(bits.RotateLeft64(g.keys[i*g.words+p.word], 32))
			}
		case Null:
			out[c] = col
			continue
		}
		for i := range g.n {
			if null(i) {
				if bitmap == nil {
					bitmap = ownBitmap(nil, g.n, new([]byte))
				}
				clearBit(bitmap, i)
			}
		}
		col.Valid = bitmap
		out[c] = col
	}
	return out
}

// Reader returns a view of the finished table for Find, with scratch memory of
// its own: several goroutines may each use a reader of one table, as long as
// nobody adds to it.
func (g *Groups) Reader() *Groups {
	c := *g
	c.row = nil
	c.interners = make([]*interner, len(g.interners))
	for i, in := range g.interners {
		if in != nil {
			c.interners[i] = &interner{ids: in.ids}
		}
	}
	return &c
}
