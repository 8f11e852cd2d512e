package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	mem "github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// arrowBytesOf writes a stream of one record, from JSON.
func arrowBytesOf(t testing.TB, fields []arrow.Field, rows string) []byte {
	t.Helper()
	schema := arrow.NewSchema(fields, nil)
	record, _, err := array.RecordFromJSON(mem.NewGoAllocator(), schema, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	if err := w.Write(record); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every type of Arrow that has one of Spark's is read as that.
func TestArrowTypes(t *testing.T) {
	field := func(name string, t arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: t, Nullable: true}
	}
	stream := arrowBytesOf(t, []arrow.Field{field("u8", arrow.PrimitiveTypes.Uint8), field("u16", arrow.PrimitiveTypes.Uint16), field("u32", arrow.PrimitiveTypes.Uint32),
		field("u64", arrow.PrimitiveTypes.Uint64), field("f", arrow.PrimitiveTypes.Float32), field("ls", arrow.BinaryTypes.LargeString),
		field("d64", arrow.FixedWidthTypes.Date64), field("s", arrow.FixedWidthTypes.Timestamp_s), field("ns", &arrow.TimestampType{Unit: arrow.Nanosecond}),
		field("dict", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}),
		field("list", arrow.ListOf(arrow.PrimitiveTypes.Int32)), field("st", arrow.StructOf(field("p", arrow.PrimitiveTypes.Int64), field("q", arrow.BinaryTypes.String)))},
		`[{"u8":255,"u16":65535,"u32":4294967295,"u64":9223372036854775808,"f":1.5,"ls":"é","d64":"2020-01-01","s":"2020-01-01 00:00:01","ns":"1969-12-31 23:59:59.999999999",
			"dict":"a","list":[1,null],"st":{"p":1,"q":"x"}}, {}, {"dict":"b","list":[],"st":{"p":2}}]`)
	path := filepath.Join(t.TempDir(), "x.arrows")
	if err := os.WriteFile(path, stream, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open("arrow", nil, nil, path)
	if err != nil {
		t.Fatal(err)
	}
	want := "u8 smallint, u16 int, u32 bigint, u64 decimal(20,0), f float, ls string, d64 date, s timestamp, ns timestamp_ntz, dict string, list array<int>, st struct<p:bigint,q:string>"
	if diff := cmp.Diff(want, s.Schema().String()); diff != "" {
		t.Error(diff)
	}
	_, rows, _ := strings.Cut(text(t, s, 100), "\n")
	want = "255|65535|4294967295|9223372036854775808|1.5|é|18262|1577836801000000|-1|a|[1, NULL]|{1, x}\n" +
		strings.TrimSuffix(strings.Repeat("null|", 12), "|") + "\n" + strings.Repeat("null|", 9) + "b|[]|{2, NULL}\n"
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	none := arrowBytesOf(t, []arrow.Field{field("m", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32))}, "[]")
	if got := opened(t, "arrow", string(none), nil, nil); got != "error: FILE: column m cannot be read: its type map<utf8, int32, items_nullable> is not supported" {
		t.Error(got)
	}
}

// Nested values survive being written, from the middle of a batch too.
func TestArrowNested(t *testing.T) {
	list, object := expr.ArrayOf(expr.String), expr.StructOf(expr.Schema{{Name: "x", Type: expr.Int8}, {Name: "y", Type: expr.DecimalOf(3, 1)}})
	word := func(s string) expr.Value { return expr.Value{Type: expr.String, S: s} }
	b := batchOf(expr.Schema{{Name: "a", Type: list}, {Name: "s", Type: object}},
		[]any{[]expr.Value{word("no")}, nil}, []any{[]expr.Value{word("b"), {Type: expr.String, IsNull: true}, word("")}, []expr.Value{{I: 1}, {Wide: expr.Wide(15)}}},
		[]any{nil, []expr.Value{{I: -1}, {IsNull: true}}}).Slice(1, 3)
	for _, options := range []string{"", "stream=true"} {
		for _, file := range sunk(t, "arrow", optionsOf(options), b) {
			want := "a array<string>, s struct<x:tinyint,y:decimal(3,1)>\n[b, NULL, ]|{1, 1.5}\nnull|{-1, NULL}\n"
			if diff := cmp.Diff(want, opened(t, "arrow", file, nil, nil)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// A file with any byte changed, or cut anywhere, is an error or rows (a stream may
// end after any message), and no
// panic; files of other kinds are an error.
func TestArrowDamage(t *testing.T) {
	b := batchOf(expr.Schema{{Name: "s", Type: expr.String}, {Name: "i", Type: expr.Int64}, {Name: "l", Type: expr.ArrayOf(expr.Int32)}},
		[]any{"ab", "1", []expr.Value{{I: 1}}}, []any{nil, nil, nil})
	for _, options := range []string{"", "stream=true", "compression=zstd"} {
		for _, file := range sunk(t, "arrow", optionsOf(options), b) {
			for i := range file {
				damaged := []byte(file)
				damaged[i] ^= 0xff
				opened(t, "arrow", string(damaged), nil, nil)
				if got := opened(t, "arrow", file[:i], nil, nil); i < 200 && !strings.HasPrefix(got, "error: FILE: ") {
					t.Fatalf("%s: cut at %d: %s", options, i, got)
				}
			}
		}
	}
	if got := opened(t, "arrow", "a,b\n1,2\n", nil, nil); !strings.HasPrefix(got, "error: FILE: ") {
		t.Error(got)
	}
}

// No bytes make the reader of Arrow panic.
func FuzzArrow(f *testing.F) {
	b := batchOf(expr.Schema{{Name: "s", Type: expr.String}, {Name: "l", Type: expr.ArrayOf(expr.Int32)}}, []any{"ab", []expr.Value{{I: 1}}}, []any{nil, nil})
	for _, options := range []string{"", "stream=true", "compression=lz4"} {
		for _, file := range sunk(f, "arrow", optionsOf(options), b) {
			f.Add([]byte(file))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) { whatever(t, "arrow", nil, "", content) })
}
