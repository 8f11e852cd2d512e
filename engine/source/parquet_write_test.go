package source

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// sample is a batch with every type: repeating and unique values, nulls in
// blocks and strewn, and a column without any.
func sample(rows int) *expr.Batch {
	random := rand.New(rand.NewPCG(7, uint64(rows)))
	schema := expr.Schema{
		{Name: "b", Type: expr.Bool}, {Name: "i", Type: expr.Int32}, {Name: "few", Type: expr.Int64}, {Name: "many", Type: expr.Int64},
		{Name: "money", Type: expr.Float64}, {Name: "noise", Type: expr.Float64}, {Name: "word", Type: expr.String}, {Name: "key", Type: expr.String},
		{Name: "day", Type: expr.Date}, {Name: "at", Type: expr.TimestampNTZ}, {Name: "all", Type: expr.Int32, NotNull: true}, {Name: "void", Type: expr.Null},
		{Name: "tiny", Type: expr.Int8}, {Name: "small", Type: expr.Int16}, {Name: "single", Type: expr.Float32}, {Name: "bytes", Type: expr.Binary},
		{Name: "instant", Type: expr.Timestamp}, {Name: "dec4", Type: expr.DecimalOf(9, 2)}, {Name: "dec8", Type: expr.DecimalOf(18, 3)}, {Name: "dec16", Type: expr.DecimalOf(38, 10)},
	}
	b := &expr.Batch{Schema: schema, Rows: rows, Cols: make([]expr.Column, len(schema))}
	for i, f := range schema {
		c := &b.Cols[i]
		c.Type, c.Len = f.Type, rows
		if f.Type.Layout() == expr.String {
			c.Offsets = []int32{0}
		}
		if !f.NotNull && f.Type != expr.Null {
			c.Valid = make([]byte, (rows+7)/8)
		}
		for r := range rows {
			if c.Valid != nil && !(i%2 == 0 && r > rows*3/4 || i%3 == 0 && random.IntN(5) == 0) {
				c.Valid[r/8] |= 1 << (r % 8)
			}
			switch f.Name {
			case "b":
				c.Bools = append(c.Bools, uint8(random.IntN(2)))
			case "tiny", "small":
				c.I32 = append(c.I32, int32(random.IntN(256))-128)
			case "single":
				c.F64 = append(c.F64, float64(float32(random.NormFloat64())))
			case "instant":
				c.I64 = append(c.I64, random.Int64N(1<<50))
			case "dec4", "dec8":
				c.Wide = append(c.Wide, expr.Wide(random.Int64N(1999)-999))
			case "dec16":
				c.Wide = append(c.Wide, expr.Int128{Lo: random.Uint64(), Hi: random.Int64N(1<<40) - 1<<39})
			case "bytes":
				c.Bytes = append(c.Bytes, byte(random.IntN(256)), 0xff)
				c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
			case "i", "all":
				c.I32 = append(c.I32, int32(random.IntN(300))-150)
			case "day":
				c.I32 = append(c.I32, int32(r/50))
			case "few":
				c.I64 = append(c.I64, int64(r/100)<<20)
			case "many", "at":
				c.I64 = append(c.I64, random.Int64()-1<<62)
			case "money":
				c.F64 = append(c.F64, float64(random.IntN(5000))/100-5)
			case "noise":
				c.F64 = append(c.F64, random.NormFloat64())
			case "word":
				c.Bytes = fmt.Appendf(c.Bytes, "word %d", random.IntN(9))
				c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
			case "key":
				c.Bytes = fmt.Appendf(c.Bytes, "%x", random.Uint64())
				c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
			}
		}
	}
	return b
}

