package expr_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"stagecoach/engine/expr"
)

func col(name string) expr.Expr { return expr.Col(name) }

func stamp(t *testing.T, text string) expr.Expr {
	t.Helper()
	v, ok := expr.ParseValue(text, expr.TimestampNTZ)
	if !ok {
		t.Fatalf("no timestamp: %s", text)
	}
	return expr.Lit(v)
}

// Constants evaluate as Spark 4.0.1 evaluates them with ANSI mode off.
func TestAsSpark(t *testing.T) {
	moment := stamp(t, "2024-02-29 12:34:56")
	cast := func(x any, to expr.Type) expr.Expr { return expr.CastTo{X: expr.Lit(x), To: to} }
	for _, c := range []struct {
		want string
		e    expr.Expr
	}{
		{"nïc", expr.Fn("substring", "Ünïcode", 2, 3)},
		{"bc", expr.Fn("substring", "abc", -2, 5)},
		{"ab", expr.Fn("substring", "abc", 0, 2)},
		{"3", expr.Fn("length", "zoë")},
		{"true", expr.Like(expr.Lit("a_c"), `a\_c`)},
		{"false", expr.Like(expr.Lit("abc"), `a\_c`)},
		{"true", expr.Like(expr.Lit("abc"), "a_c")},
		{"true", expr.Like(expr.Lit("Central Park"), "%P%k")},
		{"2024-02-29 12:34:56", expr.Fn("date_format", moment, "yyyy-MM-dd HH:mm:ss")},
		{"5", expr.Fn("dayofweek", moment)},
		{"2024-02-26 00:00:00", expr.Fn("date_trunc", "week", moment)},
		{"2024-01-01 00:00:00", expr.Fn("date_trunc", "quarter", moment)},
		{"3.0", expr.Fn("round", 2.5)},
		{"-3.0", expr.Fn("round", -2.5)},
		{"1.01", expr.Fn("round", 1.005, 2)},
		{"-1.01", expr.Fn("round", -1.005, 2)},
		{"1300.0", expr.Fn("round", 1250.0, -2)},
		{"0.1", expr.Fn("round", 0.05, 1)},
		{"10.0", expr.Fn("round", 9.996, 2)},
		{"1.0E7", cast(1e7, expr.String)},
		{"0.001", cast(0.001, expr.String)},
		{"1.0E-4", cast(1e-4, expr.String)},
		{"12345.678", cast(12345.678, expr.String)},
		{"-2", expr.Fn("floor", -1.5)},
		{"-1", cast(-1.7, expr.Int32)},
		{"12", cast("  12 ", expr.Int32)},
		{"NULL", cast("x", expr.Int32)},
		{"NULL", expr.Fn("%", 7, 0)},
		{"-1", expr.Fn("%", -7, 3)},
		{"NULL", expr.Div(expr.Lit(1), 0)},
		{"0.5", expr.Div(expr.Lit(1), 2)},
		{"12", expr.Fn("hour", moment)},
		{"1709210096", expr.Fn("unix_timestamp", moment)},
		{"2024-03-01", expr.Fn("date_add", cast("2024-02-29", expr.Date), 1)},
		{"true", expr.Fn("in", 3, 1, 2, 3)},
		{"NULL", expr.Fn("in", 3, 1, nil)},
		{"b", expr.Fn("coalesce", nil, "b", "c")},
		{"ab", expr.Fn("concat", "a", "b")},
		{"NULL", expr.Fn("concat", "a", nil)},
		{"true", expr.Lt(cast("2024-01-02", expr.Date), "2024-01-10")},
	} {
		v, err := expr.Constant(c.e)
		if err != nil || v.String() != c.want {
			t.Errorf("%s is %v (%v), want %s", c.e, v, err, c.want)
		}
	}
}

