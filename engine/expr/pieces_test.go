package expr_test

import (
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// Rows gathered from batches where they lie are those of the batches joined, for
// every type, with nulls, dictionaries and columns that are nothing but nulls.
func TestPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 3))
	wide := expr.Schema{{Name: "b", Type: expr.Bool}, {Name: "i", Type: expr.Int32}, {Name: "l", Type: expr.Int64}, {Name: "f", Type: expr.Float64},
		{Name: "s", Type: expr.String}, {Name: "d", Type: expr.String}, {Name: "m", Type: expr.DecimalOf(20, 2)}, {Name: "n", Type: expr.DecimalOf(20, 2)},
		{Name: "a", Type: expr.ArrayOf(expr.Int32)}}
	words := expr.NewBuilder(expr.String)
	for _, w := range []string{"Queens", "", "Bronx"} {
		words.AppendBytes([]byte(w))
	}
	dict := words.Take()
	for range 200 {
		schema := wide[:[]int{6, len(wide)}[random.IntN(2)]] // rows below and above the size from which they stay where they are
		var batches []*expr.Batch
		for range 1 + random.IntN(4) {
			b := &expr.Batch{Schema: schema, Rows: random.IntN(40)}
			for _, f := range schema {
				nulls, bld := random.IntN(2) == 0, expr.NewBuilder(f.Type)
				codes := make([]int32, b.Rows)
				for i := range b.Rows {
					codes[i] = int32(random.IntN(3))
					n := int64(random.IntN(5))
					bld.AppendValue(expr.Value{Type: f.Type, IsNull: nulls && random.IntN(3) == 0, I: n & 1, F: float64(n), S: string(dict.Str(int(codes[i]))),
						Wide: expr.Wide(n), List: []expr.Value{{Type: expr.Int32, I: n}}})
				}
				col := bld.Take()
				switch {
				case f.Name == "d":
					col = expr.Column{Type: expr.String, Len: b.Rows, Valid: col.Valid, Dict: &dict, Codes: codes}
				case random.IntN(9) == 0:
					col = expr.Column{Type: expr.Null, Len: b.Rows}
				}
				b.Cols = append(b.Cols, col)
			}
			batches = append(batches, b)
		}
		all := expr.Concat(schema, batches)
		keys := []expr.Order{{Col: 4}, {Col: 2, Desc: true}}
		p := expr.NewPieces(schema, batches)
		order, want := p.Order(keys), expr.SortIndex(all, keys)
		var g expr.Gatherer
		for len(order) > 0 {
			n := min(1+random.IntN(30), len(order))
			got, expected := p.Gather(order[:n]), g.Gather(all, want[:n])
			for c := range schema {
				for i := range n {
					if a, b := got.Cols[c].Value(i), expected.Cols[c].Value(i); a.IsNull != b.IsNull || !a.IsNull && !a.Equal(b) {
						t.Fatalf("column %s, row %d: %v, want %v", schema[c].Name, i, a, b)
					}
				}
			}
			order, want = order[n:], want[n:]
		}
	}
}
