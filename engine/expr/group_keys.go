package expr

import (
	"math"
	"math/bits"
)

// A keyPart says where the value of a key's column lies in the words.
//
// A narrow part holds value-low+1 in width bits, and 0 for null; when a value
// comes that does not fit, all keys are laid out anew with a wider part. Doubles,
// decimals and whole numbers of too wide a range take words of their own, and a
// bit elsewhere for null.
type keyPart struct {
	narrow      bool
	word, shift int
	width       int
	low         int64

	high             int // word of a decimal's upper half
	nullWord, nullAt int
}

// limit is one more than the greatest code less one: codes are from 1 to it.
func (p keyPart) limit() uint64 { return 1<<p.width - 1 }

// maxNarrow is the most bits of a narrow part.
const maxNarrow = 62

// place gives every part its word and bits, and returns the number of words.
func place(types []Type, parts []keyPart) int {
	var free []int // bits left in each word
	take := func(width int) (word, shift int) {
		for w, f := range free {
			if f >= width {
				free[w] -= width
				return w, 64 - f
			}
		}
		free = append(free, 64-width)
		return len(free) - 1, 0
	}
	for i := range parts {
		p := &parts[i]
		if p.narrow {
			p.word, p.shift = take(p.width)
			continue
		}
		if p.word, p.shift = take(64); types[i].Layout() == Decimal {
			p.high, _ = take(64)
		}
	}
	for i := range parts {
		if p := &parts[i]; !p.narrow {
			p.nullWord, p.nullAt = take(1)
		}
	}
	return max(len(free), 1)
}

// encode writes the words of every row into g.row. With absent, rows that have a
// value which no key has are marked there; without, such a value ends it and it
// returns false.
func (g *Groups) encode(cols []*Column, rows int, absent []bool) (fits bool) {
	g.row = grow(g.row, rows*g.words)
	clear(g.row)
	for c, p := range g.parts {
		if cols[c].Type == Null && p.narrow {
			continue
		}
		if !p.narrow {
			g.encodeWide(c, cols[c], rows)
		} else if !g.encodeNarrow(c, cols[c], rows, absent) {
			return false
		}
	}
	return true
}

func (g *Groups) encodeNarrow(c int, col *Column, rows int, absent []bool) (fits bool) {
	p, words := g.parts[c], g.row[g.parts[c].word:]
	if in := g.interners[c]; in != nil {
		if g.types[c].Layout() != String {
			col = images(col, rows)
		}
		return in.encode(col, rows, p, words, g.words, absent)
	}
	switch col.Type.Layout() {
	case Bool:
		for i, v := range col.Bools[:rows] {
			if col.Valid == nil || !col.IsNull(i) {
				words[i*g.words] |= uint64(v+1) << p.shift
			}
		}
		return true
	case Int32:
		return encodeWhole(words, g.words, p, col.I32[:rows], col.Valid, absent)
	default:
		return encodeWhole(words, g.words, p, col.I64[:rows], col.Valid, absent)
	}
}

// encodeWhole writes the codes of whole numbers into every step-th word.
func encodeWhole[T int32 | int64](words []uint64, step int, p keyPart, values []T, valid []byte, absent []bool) (fits bool) {
	low, limit, shift := uint64(p.low), p.limit(), p.shift&63
	if step == 1 && valid == nil && absent == nil {
		words = words[:len(values)]
		most := uint64(0)
		for i, v := range values {
			code := uint64(int64(v)) - low
			most = max(most, code)
			words[i] |= (code + 1) << shift
		}
		return most < limit // else all is encoded anew
	}
	for i, v := range values {
		if valid != nil && valid[i>>3]>>(i&7)&1 == 0 {
			continue
		}
		code := uint64(int64(v)) - low
		if code >= limit {
			if absent == nil {
				return false
			}
			absent[i] = true
			continue
		}
		words[i*step] |= (code + 1) << shift
	}
	return true
}

func (g *Groups) encodeWide(c int, col *Column, rows int) {
	p, row, w := g.parts[c], g.row, g.words
	switch col.Type.Layout() {
	case Int64:
		for i, v := range col.I64[:rows] {
			row[i*w+p.word] = uint64(v)
		}
	case Int32:
		for i, v := range col.I32[:rows] {
			row[i*w+p.word] = uint64(int64(v))
		}
	case Float64:
		for i, v := range col.F64[:rows] {
			row[i*w+p.word] = bits.RotateLeft64(doubleBits(v), 32) // the bits that differ go low, where the hash looks
		}
	case Decimal:
		for i, v := range col.Wide[:rows] {
			row[i*w+p.word], row[i*w+p.high] = v.Lo, uint64(v.Hi)
		}
	}
	if col.Valid == nil && col.Type != Null {
		return
	}
	for i := range rows {
		if col.IsNull(i) {
			row[i*w+p.word] = 0
			if g.types[c].Layout() == Decimal {
				row[i*w+p.high] = 0
			}
			row[i*w+p.nullWord] |= 1 << p.nullAt
		}
	}
}

