package profiler

import (
	"math"
	"math/bits"
	"slices"
)

// A column holds one metric of every row of a Tasks table. Which rows recorded
// the metric is one bit each, and nothing at all once the table is packed and
// every row did.
type column struct {
	seen []uint64
	all  bool // packed, and every row recorded it
	numbers
}

// set records v for row i. room is how many rows to make place for.
func (c *column) set(i int, v int64, room int) {
	for len(c.seen) <= i/64 {
		c.seen = append(c.seen, 0)
	}
	c.seen[i/64] |= 1 << (i % 64)
	if c.unit == 0 && v == 0 {
		return
	}
	if n, fits := c.units(v); fits && i < len(c.narrow) { // almost always
		c.narrow[i] = n
		return
	}
	c.put(i, v, room)
}

// get returns the value of row i, and whether the row recorded one.
func (c *column) get(i int) (int64, bool) {
	if !c.all && (i/64 >= len(c.seen) || c.seen[i/64]&(1<<(i%64)) == 0) {
		return 0, false
	}
	return c.at(i), true
}

// pack makes the column of rows rows small; it is not set again before unpack.
func (c *column) pack(rows int) {
	seen := 0
	for _, w := range c.seen {
		seen += bits.OnesCount64(w)
	}
	if c.all = seen == rows; c.all {
		c.seen = nil
	}
	c.numbers.pack(rows)
}

func (c *column) unpack(rows int) {
	if c.all {
		c.all = false
		for i := range rows {
			if i%64 == 0 {
				c.seen = append(c.seen, 0)
			}
			c.seen[i/64] |= 1 << (i % 64)
		}
	}
	c.numbers.unpack(rows)
}

func (c *column) clone() column {
	return column{seen: slices.Clone(c.seen), all: c.all, numbers: c.numbers.clone()}
}

// bytes is the memory that the column holds.
func (c *column) bytes() int { return 8*cap(c.seen) + c.numbers.bytes() }

// numbers is a list of whole numbers of which all that were not put are zero.
// While it grows a number takes 32 bits as long as all fit, times a unit:
// Spark's durations are whole milliseconds, so almost all of them take four
// bytes although they count nanoseconds. Packed, a number takes as many bits as
// the range of all needs, which halves it once more: a stage's tasks are alike.
// The alternative, []int64 for everything, is five times the memory on a log of
// a million tasks.
type numbers struct {
	unit   int64
	narrow []uint32
	wide   []int64

	packed []uint64
	base   int64 // least number, in units
	width  uint8 // bits of a packed number
	n      int   // numbers that are packed; 0 while the list grows
}

const millisecond = 1_000_000

// at returns number i; beyond the last it is zero.
func (l *numbers) at(i int) int64 {
	switch {
	case i < len(l.narrow):
		return int64(l.narrow[i]) * l.unit
	case i < len(l.wide):
		return l.wide[i]
	case i < l.n:
		return (l.base + int64(l.offset(i))) * l.unit
	default:
		return 0
	}
}

// offset takes the width bits of number i, which may lie across two words.
func (l *numbers) offset(i int) uint64 {
	if l.width == 0 {
		return 0
	}
	bit := i * int(l.width)
	word, shift := bit/64, bit%64
	v := l.packed[word] >> shift
	if shift+int(l.width) > 64 {
		v |= l.packed[word+1] << (64 - shift)
	}
	return v & (math.MaxUint64 >> (64 - l.width))
}

// put sets number i of a list that is not packed. room is how many there will be.
func (l *numbers) put(i int, v int64, room int) {
	if l.unit == 0 {
		l.unit = 1
		if v%millisecond == 0 && v != 0 {
			l.unit = millisecond
		}
	}
	n, fits := l.units(v)
	switch {
	case l.wide == nil && fits:
		l.narrow = setAt(l.narrow, i, n, room)
	case l.wide == nil:
		l.widen(room)
		fallthrough
	default:
		l.wide = setAt(l.wide, i, v, room)
	}
}

// units is how many units v has, and whether that is whole and fits 32 bits.
func (l *numbers) units(v int64) (uint32, bool) {
	n := v
	if l.unit == millisecond { // the only one beside 1; division by a constant takes a tenth of the time
		n = v / millisecond
	}
	return uint32(n), n*l.unit == v && uint64(n) <= math.MaxUint32
}

func (l *numbers) widen(room int) {
	l.wide = make([]int64, len(l.narrow), max(room, len(l.narrow)))
	for i, v := range l.narrow {
		l.wide[i] = int64(v) * l.unit
	}
	l.narrow = nil
}

// pack makes the first rows numbers small.
func (l *numbers) pack(rows int) {
	switch {
	case l.unit == 0 || rows == 0:
	case l.wide != nil:
		*l = packed(l.wide, rows, 1)
	default:
		*l = packed(l.narrow, rows, l.unit)
	}
}

// packed returns the first rows of list, which counts in units.
func packed[T uint32 | int64](list []T, rows int, unit int64) numbers {
	list = append(list, make([]T, max(0, rows-len(list)))...)[:rows]
	base := int64(slices.Min(list))
	width := bits.Len64(uint64(int64(slices.Max(list)) - base))
	out := numbers{unit: unit, base: base, width: uint8(width), n: rows}
	if width == 0 {
		return out
	}
	out.packed = make([]uint64, (rows*width+63)/64)
	for i, v := range list {
		n, bit := uint64(int64(v)-base), i*width
		out.packed[bit/64] |= n << (bit % 64)
		if bit%64+width > 64 {
			out.packed[bit/64+1] = n >> (64 - bit%64)
		}
	}
	return out
}

func (l *numbers) unpack(rows int) {
	if l.n == 0 {
		return
	}
	was := *l
	*l = numbers{}
	for i := range rows {
		l.put(i, was.at(i), rows)
	}
}

// clone shares what is packed: that never changes.
func (l *numbers) clone() numbers {
	c := *l
	c.narrow, c.wide = slices.Clone(l.narrow), slices.Clone(l.wide)
	return c
}

func (l *numbers) bytes() int { return 4*cap(l.narrow) + 8*cap(l.wide) + 8*cap(l.packed) }

// setAt sets s[i], growing s with zeros as far as needed, or as there is room.
func setAt[T uint32 | int64](s []T, i int, v T, room int) []T {
	if i >= len(s) {
		grown := make([]T, max(i+1, room, 2*len(s)))
		copy(grown, s)
		s = grown
	}
	s[i] = v
	return s
}
