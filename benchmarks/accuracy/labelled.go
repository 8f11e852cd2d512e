package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/sparklog"
)

// A pair is a labelled log whose cause was found, and its repaired twin.
type pair struct {
	cause               string
	wall, fixed         time.Duration
	low, expected, high time.Duration // of the saving
}

func (p pair) saved() time.Duration { return p.wall - p.fixed }

// miss is the error of the predicted saving as a share of the wall before.
func (p pair) miss() float64 { return float64(p.expected-p.saved()) / float64(max(1, p.wall)) }

func (p pair) covered() bool { return p.low <= p.saved() && p.saved() <= p.high }

// labelled asks for advice on the labelled logs of Spark that have a repaired
// twin; there are none where the folder is not.
func (s *study) labelled() (pairs []pair, err error) {
	folder := filepath.Join(s.shared, "eventlogs", "labelled")
	file, err := os.Open(filepath.Join(folder, "labels.tsv"))
	if err != nil {
		return nil, nil
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		cause := row[column["cause"]]
		millis, err := strconv.ParseInt(row[column["fixed_duration_ms"]], 10, 64)
		if err != nil || row[column["fixed_path"]] == "" || !strings.Contains(cause, s.only) {
			continue
		}
		p, err := sparklog.Open(filepath.Join(folder, row[column["path"]]))
		if err != nil {
			return nil, err
		}
		for _, f := range advisor.Advise(p, rules.All, advisor.Option{}).Findings {
			if f.Cause != cause {
				continue
			}
			low, high := f.SavingRange()
			pairs = append(pairs, pair{cause, p.App.Wall(), time.Duration(millis) * time.Millisecond, low, f.Expected(), high})
			break
		}
	}
	return pairs, nil
}

// realised prints predicted against realised savings of the labelled logs.
func realised(b *strings.Builder, pairs []pair) {
	if len(pairs) == 0 {
		return
	}
	b.WriteString(`## Prediction on logs of Spark

Logs of Spark with a planted cause that have a repaired twin: the saving that the finding of the cause promises against
what the repaired run took less. The error is the difference over the wall time before.

`)
	rows := [][]string{{"Cause", "wall ms", "saving predicted ms", "range ms", "realised ms", "error", "within the range"}}
	var misses []float64
	covered := 0.0
	for _, p := range pairs {
		in := "no"
		if p.covered() {
			in, covered = "yes", covered+1
		}
		misses = append(misses, p.miss())
		rows = append(rows, []string{p.cause, millis(p.wall), millis(p.expected), millis(p.low) + " to " + millis(p.high), millis(p.saved()), percent(p.miss(), 1), in})
	}
	table(b, rows)
	fmt.Fprintf(b, "Median error %s of the wall, 90th percentile %s; %s of the savings lie within their range.\n", percent(quantile(misses, 0.5), 1),
		percent(quantile(misses, 0.9), 1), percent(covered, float64(len(pairs))))
}
