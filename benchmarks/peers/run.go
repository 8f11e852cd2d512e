package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/benchmarks/runner"
	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
)

// A suiteRun runs queries of a suite in one session, each some times.
type suiteRun struct {
	suite, data, out, label, results string
	queries                          []string
	runs                             int
	conf                             []string

	session *engine.Session
	spilled int64
}

// settings make the engine answer as the suite's other engines do, and cut the
// work for two slots as one would who knows them; those of the command line come
// after.
var settings = []string{"spark.master=local[2]", "spark.executor.memory=3g", "spark.sql.files.maxPartitionBytes=16m", "spark.sql.shuffle.partitions=8",
	"spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold=1g", "spark.sql.maxConcurrentOutputFileWriters=8", "spark.sql.ansi.enabled=false", "spark.sql.session.timeZone=UTC"}

func (r *suiteRun) run(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	conf, err := config.Parse(append(slices.Clone(settings), r.conf...)...)
	if err != nil {
		return err
	}
	r.session, err = engine.NewSession(conf, engine.WithMemoryLimit(0), engine.WithListener(func(e event.Event) {
		if e, ok := e.(event.TaskEnd); ok {
			r.spilled += e.Metrics.Value(metric.DiskBytesSpilled)
		}
	}))
	if err != nil {
		return err
	}
	defer r.session.Close()
	views, err := r.text("views")
	if err != nil {
		return err
	}
	if _, err := r.session.SQL(ctx, views); err != nil {
		return err
	}
	if r.queries == nil {
		for i := range 20 {
			r.queries = append(r.queries, fmt.Sprintf("S%02d", i+1))
		}
	}
	file, err := os.OpenFile(r.results, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, q := range r.queries {
		for i := range r.runs {
			line := r.once(ctx, q, i)
			if err := json.NewEncoder(file).Encode(line); err != nil {
				return err
			}
			fmt.Printf("%s %s %.3f s, CPU %.3f s, %.0f MB%s\n", r.label, q, line.Wall, line.CPU, line.RSS, line.Error)
			if line.Error != "" {
				break
			}
		}
	}
	return nil
}

// text is a file of the suite without its comments: the one in Spark's dialect.
func (r *suiteRun) text(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(r.suite, name+".spark.sql"))
	if err != nil {
		if data, err = os.ReadFile(filepath.Join(r.suite, name+".sql")); err != nil {
			return "", err
		}
	}
	return strings.NewReplacer("${data}", r.data, "${out}", r.out).Replace(string(data)), nil
}

// once runs a query. Views that it makes go before the next run.
func (r *suiteRun) once(ctx context.Context, query string, run int) record {
	line := record{Label: r.label, Mode: "warm", Engine: "stagecoach", Version: "local", Query: query, Run: run, Last: run == r.runs-1}
	fail := func(err error) record {
		line.Error, line.Last = strings.ReplaceAll(err.Error(), "\n", " "), true
		return line
	}
	text, err := r.text(query)
	if err != nil {
		return fail(err)
	}
	target := filepath.Join(r.out, query)
	if err := os.RemoveAll(target); err != nil {
		return fail(err)
	}
	before := r.session.Views()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins anew; memory is kept, as the other engines keep theirs
	r.spilled = 0
	busy, cpu, start := machineBusy(), runner.ProcessCPU(), time.Now()
	var answer [][]any
	err = r.session.Statements(ctx, text, func(f *engine.Frame) error {
		if len(f.Schema()) == 0 {
			return nil
		}
		result, err := f.Collect(ctx)
		if err == nil {
			answer = append(answer, plain(result)...)
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	line.Wall = time.Since(start).Seconds()
	line.CPU = (runner.ProcessCPU() - cpu).Seconds()
	line.Foreign = max(machineBusy()-busy-line.CPU, 0)
	line.RSS = float64(runner.Peak()) / (1 << 20)
	spill := float64(r.spilled) / (1 << 20)
	line.Spill = &spill
	for _, v := range r.session.Views() {
		if !slices.Contains(before, v) {
			if _, err := r.session.SQL(ctx, "DROP VIEW "+v); err != nil {
				return fail(err)
			}
		}
	}
	if run > 0 {
		return line
	}
	if _, err := os.Stat(target); err == nil {
		if answer, err = r.written(ctx, target, query == "S10"); err != nil {
			return fail(err)
		}
	}
	line.Answer = answer
	return line
}

// written says what a query left in files: rows, the sum of total_amount and, when
// asked, whether it falls from the first row of the first file on.
func (r *suiteRun) written(ctx context.Context, folder string, sorted bool) ([][]any, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".parquet") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	rows, sum, last, ordered := 0, 0.0, math.Inf(1), true
	for _, f := range files {
		result, err := r.session.Open("parquet", nil, nil, f).Select(expr.Col("total_amount")).Collect(ctx)
		if err != nil {
			return nil, err
		}
		for _, b := range result.Batches {
			for _, v := range b.Cols[0].F64[:b.Rows] {
				rows, sum, ordered, last = rows+1, sum+v, ordered && v <= last, v
			}
		}
	}
	line := []any{rows, sum, nil}
	if sorted {
		line[2] = ordered
	}
	return [][]any{line}, nil
}

// plain is a result as the other engines' program writes it.
func plain(r *engine.Result) [][]any {
	var out [][]any
	for _, row := range r.Rows() {
		line := make([]any, len(row))
		for i, v := range row {
			switch {
			case v.IsNull || v.Type == expr.Float64 && math.IsNaN(v.F):
			case v.Type == expr.Float64:
				line[i], _ = strconv.ParseFloat(strconv.FormatFloat(v.F, 'g', 12, 64), 64)
			case v.Type.IsWhole():
				line[i] = v.I
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

var spaces = regexp.MustCompile(`\s+`)

// machineBusy is the CPU time that the machine has spent, in seconds; 0 where it
// does not tell.
func machineBusy() float64 {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	busy := 0.0
	for i, field := range spaces.Split(strings.TrimSpace(line), -1) {
		if n, err := strconv.ParseFloat(field, 64); err == nil && i != 4 && i != 5 && i <= 8 { // idle, and waiting for a disk
			busy += n
		}
	}
	return busy / 100
}
