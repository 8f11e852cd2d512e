package source

import (
	"io"
	"os"
	"testing"

	"stagecoach/engine/expr"
)

// BenchmarkParquetWrite encodes a batch with every type, or with
// $STAGECOACH_TAXI the first million rows of the files there.
func BenchmarkParquetWrite(b *testing.B) {
	one := sample(1 << 17)
	schema, batches := one.Schema, []*expr.Batch{one, one, one, one}
	if dir := os.Getenv("STAGECOACH_TAXI"); dir != "" {
		s, err := Parquet(dir)
		if err != nil {
			b.Fatal(err)
		}
		schema, batches = s.Schema(), nil
		r := Read{Columns: schema.Names(), BatchRows: 1 << 16}
		splits, _ := s.Splits(spark)
		for batch, err := range s.Read(b.Context(), splits[0], &r) {
			if err != nil {
				b.Fatal(err)
			}
			if batches = append(batches, batch.Copy()); len(batches) == 16 {
				break
			}
		}
	}
	rows := Memory(schema, batches).Stats().Rows
	for _, codec := range []Codec{Uncompressed, Snappy, Zstd} {
		b.Run(codec.String(), func(b *testing.B) {
			for range b.N {
				w, err := NewParquetWriter(io.Discard, schema, ParquetOptions{Codec: codec})
				if err != nil {
					b.Fatal(err)
				}
				for _, batch := range batches {
					if err := w.Write(batch); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