// widen makes the parts hold the values of some more rows, and lays out the keys
// that are there anew. A part grows to twice its range at least, so that this
// happens rarely.
func (g *Groups) widen(cols []*Column, rows int) {
	parts := append([]keyPart(nil), g.parts...)
	for c := range parts {
		p := &parts[c]
		if !p.narrow || cols[c].Type == Null {
			continue
		}
		if in := g.interners[c]; in != nil {
			if ids := uint64(len(in.ids)); ids > p.limit() {
				p.width = bits.Len64(ids) + 1
			}
			continue
		}
		least, most := int64(math.MaxInt64), int64(math.MinInt64)
		switch cols[c].Type.Layout() {
		case Int32:
			least, most = bounds(cols[c].I32[:rows], cols[c], least, most)
		case Int64:
			least, most = bounds(cols[c].I64[:rows], cols[c], least, most)
		}
		if least <= most {
			p.include(least, most)
		}
	}
	g.layOut(parts)
}

func bounds[T int32 | int64](values []T, c *Column, least, most int64) (int64, int64) {
	for i, v := range values {
		if c.Valid == nil || !c.IsNull(i) {
			least, most = min(least, int64(v)), max(most, int64(v))
		}
	}
	return least, most
}

// include makes a narrow part hold the values from least to most too; where that
// takes too many bits the part is not narrow any more.
func (p *keyPart) include(least, most int64) {
	if p.width == 0 {
		p.low = least
	} else {
		last := p.low + int64(p.limit()) - 1
		if least >= p.low && most <= last {
			return
		}
		least, most = min(least, p.low), max(most, last)
		if span := most - least; span > 0 && span < 1<<(maxNarrow-2) && least < p.low && least-span < least {
			least -= span // the values go down: some room below
		}
		p.low = least
	}
	p.width = bits.Len64(uint64(most) - uint64(least) + 1)
	if uint64(most)-uint64(least) >= 1<<maxNarrow || p.width > maxNarrow {
		*p = keyPart{}
	}
}

// layOut moves the keys into new parts.
func (g *Groups) layOut(parts []keyPart) {
	words := place(g.types, parts)
	keys := make([]uint64, g.n*words, (g.n+g.n/4)*words)
	for c, to := range parts {
		from := g.parts[c]
		for i := range g.n {
			key, out := g.keys[i*g.words:], keys[i*words:]
			switch {
			case to.narrow:
				if code := key[from.word] >> from.shift & (1<<from.width - 1); code != 0 {
					out[to.word] |= (code + uint64(from.low) - uint64(to.low)) << to.shift
				}
			case from.narrow:
				if code := key[from.word] >> from.shift & (1<<from.width - 1); code != 0 {
					out[to.word] = code + uint64(from.low) - 1
				} else {
					out[to.nullWord] |= 1 << to.nullAt
				}
			default:
				out[to.word] = key[from.word]
				if g.types[c].Layout() == Decimal {
					out[to.high] = key[from.high]
				}
				out[to.nullWord] |= key[from.nullWord] >> from.nullAt & 1 << to.nullAt
			}
		}
	}
	g.parts, g.words, g.keys = parts, words, keys
	g.rebuild(0)
}

// Keys returns the keys of all groups as columns, in order of group number.
func (g *Groups) Keys() []Column {
	out := make([]Column, len(g.types))
	for c := range out {
		out[c] = g.key(c)
	}
	return out
}

// part returns the value of group i in a column's part: its code less one plus
// low, or its word.
func (g *Groups) part(p *keyPart, i int) (v uint64, null bool) {
	key := g.keys[i*g.words:]
	if !p.narrow {
		return key[p.word], key[p.nullWord]>>p.nullAt&1 != 0
	}
	code := key[p.word] >> p.shift & (1<<p.width - 1)
	return code + uint64(p.low) - 1, code == 0
}

func (g *Groups) key(c int) Column {
	t, p := g.types[c], &g.parts[c]
	b := NewBuilder(t)
	col := Column{Type: t, Len: g.n}
	var texts *Column
	if in := g.interners[c]; in != nil {
		texts = in.dict()
	}
	switch t.Layout() {
	case String:
		col.Dict, col.Codes = texts, make([]int32, g.n)
	case Decimal:
		col.Wide = make([]Int128, g.n)
	case Bool:
		col.Bools = make([]uint8, g.n)
	case Int32:
		col.I32 = make([]int32, g.n)
	case Int64:
		col.I64 = make([]int64, g.n)
	case Float64:
		col.F64 = make([]float64, g.n)
	case Null:
		return col
	}
	var bitmap []byte
	for i := range g.n {
		v, null := g.part(p, i)
		switch t.Layout() {
		case Array, Struct:
			if null {
				b.AppendNull()
			} else {
				b.AppendImage(texts.Str(int(v) - 1))
			}
			continue
		case String:
			if !null {
				col.Codes[i] = int32(v) - 1
			}
		case Decimal:
			col.Wide[i] = Int128{v, int64(g.keys[i*g.words+p.high])}
		case Bool:
			col.Bools[i] = uint8(v & 1)
		case Int32:
			col.I32[i] = int32(v)
		case Int64:
			col.I64[i] = int64(v)
		case Float64:
			col.F64[i] = math.Float64frombits(bits.RotateLeft64(v, 32))
		}
		if null {
			if bitmap == nil {
				bitmap = ownBitmap(nil, g.n, new([]byte))
			}
			clearBit(bitmap, i)
		}
	}
	if k := t.Kind(); k == Array || k == Struct {
		return b.Take()
	}
	col.Valid = bitmap
	return col
}
