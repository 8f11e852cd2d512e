package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// whatever reads a file under options and fails only where reading panics, or
// batches break their contract.
func whatever(t *testing.T, format string, options map[string]string, schema string, content []byte) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(format, options, schemaOf(schema), path)
	if err != nil {
		return
	}
	splits, err := s.Splits(SplitOptions{MaxPartitionBytes: 7, Parallelism: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, split := range splits {
		batches := 0
		for b, err := range s.Read(context.Background(), split, &Read{Columns: s.Schema().Names(), BatchRows: 3}) {
			if batches++; err != nil || batches > 1000 {
				break
			}
			for i := range b.Cols {
				if b.Cols[i].Check(); b.Cols[i].Len != b.Rows {
					t.Fatalf("column %d has %d values in a batch of %d rows", i, b.Cols[i].Len, b.Rows)
				}
			}
		}
	}
}

// No bytes make the reader of CSV panic, under no options.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n\"x\ny\",1\n"), uint(0))
	f.Add([]byte("\x1f\x8b\x08,\n"), uint(5))
	f.Add([]byte("2020-01-01 10:00:00,12345678901234567890\n\"\\\"\"\n"), uint(30))
	schemas := []string{"", "a int, b decimal, _corrupt_record string", "a timestamp, b date", "a double, b boolean"}
	f.Fuzz(func(t *testing.T, content []byte, pick uint) {
		options := map[string]string{}
		for i, o := range []string{"header", "inferSchema", "multiLine", "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace"} {
			options[o] = []string{"false", "true"}[pick>>i&1]
		}
		options["mode"] = []string{"PERMISSIVE", "DROPMALFORMED", "FAILFAST", "PERMISSIVE"}[pick>>5&3]
		whatever(t, "csv", options, schemas[pick>>7&3], content)
	})
}

// No bytes make the reader of JSON panic.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[{"p":"\ud83d\ude00\u00"}]}`), uint(0))
	f.Add([]byte("[{'a':-0.5e+3},\n{\"a\":NaN}]"), uint(1))
	schemas := []string{"", "a int, b decimal, _corrupt_record string", "a timestamp, b struct", "a double, b binary"}
	f.Fuzz(func(t *testing.T, content []byte, pick uint) {
		options := map[string]string{"multiLine": []string{"false", "true"}[pick&1]}
		options["mode"] = []string{"PERMISSIVE", "DROPMALFORMED", "FAILFAST", "PERMISSIVE"}[pick>>1&3]
		whatever(t, "json", options, schemas[pick>>3&3], content)
	})
}

// Texts of folders become values of the inferred type, whatever they are.
func FuzzPartitionValue(f *testing.F) {
	for _, text := range []string{"1", "02", "1e5", "2020-01-31", "2020-01-31 10:00:00", "00A1-1 0:0", "x%2Fy", "NaN", "99999999999999999999"} {
		f.Add(text, "7")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		keys := []partitionKey{{column: "k", text: a}, {column: "k", text: b}, {column: "k", null: true}}
		typ, values := inferPartition(keys)
		for i, v := range values {
			if v.Type != typ || v.IsNull != keys[i].null {
				t.Fatalf("%q of %v is %v", keys[i].text, typ, v)
			}
			column := (&constant{value: v}).column(5)
			column.Check()
		}
	})
}

// What CSV and JSON are written from comes back, but for blanks at the ends and
// empty texts in CSV, as with Spark.
func FuzzSink(f *testing.F) {
	for _, text := range []string{"a", `x\,y`, `i\"j`, "k\nl", `\`, `"`, "#x", "é\u2028", `a""b`, `",`} {
		f.Add(text, "2")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ReplaceAll(strings.ToValidUTF8(a, "?"), "\r", ""), strings.ReplaceAll(strings.ToValidUTF8(b, "?"), "\r", "")
		schema := expr.Schema{{Name: "a", Type: expr.String}, {Name: "b", Type: expr.String}}
		rows := batchOf(schema, []any{a, b}, []any{b, a})
		for format, options := range map[string]map[string]string{"csv": {"multiLine": "true"}, "json": nil} {
			for _, file := range sunk(t, format, nil, rows) {
				got := opened(t, format, file, options, schema)
				show := func(s string) string {
					if format == "json" {
						return s
					}
					if s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }); s == "" {
						return "null"
					}
					return s
				}
				want := "a string, b string\n" + show(a) + "|" + show(b) + "\n" + show(b) + "|" + show(a) + "\n"
				if got != want {
					t.Fatalf("%s: %q becomes %q by %q", format, want, got, file)
				}
			}
		}
	})
}
