package block

import (
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// Every part has its rows in the order of the batches, with and without nulls, in a
// buffer that held something else before.
func TestScatter(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 20))
	var flat expr.Schema
	var columns []int
	for i, f := range schema {
		if Flat(expr.Schema{f}) {
			flat, columns = append(flat, f), append(columns, i)
		}
	}
	if len(flat) == len(schema) || Flat(schema) {
		t.Fatal("the schema has no lists to leave out")
	}
	for range 200 {
		s := Scatter{Schema: flat, N: 1 + random.IntN(9)}
		for range 1 + random.IntN(3) {
			b := sample(1+random.IntN(100), random.IntN(2) == 0)
			in := &expr.Batch{Schema: flat, Rows: b.Rows}
			for _, c := range columns {
				col := b.Cols[c]
				if random.IntN(8) == 0 {
					col = expr.Column{Type: expr.Null, Len: b.Rows}
				}
				in.Cols = append(in.Cols, col)
			}
			parts := make([]int32, b.Rows)
			for i := range parts {
				parts[i] = int32(random.IntN(s.N)) / 2 * 2 // the odd ones are empty
			}
			s.Batches, s.Parts = append(s.Batches, in), append(s.Parts, parts)
		}
		dirty := Buffer(1 << 16)
		for i := range dirty {
			dirty[i] = 0xa5
		}
		data, index := s.Encode(dirty)
		again, _ := s.Encode(nil)
		if string(data) != string(again) {
			t.Fatal("what the buffer held before shows in the blocks")
		}
		all := expr.Concat(flat, s.Batches)
		for p := range s.N {
			var sel []int32
			at := int32(0)
			for _, parts := range s.Parts {
				for _, q := range parts {
					if int(q) == p {
						sel = append(sel, at)
					}
					at++
				}
			}
			got, err := DecodeAll(flat, data[index[p]:index[p+1]])
			if err != nil || len(got) != min(len(sel), 1) {
				t.Fatalf("part %d of %d rows: %d batches, %v", p, len(sel), len(got), err)
			}
			if len(sel) > 0 {
				var g expr.Gatherer
				same(t, got[0], g.Gather(all, sel))
			}
		}
	}
}
