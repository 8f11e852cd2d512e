package source

import (
	"io"
	"testing"
)

func BenchmarkParquetWrite(b *testing.B) {
	rows := sample(1 << 17)
	for _, codec := range []Codec{Uncompressed, Snappy, Zstd} {
		b.Run(codec.String(), func(b *testing.B) {
			for range b.N {
				w, err := NewParquetWriter(io.Discard, rows.Schema, ParquetOptions{Codec: codec, Parallelism: 1})
				if err != nil {
					b.Fatal(err)
				}
				for range 4 {
					if err := w.Write(rows); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*4*rows.Rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
