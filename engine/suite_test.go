package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stagecoach/datasets"
	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// suiteAnswers is a file of lines {"query": "S01", "answer": [[...], ...]}, as
// DuckDB gives them on the suite's data here.
const suiteAnswers = "testdata/suite/answers.jsonl"

// Every query of the taxi suite beside the repository gives the answer that
// DuckDB gave, in every cell of the matrix. The trips are generated: 20,000 of
// 2023. The environment variable STAGECOACH_DUCKDB names a Python that has duckdb
// and pyarrow: it is asked again, and its answers replace the recorded ones.
func TestSuite(t *testing.T) {
	suite := strings.TrimSuffix(sharedTaxi(t), "taxi") + "baselines/suite"
	data := suiteData(t)
	if python := os.Getenv("STAGECOACH_DUCKDB"); python != "" {
		askDuckDB(t, python, filepath.Dir(suite), data)
	}
	want := readAnswers(t)
	list := cells(t)
	if !testing.Short() { // these cost little on so few trips
		list = append(list,
			cell{settings: "spark.master=local[2] spark.sql.shuffle.partitions=7", hint: "SHUFFLE_HASH", little: true},
			cell{settings: cluster + " spark.sql.shuffle.partitions=7" + losing, hint: "MERGE", little: true},
			cell{settings: cluster + " spark.sql.shuffle.partitions=7" + fixed + faulty, hint: "BROADCAST"},
			cell{settings: "spark.master=local[1] spark.sql.shuffle.partitions=1000" + fixed, hint: "SHUFFLE_HASH"})
	}
	for i, c := range list {
		t.Run(c.name(), func(t *testing.T) {
			out := t.TempDir()
			read := func(name string) string { return suiteText(t, suite, name, data, out) }
			tr := c.begin(t, i, 5, func(s *engine.Session) {
				if _, err := s.SQL(context.Background(), read("views")); err != nil {
					t.Fatal(err)
				}
			}, "zones", "weather", "legacy")
			for q := range 20 {
				name := fmt.Sprintf("S%02d", q+1)
				text := strings.Replace(tr.hinted(read(name)), "CACHE TABLE clean", "CACHE TABLE clean OPTIONS('storageLevel' '"+level(i+1)+"')", 1)
				got, err := suiteAnswer(tr.Session, name, text, filepath.Join(out, name))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				} else if d := differsFrom(want[name], got, name == "S15"); d != "" {
					t.Errorf("%s: %s", name, d)
				}
				tr.planned(text)
			}
			tr.end()
		})
	}
}

