package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// save writes rows of one column as a Parquet file.
func save(t testing.TB, path, name string, typ expr.Type, values ...expr.Value) string {
	t.Helper()
	b := expr.NewBuilder(typ)
	for _, v := range values {
		b.AppendValue(v)
	}
	batch := &expr.Batch{Schema: expr.Schema{{Name: name, Type: typ}}, Rows: len(values), Cols: []expr.Column{*b.Column()}}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, written(t, batch, 1000, ParquetOptions{}), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Files whose types differ meet at the wider type, and where there is none the
// error names both files, the column and both types.
func TestTypesMeet(t *testing.T) {
	whole, decimal := func(v int64) expr.Value { return expr.Value{I: v} }, func(v int64) expr.Value { return expr.Value{Wide: expr.Wide(v)} }
	float := func(v float64) expr.Value { return expr.Value{F: v} }
	for _, c := range []struct {
		a, b   expr.Type
		va, vb expr.Value
		want   string
	}{
		{expr.Int8, expr.Int16, whole(-3), whole(300), "x smallint\n-3\n300\n"},
		{expr.Int32, expr.Int64, whole(-3), whole(1 << 40), "x bigint\n-3\n1099511627776\n"},
		{expr.Int64, expr.Float64, whole(7), float(0.5), "x double\n7\n0.5\n"},
		{expr.Float32, expr.Float64, float(0.25), float(0.5), "x double\n0.25\n0.5\n"},
		{expr.Int16, expr.Float32, whole(7), float(0.5), "x double\n7\n0.5\n"},
		{expr.DecimalOf(5, 2), expr.DecimalOf(7, 3), decimal(-125), decimal(1), "x decimal(7,3)\n-1.250\n0.001\n"},
		{expr.DecimalOf(9, 0), expr.DecimalOf(30, 5), decimal(-125), decimal(1), "x decimal(30,5)\n-125.00000\n0.00001\n"},
		{expr.Date, expr.TimestampNTZ, whole(1), whole(5), "x timestamp_ntz\n86400000000\n5\n"},
		{expr.Int32, expr.String, whole(1), expr.Value{S: "a"}, "b.parquet: column x: the type is string but int in"},
		{expr.Timestamp, expr.TimestampNTZ, whole(1), whole(1), "b.parquet: column x: the type is timestamp_ntz but timestamp in"},
		{expr.DecimalOf(38, 0), expr.DecimalOf(38, 1), decimal(1), decimal(1), "b.parquet: column x: the type is decimal(38,1) but decimal(38,0) in"},
		{expr.String, expr.Binary, expr.Value{S: "a"}, expr.Value{S: "a"}, "the type is binary but string in"},
	} {
		dir := t.TempDir()
		s, err := Parquet(save(t, filepath.Join(dir, "a.parquet"), "x", c.a, c.va), save(t, filepath.Join(dir, "b.parquet"), "x", c.b, c.vb))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = s.Schema().String() + strings.TrimPrefix(text(t, s, 10), "x")
		}
		if !strings.Contains(got, c.want) && lines(got) != lines(c.want) {
			t.Errorf("%v and %v: %s", c.a, c.b, got)
		}
	}
}

// lines is a text with its lines in order: rows come in the order of the files'
// sizes.
func lines(text string) string {
	all := strings.Split(text, "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// A name that two columns of a file have, capitals aside, is an error.
func TestRepeatedName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.parquet")
	b := &expr.Batch{Schema: expr.Schema{{Name: "fee", Type: expr.Null}, {Name: "Fee", Type: expr.Null}}, Rows: 1,
		Cols: []expr.Column{{Len: 1}, {Len: 1}}}
	if err := os.WriteFile(path, written(t, b, 8, ParquetOptions{}), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Parquet(path); err == nil || !strings.Contains(err.Error(), "t.parquet: column Fee: there are two columns") {
		t.Error(err)
	}
}

// Statistics of every type skip the row groups that cannot hold a value, and
// not those that can.
func TestSkippingByType(t *testing.T) {
	for _, c := range []struct {
		typ           expr.Type
		low, high     expr.Value
		inside, above expr.Value
	}{
		{expr.Int8, expr.Value{I: -5}, expr.Value{I: 5}, expr.Value{I: 5}, expr.Value{I: 6}},
		{expr.Float32, expr.Value{F: -5}, expr.Value{F: 5}, expr.Value{F: 5}, expr.Value{F: 6}},
		{expr.Timestamp, expr.Value{I: -5}, expr.Value{I: 5}, expr.Value{I: 5}, expr.Value{I: 6}},
		{expr.Binary, expr.Value{S: "a"}, expr.Value{S: "\xf0"}, expr.Value{S: "b"}, expr.Value{S: "\xf1"}},
		{expr.DecimalOf(9, 2), expr.Value{Wide: expr.Wide(-5)}, expr.Value{Wide: expr.Wide(5)}, expr.Value{Wide: expr.Wide(5)}, expr.Value{Wide: expr.Wide(6)}},
		{expr.DecimalOf(18, 2), expr.Value{Wide: expr.Wide(-5)}, expr.Value{Wide: expr.Wide(5)}, expr.Value{Wide: expr.Wide(-5)}, expr.Value{Wide: expr.Wide(6)}},
	} {
		s, err := Parquet(save(t, filepath.Join(t.TempDir(), "t.parquet"), "x", c.typ, c.low, c.high))
		if err != nil {
			t.Fatal(err)
		}
		for skipped, v := range []expr.Value{c.inside, c.above} {
			v.Type = c.typ
			got := scanAll(t, s, spark, Read{Columns: []string{"x"}, Predicates: []Predicate{{"x", Equal, v}}}, nil)
			if got.RowGroupsSkipped != int64(skipped) {
				t.Errorf("%v: %v skips %d row groups", c.typ, v, got.RowGroupsSkipped)
			}
		}
	}
}
