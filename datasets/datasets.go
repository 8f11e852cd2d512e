// Package datasets opens the data that jobs read, by name: New York taxi trips
// of every era in one clean schema, the taxi zones and the daily weather; and
// generates such data where none is at hand.
package datasets

import (
	"fmt"
	"os"
	"path/filepath"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// Tables are the tables of the taxi case study.
type Tables struct{ Trips, Zones, Weather source.Source }

// File names in a folder of taxi data, as Generate writes them.
const (
	tripFiles   = "*_tripdata_*.parquet"
	zoneFile    = "taxi_zone_lookup.csv"
	weatherFile = "central_park_weather_daily.csv"
)

// Dir opens the folder that `stagecoach data generate` writes. The error names
// what is missing.
func Dir(dir string) (Tables, error) {
	var t Tables
	missing := func(what string) error {
		return &source.Error{File: dir, Err: fmt.Errorf("there are no %s; make some with: stagecoach data generate --out %s", what, dir)}
	}
	files, err := filepath.Glob(filepath.Join(dir, tripFiles))
	if err != nil || len(files) == 0 {
		return t, missing("taxi trips (" + tripFiles + ")")
	}
	for _, f := range []string{zoneFile, weatherFile} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			return t, missing(f)
		}
	}
	if t.Trips, err = Trips(files...); err != nil {
		return t, err
	}
	if t.Zones, err = Zones(filepath.Join(dir, zoneFile)); err != nil {
		return t, err
	}
	t.Weather, err = Weather(filepath.Join(dir, weatherFile))
	return t, err
}

// Zones opens a table of taxi zones: LocationID int, Borough, Zone,
// service_zone string.
func Zones(path string) (source.Source, error) {
	file, err := source.CSV(source.CSVOptions{}, path)
	if err != nil {
		return nil, err
	}
	return newMapped(path, file, []rename{
		{"LocationID", expr.Int32, []string{"locationid"}}, {"Borough", expr.String, []string{"borough"}},
		{"Zone", expr.String, []string{"zone"}}, {"service_zone", expr.String, []string{"service_zone"}},
	})
}

// Weather opens daily weather of Central Park: date_ date; rain, snow (inches),
// tmax, tmin (degrees Fahrenheit) double.
func Weather(path string) (source.Source, error) {
	file, err := source.CSV(source.CSVOptions{}, path)
	if err != nil {
		return nil, err
	}
	return newMapped(path, file, []rename{
		{"date_", expr.Date, []string{"date"}}, {"rain", expr.Float64, []string{"prcp"}}, {"snow", expr.Float64, []string{"snow"}},
		{"tmax", expr.Float64, []string{"tmax"}}, {"tmin", expr.Float64, []string{"tmin"}},
	})
}
