package source

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// batchOf makes a batch; nil is null.
func batchOf(schema expr.Schema, rows ...[]any) *expr.Batch {
	b := &expr.Batch{Schema: schema, Rows: len(rows)}
	for c, f := range schema {
		builder := expr.NewBuilder(f.Type)
		for _, row := range rows {
			switch v := row[c].(type) {
			case nil:
				builder.AppendNull()
			case string:
				if f.Type == expr.String || f.Type == expr.Binary {
					builder.AppendBytes([]byte(v))
					continue
				}
				value, ok := expr.ParseValue(v, f.Type)
				if !ok {
					panic(v + " is no " + f.Type.String())
				}
				builder.AppendValue(value)
			case int:
				builder.AppendValue(expr.Value{I: int64(v)})
			case []expr.Value:
				builder.AppendValue(expr.Value{List: v})
			}
		}
		b.Cols = append(b.Cols, builder.Take())
	}
	return b
}

// sunk writes a batch and returns the files' texts by their names.
func sunk(t testing.TB, format string, options map[string]string, b *expr.Batch, partitionBy ...string) map[string]string {
	t.Helper()
	s, err := NewSink(format, options, b.Schema, partitionBy)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	dir := filepath.Join(t.TempDir(), "task")
	w, err := s.Task(dir, "part-0", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Sorted(b); err != nil {
		t.Fatal(err)
	}
	files, err := w.Close(true)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil || int64(len(text)) != f.Bytes {
			t.Fatalf("%s has %d bytes, %d told: %v", f.Name, len(text), f.Bytes, err)
		}
		texts[f.Name] = string(text)
	}
	return texts
}

var pairOf = expr.Schema{{Name: "v", Type: expr.String}, {Name: "i", Type: expr.Int32}}

// Text is written as Spark 4.0 writes it.
func TestSinkText(t *testing.T) {
	var rows [][]any
	for i, v := range []any{"a", "", nil, " b ", "c,d", `e"f`, `g\h`, `i\"j`, "k\nl", `\`, "#x", "'q'", `x\,y`, "tab\t"} {
		rows = append(rows, []any{v, i})
	}
	strings := batchOf(pairOf, rows...)
	kinds := batchOf(expr.Schema{{Name: "b", Type: expr.Bool}, {Name: "t", Type: expr.Int8}, {Name: "f", Type: expr.Float32}, {Name: "d", Type: expr.Float64},
		{Name: "n", Type: expr.Float64}, {Name: "inf", Type: expr.Float64}, {Name: "c", Type: expr.DecimalOf(3, 2)}, {Name: "dt", Type: expr.Date},
		{Name: "ts", Type: expr.Timestamp}, {Name: "tn", Type: expr.TimestampNTZ}, {Name: "bn", Type: expr.Binary}},
		[]any{"true", "1", "1.5", "1e20", "nan", "infinity", "1.10", "2020-01-02", "2020-01-02 08:04:05.123456", "2020-01-02 03:04:05", "hi"})
	list, object := expr.ArrayOf(expr.Int32), expr.StructOf(expr.Schema{{Name: "x", Type: expr.Int32}, {Name: "y", Type: expr.Int32}})
	nested := batchOf(expr.Schema{{Name: "a", Type: list}, {Name: "s", Type: object}, {Name: "n", Type: expr.Null}, {Name: "u", Type: expr.String}},
		[]any{[]expr.Value{{Type: expr.Int32, I: 1}, {Type: expr.Int32, IsNull: true}}, []expr.Value{{Type: expr.Int32, I: 1}, {Type: expr.Int32, IsNull: true}}, nil, "é\x01/\""})
	york := "timeZone=America/New_York"
	for _, c := range []struct {
		format, options string
		batch           *expr.Batch
		want            string
	}{
		{"csv", "", strings, "a,0\n\"\",1\n,2\nb,3\n\"c,d\",4\n\"e\\\"f\",5\ng\\h,6\n\"i\\\\\\\"j\",7\n\"k\nl\",8\n\\,9\n\"#x\",10\n'q',11\n\"x\\\\,y\",12\ntab,13\n"},
		{"csv", `escape=" nullValue=NULL emptyValue=E sep=|`, strings,
			"a|0\nE|1\nNULL|2\nb|3\nc,d|4\n\"e\"\"f\"|5\ng\\h|6\n\"i\\\"\"j\"|7\n\"k\nl\"|8\n\\|9\n\"#x\"|10\n'q'|11\nx\\,y|12\ntab|13\n"},
		{"csv", "header=true quoteAll=true", strings, "\"v\",\"i\"\n\"a\",\"0\"\n\"\",\"1\"\n\"\",\"2\"\n\"b\",\"3\"\n\"c,d\",\"4\"\n\"e\\\"f\",\"5\"\n\"g\\\\h\",\"6\"\n" +
			"\"i\\\\\\\"j\",\"7\"\n\"k\nl\",\"8\"\n\"\\\\\",\"9\"\n\"#x\",\"10\"\n\"'q'\",\"11\"\n\"x\\\\,y\",\"12\"\n\"tab\",\"13\"\n"},
		{"csv", york, kinds, "true,1,1.5,1.0E20,NaN,Infinity,1.10,2020-01-02,2020-01-02T03:04:05.123-05:00,2020-01-02T03:04:05.000,[68 69]\n"},
		{"json", york, kinds, `{"b":true,"t":1,"f":1.5,"d":1.0E20,"n":"NaN","inf":"Infinity","c":1.10,"dt":"2020-01-02","ts":"2020-01-02T03:04:05.123-05:00",` +
			`"tn":"2020-01-02T03:04:05.000","bn":"aGk="}` + "\n"},
		{"json", "dateFormat=dd.MM. timestampFormat=HH:mm", kinds, `{"b":true,"t":1,"f":1.5,"d":1.0E20,"n":"NaN","inf":"Infinity","c":1.10,"dt":"02.01.","ts":"08:04",` +
			`"tn":"2020-01-02T03:04:05.000","bn":"aGk="}` + "\n"},
		{"json", "", nested, `{"a":[1,null],"s":{"x":1},"u":"é\u0001/\""}` + "\n"},
		{"json", "ignoreNullFields=false", nested, `{"a":[1,null],"s":{"x":1,"y":null},"n":null,"u":"é\u0001/\""}` + "\n"},
		{"text", "", batchOf(pairOf[:1], []any{"x"}, []any{nil}), "x\n\n"},
		{"csv", "", nested, "[UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE] csv cannot hold column a of type array<int>: cast it, or leave it out"},
		{"parquet", "", nested, "[UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE] parquet cannot hold column a of type array<int>: cast it, or leave it out"},
		{"text", "", strings, "text has one column, not [v i]: select one, or join them with concat_ws"},
		{"csv", "compression=lzo", strings, `option compression of csv is "lzo"; it accepts none, gzip or zstd`},
		{"csv", "inferSchema=true mode=FAILFAST", batchOf(pairOf, []any{"x", 1}), "x,1\n"},
		{"json", "header=true", strings, `json has no option "header": did you mean charset? There are compression, ignoreNullFields, dateFormat, timestampFormat, ` +
			"timestampNTZFormat, encoding, charset, maxRecordsPerFile, partitionOverwriteMode, timeZone"},
		{"csv", "", batchOf(expr.Schema{{Name: "a", Type: expr.Int32}, {Name: "A", Type: expr.Int32}}), "[COLUMN_ALREADY_EXISTS] there are two columns A: rename one of them"},
	} {
		for name, got := range sunk(t, c.format, optionsOf(c.options), c.batch) {
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s %s: %s: %s", c.format, c.options, name, diff)
			}
		}
	}
}

