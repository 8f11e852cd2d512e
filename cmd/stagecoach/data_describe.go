package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/datasets"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// dataDescribeCommand scans files and prints what is in them.
func dataDescribeCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "describe PATH…",
		Short: "Show schema, size, nulls, bounds and the most frequent keys of files",
		Long: `Describe reads Parquet and CSV files once and prints, for each column, its type,
the share of nulls, the smallest and largest value, how many values there are,
and the most frequent ones with their share of the rows. A key with a large share
is what makes one task of a join or an aggregation slower than the others.

The Parquet files named or found in directories are described as one table, each
CSV file as a table of its own.`,
		Example: `  stagecoach data describe data
  stagecoach data describe data/yellow_tripdata_2023-01.parquet --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			tables, err := openTables(args)
			if err != nil {
				return err
			}
			var summaries []*datasets.Summary
			for _, t := range tables {
				s, err := datasets.Describe(c.Context(), t)
				if err != nil {
					return err
				}
				summaries = append(summaries, s)
			}
			if format == "json" {
				return describeJSON(c.OutOrStdout(), summaries)
			}
			var sections []section
			for _, s := range summaries {
				sections = append(sections, describeSections(s)...)
			}
			return printSections(c.OutOrStdout(), format, sections)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or markdown")
	return c
}

// openTables opens all Parquet files as one table and each CSV file as one.
func openTables(paths []string) ([]source.Source, error) {
	var parquet, csv []string
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			if isCSVName(path) {
				csv = append(csv, path)
			} else {
				parquet = append(parquet, path)
			}
			continue
		}
		var texts []string
		hasParquet := false
		err := filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				hasParquet = hasParquet || strings.HasSuffix(p, ".parquet")
				if isCSVName(p) {
					texts = append(texts, p)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		csv = append(csv, texts...)
		if hasParquet || len(texts) == 0 { // with neither, Parquet says so
			parquet = append(parquet, path)
		}
	}
	var tables []source.Source
	if len(parquet) > 0 {
		t, err := source.Parquet(parquet...)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	for _, path := range csv {
		t, err := source.CSV(source.CSVOptions{}, path)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func isCSVName(path string) bool {
	for _, suffix := range []string{".csv", ".csv.gz", ".tsv", ".tsv.gz"} {
		if strings.HasSuffix(strings.ToLower(path), suffix) {
			return true
		}
	}
	return false
}

func describeSections(s *datasets.Summary) []section {
	about := section{title: s.Location, header: []string{"what", "value"}}
	about.add("format", s.Format)
	about.add("rows", s.Rows)
	about.add("files", s.Files)
	if s.RowGroups > 0 {
		about.add("row groups", s.RowGroups)
	}
	about.add("size", metric.FormatBytes(s.Bytes))
	if s.Rows > 0 {
		about.add("bytes a row", fmt.Sprintf("%.1f", float64(s.Bytes)/float64(s.Rows)))
	}
	if s.Malformed > 0 {
		about.add("malformed rows", s.Malformed)
	}
	columns := section{title: "Columns", header: []string{"column", "type", "nulls", "min", "max", "distinct", "most frequent"}}
	for _, c := range s.Columns {
		distinct := strconv.Itoa(c.Distinct)
		if c.Distinct < 0 {
			distinct = fmt.Sprintf("> %d", datasets.MaxDistinct)
		}
		var top []string
		for _, k := range c.Top {
			if int64(c.Distinct)*2 > s.Rows-c.Nulls {
				break // nearly every row has a key of its own: none is frequent
			}
			top = append(top, fmt.Sprintf("%s %s", valueText(k.Value), percent(k.Rows, s.Rows)))
		}
		columns.add(c.Name, c.Type, percent(c.Nulls, s.Rows), valueText(c.Min), valueText(c.Max), distinct, strings.Join(top, ", "))
	}
	return []section{about, columns}
}

func percent(part, whole int64) string {
	switch {
	case part == 0 || whole == 0:
		return "0 %"
	case float64(part)/float64(whole) < 0.001:
		return "< 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// valueText prints a value as SQL would, short.
func valueText(v expr.Value) string {
	if v.IsNull {
		return ""
	}
	text := []rune(v.String())
	if len(text) > 24 && v.Type == expr.String {
		return string(text[:23]) + "…"
	}
	return string(text)
}

// describeJSON prints the summaries as a list of tables. Shares are of all rows.
func describeJSON(w io.Writer, summaries []*datasets.Summary) error {
	type key struct {
		Value any     `json:"value"`
		Rows  int64   `json:"rows"`
		Share float64 `json:"share"`
	}
	type column struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Nulls    int64  `json:"nulls"`
		Min      any    `json:"min"`
		Max      any    `json:"max"`
		Distinct *int   `json:"distinct"`
		Top      []key  `json:"top"`
	}
	type table struct {
		Location  string   `json:"location"`
		Format    string   `json:"format"`
		Rows      int64    `json:"rows"`
		Files     int      `json:"files"`
		RowGroups int64    `json:"row_groups"`
		Bytes     int64    `json:"bytes"`
		Malformed int64    `json:"malformed_rows"`
		Columns   []column `json:"columns"`
	}
	out := []table{}
	for _, s := range summaries {
		t := table{s.Location, s.Format, s.Rows, s.Files, s.RowGroups, s.Bytes, s.Malformed, []column{}}
		for _, c := range s.Columns {
			o := column{Name: c.Name, Type: c.Type.String(), Nulls: c.Nulls, Min: jsonValue(c.Min), Max: jsonValue(c.Max), Top: []key{}}
			if c.Distinct >= 0 {
				o.Distinct = &c.Distinct
			}
			for _, k := range c.Top {
				o.Top = append(o.Top, key{jsonValue(k.Value), k.Rows, float64(k.Rows) / float64(s.Rows)})
			}
			t.Columns = append(t.Columns, o)
		}
		out = append(out, t)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
