package expr_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

var everyType = []expr.Type{expr.Bool, expr.Int8, expr.Int16, expr.Int32, expr.Int64, expr.Float32, expr.Float64,
	expr.DecimalOf(7, 2), expr.DecimalOf(38, 10), expr.String, expr.Binary, expr.Date, expr.TimestampNTZ, expr.Timestamp,
	expr.YearMonth, expr.DayTime, expr.ArrayOf(expr.Int32), expr.ArrayOf(expr.ArrayOf(expr.String)),
	expr.StructOf(expr.Schema{{Name: "a", Type: expr.Int64}, {Name: "b", Type: expr.ArrayOf(expr.DecimalOf(20, 3))}})}

// randomValue makes a value of type t, null now and then.
func randomValue(r *rand.Rand, t expr.Type) expr.Value {
	v := expr.Value{Type: t}
	if r.IntN(5) == 0 {
		v.IsNull = true
		return v
	}
	switch t.Layout() {
	case expr.Bool:
		v.I = r.Int64N(2)
	case expr.Int32:
		v.I = r.Int64N(7) - 3
	case expr.Int64:
		v.I = r.Int64N(5) << (8 * r.IntN(8))
	case expr.Float64:
		v.F = []float64{0, 1.5, -2, math.Inf(1), math.NaN()}[r.IntN(5)]
	case expr.Decimal:
		v.Wide = expr.Wide(r.Int64N(9) - 4)
		if t.Precision() > 18 {
			v.Wide.Hi += r.Int64N(3) - 1
		}
	case expr.String:
		v.S = "abcdefghijkl"[:r.IntN(12)]
	case expr.Array:
		for range r.IntN(4) {
			v.List = append(v.List, randomValue(r, t.Elem()))
		}
	case expr.Struct:
		for _, f := range t.Fields() {
			v.List = append(v.List, randomValue(r, f.Type))
		}
	}
	return v
}

// Whatever moves values of any type keeps them.
func TestEveryLayoutKeepsItsValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, typ := range everyType {
		values := make([]expr.Value, 100)
		b := expr.NewBuilder(typ)
		for i := range values {
			values[i] = randomValue(r, typ)
			b.AppendValue(values[i])
		}
		schema := expr.Schema{{Name: "c", Type: typ}}
		batch := &expr.Batch{Schema: schema, Rows: len(values), Cols: []expr.Column{b.Take()}}
		check := func(what string, b *expr.Batch, want func(i int) expr.Value) {
			t.Helper()
			b.Cols[0].Check()
			for i := range b.Rows {
				if got := b.Cols[0].Value(i); !got.Equal(want(i)) {
					t.Fatalf("%v, %s, row %d: want %v, got %v", typ, what, i, want(i), got)
				}
			}
		}
		at := func(i int) expr.Value { return values[i] }
		check("builder", batch, at)
		check("copy", batch.Copy(), at)
		part := batch.Slice(3, 61)
		check("slice", part, func(i int) expr.Value { return values[i+3] })
		check("copy of a slice", part.Copy(), func(i int) expr.Value { return values[i+3] })
		check("concat", expr.Concat(schema, []*expr.Batch{batch.Slice(0, 0), batch.Slice(0, 3), part, batch.Slice(61, 100)}), at)
		sel := make([]int32, 50)
		for i := range sel {
			sel[i] = int32(r.IntN(len(values)))
		}
		check("gather", new(expr.Gatherer).Gather(batch, sel), func(i int) expr.Value { return values[sel[i]] })

		again := expr.NewBuilder(typ)
		for i := range values {
			if rest := again.AppendImage(expr.AppendImage(nil, &batch.Cols[0], i)); len(rest) > 0 {
				t.Fatalf("%v: %d bytes of the image are left", typ, len(rest))
			}
		}
		check("image", &expr.Batch{Rows: len(values), Cols: []expr.Column{again.Take()}}, at)

		sorted := expr.SortIndex(batch, []expr.Order{{NullsFirst: true}})
		for i := 1; i < len(sorted); i++ {
			if expr.CompareRows(batch, int(sorted[i-1]), batch, int(sorted[i]), []expr.Order{{NullsFirst: true}}) > 0 {
				t.Fatalf("%v: rows %d and %d are out of order", typ, sorted[i-1], sorted[i])
			}
		}
	}
}

// Groups are the distinct values of any type, each under one number.
func TestGroupsOfEveryType(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, typ := range everyType {
		types := []expr.Type{typ, expr.Int32}
		g := expr.NewGroups(types)
		number := map[string]int32{}
		var firsts []expr.Value
		for range 3 {
			b, other := expr.NewBuilder(typ), expr.NewBuilder(expr.Int32)
			for range 200 {
				b.AppendValue(randomValue(r, typ))
				other.AppendValue(expr.Value{Type: expr.Int32, I: 7})
			}
			cols := []*expr.Column{b.Column(), other.Column()}
			groups := g.Assign(cols, 200, nil)
			for i, group := range groups {
				v := cols[0].Value(i)
				key := string(expr.AppendImage(nil, cols[0], i))
				want, seen := number[key]
				if !seen {
					want = int32(len(number))
					number[key] = want
					firsts = append(firsts, v)
				}
				if group != want {
					t.Fatalf("%v: %v is in group %d, want %d", typ, v, group, want)
				}
			}
			found := g.Find(cols, 200, nil)
			for i := range found {
				if found[i] != groups[i] {
					t.Fatalf("%v: row %d is found in group %d, not %d", typ, i, found[i], groups[i])
				}
			}
		}
		keys := g.Keys()
		for i, want := range firsts {
			if got := keys[0].Value(i); !got.Equal(want) {
				t.Fatalf("%v: key of group %d is %v, want %v", typ, i, got, want)
			}
		}
	}
}

// Decimals print, round and compare as Java's BigDecimal does.
func TestInt128(t *testing.T) {
	for _, c := range []struct {
		unscaled    int64
		from, to, p int
		text        string
		ok          bool
	}{
		{12345, 2, 2, 5, "123.45", true},
		{12345, 2, 1, 5, "123.5", true},
		{-12345, 2, 1, 5, "-123.5", true},
		{12344, 2, 1, 5, "123.4", true},
		{5, 1, 0, 1, "1", true},
		{-5, 1, 0, 1, "-1", true},
		{99, 1, 0, 1, "", false},
		{-7, 0, 3, 4, "-7.000", true},
		{7, 0, 4, 4, "", false},
		{5, 3, 3, 3, "0.005", true},
	} {
		v, ok := expr.Wide(c.unscaled).Rescale(c.from, c.to, c.p)
		if ok != c.ok || ok && v.Text(c.to) != c.text {
			t.Errorf("%d from scale %d to %d: want %q %t, got %q %t", c.unscaled, c.from, c.to, c.text, c.ok, v.Text(c.to), ok)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		a := expr.Int128{Lo: r.Uint64(), Hi: r.Int64N(1<<62) - 1<<61}
		b := expr.Wide(r.Int64() - r.Int64())
		back, ok := expr.FromBig(a.Big())
		if !ok || back != a || a.Neg().Neg() != a || a.Cmp(b) != a.Big().Cmp(b.Big()) || a.Add(b).Big().Cmp(a.Big().Add(a.Big(), b.Big())) != 0 {
			t.Fatalf("%v and %v", a, b)
		}
	}
}