// Rows go into folders named after their values as Hive and Spark name them,
// and come back from there.
func TestSinkFolders(t *testing.T) {
	schema := expr.Schema{{Name: "v", Type: expr.Int32}, {Name: "s", Type: expr.String}, {Name: "d", Type: expr.Date}, {Name: "f", Type: expr.Float64}}
	rows := batchOf(schema, []any{1, "a/b", "2020-01-01", "1.5"}, []any{5, "a/b", "2020-01-01", "1.5"}, []any{2, "", nil, "2"}, []any{3, nil, "2020-01-02", "3"},
		[]any{4, "x=y%{}\"#*:?\\^[] é\x7f\x01", "2020-01-02", "4"})
	files := sunk(t, "csv", nil, rows, "s", "D", "f")
	want := map[string]string{
		"s=a%2Fb/d=2020-01-01/f=1.5/part-0.c000.csv":                                           "1\n5\n",
		"s=__HIVE_DEFAULT_PARTITION__/d=__HIVE_DEFAULT_PARTITION__/f=2.0/part-0.c001.csv":      "2\n",
		"s=__HIVE_DEFAULT_PARTITION__/d=2020-01-02/f=3.0/part-0.c002.csv":                      "3\n",
		"s=x%3Dy%25%7B}%22%23%2A%3A%3F%5C%5E%5B%5D é%7F%01/d=2020-01-02/f=4.0/part-0.c003.csv": "4\n",
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Error(diff)
	}
	s, err := Open("csv", nil, nil, table(t, files))
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, s, 10)
	if s.Schema().String() != "_c0 string, s string, d date, f double" || !strings.Contains(got, "4|x=y%{}\"#*:?\\^[] é\x7f\x01|18263|4\n") || !strings.Contains(got, "2|null|null|2\n") {
		t.Error(s.Schema(), got)
	}
	for columns, want := range map[string]string{"x": "partition column x is none of", "v s d f": "[ALL_PARTITION_COLUMNS_NOT_ALLOWED]"} {
		if _, err := NewSink("csv", nil, schema, strings.Fields(columns)); err == nil || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	}
}

