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
	if v != 0 || c.unit != 0 {
		c.put(i, v, room)
	}
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
	switch {
	case l.wide == nil && l.fits(v):
		l.narrow = setAt(l.narrow, i, uint32(v/l.unit), room)
	case l.wide == nil:
		l.widen(room)
		fallthrough
	default:
		l.wide = setAt(l.wide, i, v, room)
	}
}

func (l *numbers) fits(v int64) bool {
	return v >= 0 && v%l.unit == 0 && v/l.unit <= math.MaxUint32
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
	if l.unit == 0 || rows == 0 {
		return
	}
	if l.wide != nil {
		l.unit = 1
	}
	least, most := l.at(0), l.at(0)
	for i := range rows {
		v := l.at(i)
		least, most = min(least, v), max(most, v)
	}
	least, most = least/l.unit, most/l.unit
	width := bits.Len64(uint64(most - least))
	packed := make([]uint64, (rows*width+63)/64)
	if width > 0 {
		for i := range rows {
			v := uint64(l.at(i)/l.unit - least)
			bit := i * width
			packed[bit/64] |= v << (bit % 64)
			if bit%64+width > 64 {
				packed[bit/64+1] = v >> (64 - bit%64)
			}
		}
	}
	*l = numbers{unit: l.unit, packed: packed, base: least, width: uint8(width), n: rows}
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

// setAt sets s[i], growing s with zeros as far as needed.
func setAt[T uint32 | int64](s []T, i int, v T, room int) []T {
	if i >= len(s) {
		if i >= cap(s) {
			grown := make([]T, len(s), max(i+1, room, 2*cap(s)))
			copy(grown, s)
			s = grown
		}
		s = s[:i+1]
	}
	s[i] = v
	return s
}
