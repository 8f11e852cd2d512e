package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

var places = expr.Schema{{Name: "lat", Type: expr.Float64}, {Name: "lon", Type: expr.Float64}, {Name: "at", Type: expr.Timestamp},
	{Name: "local", Type: expr.TimestampNTZ}, {Name: "day", Type: expr.Date}, {Name: "n", Type: expr.Int64}}

// randomPlaces are rows about the whole Earth and both sides of 1970, with nulls
// and places that are none.
func randomPlaces(r *rand.Rand, rows int) *expr.Batch {
	b := &expr.Batch{Schema: places, Rows: rows}
	for _, f := range places {
		c := expr.NewBuilder(f.Type)
		for i := range rows {
			v := expr.Value{Type: f.Type, IsNull: r.IntN(20) == 0, I: int64(i)}
			switch f.Name {
			case "lat", "lon":
				v.F = []float64{(r.Float64() - 0.5) * 360, 40.7 + r.Float64()/10, math.NaN(), 90, -180}[min(r.IntN(40), 4)]
			case "at", "local":
				v.I = (r.Int64N(20000) - 10000) * 3600e6 / 7
			case "day":
				v.I = r.Int64N(400) - 200
			}
			c.AppendValue(v)
		}
		b.Cols = append(b.Cols, c.Take())
	}
	return b
}

// partitionSizes are the rows of each partition that the frame's last exchange
// makes, as the tasks that read them count.
func partitionSizes(t *testing.T, r *recorder, f *engine.Frame) []int {
	t.Helper()
	before := len(r.events)
	if _, err := f.Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, e := range r.events[before:] {
		if e, ok := e.(event.TaskEnd); ok && e.Type == "ResultTask" {
			for len(sizes) <= e.Info.PartitionID {
				sizes = append(sizes, 0)
			}
			sizes[e.Info.PartitionID] += int(e.Metrics.Value(metric.ShuffleReadRecords))
		}
	}
	return sizes
}

var newYork, _ = time.LoadLocation("America/New_York")

// Every row is in one partition, rows of one cell or period are together, and
// partitions have as many rows as a count by name gives.
func TestPartitioners(t *testing.T) {
	date := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		by      engine.Partitioner
		columns []string
		shown   string
		key     func(row []expr.Value) string // rows of one key are together
	}{
		{engine.Grid{Cell: 0.01, N: 7}, []string{"lat", "lon"}, "GridPartitioning(lat, lon, 0.01, 7)", func(row []expr.Value) string {
			lat, lon := row[0], row[1]
			if lat.IsNull || lon.IsNull || !(math.Abs(lat.F) <= 90) || !(math.Abs(lon.F) <= 180) {
				return "nowhere"
			}
			return fmt.Sprint(math.Floor((lat.F+90)/0.01), math.Floor((lon.F+180)/0.01))
		}},
		{engine.Periods{Of: engine.Hour, N: 5}, []string{"local"}, "TimePartitioning(local, hour, 5)", func(row []expr.Value) string {
			if row[3].IsNull {
				return "null"
			}
			return time.UnixMicro(row[3].I).UTC().Format("2006-01-02 15")
		}},
		{engine.Periods{Of: engine.Day, From: date(1969, 12, 1), Until: date(1970, 3, 1)}, []string{"day"},
			"TimePartitioning(day, day, 1969-12-01 00:00:00 to 1970-03-01 00:00:00)", func(row []expr.Value) string {
				day := time.Unix(row[4].I*86400, 0).UTC()
				if row[4].IsNull || day.Before(date(1969, 12, 1)) || day.After(date(1970, 3, 1)) {
					return "outside"
				}
				return day.Format(time.DateOnly)
			}},
		{engine.Periods{Of: engine.Month, N: 3, Zone: newYork}, []string{"at"}, "TimePartitioning(at, month, 3)", func(row []expr.Value) string {
			if row[2].IsNull {
				return "null"
			}
			return time.UnixMicro(row[2].I).In(newYork).Format("2006-01")
		}},
		{engine.PartitionFunc("Mod7", 4, func(cols []*expr.Column, rows int, out []int32) error {
			for i := range rows {
				if out[i] = 3; !cols[0].IsNull(i) {
					out[i] = int32(cols[0].I64[i] % 7 / 2)
				}
			}
			return nil
		}), []string{"n"}, "Mod7(4)", func(row []expr.Value) string {
			if row[5].IsNull {
				return "null"
			}
			return fmt.Sprint(row[5].I % 7)
		}},
	} {
		r := &recorder{}
		s := session(t, r, "spark.master=local[2]", "spark.sql.adaptive.enabled=false")
		rows := randomPlaces(rand.New(rand.NewPCG(3, 4)), 3000)
		f := s.Read(source.Memory(places, []*expr.Batch{rows})).RepartitionBy(c.by, c.columns...)
		explained, err := f.Explain("simple")
		if err != nil || !strings.Contains(explained, "Exchange "+c.shown+", REPARTITION_BY_NUM") {
			t.Fatalf("%v: %s is not in %s", err, c.shown, explained)
		}
		cols := make([]*expr.Column, len(c.columns))
		for i, name := range c.columns {
			cols[i] = &rows.Cols[places.Index(name)]
		}
		out := make([]int32, rows.Rows)
		if err := c.by.Place(cols, rows.Rows, out); err != nil {
			t.Fatal(err)
		}
		together, want := map[string]int32{}, make([]int, c.by.Partitions())
		for i, p := range out {
			row := make([]expr.Value, len(rows.Cols))
			for c := range row {
				row[c] = rows.Cols[c].Value(i)
			}
			key := c.key(row)
			if before, ok := together[key]; ok && before != p {
				t.Fatalf("%s: %s is in partitions %d and %d", c.shown, key, before, p)
			}
			together[key] = p
			want[p]++
		}
		if got := partitionSizes(t, r, f); !slices.Equal(got, want) {
			t.Errorf("%s: partitions have %v rows, want %v", c.shown, got, want)
		}
		distinct := map[int32]bool{}
		for _, p := range together {
			distinct[p] = true
		}
		if one, ok := c.by.(engine.Periods); ok && one.N == 0 && len(distinct) != len(together) {
			t.Errorf("%s: %d periods share %d partitions", c.shown, len(together), len(distinct))
		}
	}
}