// SQL's three-valued logic, whole.
func TestThreeValuedLogic(t *testing.T) {
	values := map[string]any{"T": true, "F": false, "N": nil}
	and := map[string]string{"TT": "T", "TF": "F", "FT": "F", "FF": "F", "TN": "N", "NT": "N", "FN": "F", "NF": "F", "NN": "N"}
	or := map[string]string{"TT": "T", "TF": "T", "FT": "T", "FF": "F", "TN": "T", "NT": "T", "FN": "N", "NF": "N", "NN": "N"}
	name := map[string]string{"true": "T", "false": "F", "NULL": "N"}
	for pair := range and {
		x, y := expr.Lit(values[pair[:1]]), expr.Lit(values[pair[1:]])
		a, err := expr.Constant(expr.And(x, y))
		if err != nil || name[a.String()] != and[pair] {
			t.Errorf("%s and: %v %v", pair, a, err)
		}
		o, err := expr.Constant(expr.Or(x, y))
		if err != nil || name[o.String()] != or[pair] {
			t.Errorf("%s or: %v %v", pair, o, err)
		}
	}
}

// Hashes are Spark's, so that partitions hold the rows they hold there. The
// figures are those of Spark 4.0.1's hash function.
func TestHashIsSparks(t *testing.T) {
	date, _ := expr.ParseValue("2024-02-29", expr.Date)
	moment, _ := expr.ParseValue("2024-02-29 12:34:56.789", expr.TimestampNTZ)
	for _, c := range []struct {
		want   int32
		values []expr.Value
	}{
		{-559580957, []expr.Value{{Type: expr.Int32, I: 1}}},
		{-1618159745, []expr.Value{{Type: expr.Int32, I: -7}}},
		{-1712319331, []expr.Value{{Type: expr.Int64, I: 1}}},
		{1290763749, []expr.Value{{Type: expr.Float64, F: 1.5}}},
		{-1670924195, []expr.Value{{Type: expr.Float64, F: math.Copysign(0, -1)}}},
		{1322437556, []expr.Value{{Type: expr.String, S: "abc"}}},
		{-755843811, []expr.Value{{Type: expr.String, S: "Manhattan"}}},
		{-630708141, []expr.Value{{Type: expr.String, S: "zoë"}}},
		{-559580957, []expr.Value{{Type: expr.Bool, I: 1}}},
		{653915859, []expr.Value{date}},
		{-291204334, []expr.Value{moment}},
		{-936062819, []expr.Value{{Type: expr.Int32, I: 1}, {Type: expr.String, S: "a"}}},
		{42, []expr.Value{{Type: expr.Int32, IsNull: true}}},
		{-1823081949, []expr.Value{{Type: expr.Int32, IsNull: true}, {Type: expr.Int32, I: 3}}},
	} {
		var cols []*expr.Column
		for _, v := range c.values {
			k := expr.Constants(v, 1)
			cols = append(cols, &k)
		}
		if got := expr.HashRows(cols, 1, nil)[0]; got != c.want {
			t.Errorf("hash of %v is %d, want %d", c.values, got, c.want)
		}
	}
}

// The calendar agrees with package time from the year 1 to 9999.
func TestCalendar(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		tm := time.Unix(r.Int64N(315537897600)-62135596800, 0).UTC()
		for fn, want := range map[string]int{"year": tm.Year(), "month": int(tm.Month()), "day": tm.Day(), "hour": tm.Hour(),
			"minute": tm.Minute(), "second": tm.Second(), "dayofweek": int(tm.Weekday()) + 1} {
			v, err := expr.Constant(expr.Fn(fn, expr.Lit(tm)))
			if err != nil || v.I != int64(want) {
				t.Fatalf("%s of %v is %v (%v), want %d", fn, tm, v, err, want)
			}
		}
		v, err := expr.Constant(expr.Fn("date_trunc", "month", expr.Lit(tm)))
		if want := time.Date(tm.Year(), tm.Month(), 1, 0, 0, 0, 0, time.UTC); err != nil || v.I != want.UnixMicro() {
			t.Fatalf("month of %v begins %v (%v)", tm, v, err)
		}
	}
}

