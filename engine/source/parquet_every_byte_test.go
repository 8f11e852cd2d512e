package source

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// Whichever byte of a small file is flipped: an error that names the file, or
// all rows. Never a panic, never fewer rows without a word.
func TestEveryByteFlipped(t *testing.T) {
	schema := expr.Schema{{Name: "n", Type: expr.Int64}, {Name: "zone", Type: expr.String}, {Name: "fare", Type: expr.Float64}}
	const rows = 60
	batch := &expr.Batch{Schema: schema, Rows: rows}
	for _, f := range schema {
		c := expr.NewBuilder(f.Type)
		for i := range rows {
			c.AppendValue(expr.Value{Type: f.Type, IsNull: i%7 == 0, I: int64(i), F: float64(i) / 4, S: []string{"Bronx", "Queens"}[i%2]})
		}
		batch.Cols = append(batch.Cols, c.Take())
	}
	for _, codec := range []Codec{Uncompressed, Snappy, Zstd} {
		var good bytes.Buffer
		w, err := NewParquetWriter(&good, schema, ParquetOptions{Codec: codec, RowGroupRows: 40})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(batch), w.Close()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "small.parquet")
		places := 0
		for i := range good.Len() {
			bad := bytes.Clone(good.Bytes())
			bad[i] ^= 0xff
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			read, err := readWhole(path, int64(len(bad)))
			var where *Error
			switch {
			case err == nil && read != rows:
				t.Errorf("%v: byte %d flipped: %d rows of %d and no error", codec, i, read, rows)
			case err != nil && !strings.Contains(err.Error(), "small.parquet"):
				t.Errorf("%v: byte %d flipped: the error does not name the file: %v", codec, i, err)
			case errors.As(err, &where) && strings.Contains(where.Place, "column"):
				places++
			}
		}
		if places == 0 {
			t.Errorf("%v: no error named a column chunk", codec)
		}
	}
}

// readWhole reads every column of a file and counts the rows.
func readWhole(path string, size int64) (rows int, err error) {
	s, err := Parquet(path)
	if err != nil {
		return 0, err
	}
	r := Read{Columns: s.Schema().Names(), BatchRows: 16}
	for b, err := range s.Read(context.Background(), Split{Pieces: []Piece{{Path: path, Length: size}}}, &r) {
		if err != nil {
			return rows, err
		}
		rows += b.Rows
	}
	return rows, nil
}