// A mistake in a partitioner is an error that says which and what to do; a panic
// in a function of the program fails its query and nothing else.
func TestPartitionerMistakes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	f := s.Read(source.Memory(places, []*expr.Batch{randomPlaces(rand.New(rand.NewPCG(1, 1)), 50)}))
	place := func(do func(i int) int32) engine.Partitioner {
		return engine.PartitionFunc("Mine", 3, func(_ []*expr.Column, rows int, out []int32) error {
			for i := range rows {
				out[i] = do(i)
			}
			return nil
		})
	}
	refused := engine.PartitionFunc("Mine", 3, func([]*expr.Column, int, []int32) error { return errors.New("no map of the city") })
	for want, bad := range map[string]*engine.Frame{
		"they have from 0.000001 to 180":           f.RepartitionBy(engine.Grid{N: 3}, "lat", "lon"),
		"takes two columns":                        f.RepartitionBy(engine.Grid{Cell: 1, N: 3}, "lat"),
		"column n of a grid is bigint; cast it":    f.RepartitionBy(engine.Grid{Cell: 1, N: 3}, "lat", "n"),
		"0 partitions; there must be one":          f.RepartitionBy(engine.Grid{Cell: 1}, "lat", "lon"),
		"column lat of periods is double":          f.RepartitionBy(engine.Periods{N: 1}, "lat"),
		"from 1 to 65536 can have":                 f.RepartitionBy(engine.Periods{From: time.Unix(0, 0), Until: time.Unix(-9999, 0)}, "at"),
		`unknown column "lot"`:                     f.RepartitionBy(engine.Grid{Cell: 1, N: 3}, "lat", "lot"),
		"there is no partitioner":                  f.RepartitionBy(nil, "lat"),
		"is sent to partition 3; there are 0 to 2": f.RepartitionBy(place(func(int) int32 { return 3 }), "n"),
		"is sent to partition -1":                  f.RepartitionBy(place(func(int) int32 { return -1 }), "n"),
		"index out of range":                       f.RepartitionBy(place(func(i int) int32 { return []int32{}[i] }), "n"),
		"partitioner Mine: no map of the city":     f.RepartitionBy(refused, "n"),
	} {
		if _, err := bad.Collect(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	if _, err := f.Count(context.Background()); err != nil {
		t.Error(err)
	}
}
