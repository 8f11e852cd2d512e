package main

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/datasets"
)

func dataGenerateCommand() *cobra.Command {
	var o datasets.GenerateOptions
	var from, to, out string
	c := &cobra.Command{
		Use:   "generate",
		Short: "Generate New York taxi trips, zones and weather",
		Long: `Write made-up yellow taxi trips of New York as Parquet files, one a month from
2009-01 on, with the columns and fares of that month's official file, and with the
table of taxi zones and daily weather.

The trips are drawn from distributions measured on the trip records that the New
York City Taxi and Limousine Commission (TLC) publishes: hours, zones and routes,
distances, times, fares and tips, and the dirt of the real files: refunds, missing
distances, wrong dates, and a block of rows with nulls at the end of each file.
The same options write the same bytes on any machine.`,
		Example: `  stagecoach data generate --out data/taxi
  stagecoach data generate --rows 20000000 --from 2023-01 --to 2023-12 --out data/taxi20m
  stagecoach data generate --rows 5000000 --from 2019-10 --to 2020-09 --out data/covid`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if o.From, err = parseMonth("--from", from); err != nil {
				return err
			}
			if o.To, err = parseMonth("--to", to); err != nil {
				return err
			}
			// What lives here is one row group, which grows and is let go of for
			// every file: collecting as seldom as for jobs would hold three.
			debug.SetGCPercent(100)
			p := newProgress()
			percent := -1
			o.Progress = func(done, total int64) {
				if at := int(100 * done / total); at != percent {
					percent = at
					p.show("generating trips", at, 100)
				}
			}
			start := time.Now()
			g, err := datasets.Generate(c.Context(), out, o)
			p.clear()
			if err != nil {
				return err
			}
			elapsed := time.Since(start)
			w := c.OutOrStdout()
			for _, f := range g.Files {
				fmt.Fprintf(w, "%12d rows %12d bytes  %s\n", f.Rows, f.Bytes, filepath.ToSlash(f.Path))
			}
			fmt.Fprintf(w, "%d files, %d trips, %d bytes in %.1f s (%.0f rows/s)\n",
				len(g.Files), g.Rows, g.Bytes, elapsed.Seconds(), float64(g.Rows)/elapsed.Seconds())
			return nil
		},
	}
	f := c.Flags()
	f.Int64Var(&o.Rows, "rows", 1_000_000, "trips in all")
	f.StringVar(&from, "from", "2023-01", "first month, 2009-01 or later")
	f.StringVar(&to, "to", "2023-03", "last month")
	f.Uint64Var(&o.Seed, "seed", 1, "another number makes other trips")
	f.StringVar(&o.Codec, "codec", "zstd", "compression: none, snappy, gzip or zstd")
	f.IntVar(&o.RowGroupRows, "row-group-rows", 0, "most rows in a row group (default 1048576)")
	f.StringVar(&out, "out", filepath.Join("data", "taxi"), "folder to write to")
	return c
}

// parseMonth reads a month such as 2023-01 that a flag gave.
func parseMonth(flag, text string) (time.Time, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %s: write a year and a month, such as 2023-01", flag, text)
	}
	return t, nil
}

// month is the first moment of a month.
func month(year int, m time.Month) time.Time {
	return time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
}
