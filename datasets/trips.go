package datasets

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// tripColumns is the one schema of trips, with the names under which each
// column went in the files of the years (NYC TLC trip records, 2009 to 2025,
// yellow and green; names compare without case). A file without a column has
// nulls there.
var tripColumns = []rename{
	{"vendor", expr.Int32, []string{"vendorid", "vendor_id", "vendor_name"}},
	{"pickup", expr.TimestampNTZ, []string{"tpep_pickup_datetime", "lpep_pickup_datetime", "pickup_datetime", "trip_pickup_datetime"}},
	{"dropoff", expr.TimestampNTZ, []string{"tpep_dropoff_datetime", "lpep_dropoff_datetime", "dropoff_datetime", "trip_dropoff_datetime"}},
	{"flag", expr.String, []string{"store_and_fwd_flag", "store_and_forward"}},
	{"ratecode", expr.Int64, []string{"ratecodeid", "rate_code_id", "rate_code"}},
	{"pu", expr.Int32, []string{"pulocationid", "pickup_location_id"}},
	{"do_", expr.Int32, []string{"dolocationid", "dropoff_location_id"}},
	{"pickup_longitude", expr.Float64, []string{"pickup_longitude", "start_lon"}},
	{"pickup_latitude", expr.Float64, []string{"pickup_latitude", "start_lat"}},
	{"dropoff_longitude", expr.Float64, []string{"dropoff_longitude", "end_lon"}},
	{"dropoff_latitude", expr.Float64, []string{"dropoff_latitude", "end_lat"}},
	{"passengers", expr.Int64, []string{"passenger_count"}},
	{"distance", expr.Float64, []string{"trip_distance"}},
	{"fare", expr.Float64, []string{"fare_amount", "fare_amt"}},
	{"extra", expr.Float64, []string{"extra", "surcharge"}},
	{"mta_tax", expr.Float64, []string{"mta_tax"}},
	{"tip", expr.Float64, []string{"tip_amount", "tip_amt"}},
	{"tolls", expr.Float64, []string{"tolls_amount", "tolls_amt"}},
	{"surcharge", expr.Float64, []string{"improvement_surcharge"}},
	{"total", expr.Float64, []string{"total_amount", "total_amt"}},
	{"payment", expr.Int64, []string{"payment_type"}},
	{"trip_type", expr.Int64, []string{"trip_type"}},
	{"congestion", expr.Float64, []string{"congestion_surcharge"}},
	{"airport", expr.Float64, []string{"airport_fee"}},
	{"cbd", expr.Float64, []string{"cbd_congestion_fee"}},
}

// Trips opens files, folders and globs of taxi trips of any era, Parquet and
// CSV, as one table in one schema: the names of tripColumns, vendors and
// payment types as the numbers that the TLC uses today, times without a zone.
func Trips(paths ...string) (source.Source, error) {
	files, err := expand(paths)
	if err != nil {
		return nil, err
	}
	// Files whose columns go by the same names and are of one format are one
	// group, read as one source.
	type group struct {
		files []string
		open  func(...string) (source.Source, error)
	}
	groups := map[string]*group{}
	var order []string
	for _, f := range files {
		open := source.Parquet
		if isCSV(f) {
			open = func(paths ...string) (source.Source, error) { return source.CSV(source.CSVOptions{}, paths...) }
		}
		one, err := open(f)
		if err != nil {
			return nil, err
		}
		key := fmt.Sprint(isCSV(f)) + strings.ToLower(strings.Join(one.Schema().Names(), ","))
		if groups[key] == nil {
			groups[key] = &group{open: open}
			order = append(order, key)
		}
		groups[key].files = append(groups[key].files, f)
	}
	var parts []source.Source
	for _, key := range order {
		g := groups[key]
		base, err := g.open(g.files...)
		if err != nil {
			return nil, err
		}
		m, err := newMapped(g.files[0], base, tripColumns)
		if err != nil {
			return nil, err
		}
		for _, must := range []string{"pickup", "total", "fare"} {
			if !m.has(must) {
				return nil, &source.Error{File: g.files[0], Err: fmt.Errorf("these are no taxi trips: no column for %s among %s", must, strings.Join(base.Schema().Names(), ", "))}
			}
		}
		parts = append(parts, m)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &joined{parts: parts}, nil
}

func isCSV(path string) bool {
	return strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".csv.gz")
}

// expand lists the trip files of paths, folders and globs, sorted.
func expand(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		matches := []string{p}
		if strings.ContainsAny(p, "*?[") {
			var err error
			if matches, err = filepath.Glob(p); err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
			if len(matches) == 0 {
				return nil, &source.Error{File: p, Err: fmt.Errorf("no file is called so")}
			}
		}
		for _, m := range matches {
			info, err := os.Stat(m)
			if err != nil {
				return nil, &source.Error{File: m, Err: err}
			}
			if !info.IsDir() {
				files = append(files, m)
				continue
			}
			found := len(files)
			err = filepath.WalkDir(m, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".parquet") || isCSV(path)) && !strings.HasPrefix(d.Name(), "_") {
					files = append(files, path)
				}
				return err
			})
			if err != nil {
				return nil, &source.Error{File: m, Err: err}
			}
			if len(files) == found {
				return nil, &source.Error{File: m, Err: fmt.Errorf("the folder holds no Parquet and no CSV file")}
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}
