package datasets

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/bits"
	"os"
	"runtime"
	"slices"
	"time"

	"stagecoach/engine/source"
)

// GenerateOptions say which trips to make up.
type GenerateOptions struct {
	Rows         int64     // trips in all; the months share them as the official files do
	From, To     time.Time // the first and the last month, any moment of them; 2009-01 or later
	Seed         uint64    // another seed makes other trips, as likely
	Codec        string    // none, snappy, gzip or zstd; "" is zstd
	RowGroupRows int       // most rows in a row group; 0 is 1,048,576, as in the official files
	// Progress hears how many of how many rows are done, on the goroutine that
	// called Generate; nil is nobody.
	Progress func(done, total int64)
}

// Generated is what was written.
type Generated struct {
	Files []GeneratedFile // the months in order, then the zones, then the weather
	Rows  int64           // trips
	Bytes int64           // of all files
}

// A GeneratedFile is a file that was written, with its rows and size in bytes.
type GeneratedFile struct {
	Path  string
	Rows  int64
	Bytes int64
}

// Generate writes New York taxi trips that look like the official ones into dir:
// yellow_tripdata_YYYY-MM.parquet for every month, taxi_zone_lookup.csv and
// central_park_weather_daily.csv, which is what Dir opens.
//
// The rows are made up, from distributions measured on the trip records that the
// New York City Taxi and Limousine Commission (TLC) publishes and on NOAA's
// weather: where and when people ride, how far, how long and what they pay, and
// what is wrong with the data. Each month has the columns, fares, surcharges and
// ways to pay of its time. Each file is nearly sorted by pickup time and, from
// 2018 on, ends with a block of rows whose passengers, rate, flag, congestion
// surcharge and airport fee are null, in time order from the start again.
//
// The same options make the same bytes, on any machine and any number of
// processors. Files appear in dir when all are complete; after an error none
// does. Memory is bounded by one row group: the process peaks at some 650 MB for
// the default size and at 180 MB for 131,072 rows.
func Generate(ctx context.Context, dir string, o GenerateOptions) (Generated, error) {
	codec, err := source.ParseCodec(cmp.Or(o.Codec, "zstd"))
	if err != nil {
		return Generated{}, err
	}
	files, err := planMonths(o)
	if err != nil {
		return Generated{}, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Generated{}, err
	}
	s := &staging{dir: dir}
	defer s.discard()
	for _, f := range files {
		s.add(f.name())
	}
	if err := s.strangers(); err != nil {
		return Generated{}, err
	}
	zones, weather := s.add(zoneFile), s.add(weatherFile)

	// One file after the other: its chunks and columns are made in parallel, which
	// is as fast as several files at once and holds one row group and not many.
	crew := crew{codec: codec, rowGroupRows: o.RowGroupRows, hands: runtime.GOMAXPROCS(0), progress: counter(o)}
	for i, f := range files {
		if err := s.write(i, func(w io.Writer) (int64, error) { return f.rows, crew.write(ctx, f, w) }); err != nil {
			return Generated{}, err
		}
	}
	if err := s.write(zones, writeZones); err != nil {
		return Generated{}, err
	}
	first, last := files[0], files[len(files)-1]
	err = s.write(weather, func(w io.Writer) (int64, error) {
		return writeWeather(w, o.Seed, time.Unix(first.when.start, 0).UTC(), time.Unix(last.when.end, 0).UTC())
	})
	if err != nil {
		return Generated{}, err
	}
	return s.publish()
}

// counter adds up the rows that are done for o.Progress.
func counter(o GenerateOptions) func(rows int) {
	var done int64
	return func(rows int) {
		done += int64(rows)
		if o.Progress != nil {
			o.Progress(done, o.Rows)
		}
	}
}

// name is the official name of the month's file.
func (f *monthFile) name() string {
	return "yellow_tripdata_" + firstMonth.AddDate(0, f.month, 0).Format("2006-01") + ".parquet"
}

// planMonths shares the rows out to the months, by the sizes of the official
// files: every month its part rounded down, and what is left to those that lost
// most.
func planMonths(o GenerateOptions) ([]*monthFile, error) {
	from, to := monthsSince(o.From), monthsSince(o.To)
	switch {
	case o.Rows < 1:
		return nil, fmt.Errorf("%d rows to generate: ask for one or more", o.Rows)
	case o.From.Before(earliest):
		return nil, fmt.Errorf("trips from %s: the official files begin with %s; choose that month or a later one",
			o.From.Format("2006-01"), earliest.Format("2006-01"))
	case to < from:
		return nil, fmt.Errorf("trips from %s to %s: the first month is after the last", o.From.Format("2006-01"), o.To.Format("2006-01"))
	case to-from >= 1200:
		return nil, fmt.Errorf("trips of %d months: ask for 1,200 or fewer", to-from+1)
	case o.RowGroupRows < 0:
		return nil, fmt.Errorf("row groups of %d rows: ask for one or more, or 0 for 1,048,576", o.RowGroupRows)
	}
	var official uint64
	for m := from; m <= to; m++ {
		official += uint64(officialRows(m))
	}
	type part struct {
		month int
		rows  int64
		lost  uint64
	}
	var parts []part
	left := o.Rows
	for m := from; m <= to; m++ {
		hi, lo := bits.Mul64(uint64(o.Rows), uint64(officialRows(m)))
		rows, lost := bits.Div64(hi, lo, official)
		parts = append(parts, part{m, int64(rows), lost})
		left -= int64(rows)
	}
	byLoss := slices.Clone(parts)
	slices.SortStableFunc(byLoss, func(a, b part) int { return cmp.Compare(b.lost, a.lost) })
	for _, p := range byLoss[:left] {
		parts[p.month-from].rows++
	}
	var files []*monthFile
	for _, p := range parts {
		files = append(files, newMonthFile(p.month, p.rows, o.Seed))
	}
	return files, nil
}

// writeZones writes the lookup table of zones as the TLC does, byte for byte:
// with text in quotes and lines that end as on Windows.
func writeZones(to io.Writer) (rows int64, err error) {
	text := []byte("\"LocationID\",\"Borough\",\"Zone\",\"service_zone\"\r\n")
	for _, z := range taxiZones {
		text = fmt.Appendf(text, "%d,\"%s\",\"%s\",\"%s\"\r\n", z.id, z.borough, z.name, z.service)
	}
	_, err = to.Write(text)
	return int64(len(taxiZones)), err
}