func TestMistakesNameTheNearest(t *testing.T) {
	schema := expr.Schema{{Name: "fare", Type: expr.Float64}, {Name: "tip", Type: expr.Float64}, {Name: "zone", Type: expr.String}}
	for want, e := range map[string]expr.Expr{
		`unknown column "fair"; did you mean "fare"?`:                             expr.Add(col("fair"), 1),
		`unknown function "flor"; did you mean "floor"?`:                          expr.Fn("flor", col("fare")),
		`substring takes 2 to 3 arguments, got 1`:                                 expr.Fn("substring", col("zone")),
		`Fail to recognize 'QQQQQ' pattern`:                                       expr.Fn("date_format", col("zone"), "QQQQQ"),
		`unknown unit "century"`:                                                  expr.Fn("timestampadd", "century", 1, col("zone")),
		`incompatible types ("BOOLEAN" and "DOUBLE")`:                             expr.Lt(expr.IsNull(col("tip")), col("fare")),
		`incompatible types ("DOUBLE" and "BOOLEAN")`:                             expr.And(col("fare"), expr.Lit(true)),
		`parameter requires the "BOOLEAN" type, however it has the type "DOUBLE"`: expr.Case([]expr.Expr{col("fare"), expr.Lit(1)}, nil),
	} {
		_, err := expr.Bind(e, schema)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", e, err, want)
		}
	}
}

// letters is a column of one-letter texts.
func letters(text string) expr.Column {
	b := expr.NewBuilder(expr.String)
	for _, c := range text {
		b.AppendBytes([]byte(string(c)))
	}
	return b.Take()
}

// A table of groups numbers equal keys equally, whatever their types, nulls and
// dictionaries, and gives the keys back.
func TestGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for _, types := range [][]expr.Type{{expr.Int32}, {expr.Int64}, {expr.String}, {expr.Float64, expr.Bool}, {expr.String, expr.String},
		{expr.Int32, expr.Int32, expr.Date}, {expr.TimestampNTZ, expr.String, expr.Null}, {}} {
		g := expr.NewGroups(types)
		seen := map[string]int32{}
		words := []expr.Column{letters("abcdefghijklmnopqrstuvwxyz"), letters("qponmlkjihgfedcbazyxwvutsr")}
		for round := range 6 {
			const rows = 500
			var cols []*expr.Column
			for _, typ := range types {
				b := expr.NewBuilder(typ)
				for range rows {
					v := expr.Value{Type: typ, IsNull: typ == expr.Null || r.IntN(9) == 0, I: int64(r.IntN(40)) - 9, F: float64(r.IntN(5)), S: string(rune('a' + r.IntN(30)))}
					if typ == expr.Bool {
						v.I &= 1
					}
					b.AppendValue(v)
				}
				c := b.Take()
				cols = append(cols, &c)
			}
			if round%2 == 1 && len(types) > 0 && types[0] == expr.String { // all of texts: named by the same codes
				codes := make([]int32, rows)
				for i := range codes {
					codes[i] = int32(r.IntN(8 * (round + 1) % 26))
				}
				for c := range cols {
					cols[c] = &expr.Column{Type: expr.String, Len: rows, Dict: &words[c], Codes: codes}
				}
			}
			ids := g.Assign(cols, rows, nil)
			found := g.Reader().Find(cols, rows, nil)
			for i := range rows {
				key := ""
				for _, c := range cols {
					key += c.Value(i).String() + "|"
				}
				if id, ok := seen[key]; ok && id != ids[i] || found[i] != ids[i] {
					t.Fatalf("%v: key %s is group %d, was %d, found as %d", types, key, ids[i], id, found[i])
				}
				seen[key] = ids[i]
			}
		}
		if g.Len() != len(seen) {
			t.Errorf("%v: %d groups of %d keys", types, g.Len(), len(seen))
		}
		keys := g.Keys()
		for key, id := range seen {
			text := ""
			for c := range keys {
				text += keys[c].Value(int(id)).String() + "|"
			}
			if text != key {
				t.Errorf("%v: group %d is %s, not %s", types, id, text, key)
			}
		}
	}
}

// A table that room was made for, however little, finds what is there and what is
// not.
func TestGroupsReserve(t *testing.T) {
	for room := range 70 {
		for _, types := range [][]expr.Type{{expr.Int64}, {expr.Float64}} { // a word, and more than one
			g := expr.NewGroups(types)
			g.Reserve(room)
			for rows := range 3 {
				b := expr.NewBuilder(types[0])
				for i := range rows * 40 {
					b.AppendValue(expr.Value{Type: types[0], I: int64(i) << 40, F: float64(i)})
				}
				col := b.Take()
				g.Assign([]*expr.Column{&col}, max(rows*40-39, 0), nil)
				for i, id := range g.Reader().Find([]*expr.Column{&col}, rows*40, nil) {
					if want := int32(i); id != want && !(id == -1 && i >= g.Len()) {
						t.Fatalf("room for %d, %v: row %d is group %d of %d", room, types, i, id, g.Len())
					}
				}
			}
			g.Release()
		}
	}
}

