package source

import (
	"context"
	"os"
	"testing"
)

// BenchmarkParquet scans the Parquet files below $STAGECOACH_TAXI, which
// "stagecoach data generate" writes, with one goroutine.
func BenchmarkParquet(b *testing.B) {
	dir := os.Getenv("STAGECOACH_TAXI")
	if dir == "" {
		b.Skip("skipped: STAGECOACH_TAXI names no directory of taxi files")
	}
	s, err := Parquet(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		columns []string
	}{
		{"all", s.Schema().Names()},
		{"three", []string{"PULocationID", "total_amount", "trip_distance"}},
		{"pickup", []string{"tpep_pickup_datetime"}},
		{"total", []string{"total_amount"}},
		{"zone", []string{"PULocationID"}},
		{"flag", []string{"store_and_fwd_flag"}},
		{"passengers", []string{"passenger_count"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			splits, _ := s.Splits(SplitOptions{MaxPartitionBytes: 128 << 20, OpenCost: 4 << 20, Parallelism: 1})
			var rows, bytes int64
			for range b.N {
				for _, split := range splits {
					r := Read{Columns: c.columns, BatchRows: 16 << 10}
					for _, err := range s.Read(context.Background(), split, &r) {
						if err != nil {
							b.Fatal(err)
						}
					}
					rows += r.Counters.RecordsRead
					bytes += r.Counters.BytesRead
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
			b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
		})
	}
}
