package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// The oracle holds queries over real taxi files with answers computed by
// another engine. It lies beside the repository, in ../shared.
type oracle struct {
	Queries []struct {
		Name    string
		SQL     string
		Ordered bool
		Columns []string
		Rows    [][]any
	}
}

func sharedTaxi(t testing.TB) string {
	dir, err := filepath.Abs("../../shared/taxi")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "oracle.json"))
	}
	if err != nil {
		t.Skip("../shared/taxi is not here: the real taxi files and their answers are not tested")
	}
	return dir
}

func readOracle(t testing.TB, dir string) oracle {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "oracle.json"))
	if err != nil {
		t.Fatal(err)
	}
	// NaN is no JSON, but the file has it.
	text = []byte(strings.ReplaceAll(string(text), "NaN", `"NaN"`))
	var o oracle
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

type sources struct{ green, day, samples, zones, weather, legacy source.Source }

func openSources(t testing.TB, dir string) (s sources) {
	t.Helper()
	open := func(src source.Source, err error) source.Source {
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	s.green = open(source.Parquet(filepath.Join(dir, "green", "*.parquet")))
	s.day = open(source.Parquet(filepath.Join(dir, "yellow", "yellow_2016-03-31_day_cleaned205k.parquet")))
	s.samples = open(source.CSV(source.CSVOptions{}, filepath.Join(dir, "yellow", "samples_2018_2020", "*.csv")))
	s.zones = open(source.CSV(source.CSVOptions{}, filepath.Join(dir, "lookup", "taxi_zone_lookup.csv")))
	s.weather = open(source.CSV(source.CSVOptions{}, filepath.Join(dir, "weather", "central_park_weather_daily_2009_2024.csv")))
	s.legacy = open(source.CSV(source.CSVOptions{}, filepath.Join(dir, "legacy", "rtlee9_taxi_sample_raw.csv")))
	return s
}

// views are the oracle's views as frames.
func (s sources) views(e *engine.Session) tables {
	cast := func(c string, t expr.Type, name string) expr.Expr { return as(expr.CastTo{X: col(c), To: t}, name) }
	plain := func(c, name string) expr.Expr { return as(col(c), name) }
	green := e.Read(s.green).Select(
		cast("VendorID", expr.Int32, "vendor"), plain("lpep_pickup_datetime", "pickup"), plain("lpep_dropoff_datetime", "dropoff"),
		plain("store_and_fwd_flag", "flag"), cast("RatecodeID", expr.Int64, "ratecode"), cast("PULocationID", expr.Int32, "pu"),
		cast("DOLocationID", expr.Int32, "do_"), cast("passenger_count", expr.Int64, "passengers"), plain("trip_distance", "distance"),
		plain("fare_amount", "fare"), plain("extra", "extra"), plain("mta_tax", "mta_tax"), plain("tip_amount", "tip"), plain("tolls_amount", "tolls"),
		plain("improvement_surcharge", "surcharge"), plain("total_amount", "total"), cast("payment_type", expr.Int64, "payment"),
		cast("trip_type", expr.Int64, "trip_type"), plain("congestion_surcharge", "congestion"))
	weather := e.Read(s.weather).Select(cast("DATE", expr.Date, "date_"), cast("PRCP", expr.Float64, "rain"), cast("SNOW", expr.Float64, "snow"),
		cast("TMAX", expr.Float64, "tmax"), cast("TMIN", expr.Float64, "tmin"))
	zones := e.Read(s.zones).Select(cast("LocationID", expr.Int32, "LocationID"), col("Borough"), col("Zone"), col("service_zone"))
	return tables{green, e.Read(s.day), e.Read(s.samples), zones, weather, e.Read(s.legacy)}
}

func cellText(v expr.Value) string { return v.String() }

// sameCell compares a value with the oracle's: doubles within a relative 1e-9,
// the rest exactly.
func sameCell(v expr.Value, want any) bool {
	switch want := want.(type) {
	case nil:
		return v.IsNull
	case string:
		if want == "NaN" {
			// The correlation with what does not vary is NaN there and null in Spark.
			return v.Type == expr.Float64 && (v.IsNull || math.IsNaN(v.F))
		}
		return !v.IsNull && cellText(v) == want
	case float64:
		if v.IsNull {
			return false
		}
		have := v.F
		if v.Type != expr.Float64 {
			have = float64(v.I)
		}
		return have == want || math.Abs(have-want) <= 1e-9*max(math.Abs(have), math.Abs(want))
	}
	return false
}

// The frame API gives the oracle's answers on the real files, whatever the
// settings: executors, shuffle partitions, adaptive execution, memory. TestOracleSQL
// goes through more of them.
func TestOracle(t *testing.T) {
	dir := sharedTaxi(t)
	o := readOracle(t, dir)
	src := openSources(t, dir)
	for i, c := range []struct {
		master, partitions string
		adaptive, little   bool
	}{
		{"local[2]", "7", true, true},
		{"local[2]", "1", false, false},
		{"local[2]", "200", true, false},
		{"local-cluster[2,1,80]", "200", false, true},
		{"local-cluster[2,1,80]", "1", true, true},
		{"local-cluster[2,1,256]", "7", false, false},
	} {
		if testing.Short() && i > 0 {
			break
		}
		// The oracle divides by zero in silence, as Spark does without ANSI.
		settings := []string{"spark.master=" + c.master, "spark.sql.shuffle.partitions=" + c.partitions, fmt.Sprintf("spark.sql.adaptive.enabled=%t", c.adaptive),
			"spark.sql.ansi.enabled=false"}
		name := fmt.Sprintf("%s/%s/aqe=%t", c.master, c.partitions, c.adaptive)
		if c.little {
			name += "/160m"
			settings = append(settings, "spark.executor.memory=160m")
		}
		t.Run(name, func(t *testing.T) { runOracle(t, o, src, settings) })
	}
}

func runOracle(t *testing.T, o oracle, src sources, settings []string) {
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	spilled := int64(0)
	s, err := engine.NewSession(conf, engine.WithListener(func(e event.Event) {
		if e, ok := e.(event.TaskEnd); ok {
			spilled += e.Metrics.Value(metric.DiskBytesSpilled)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	v := src.views(s)
	defer func() {
		if little := conf.IsSet(config.ExecutorMemory); little && spilled == 0 {
			t.Error("the budget is meant to be small, and nothing spilled")
		} else if little {
			t.Logf("%d MiB spilled", spilled>>20)
		}
	}()
	for _, q := range o.Queries {
		build := oracleQueries[q.Name]
		if build == nil {
			continue
		}
		r, err := build(v).Collect(context.Background())
		if err != nil {
			t.Errorf("%s: %v", q.Name, err)
			continue
		}
		if d := compareOracle(r, q.Rows); d != "" {
			t.Errorf("%s: %s", q.Name, d)
		}
	}
}

func compareOracle(r *engine.Result, want [][]any) string {
	rows := r.Rows()
	if len(rows) != len(want) {
		return fmt.Sprintf("%d rows, want %d", len(rows), len(want))
	}
	for i, row := range rows {
		for c, v := range row {
			if c >= len(want[i]) || !sameCell(v, want[i][c]) {
				return fmt.Sprintf("row %d, column %s: %v, want %v", i+1, r.Schema[c].Name, slices.Collect(texts(row)), want[i])
			}
		}
	}
	return ""
}

func texts(row []expr.Value) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range row {
			if !yield(v.String()) {
				return
			}
		}
	}
}
