package operator

import (
	"math/bits"

	"stagecoach/engine/expr"
)

// values is the columns that some expressions give for the chunks of a span. It
// holds those of two chunks at once: where frames begin and where they end.
type values struct {
	exprs []*expr.Bound
	span  *span
	held  [2]chunkValues
	turn  int
}

// chunkValues is what a chunk gives, and what its rows fold to.
type chunkValues struct {
	chunk int // from 1
	cols  []expr.Column
	tree  *tree
}

func (v *values) begin(s *span) {
	v.span, v.held = s, [2]chunkValues{}
}

// of returns the values of a chunk.
func (v *values) of(chunk int) (*chunkValues, error) {
	for i := range v.held {
		if v.held[i].chunk == chunk+1 {
			return &v.held[i], nil
		}
	}
	b, err := v.span.load(chunk)
	if err != nil {
		return nil, err
	}
	v.turn = 1 - v.turn
	h := &v.held[v.turn]
	*h = chunkValues{chunk: chunk + 1, cols: make([]expr.Column, len(v.exprs))}
	if err := evalAll(h.cols, v.exprs, b); err != nil {
		return nil, err
	}
	if v.span.chunks() > 1 { // the next chunk's values take their place
		for i := range h.cols {
			h.cols[i] = h.cols[i].Copy()
		}
	}
	return h, nil
}

// at gathers the values of one expression at positions; below 0 is null.
func (v *values) at(which int, t expr.Type, positions []int32, out *expr.Column) error {
	s := v.span
	if s.chunks() == 1 {
		h, err := v.of(0)
		if err == nil {
			expr.Take(out, &h.cols[which], positions)
		}
		return err
	}
	var parts []*expr.Batch
	for from := 0; from < len(positions); {
		chunk := s.chunkOf(int(max(positions[from], 0)))
		start, end := int32(s.starts[chunk]), int32(s.starts[chunk+1])
		var sel []int32
		for ; from < len(positions) && (positions[from] < 0 || positions[from] >= start && positions[from] < end); from++ {
			sel = append(sel, max(positions[from], start-1)-start)
		}
		h, err := v.of(chunk)
		if err != nil {
			return err
		}
		var col expr.Column
		expr.Take(&col, &h.cols[which], sel)
		parts = append(parts, &expr.Batch{Rows: len(sel), Cols: []expr.Column{col}})
	}
	*out = expr.Concat(expr.Schema{{Type: t}}, parts).Cols[0]
	return nil
}

// A known is a map of the positions at which a value is not null.
type known struct {
	bits   []uint64
	before []int32 // set bits before each word
}

// mark reads all chunks once.
func (k *known) mark(v *values) error {
	n := v.span.rows()
	*k = known{make([]uint64, n/64+1), make([]int32, n/64+2)}
	for chunk := range v.span.chunks() {
		h, err := v.of(chunk)
		if err != nil {
			return err
		}
		c, start := &h.cols[0], v.span.starts[chunk]
		for i := range c.Len {
			if !c.IsNull(i) {
				k.bits[(start+i)>>6] |= 1 << ((start + i) & 63)
			}
		}
	}
	for w, b := range k.bits {
		k.before[w+1] = k.before[w] + int32(bits.OnesCount64(b))
	}
	return nil
}

// rank is how many values before a position are known.
func (k *known) rank(at int32) int32 {
	return k.before[at>>6] + int32(bits.OnesCount64(k.bits[at>>6]&(1<<(at&63)-1)))
}

// position is where known value number n from 0 is, or nowhere when it is not
// before end.
func (k *known) position(n, end int32) int32 {
	if n < 0 || n >= k.before[len(k.before)-1] {
		return nowhere
	}
	low, high := 0, len(k.bits)-1
	for low < high {
		if mid := (low + high) / 2; k.before[mid+1] <= n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	word := k.bits[low]
	for range n - k.before[low] {
		word &= word - 1
	}
	if at := int32(low<<6 + bits.TrailingZeros64(word)); at < end {
		return at
	}
	return nowhere
}
