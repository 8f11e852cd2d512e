package profiler

import "math"

// A column holds one metric of every row of a Tasks table. Which rows recorded
// the metric is one bit each; values are stored only once one of them is not
// zero, in 32 bits while they fit, times a unit: Spark's durations are whole
// milliseconds, so almost all of them take four bytes although they count
// nanoseconds. The alternative, []int64 for everything, costs twice the memory
// on a log of a million tasks.
type column struct {
	seen   []uint64
	unit   int64
	narrow []uint32
	wide   []int64
}

const millisecond = 1_000_000

// set records v for row i. room is how many rows to make place for.
func (c *column) set(i int, v int64, room int) {
	for len(c.seen) <= i/64 {
		c.seen = append(c.seen, 0)
	}
	c.seen[i/64] |= 1 << (i % 64)
	switch {
	case c.wide != nil:
		c.wide = put(c.wide, i, v, room)
	case c.narrow != nil && c.fits(v):
		c.narrow = put(c.narrow, i, uint32(v/c.unit), room)
	case c.narrow != nil:
		c.widen(room)
		c.wide = put(c.wide, i, v, room)
	case v != 0:
		c.unit = 1
		if v%millisecond == 0 {
			c.unit = millisecond
		}
		if c.fits(v) {
			c.narrow = put(c.narrow, i, uint32(v/c.unit), room)
		} else {
			c.wide = put(c.wide, i, v, room)
		}
	}
}

// get returns the value of row i, and whether the row recorded one.
func (c *column) get(i int) (int64, bool) {
	if i/64 >= len(c.seen) || c.seen[i/64]&(1<<(i%64)) == 0 {
		return 0, false
	}
	switch {
	case i < len(c.wide):
		return c.wide[i], true
	case i < len(c.narrow):
		return int64(c.narrow[i]) * c.unit, true
	default:
		return 0, true
	}
}

func (c *column) fits(v int64) bool {
	return v >= 0 && v%c.unit == 0 && v/c.unit <= math.MaxUint32
}

func (c *column) widen(room int) {
	c.wide = make([]int64, len(c.narrow), max(room, len(c.narrow)))
	for i, v := range c.narrow {
		c.wide[i] = int64(v) * c.unit
	}
	c.narrow = nil
}

func (c *column) clone() column {
	return column{
		seen: append([]uint64(nil), c.seen...), unit: c.unit,
		narrow: append([]uint32(nil), c.narrow...), wide: append([]int64(nil), c.wide...),
	}
}

// bytes is the memory that the column holds.
func (c *column) bytes() int { return 8*cap(c.seen) + 4*cap(c.narrow) + 8*cap(c.wide) }

// put sets s[i], growing s with zeros as far as needed.
func put[T uint32 | int64](s []T, i int, v T, room int) []T {
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
