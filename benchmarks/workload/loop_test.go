package workload_test

import (
	"math"
	"testing"
	"time"

	"stagecoach/benchmarks/workload"
	"stagecoach/datasets"
	"stagecoach/engine"
	"stagecoach/engine/config"
)

// A loop's answer is the same whether the points are kept or made again, and it is
// the answer that the data has: a fare grows with the distance, the kinds of trips
// differ, ranks add up to one.
func TestLoops(t *testing.T) {
	dir, january := t.TempDir(), time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := datasets.Generate(t.Context(), dir, datasets.GenerateOptions{Rows: 20_000, From: january, To: january}); err != nil {
		t.Fatal(err)
	}
	tables, err := datasets.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	data := workload.Data{Trips: tables.Trips, Zones: tables.Zones, Weather: tables.Weather}
	conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=2")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range workload.Loops {
		s, err := engine.NewSession(conf)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		const rounds = 12
		took, again, err := l.Run(t.Context(), s, data, rounds, false)
		if err != nil {
			t.Fatal(err)
		}
		_, kept, err := l.Run(t.Context(), s, data, rounds, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(took) != rounds || len(again) != len(kept) {
			t.Fatalf("%s: %d rounds, states of %d and %d", l.Name, len(took), len(again), len(kept))
		}
		sum := 0.0
		for i := range kept {
			sum += kept[i]
			if math.Abs(again[i]-kept[i]) > 1e-9*max(1, math.Abs(kept[i])) {
				t.Errorf("%s: state %d is %g when the points are made again, %g when they are kept", l.Name, i, again[i], kept[i])
			}
		}
		switch l.Name {
		case "gradient-descent":
			if kept[1] <= kept[0]/10 || kept[0] <= 0 {
				t.Errorf("fare = %g + %g x distance", kept[0], kept[1]/10)
			}
		case "k-means":
			for i := 2; i < len(kept); i += 2 {
				if kept[i] <= kept[i-2] || kept[i+1] <= kept[i-1] {
					t.Errorf("centres %v are not apart", kept)
				}
			}
		case "pagerank":
			if math.Abs(sum-1) > 1e-6 {
				t.Errorf("ranks add up to %g", sum)
			}
		}
	}
}
