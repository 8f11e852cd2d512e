package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stagecoach/datasets/profile"
	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// dataProfileCommand looks at a table as a job would meet it.
func dataProfileCommand() *cobra.Command {
	var format string
	var settings []string
	c := &cobra.Command{
		Use:   "profile FILE…",
		Short: "Show how wide a table's rows are, whose keys are skewed, and which types could be narrower",
		Long: `Profile reads the files as one table, on the engine, and prints for each column its
type, width, share of nulls, bounds, how many keys it has and how unevenly rows are
spread over them, and the narrowest type that holds every value exactly, with the
bytes that saves. (Whether the values of tomorrow fit is yours to know.)

Widths are those of columns in memory (Arrow, Spark's cache, Parquet before it is
encoded). Imbalance is the fullest of 200 partitions over a mean one, if the table
were shuffled by the column: at 10 one task takes ten times as long as the others.`,
		Example: `  stagecoach data profile data/yellow_tripdata_2023-01.parquet
  stagecoach data profile orders.csv --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "md", "markdown"); err != nil {
				return err
			}
			conf, err := config.Parse(settings...)
			if err != nil {
				return err
			}
			t, err := profileTable(c, conf, args)
			if err != nil {
				return err
			}
			if format == "json" {
				e := json.NewEncoder(c.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(t)
			}
			if format == "md" {
				format = "markdown"
			}
			return printSections(c.OutOrStdout(), format, tableSections(t))
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or md")
	c.Flags().StringArrayVar(&settings, "conf", nil, "a parameter of the engine as key=value; may be repeated")
	return c
}

func profileTable(c *cobra.Command, conf config.Config, paths []string) (t *profile.Table, err error) {
	s, err := engine.NewSession(conf)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	f, err := openTable(s, paths)
	if err != nil {
		return nil, err
	}
	t, err = profile.Of(c.Context(), s, f)
	return t, jobError(err)
}

func tableSections(t *profile.Table) []section {
	about := section{title: "Table", header: []string{"what", "value"}}
	about.add("rows", t.Rows)
	about.add("columns", len(t.Columns))
	about.add("bytes a row in memory", fmt.Sprintf("%.1f", t.Width))
	about.add("in memory", metric.FormatBytes(int64(t.Width*float64(t.Rows))))
	about.add("narrower types save", metric.FormatBytes(t.Saved))
	columns := section{title: "Columns", header: []string{"column", "type", "bytes", "nulls", "min", "max"}}
	keys := section{title: "Keys", header: []string{"column", "distinct", "median rows", "largest", "its rows", "share", "imbalance", ""}}
	narrow := section{title: "Narrower types", header: []string{"column", "from", "to", "saves", "because"}}
	for _, c := range t.Columns {
		columns.add(c.Name, c.Type, fmt.Sprintf("%.1f", c.Width), percent(c.Nulls, t.Rows), c.Min, c.Max)
		if k := c.Keys; k != nil {
			note := ""
			if k.Skewed {
				note = "skewed"
			}
			keys.add(c.Name, k.Distinct, fmt.Sprintf("%g", k.Median), k.Top, k.Largest, fmt.Sprintf("%.1f %%", 100*k.Share), fmt.Sprintf("%.1f", k.Imbalance), note)
		}
		if n := c.Narrower; n != nil {
			narrow.add(c.Name, c.Type, n.To, metric.FormatBytes(n.Saved), n.Why)
		}
	}
	return []section{about, columns, keys, narrow}
}
