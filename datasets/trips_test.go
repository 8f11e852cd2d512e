package datasets

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// taxi finds the real taxi files, which lie beside the repository, or skips the
// test.
func taxi(t testing.TB, path ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, "..", "shared", "taxi")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("skipped: no ../shared/taxi beside the repository")
	}
	return filepath.Join(append([]string{dir}, path...)...)
}

// oracle reads the answer that another engine gave to a query.
func oracle(t testing.TB, name string) [][]any {
	t.Helper()
	text, err := os.ReadFile(taxi(t, "oracle.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Queries []struct {
			Name string
			Rows [][]any
		}
	}
	text = regexp.MustCompile(`\bNaN\b`).ReplaceAll(text, []byte("null"))
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, q := range file.Queries {
		if q.Name == name {
			return q.Rows
		}
	}
	t.Fatalf("the oracle has no query %s", name)
	return nil
}

// scan reads the columns of every split of s and calls row for every row.
func scan(t testing.TB, s source.Source, columns []string, row func(b *expr.Batch, r int)) int {
	t.Helper()
	splits, err := s.Splits(source.SplitOptions{MaxPartitionBytes: 8 << 20, OpenCost: 1 << 20, Parallelism: 3})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, split := range splits {
		r := source.Read{Columns: columns, BatchRows: 4096}
		for b, err := range s.Read(t.Context(), split, &r) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.Cols {
				b.Cols[i].Check()
			}
			rows += b.Rows
			for i := range b.Rows {
				row(b, i)
			}
		}
	}
	return rows
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }

// All green months together: rows, sums and nulls.
func TestGreenTrips(t *testing.T) {
	s, err := Trips(taxi(t, "green") + "/*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"passengers", "ratecode", "payment", "congestion", "flag", "distance", "fare", "tip", "total", "pu"}
	var nulls [5]float64
	var sums [4]float64
	zones := map[int32]bool{}
	rows := scan(t, s, columns, func(b *expr.Batch, r int) {
		for i := range nulls {
			if b.Cols[i].IsNull(r) {
				nulls[i]++
			}
		}
		for i := range sums {
			sums[i] += b.Cols[5+i].F64[r]
		}
		zones[b.Cols[9].I32[r]] = true
	})
	if want := oracle(t, "rows")[0][0].(float64); float64(rows) != want {
		t.Errorf("%d rows, want %v", rows, want)
	}
	for i, want := range oracle(t, "nulls")[0] {
		if nulls[i] != want.(float64) {
			t.Errorf("%v nulls in %s, want %v", nulls[i], columns[i], want)
		}
	}
	want := oracle(t, "sums")[0]
	if float64(rows)-nulls[0] != want[0].(float64) || float64(len(zones)) != want[7].(float64) {
		t.Errorf("%v rows with passengers, %d zones", float64(rows)-nulls[0], len(zones))
	}
	for i := range sums {
		if !near(sums[i], want[1+i].(float64)) {
			t.Errorf("sum of %s: %v, want %v", columns[5+i], sums[i], want[1+i])
		}
	}
}

// One day of yellow trips, cleaned and narrowed by pandas.
func TestYellowDay(t *testing.T) {
	s, err := Trips(taxi(t, "yellow", "yellow_2016-03-31_day_cleaned205k.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	var counts, sums [24]float64
	scan(t, s, []string{"pickup", "total"}, func(b *expr.Batch, r int) {
		h := time.UnixMicro(b.Cols[0].I64[r]).UTC().Hour()
		counts[h]++
		sums[h] += b.Cols[1].F64[r]
	})
	for _, row := range oracle(t, "day_hours") {
		h := int(row[0].(float64))
		if counts[h] != row[1].(float64) || !near(sums[h], row[2].(float64)) {
			t.Errorf("hour %d: %v trips, %v dollars, want %v", h, counts[h], sums[h], row)
		}
	}
}

// Green Parquet and yellow samples in CSV are one table.
func TestErasTogether(t *testing.T) {
	s, err := Trips(taxi(t, "green")+"/*.parquet", taxi(t, "yellow", "samples_2018_2020"))
	if err != nil {
		t.Fatal(err)
	}
	counts, sums := map[int]float64{}, map[int]float64{}
	scan(t, s, []string{"total", "pickup"}, func(b *expr.Batch, r int) {
		y := time.UnixMicro(b.Cols[1].I64[r]).UTC().Year()
		counts[y]++
		sums[y] += b.Cols[0].F64[r]
	})
	for _, row := range oracle(t, "union_eras") {
		y := int(row[0].(float64))
		if counts[y] != row[1].(float64) || !near(sums[y], row[2].(float64)) {
			t.Errorf("%d: %v trips, %v dollars, want %v", y, counts[y], sums[y], row)
		}
	}
}

// The first row of a file of every era, as it comes out of the one schema.
func TestEveryEra(t *testing.T) {
	columns := []string{"vendor", "pickup", "passengers", "distance", "pickup_longitude", "ratecode", "flag", "pu", "payment", "fare", "extra", "surcharge", "total", "congestion", "airport", "cbd"}
	for file, want := range map[string]string{
		"legacy/rtlee9_taxi_sample_raw.csv":                           "2 2014-09-22T07:25:00Z 1 1.01 -73.96521 1 . . 2 6 0 . 6.5 . . .",
		"legacy/yellow_2015-01_head.csv":                              "2 2015-01-15T19:05:39Z 1 1.59 -73.993896484375 1 N . 1 12 1 0.3 17.05 . . .",
		"legacy/yellow_2016-01_head.csv":                              "2 2016-01-01T00:00:00Z 2 1.1 -73.99037170410156 1 N . 2 7.5 0.5 0.3 8.8 . . .",
		"legacy/yellow_2016-02_sample10k.csv":                         "1 2016-02-24T07:18:00Z 1 0.4 -73.97714233 1 N . 1 4 0 0.3 6 . . .",
		"yellow/samples_2018_2020/yellow_tripdata_sample_2018-01.csv": "2 2018-01-11T18:24:44Z 1 1.65 . 1 N 230 1 8.5 1 0.3 12.36 . . .",
		"yellow/yellow_2024-01_head10k.csv":                           "2 2024-01-01T00:57:55Z 1 1.72 . 1 N 186 2 17.7 1 1 22.7 2.5 0 .",
		"yellow/yellow_2025-01_head1k_cbd.csv":                        "1 2025-01-01T00:18:38Z 1 1.6 . 1 N 229 1 10 3.5 1 18 2.5 0 0",
	} {
		s, err := Trips(taxi(t, filepath.FromSlash(file)))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		got := ""
		scan(t, s, columns, func(b *expr.Batch, r int) {
			if got != "" {
				return
			}
			for i := range b.Cols {
				v := b.Cols[i].Value(r)
				switch {
				case i > 0:
					got += " "
				}
				switch {
				case v.IsNull || v.Type == expr.String && v.S == "":
					got += "."
				case v.Type == expr.TimestampNTZ:
					got += time.UnixMicro(v.I).UTC().Format(time.RFC3339)
				case v.Type == expr.Float64:
					got += fmt.Sprint(v.F)
				case v.Type == expr.String:
					got += v.S
				default:
					got += fmt.Sprint(v.I)
				}
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// The same months rewritten by others, with whole numbers as doubles, still
// open. What has no fares is no table of trips, and the error says so.
func TestRewrittenMonths(t *testing.T) {
	for _, file := range []string{"green_tripdata_2024-01.aiven.parquet", "green_tripdata_2025-11.oran.parquet"} {
		s, err := Trips(taxi(t, "green", "variants", file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		want := int(s.Stats().Rows)
		if got := scan(t, s, s.Schema().Names(), func(*expr.Batch, int) {}); got != want || got == 0 {
			t.Errorf("%s: %d rows of %d", file, got, want)
		}
	}
	_, err := Trips(taxi(t, "green", "variants", "green_tripdata_2022-01.pp-proj2.parquet"))
	if err == nil || !strings.Contains(err.Error(), "no column for total") {
		t.Error(err)
	}
}

func TestZonesAndWeather(t *testing.T) {
	zones, err := Zones(taxi(t, "lookup", "taxi_zone_lookup.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if n := scan(t, zones, zones.Schema().Names(), func(*expr.Batch, int) {}); n != 265 {
		t.Errorf("%d zones", n)
	}
	weather, err := Weather(taxi(t, "weather", "central_park_weather_daily_2009_2024.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("date_ date, rain double, snow double, tmax double, tmin double", weather.Schema().String()); diff != "" {
		t.Error(diff)
	}
	if n := scan(t, weather, weather.Schema().Names(), func(*expr.Batch, int) {}); n != 5538 {
		t.Errorf("%d days", n)
	}
}
