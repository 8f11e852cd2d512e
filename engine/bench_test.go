package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// The benchmarks read the yellow trips in the folder that STAGECOACH_TAXI
// names, as `stagecoach data generate` writes them.
func benchSession(b *testing.B) (*engine.Session, *engine.Frame, *engine.Frame) {
	dir := os.Getenv("STAGECOACH_TAXI")
	if dir == "" {
		b.Skip("STAGECOACH_TAXI names no folder of taxi trips")
	}
	trips, err := source.Parquet(filepath.Join(dir, "yellow_*.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=4")
	if err != nil {
		b.Fatal(err)
	}
	s, err := engine.NewSession(conf)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	zones := &expr.Batch{Schema: expr.Schema{{Name: "LocationID", Type: expr.Int32}, {Name: "Borough", Type: expr.String}, {Name: "Zone", Type: expr.String}}}
	cols := []*expr.Builder{expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.String), expr.NewBuilder(expr.String)}
	for i := range 265 {
		cols[0].AppendValue(expr.Value{I: int64(i + 1)})
		cols[1].AppendValue(expr.Value{S: "borough " + string(rune('a'+i%6))})
		cols[2].AppendValue(expr.Value{S: "zone " + string(rune('a'+i%26)) + string(rune('a'+i/26))})
		zones.Rows++
	}
	for _, c := range cols {
		zones.Cols = append(zones.Cols, c.Take())
	}
	return s, s.Read(trips), s.Read(source.Memory(zones.Schema, []*expr.Batch{zones}))
}

// BenchmarkZoneRevenue is the aggregation by zone joined with the zone table.
func BenchmarkZoneRevenue(b *testing.B) {
	_, trips, zones := benchSession(b)
	q := trips.Where(expr.And(expr.Gt(col("fare_amount"), 0), expr.Gt(col("trip_distance"), 0))).
		Join(zones, engine.Inner, engine.On{Left: "PULocationID", Right: "LocationID"}).
		GroupBy(col("Borough"), col("Zone")).
		Agg(expr.Count("n"), expr.Sum(col("total_amount"), "revenue"), expr.Avg(col("trip_distance"), "d")).
		OrderBy(desc("revenue")).Limit(40)
	for b.Loop() {
		if _, err := q.Collect(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan decodes four columns and counts.
func BenchmarkScan(b *testing.B) {
	_, trips, _ := benchSession(b)
	q := trips.Agg(expr.CountOf(col("PULocationID"), "a"), expr.CountOf(col("total_amount"), "b"), expr.CountOf(col("trip_distance"), "c"), expr.CountOf(col("fare_amount"), "d"))
	for b.Loop() {
		if _, err := q.Collect(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