// Sorting puts rows in the order that comparing them says, and keeps equal rows
// as they were.
func TestSortIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, rows := range []int{0, 1, 100, 3000} {
		b := &expr.Batch{Rows: rows}
		for _, typ := range []expr.Type{expr.Float64, expr.String, expr.Int32, expr.Int64, expr.DecimalOf(38, 2), expr.String} {
			c := expr.NewBuilder(typ)
			for range rows {
				v := expr.Value{Type: typ, IsNull: r.IntN(10) == 0, I: int64(r.IntN(7)) - 3, F: []float64{-1, 0, math.Inf(1), math.NaN(), 2.5}[r.IntN(5)],
					S: "same prefix"[:r.IntN(12)] + string(rune('a'+r.IntN(5)))}
				switch {
				case typ == expr.Int64:
					v.I = []int64{math.MinInt64, -1, 0, 5, math.MaxInt64}[r.IntN(5)]
				case typ.Kind() == expr.Decimal:
					v.Wide = expr.Int128{Hi: int64(r.IntN(3)) - 1, Lo: uint64(r.IntN(4))}
				}
				c.AppendValue(v)
			}
			b.Cols = append(b.Cols, c.Take())
		}
		if rows > 0 { // the last column names its values
			dict := b.Cols[5]
			dict.Valid = nil
			c := expr.Column{Type: expr.String, Len: rows, Dict: &dict, Codes: make([]int32, rows), Valid: b.Cols[1].Valid}
			for i := range c.Codes {
				c.Codes[i] = int32(r.IntN(rows))
			}
			b.Cols[5] = c
		}
		for _, keys := range [][]expr.Order{{{Col: 0}}, {{Col: 0, Desc: true, NullsFirst: true}, {Col: 1}}, {{Col: 1, NullsFirst: true}, {Col: 2, Desc: true}}, {{Col: 2}, {Col: 0}},
			{{Col: 3}, {Col: 2}, {Col: 0}}, {{Col: 3, Desc: true, NullsFirst: true}, {Col: 5}}, {{Col: 4, NullsFirst: true}, {Col: 2, Desc: true}, {Col: 3}},
			{{Col: 5, Desc: true}, {Col: 2, NullsFirst: true}, {Col: 4, Desc: true}, {Col: 1}}} {
			index := expr.SortIndex(b, keys)
			for i := 1; i < len(index); i++ {
				c := expr.CompareRows(b, int(index[i-1]), b, int(index[i]), keys)
				if c > 0 || c == 0 && index[i-1] > index[i] {
					t.Fatalf("%d rows by %v: place %d is wrong", rows, keys, i)
				}
			}
			// Those before a row, with and without nulls in what decides first.
			for range min(rows, 10) {
				at, whole := r.IntN(rows), *b
				whole.Cols = slices.Clone(b.Cols)
				whole.Cols[keys[0].Col].Valid = nil
				for _, b := range []*expr.Batch{b, &whole} {
					var want []int32
					for i := range rows {
						if expr.CompareRows(b, i, b, at, keys) < 0 {
							want = append(want, int32(i))
						}
					}
					if got := expr.RowsBefore(b, b, at, keys, nil); !slices.Equal(got, want) {
						t.Fatalf("%d rows by %v: %d come before row %d, want %d", rows, keys, len(got), at, len(want))
					}
				}
			}
		}
	}
}

// Every function of the table is known by all its names and says what it does.
func TestFunctionsAreDocumented(t *testing.T) {
	for _, rows := range expr.Functions {
		for names, doc := range rows {
			if doc == "" || !strings.Contains(doc, " ") && len(doc) < 4 {
				t.Errorf("%s: %q says nothing", names, doc)
			}
			for name := range strings.FieldsSeq(names) {
				if !expr.IsFunction(name) && !expr.IsAggregate(name) {
					t.Errorf("%s is in the table and cannot be called", name)
				}
			}
		}
	}
}