func written(t testing.TB, b *expr.Batch, step int, opt ParquetOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewParquetWriter(&out, b.Schema, opt)
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < b.Rows; from += step {
		if err := w.Write(b.Slice(from, min(from+step, b.Rows))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is written is read back, whatever the codec and the size of the groups.
func TestWriteAndRead(t *testing.T) {
	dir := t.TempDir()
	for _, rows := range []int{0, 1, 9, 1000, 70000} {
		b := sample(rows)
		want := text(t, Memory(b.Schema, []*expr.Batch{b}), 4096)
		for codec, group := range map[Codec]int{Uncompressed: 0, Snappy: 333, Gzip: 100_000, Zstd: 65536, LZ4Raw: 5000} {
			path := filepath.Join(dir, "t.parquet")
			if err := os.WriteFile(path, written(t, b, 4096, ParquetOptions{Codec: codec, RowGroupRows: group}), 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := Parquet(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(b.Schema, s.Schema()); diff != "" {
				t.Error(diff)
			}
			if got := text(t, s, 5000); got != want {
				t.Fatalf("%d rows with %v in groups of %d: the rows differ", rows, codec, group)
			}
		}
	}
}

// The bytes depend on the rows alone, not on the goroutines or on how the rows
// were cut into batches.
func TestWriteIsDeterministic(t *testing.T) {
	b := sample(50_000)
	for _, codec := range []Codec{Snappy, Zstd} {
		want := sha256.Sum256(written(t, b, 50_000, ParquetOptions{Codec: codec, RowGroupRows: 20_000, Parallelism: 1}))
		for _, step := range []int{1000, 8192, 20_000} {
			if got := sha256.Sum256(written(t, b, step, ParquetOptions{Codec: codec, RowGroupRows: 20_000, Parallelism: 4})); got != want {
				t.Errorf("%v in batches of %d gives other bytes", codec, step)
			}
		}
	}
}

// The footer has minimum, maximum and nulls; a NaN leaves the bounds out.
func TestWrittenBounds(t *testing.T) {
	schema := expr.Schema{{Name: "x", Type: expr.Float64}, {Name: "n", Type: expr.Float64}, {Name: "s", Type: expr.String}}
	b := &expr.Batch{Schema: schema, Rows: 3, Cols: []expr.Column{
		{Type: expr.Float64, Len: 3, F64: []float64{2, -1, 7}, Valid: []byte{3}},
		{Type: expr.Float64, Len: 3, F64: []float64{2, math.NaN(), 7}},
		{Type: expr.String, Len: 3, Offsets: []int32{0, 1, 2, 4}, Bytes: []byte("bacz")},
	}}
	path := filepath.Join(t.TempDir(), "t.parquet")
	if err := os.WriteFile(path, written(t, b, 3, ParquetOptions{}), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Parquet(path)
	if err != nil {
		t.Fatal(err)
	}
	chunks := s.(*parquetSource).footers[0].groups[0].chunks
	if x := chunks[0].bounds; !x.known || x.min.F != -1 || x.max.F != 2 || x.nulls != 1 {
		t.Errorf("%+v", x)
	}
	if n := chunks[1].bounds; n.known || n.nulls != 0 {
		t.Errorf("%+v", n)
	}
	if x := chunks[2].bounds; !x.known || x.min.S != "a" || x.max.S != "cz" {
		t.Errorf("%+v", x)
	}
}

// Other programs read our files. The check runs where a Python with pyarrow is
// named by $STAGECOACH_PYTHON.
func TestOthersRead(t *testing.T) {
	python := os.Getenv("STAGECOACH_PYTHON")
	if python == "" {
		t.Skip("skipped: STAGECOACH_PYTHON names no Python with pyarrow")
	}
	b := sample(70_000)
	path := filepath.Join(t.TempDir(), "t.parquet")
	for _, codec := range []Codec{Uncompressed, Snappy, Gzip, Zstd} {
		if err := os.WriteFile(path, written(t, b, 4096, ParquetOptions{Codec: codec, RowGroupRows: 30_000}), 0o644); err != nil {
			t.Fatal(err)
		}
		script := `
import pyarrow.parquet as pq, sys
t = pq.read_table(sys.argv[1], page_checksum_verification=True)
t.validate(full=True)
m = pq.read_metadata(sys.argv[1])
print(t.num_rows, m.num_row_groups, sum(x or 0 for x in t["few"].to_pylist()), t["word"].null_count, "".join(t["key"].to_pylist()[i] or "-" for i in range(0, 70000, 7000)), t.schema.field("at").type, t.schema.field("day").type)`
		out, err := exec.Command(python, "-c", script, path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var few int64
		keys := ""
		for i := range b.Rows {
			if c := &b.Cols[2]; !c.IsNull(i) {
				few += c.I64[i]
			}
			if c := &b.Cols[7]; i%7000 == 0 {
				if c.IsNull(i) {
					keys += "-"
				} else {
					keys += string(c.Str(i))
				}
			}
		}
		want := fmt.Sprintf("70000 3 %d %d %s timestamp[us] date32[day]\n", few, b.Cols[6].Nulls(), keys)
		if diff := cmp.Diff(want, string(out)); diff != "" {
			t.Error(diff)
		}
	}
}
