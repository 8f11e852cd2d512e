package expr

import (
	"math"
	"math/bits"
)

// A valueCounts counts how often each group met each double, all NaN and both zeros
// taken together. Its slots hold the counts themselves, so that a row costs one
// look into memory.
type valueCounts struct {
	slots []valueSlot // a power of two
	used  int
}

type valueSlot struct {
	value uint64 // its bits
	n     int64
	group int32 // and one; 0 is free
}

func (t *valueCounts) size() int64 { return int64(len(t.slots)) * 24 }

// add counts n more of a value.
func (t *valueCounts) add(group int32, value float64, n int64) {
	if t.used*4 >= len(t.slots)*3 {
		t.enlarge()
	}
	image := doubleBits(value)
	s := t.slot(group+1, image)
	if s.group == 0 {
		s.group, s.value = group+1, image
		t.used++
	}
	s.n += n
}

func (t *valueCounts) slot(group int32, value uint64) *valueSlot {
	mask := uint64(len(t.slots) - 1)
	for i := mixWord(bits.RotateLeft64(value, 32)^uint64(group)*0x9e3779b97f4a7c15) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.value == value && s.group == group || s.group == 0 {
			return s
		}
	}
}

func (t *valueCounts) enlarge() {
	old := t.slots
	t.slots = make([]valueSlot, max(64, 2*len(old)))
	for _, s := range old {
		if s.group != 0 {
			*t.slot(s.group, s.value) = s
		}
	}
}

// sorted is what has been counted, by group and value; group g's values are those
// from offsets[g] on.
func (t *valueCounts) sorted(groups int, desc bool) (offsets []int32, values []float64, often []int64) {
	pairs := Batch{Rows: t.used, Cols: []Column{{Type: Int32, Len: t.used}, {Type: Float64, Len: t.used}}}
	counts := make([]int64, 0, t.used)
	offsets = make([]int32, groups+1)
	for _, s := range t.slots {
		if s.group == 0 {
			continue
		}
		pairs.Cols[0].I32 = append(pairs.Cols[0].I32, s.group-1)
		pairs.Cols[1].F64 = append(pairs.Cols[1].F64, math.Float64frombits(s.value))
		counts = append(counts, s.n)
		offsets[s.group]++
	}
	for g := range groups {
		offsets[g+1] += offsets[g]
	}
	values, often = make([]float64, t.used), make([]int64, t.used)
	for i, row := range SortIndex(&pairs, []Order{{Col: 0}, {Col: 1, Desc: desc}}) {
		values[i], often[i] = pairs.Cols[1].F64[row], counts[row]
	}
	return offsets, values, often
}
