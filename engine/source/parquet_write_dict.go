package source

import (
	"bytes"
	"cmp"
	"math/bits"
)

// maxDictionary is how many values a dictionary may have; a column with more is
// written plain.
const maxDictionary = 1 << 16

// A wordTable numbers distinct 64-bit words in the order of their appearance.
type wordTable struct {
	values []uint64
	slots  []uint32 // code plus one, at the hash of the value; 0 is free
	shift  uint
}

func (t *wordTable) reset(size int) {
	t.values = t.values[:0]
	t.resize(max(size, 1<<10))
}

func (t *wordTable) resize(size int) {
	if cap(t.slots) >= size {
		t.slots = t.slots[:size]
		clear(t.slots)
	} else {
		t.slots = make([]uint32, size)
	}
	t.shift = 64 - uint(bits.TrailingZeros(uint(size)))
	for i, v := range t.values {
		slot := t.find(v)
		t.slots[slot] = uint32(i) + 1
	}
}

// find is the slot of v: its own, or the free one where it belongs.
func (t *wordTable) find(v uint64) int {
	mask := len(t.slots) - 1
	slot := int(v * 0x9E3779B97F4A7C15 >> t.shift)
	for {
		c := t.slots[slot]
		if c == 0 || t.values[c-1] == v {
			return slot
		}
		slot = (slot + 1) & mask
	}
}

// collect numbers values into codes and reports whether a dictionary pays.
func collect[T int32 | int64 | float64](t *wordTable, values []T, codes *[]uint32, word func(T) uint64) bool {
	const sample = 1 << 14
	t.reset(1 << 10)
	out := growSlice(*codes, len(values))
	*codes = out
	for i, v := range values {
		w := word(v)
		slot := t.find(w)
		c := t.slots[slot]
		if c == 0 {
			if len(t.values) == maxDictionary || len(t.values) > sample*3/4 && i < sample*2 {
				*codes = out[:0]
				return false
			}
			t.values = append(t.values, w)
			c = uint32(len(t.values))
			t.slots[slot] = c
			if len(t.values)*2 > len(t.slots) {
				t.resize(len(t.slots) * 4)
			}
		}
		out[i] = c - 1
	}
	return len(values) > 0 && (len(t.values) <= 64 || len(t.values) <= len(values)*3/4)
}

// interned numbers distinct texts in the order of their appearance.
type interned struct {
	codes map[string]uint32
	ends  []int
	bytes []byte
}

func (t *interned) reset() {
	clear(t.codes)
	t.ends, t.bytes = t.ends[:0], t.bytes[:0]
}

func (t *interned) code(text []byte) uint32 {
	if c, ok := t.codes[string(text)]; ok {
		return c
	}
	if t.codes == nil {
		t.codes = map[string]uint32{}
	}
	c := uint32(len(t.ends))
	t.bytes = append(t.bytes, text...)
	t.ends = append(t.ends, len(t.bytes))
	t.codes[string(text)] = c
	return c
}

func (t *interned) value(code uint32) []byte {
	from := 0
	if code > 0 {
		from = t.ends[code-1]
	}
	return t.bytes[from:t.ends[code]]
}

// extremes is the smallest and the largest text; signed ones are numbers in two's
// complement, all of one length.
func (t *interned) extremes(signed bool) (low, high []byte) {
	compare := bytes.Compare
	if signed {
		compare = func(a, b []byte) int {
			if order := cmp.Compare(int8(a[0]), int8(b[0])); order != 0 {
				return order
			}
			return bytes.Compare(a, b)
		}
	}
	low, high = t.value(0), t.value(0)
	for i := range t.ends {
		v := t.value(uint32(i))
		if compare(v, low) < 0 {
			low = v
		}
		if compare(v, high) > 0 {
			high = v
		}
	}
	return low, high
}
