package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// text renders rows as "a|b|c" lines under a line of column names. Dates and
// timestamps are numbers.
func text(t testing.TB, s Source, batchRows int, columns ...string) string {
	t.Helper()
	if columns == nil {
		columns = s.Schema().Names()
	}
	var out strings.Builder
	out.WriteString(strings.Join(columns, " ") + "\n")
	scanAll(t, s, spark, Read{Columns: columns, BatchRows: batchRows}, func(b *expr.Batch) {
		writeRows(&out, b)
	})
	return out.String()
}

func writeRows(out *strings.Builder, b *expr.Batch) {
	for r := range b.Rows {
		for i := range b.Cols {
			if i > 0 {
				out.WriteByte('|')
			}
			v := b.Cols[i].Value(r)
			switch {
			case v.IsNull:
				out.WriteString("null")
			case v.Type == expr.Bool:
				fmt.Fprint(out, v.I == 1)
			case v.Type.Layout() == expr.Float64:
				fmt.Fprint(out, v.F)
			case v.Type.Kind() == expr.Decimal:
				out.WriteString(v.Wide.Text(v.Type.Scale()))
			case v.Type.Layout() == expr.String:
				out.WriteString(v.S)
			case v.List != nil || v.Type.Kind() == expr.Array:
				out.WriteString(v.String())
			default:
				fmt.Fprint(out, v.I)
			}
		}
		out.WriteByte('\n')
	}
}

