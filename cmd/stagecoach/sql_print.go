package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/source"
)

// writeRows writes a result to a file, which is there whole or not at all.
func writeRows(path string, r *engine.Result, format string) (err error) {
	temporary := path + ".part"
	f, err := os.Create(temporary)
	if err != nil {
		return err
	}
	if format == "parquet" {
		err = writeParquet(f, r)
	} else {
		err = printRows(f, r, format)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}

func writeParquet(w io.Writer, r *engine.Result) error {
	out, err := source.NewParquetWriter(w, r.Schema, source.ParquetOptions{Codec: source.Zstd, Parallelism: 1})
	if err != nil {
		return err
	}
	for _, b := range r.Batches {
		if err := out.Write(b); err != nil {
			return err
		}
	}
	return out.Close()
}

// printRows prints a result as text, Markdown, CSV or lines of JSON.
func printRows(w io.Writer, r *engine.Result, format string) error {
	switch format {
	case "csv":
		return printCSV(w, r)
	case "json":
		return printJSON(w, r)
	}
	if plan, ok := planText(r); ok && format == "table" {
		_, err := io.WriteString(w, plan)
		return err
	}
	var cells [][]string
	for _, row := range r.Rows() {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = v.String()
		}
		cells = append(cells, line)
	}
	if format == "table" {
		format = "text"
	}
	return printTable(w, format, r.Schema.Names(), cells)
}

// planText is the answer of EXPLAIN, which is no table.
func planText(r *engine.Result) (string, bool) {
	if len(r.Schema) != 1 || r.Schema[0].Name != "plan" || r.Len() != 1 {
		return "", false
	}
	text := r.Rows()[0][0].S
	return text, strings.HasPrefix(text, "== ")
}

func printCSV(w io.Writer, r *engine.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write(r.Schema.Names()); err != nil {
		return err
	}
	line := make([]string, len(r.Schema))
	for _, row := range r.Rows() {
		for i, v := range row {
			line[i] = ""
			if !v.IsNull {
				line[i] = v.String()
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// printJSON writes an object a row, its columns in order, nulls left out as in
// Spark.
func printJSON(w io.Writer, r *engine.Result) error {
	var line []byte
	for _, row := range r.Rows() {
		line = append(line[:0], '{')
		for i, v := range row {
			if v.IsNull {
				continue
			}
			if len(line) > 1 {
				line = append(line, ',')
			}
			name, err := json.Marshal(r.Schema[i].Name)
			if err != nil {
				return err
			}
			value, err := json.Marshal(jsonValue(v))
			if err != nil {
				return err
			}
			line = append(append(append(line, name...), ':'), value...)
		}
		if _, err := w.Write(append(line, '}', '\n')); err != nil {
			return err
		}
	}
	return nil
}