// suiteData is a folder of what the suite's views read.
func suiteData(t *testing.T) string {
	dir, taxi := t.TempDir(), sharedTaxi(t)
	month := func(m time.Month) time.Time { return time.Date(2023, m, 1, 0, 0, 0, 0, time.UTC) }
	if _, err := datasets.Generate(context.Background(), dir+"/yellow", datasets.GenerateOptions{Rows: 20000, From: month(1), To: month(12), Seed: 4, RowGroupRows: 1000}); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		dir + "/yellow/taxi_zone_lookup.csv":           "lookup/taxi_zone_lookup.csv",
		dir + "/yellow/central_park_weather_daily.csv": "weather/central_park_weather_daily_2009_2024.csv",
		taxi + "/legacy/yellow_2015-01_head.csv":       "legacy_csv/2015.csv",
		taxi + "/legacy/yellow_2016-01_head.csv":       "legacy_csv/2016.csv",
	} {
		text, err := os.ReadFile(from)
		if err == nil && strings.HasPrefix(from, dir) {
			err = os.Remove(from)
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o777)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, to), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// suiteText is a file of the suite, in Spark's dialect.
func suiteText(t *testing.T, suite, name, data, out string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suite, name+".spark.sql"))
	if err != nil {
		text, err = os.ReadFile(filepath.Join(suite, name+".sql"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("${data}", data, "${out}", out).Replace(string(text))
}

// suiteAnswer is the rows of a query, or of what it wrote: how many, the sum of
// total_amount and, of the sort, whether it falls.
func suiteAnswer(s *engine.Session, name, text, target string) (answer [][]any, err error) {
	err = s.Statements(context.Background(), text, func(f *engine.Frame) error {
		if len(f.Schema()) == 0 {
			return nil
		}
		r, err := f.Collect(context.Background())
		if err == nil {
			answer = append(answer, plainRows(r)...)
		}
		return err
	})
	if _, missing := os.Stat(target); err != nil || missing != nil {
		return answer, err
	}
	files, err := filepath.Glob(target + "/*.parquet")
	folders, _ := filepath.Glob(target + "/*=*/*.parquet")
	rows, sum, last, falls := 0, 0.0, math.Inf(1), true
	for _, file := range slices.Sorted(slices.Values(append(files, folders...))) {
		r, err := s.Open("parquet", nil, nil, file).Select(expr.Col("total_amount")).Collect(context.Background())
		if err != nil {
			return nil, err
		}
		for _, row := range r.Rows() {
			rows, sum, falls, last = rows+1, sum+row[0].F, falls && row[0].F <= last, row[0].F
		}
	}
	line := []any{float64(rows), sum, nil}
	if name == "S10" {
		line[2] = falls
	}
	return [][]any{line}, err
}

// plainRows is a result as JSON would have it.
func plainRows(r *engine.Result) (out [][]any) {
	for _, row := range r.Rows() {
		line := make([]any, len(row))
		for i, v := range row {
			switch {
			case v.IsNull || v.Type == expr.Float64 && math.IsNaN(v.F):
			case v.Type == expr.Float64:
				line[i] = v.F
			case v.Type.IsWhole():
				line[i] = float64(v.I)
			case v.Type.Kind() == expr.Decimal:
				line[i] = v.Wide.Float(v.Type.Scale())
			default:
				line[i] = v.String()
			}
		}
		out = append(out, line)
	}
	return out
}

// differsFrom compares numbers within a relative 1e-7, those of a sketch within
// 15 %, as the suite's own program does.
func differsFrom(want, got [][]any, sketch bool) string {
	tolerance := 1e-7
	if sketch {
		tolerance = 0.15
	}
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows, not %d", len(got), len(want))
	}
	for i, row := range want {
		for c, w := range row {
			x, number := w.(float64)
			y, too := got[i][c].(float64)
			if number && too && math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y), 1e-9) {
				continue
			}
			if w != got[i][c] {
				return fmt.Sprintf("row %d, column %d: %v, not %v", i+1, c+1, got[i], row)
			}
		}
	}
	return ""
}

type suiteLine struct {
	Query  string  `json:"query"`
	Answer [][]any `json:"answer"`
	Error  string  `json:"error,omitempty"`
}

func readAnswers(t *testing.T) map[string][][]any {
	t.Helper()
	file, err := os.Open(suiteAnswers)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	answers := map[string][][]any{}
	for in := json.NewDecoder(bufio.NewReader(file)); in.More(); {
		var line suiteLine
		if err := in.Decode(&line); err != nil || line.Error != "" {
			t.Fatalf("%s: %v %s", suiteAnswers, err, line.Error)
		}
		answers[line.Query] = line.Answer
	}
	return answers
}

// askDuckDB records the answers of DuckDB, by the suite's own program.
func askDuckDB(t *testing.T, python, baselines, data string) {
	t.Helper()
	results := filepath.Join(t.TempDir(), "results.jsonl")
	if out, err := exec.Command(python, filepath.Join(baselines, "run_suite.py"), "--engine", "duckdb", "--label", "duckdb", "--data", data,
		"--out", t.TempDir(), "--results", results, "--runs", "1").CombinedOutput(); err != nil {
		t.Fatalf("DuckDB: %v\n%s", err, out)
	}
	in, err := os.Open(results)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(suiteAnswers)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	for from, to := json.NewDecoder(in), json.NewEncoder(out); from.More(); {
		var line suiteLine
		if err = from.Decode(&line); err == nil {
			err = to.Encode(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