// The files of testdata were written by parquet-cpp with small pages and row
// groups, in every encoding, page version and codec; the .txt beside them are
// the rows.
func TestEncodings(t *testing.T) {
	for file, rows := range map[string]string{
		"v1_snappy": "base", "v2_zstd": "base", "v1_gzip_plain": "base", "v2_none_plain": "base", "fallback": "base",
		"delta_v1": "base", "delta_v2": "base", "kinds": "kinds", "required": "required",
	} {
		want, err := os.ReadFile(filepath.Join("testdata", rows+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parquet(filepath.Join("testdata", file+".parquet"))
		if err != nil {
			t.Fatal(err)
		}
		types := map[string]string{
			"base":     "b boolean, i32 int, i64 bigint, f64 double, f32 float, s string, u string, ts timestamp_ntz, d date",
			"kinds":    "i8 tinyint, u8 smallint, u16 int, u32 bigint, ms timestamp_ntz, ns timestamp_ntz, nul void, bin binary",
			"required": "i int, s string",
		}
		if diff := cmp.Diff(types[rows], s.Schema().String()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		for _, batchRows := range []int{0, 1, 7, 64, 100} {
			if diff := cmp.Diff(string(want), text(t, s, batchRows)); diff != "" {
				t.Errorf("%s in batches of %d (-want +got):\n%s", file, batchRows, diff)
				break
			}
		}
	}
}

// INT96 timestamps are the same instants as INT64 ones.
func TestInt96(t *testing.T) {
	old, err1 := Parquet("testdata/int96.parquet")
	now, err2 := Parquet("testdata/v1_snappy.parquet")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text(t, now, 50, "ts"), text(t, old, 50, "ts")); diff != "" {
		t.Error(diff)
	}
}

// A text column that is all dictionary codes is handed over as such; one that
// falls back to plain pages is not.
func TestDictionaries(t *testing.T) {
	for file, want := range map[string]bool{"v1_snappy": true, "fallback": false} {
		s, err := Parquet("testdata/" + file + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		scanAll(t, s, spark, Read{Columns: []string{"u"}, BatchRows: 64}, func(b *expr.Batch) {
			if got := b.Cols[0].Dict != nil; got != want {
				t.Errorf("%s: has a dictionary: %v", file, got)
			}
		})
	}
}

// Columns that cannot be read are left out, and naming one says why.
func TestUnreadable(t *testing.T) {
	s, err := Parquet("testdata/nested.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("id bigint, dec decimal(3,2), u64 decimal(20,0)", s.Schema().String()); diff != "" {
		t.Error(diff)
	}
	if got := text(t, s, 2); got != "id dec u64\n0|1.25|1\n1|1.25|1\n2|1.25|1\n3|1.25|1\n4|1.25|1\n" {
		t.Error(got)
	}
	for column, want := range map[string]string{"tags": "nested.parquet: column tags is array<bigint>, which cannot be read: nested columns are not supported",
		"st": "column st is struct<", "t": "Time", "nope": "no column nope"} {
		_, err := readOnce(s, Read{Columns: []string{column}})
		var data *Error
		if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", column, err)
		}
	}
}

// Row groups without rows, at the begin, in the middle and at the end, are
// nothing; no columns are rows all the same.
func TestEmptyRowGroups(t *testing.T) {
	s, err := Parquet("testdata/zero_groups.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for columns, want := range map[string]string{"a s": "a s\n1|x\n2|null\nnull|y\n1|x\n", "s": "s\nx\nnull\ny\nx\n", "": "\n\n\n\n\n"} {
		for _, batchRows := range []int{1, 2, 100} {
			if got := text(t, s, batchRows, append([]string{}, strings.Fields(columns)...)...); got != want {
				t.Errorf("columns %q in batches of %d: %q", columns, batchRows, got)
			}
		}
	}
}

// readOnce reads everything and returns the rows, or the error.
func readOnce(s Source, r Read) (string, error) {
	var out strings.Builder
	splits, err := s.Splits(spark)
	if err != nil {
		return "", err
	}
	for _, split := range splits {
		r := r
		for b, err := range s.Read(context.Background(), split, &r) {
			if err != nil {
				return "", err
			}
			writeRows(&out, b)
		}
	}
	return out.String(), nil
}

func TestNoFiles(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "short.parquet"), []byte("PAR1"), 0o644)
	os.WriteFile(filepath.Join(dir, "long.parquet"), make([]byte, 1000), 0o644)
	os.Mkdir(filepath.Join(dir, "empty"), 0o755)
	for path, want := range map[string]string{
		"empty": "holds no file that ends in .parquet", "missing.parquet": "no such file", "*.csv": "no file matches",
		"short.parquet": "not a Parquet file: it has 4 bytes", "long.parquet": "does not end in PAR1",
	} {
		_, err := Parquet(filepath.Join(dir, path))
		var data *Error
		if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Parquet("testdata/empty.parquet"); err != nil {
		t.Error(err)
	}
}

// Files that disagree become one table: by name, at the wider type, with nulls
// for what a file has not.
func TestUnion(t *testing.T) {
	files := make([]dataFile, 3)
	u, err := uniteSchemas(files, []expr.Schema{
		{{Name: "id", Type: expr.Int32, NotNull: true}, {Name: "fee", Type: expr.Null}, {Name: "Day", Type: expr.Date}},
		{{Name: "fee", Type: expr.Float64}, {Name: "id", Type: expr.Int64, NotNull: true}, {Name: "day", Type: expr.TimestampNTZ}},
		{{Name: "id", Type: expr.Int32, NotNull: true}, {Name: "ID", Type: expr.String}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := expr.Schema{{Name: "id", Type: expr.Int64, NotNull: true}, {Name: "fee", Type: expr.Float64}, {Name: "Day", Type: expr.TimestampNTZ}, {Name: "ID", Type: expr.String}}
	if diff := cmp.Diff(want, u.schema); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{{0, 1, 2, -1}, {1, 0, 2, -1}, {0, -1, -1, 1}}, u.from); diff != "" {
		t.Error(diff)
	}
	_, err = uniteSchemas(files, []expr.Schema{{{Name: "a", Type: expr.Int32}}, {{Name: "a", Type: expr.String}}})
	if err == nil || !strings.Contains(err.Error(), "column a: the type is string but int") {
		t.Error(err)
	}
}

// Pieces of any size cover every row exactly once.
func TestSplitsCoverRows(t *testing.T) {
	s, err := Parquet("testdata/v1_snappy.parquet", "testdata/v2_zstd.parquet", "testdata/delta_v1.parquet")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		o := SplitOptions{MaxPartitionBytes: 1 + random.Int64N(20000), OpenCost: random.Int64N(5000), Parallelism: 1 + random.IntN(9)}
		c := scanAll(t, s, o, Read{Columns: []string{"i32"}, BatchRows: 50}, nil)
		if c.RecordsRead != 900 || c.RowGroups != 9 {
			t.Errorf("%+v: %d rows in %d row groups", o, c.RecordsRead, c.RowGroups)
		}
	}
}

// What row-group skipping leaves out meets no predicate anyway.
func TestSkippingLosesNothing(t *testing.T) {
	s, err := Parquet("testdata/v1_snappy.parquet")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	full := expr.Batch{}
	scanAll(t, s, spark, Read{Columns: s.Schema().Names()}, func(b *expr.Batch) {
		if full.Rows == 0 {
			full = *b.Copy()
		}
	})
	skipped := int64(0)
	for range 400 {
		column := random.IntN(len(s.Schema()))
		p := Predicate{Column: s.Schema()[column].Name, Op: Op(random.IntN(6)), Value: full.Cols[column].Value(random.IntN(full.Rows))}
		count := func(predicates ...Predicate) (n int) {
			c := scanAll(t, s, spark, Read{Columns: []string{p.Column}, Predicates: predicates}, func(b *expr.Batch) {
				for r := range b.Rows {
					n += meets(b.Cols[0].Value(r), p)
				}
			})
			skipped += c.RowGroupsSkipped
			return n
		}
		if all, some := count(), count(p); all != some {
			t.Errorf("%s %v %v: %d rows without skipping, %d with", p.Column, p.Op, p.Value, all, some)
		}
	}
	if skipped == 0 {
		t.Error("nothing was ever skipped")
	}
}

func meets(v expr.Value, p Predicate) int {
	if v.IsNull || p.Value.IsNull && p.Op != IsNotNull {
		return 0
	}
	c := compareValues(v, p.Value)
	ok := p.Op == IsNotNull || p.Op == Equal && c == 0 || p.Op == Less && c < 0 || p.Op == LessEqual && c <= 0 ||
		p.Op == Greater && c > 0 || p.Op == GreaterEqual && c >= 0
	if ok {
		return 1
	}
	return 0
}

// Whatever byte of a file is wrong: an error that names the file, or all rows.
func TestCorruptBytes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"v1_snappy", "v2_zstd", "v1_gzip_plain", "delta_v2"} {
		good, err := os.ReadFile("testdata/" + name + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".parquet")
		random := rand.New(rand.NewPCG(5, 6))
		const step = 23
		failed := 0
		for i := len(name) % step; i < len(good); i += step {
			bad := append([]byte(nil), good...)
			bad[i] ^= byte(1 + random.IntN(255))
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			rows := int64(0)
			s, err := Parquet(path)
			if err == nil {
				r := Read{Columns: s.Schema().Names(), BatchRows: 100}
				for b, e := range s.Read(context.Background(), Split{Pieces: []Piece{{Path: path, Length: int64(len(bad))}}}, &r) {
					if err = e; err == nil {
						rows += int64(b.Rows)
					}
				}
			}
			if err != nil {
				failed++
				if !strings.Contains(err.Error(), path) {
					t.Fatalf("byte %d of %s: %v does not name the file", i, name, err)
				}
			} else if rows != 300 {
				t.Fatalf("byte %d of %s: %d rows and no error", i, name, rows)
			}
		}
		t.Logf("%s: %d of %d corruptions found", name, failed, len(good)/step)
	}
}

