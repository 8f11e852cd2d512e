package expr_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

var fewTypes = []expr.Type{expr.Null, expr.Bool, expr.Int8, expr.Int16, expr.Int32, expr.Int64, expr.Float32, expr.Float64,
	expr.DecimalOf(5, 2), expr.DecimalOf(38, 10), expr.String, expr.Binary, expr.Date, expr.TimestampNTZ, expr.Timestamp,
	expr.YearMonth, expr.DayTime, expr.ArrayOf(expr.Int32), expr.StructOf(expr.Schema{{Name: "a", Type: expr.Int64}, {Name: "b", Type: expr.String}})}

// edgeValue makes a value at or near an end of its type, or a plain one.
func edgeValue(r *rand.Rand, t expr.Type) expr.Value {
	v := expr.Value{Type: t, IsNull: t == expr.Null || r.IntN(6) == 0}
	if v.IsNull {
		return v
	}
	pick := func(list ...int64) int64 { return list[r.IntN(len(list))] }
	switch t.Kind() {
	case expr.Bool:
		v.I = pick(0, 1)
	case expr.Int8:
		v.I = pick(-128, 127, 0, 1, -1, 7)
	case expr.Int16:
		v.I = pick(-32768, 32767, 0, 1, -1, 300)
	case expr.Int32, expr.YearMonth:
		v.I = pick(math.MinInt32, math.MaxInt32, 0, 1, -1, 7, 1000)
	case expr.Int64, expr.DayTime:
		v.I = pick(math.MinInt64, math.MaxInt64, 0, 1, -1, 7, 1e12)
	case expr.Date:
		v.I = pick(0, -1, 19000, 2932896, -719528)
	case expr.Timestamp, expr.TimestampNTZ:
		v.I = pick(0, -1, 1710054000000000, 1704476096700000, -2208988800000001)
	case expr.Float32:
		v.F = float64(float32([]float64{0, 1.5, -2.25, 1e10, math.Inf(1), math.NaN()}[r.IntN(6)]))
	case expr.Float64:
		v.F = []float64{0, 1.5, -2.25, 1e300, 0.1, math.Inf(-1), math.NaN(), 12345.678}[r.IntN(8)]
	case expr.Decimal:
		v.Wide = expr.Wide(pick(0, 150, -150, 99999, -99999, 1))
		if t.Precision() == 38 && r.IntN(3) == 0 {
			v.Wide.Hi = pick(1, -1, 1<<60)
		}
	case expr.String, expr.Binary:
		v.S = []string{"", "1", " 12 ", "1.5", "abc", "true", "2024-01-05", "2024-01-05 12:34:56+01:00", "-1-2", "1 02:03:04", "NaN", "zoë"}[r.IntN(12)]
	case expr.Array:
		for range r.IntN(3) {
			v.List = append(v.List, edgeValue(r, t.Elem()))
		}
	case expr.Struct:
		for _, f := range t.Fields() {
			v.List = append(v.List, edgeValue(r, f.Type))
		}
	}
	return v
}

// randomExpr makes an expression over the columns of a schema, mostly of
// functions that this test chose.
func randomExpr(r *rand.Rand, s expr.Schema, names []string, depth int) expr.Expr {
	if depth == 0 || r.IntN(5) == 0 {
		if r.IntN(4) == 0 {
			return expr.Lit(edgeValue(r, fewTypes[r.IntN(len(fewTypes))]))
		}
		return expr.Col(s[r.IntN(len(s))].Name)
	}
	arg := func() expr.Expr { return randomExpr(r, s, names, depth-1) }
	switch r.IntN(6) {
	case 0:
		return expr.CastTo{X: arg(), To: fewTypes[1+r.IntN(len(fewTypes)-1)], Mode: expr.Mode{Try: r.IntN(4) == 0}}
	case 1:
		return expr.Case([]expr.Expr{expr.IsNull(arg()), arg()}, arg())
	}
	args := make([]any, 1+r.IntN(3))
	for i := range args {
		args[i] = arg()
	}
	return expr.Fn(names[r.IntN(len(names))], args...)
}

// Random expressions neither panic nor depend on how their values are kept: a
// column of values, a constant per row, and texts in a dictionary give the same,
// and a column fails where one of its rows does.
func TestRandomExpressions(t *testing.T) {
	var names []string
	for title, rows := range expr.Functions {
		if title == "Comparisons, logic and choice" || title == "Numbers" || title == "Hashes" {
			for list := range rows {
				names = append(names, strings.Fields(list)...)
			}
		}
	}
	zone, err := expr.Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	const rows = 9
	bound := 0
	for n := range 20000 {
		flat, coded := randomBatch(r, rows)
		e := expr.In(randomExpr(r, flat.Schema, names, 3), expr.Mode{ANSI: n%2 == 0, Zone: zone})
		where := fmt.Sprintf("seed %d, number %d, ansi=%v: %s", seed, n, n%2 == 0, e)
		if _, err := expr.TypeOf(e, flat.Schema); err != nil {
			continue
		}
		bound++
		values, err := eval(e, flat)
		again, err2 := eval(e, coded)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%s\nflat: %v\nin a dictionary: %v", where, err, err2)
		}
		failed := false
		for i := range rows {
			v, rowErr := expr.Constant(constantRow(e, flat, i))
			failed = failed || rowErr != nil
			if err != nil || rowErr != nil {
				continue
			}
			if !v.Equal(values[i]) {
				t.Fatalf("%s\nrow %d: %v %v in a column, %v %v as a constant", where, i, values[i].Type, values[i], v.Type, v)
			}
			if !v.Equal(again[i]) {
				t.Fatalf("%s\nrow %d: %v, in a dictionary %v", where, i, v, again[i])
			}
		}
		if (err != nil) != failed {
			t.Fatalf("%s\nthe column: %v; a row fails: %v", where, err, failed)
		}
	}
	if bound < 1000 {
		t.Errorf("only %d expressions have types", bound)
	}
}

// randomBatch makes a column per type, texts plain and in dictionaries.
func randomBatch(r *rand.Rand, rows int) (flat, coded *expr.Batch) {
	flat = &expr.Batch{Rows: rows}
	for i, typ := range fewTypes {
		b := expr.NewBuilder(typ)
		for range rows {
			b.AppendValue(edgeValue(r, typ))
		}
		flat.Schema = append(flat.Schema, expr.Field{Name: fmt.Sprintf("c%d", i), Type: typ})
		flat.Cols = append(flat.Cols, b.Take())
	}
	coded = flat.Copy()
	for i := range coded.Cols {
		if c := &coded.Cols[i]; c.Type == expr.String {
			coded.Cols[i] = inDictionary(c)
		}
	}
	return flat, coded
}

func inDictionary(c *expr.Column) expr.Column {
	dict, codes := expr.NewBuilder(c.Type), map[string]int32{}
	dict.AppendBytes([]byte("no row has this"))
	out := expr.Column{Type: c.Type, Len: c.Len, Valid: c.Valid}
	for i := range c.Len {
		text := string(c.Str(i))
		if _, ok := codes[text]; !ok {
			codes[text] = int32(dict.Len())
			dict.AppendBytes([]byte(text))
		}
		out.Codes = append(out.Codes, codes[text])
	}
	d := dict.Take()
	out.Dict = &d
	return out
}

// constantRow puts the values of a row in the place of the columns.
func constantRow(e expr.Expr, b *expr.Batch, i int) expr.Expr {
	return expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		if r, ok := x.(expr.Ref); ok {
			return expr.Literal{Value: b.Cols[b.Schema.Index(r.Name)].Value(i), Computed: true}
		}
		return x
	})
}