// A file ends after the most rows it may have, in every folder.
func TestSinkMaxRecords(t *testing.T) {
	schema := expr.Schema{{Name: "v", Type: expr.Int32}, {Name: "k", Type: expr.Int32}}
	rows := batchOf(schema, []any{1, 1}, []any{2, 1}, []any{3, 1}, []any{4, 2})
	options := map[string]string{"maxrecordsperfile": "2", "compression": "gzip"}
	if got := sunk(t, "csv", options, rows); len(got) != 2 || got["part-0-c000.csv.gz"] == "" || got["part-0-c001.csv.gz"] == "" {
		t.Errorf("%q", got)
	}
	want := map[string]string{"k=1/part-0.c000.csv": "1\n2\n", "k=1/part-0.c001.csv": "3\n", "k=2/part-0.c002.csv": "4\n"}
	delete(options, "compression")
	if diff := cmp.Diff(want, sunk(t, "csv", options, rows, "k")); diff != "" {
		t.Error(diff)
	}
}

// What a format can hold comes back from its files, compressed or not, and a
// table without rows keeps its columns.
func TestSinkRoundTrip(t *testing.T) {
	schema := expr.Schema{{Name: "b", Type: expr.Bool}, {Name: "i", Type: expr.Int16}, {Name: "l", Type: expr.Int64}, {Name: "f", Type: expr.Float64},
		{Name: "c", Type: expr.DecimalOf(30, 5)}, {Name: "s", Type: expr.String}, {Name: "d", Type: expr.Date}, {Name: "ts", Type: expr.Timestamp}, {Name: "tn", Type: expr.TimestampNTZ}}
	full := batchOf(schema, []any{"true", "-3", "9999999999", "0.1", "1234567890123456789012345.00001", "é, \"x\"\n\\", "1582-01-01", "2020-01-02 03:04:05.678", "2020-06-02 03:04:05.678"},
		[]any{nil, nil, nil, nil, nil, nil, nil, nil, nil}, []any{"false", "3", "-1", "-infinity", "0.5", "z", "9999-12-31", "1900-01-01 00:00:00", "1969-12-31 23:59:59"})
	for _, c := range []struct{ format, options string }{{"parquet", ""}, {"parquet", "compression=zstd"}, {"parquet", "compression=lz4_raw"}, {"csv", "header=true"},
		{"csv", "compression=zstd header=true"}, {"json", "timeZone=Asia/Tokyo"}, {"json", "compression=gzip"}, {"arrow", ""}, {"arrow", "stream=true"}, {"arrow", "compression=zstd"}, {"arrow", "compression=lz4"}} {
		for _, b := range []*expr.Batch{full, full.Slice(0, 0)} {
			options := optionsOf(c.options)
			dir := table(t, sunk(t, c.format, options, b))
			delete(options, "compression")
			delete(options, "stream")
			if c.format == "csv" {
				options["multiLine"] = "true"
			}
			s, err := Open(c.format, options, schema, dir)
			if err != nil {
				t.Fatal(err)
			}
			want := &strings.Builder{}
			writeRows(want, b)
			got, err := readOnce(s, Read{Columns: schema.Names()})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), got); diff != "" {
				t.Errorf("%s %s: %s", c.format, c.options, diff)
			}
		}
	}
}

// A task that gives up leaves nothing.
func TestSinkAbort(t *testing.T) {
	dir := t.TempDir()
	s, err := NewSink("json", nil, pairOf, []string{"i"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Task(filepath.Join(dir, "7"), "part", 1)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := w.Write(batchOf(pairOf, []any{"a", 1}, []any{"b", 2}))
	if err != nil || rest == nil || rest.Rows != 1 {
		t.Fatal(rest, err)
	}
	if err := w.Sorted(rest); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Error(left)
	}
}

// Rows in no order go to one file for each of the values that a task may have open,
// and those of the others come back, to be sorted: together they leave the files
// that rows sorted from the start leave.
func TestSinkOfSeveralFolders(t *testing.T) {
	s, err := NewSink("json", map[string]string{"maxRecordsPerFile": "2"}, pairOf, []string{"i"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "task")
	w, err := s.Task(dir, "part-0", 2)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := w.Write(batchOf(pairOf, []any{"a", 2}, []any{"b", nil}, []any{"c", 1}, []any{"d", 2}, []any{"e", 0}))
	if err != nil || rest.Rows != 2 || string(rest.Cols[0].Str(0)) != "c" || string(rest.Cols[0].Str(1)) != "e" {
		t.Fatal(rest, err)
	}
	if rest, err := w.Write(batchOf(pairOf, []any{"f", 2}, []any{"g", nil})); err != nil || rest != nil {
		t.Fatal(rest, err)
	}
	if err := w.Sorted(batchOf(pairOf, []any{"e", 0}, []any{"c", 1})); err != nil {
		t.Fatal(err)
	}
	files, err := w.Close(false)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, f := range files {
		if info, err := os.Stat(filepath.Join(dir, f.Name)); err != nil || info.Size() != f.Bytes {
			t.Fatal(f, info, err)
		}
		got[filepath.Dir(f.Name)] = got[filepath.Dir(f.Name)]*10 + f.Rows // 21: a file of two rows, then one of one
	}
	want := map[string]int64{"i=2": 21, "i=__HIVE_DEFAULT_PARTITION__": 2, "i=0": 1, "i=1": 1}
	if !maps.Equal(got, want) {
		t.Errorf("rows of the files by folder: %v, want %v", got, want)
	}
}