// FuzzColumn decodes arbitrary bytes as a column chunk.
func FuzzColumn(f *testing.F) {
	for _, name := range []string{"v1_snappy", "v2_zstd", "v1_gzip_plain", "delta_v1", "delta_v2", "v2_none_plain"} {
		file, err := os.ReadFile("testdata/" + name + ".parquet")
		if err != nil {
			f.Fatal(err)
		}
		s, err := Parquet("testdata/" + name + ".parquet")
		if err != nil {
			f.Fatal(err)
		}
		footer := s.(*parquetSource).footers[0]
		for i, c := range footer.groups[0].chunks {
			f.Add(file[c.at:c.at+c.size], uint8(i), uint8(c.codec))
		}
	}
	s, err := Parquet("testdata/v1_snappy.parquet")
	if err != nil {
		f.Fatal(err)
	}
	columns := s.(*parquetSource).footers[0].columns
	f.Fuzz(func(t *testing.T, chunk []byte, column, codec uint8) {
		leaf := columns[int(column)%len(columns)]
		c := &columnReader{field: leaf.field, column: leaf, form: leaf.from, unpack: &decompressor{}}
		cc := &columnChunk{size: int64(len(chunk)), plainSize: 1 << 16, values: 128, codec: Codec(codec % 7)}
		if err := c.open(strings.NewReader(string(chunk)), cc, 128); err != nil {
			return
		}
		for range 4 {
			if err := c.read(32); err != nil {
				return
			}
			c.out.Check()
			for i := range 32 {
				c.out.Value(i)
			}
		}
	})
}
