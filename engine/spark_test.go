package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
)

// sparkAnswer is what Spark made of a statement: a line of run.py.
type sparkAnswer struct {
	SQL, Version, Error string
	Names, Types        []string
	Rows                [][]*string
	Counts              []int  // rows by partition
	Plan                string // as it was run
}

// pythonWithSpark is the Python to ask for Spark's answers.
func pythonWithSpark(t *testing.T) string {
	t.Helper()
	python := os.Getenv("STAGECOACH_SPARK")
	if python == "" {
		t.Skip("STAGECOACH_SPARK names no Python with pyspark: nothing is compared with Spark (make spark-test does)")
	}
	return python
}

// Statements of Spark SQL give, row for row, what they give in Spark, in both
// ANSI modes; where Spark refuses one, so does the engine. The environment
// variable STAGECOACH_SPARK names a Python that has pyspark (make spark-test).
func TestSpark(t *testing.T) {
	python := pythonWithSpark(t)
	files, err := filepath.Glob("testdata/spark/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no statements: %v", err)
	}
	for _, mode := range []string{"ansi", "legacy"} {
		t.Run(mode, func(t *testing.T) {
			answers := askSpark(t, python, mode, files)
			s := sparkSession(t, mode == "ansi", answers[0].Version)
			for _, want := range answers {
				if cameWith4(want) {
					t.Logf("not in Spark %s: %s", want.Version, want.SQL)
				} else if d := differs(s, want); d != "" {
					t.Errorf("%s\n  %s", want.SQL, d)
				}
			}
			t.Logf("%d statements compared with Spark %s", len(answers), answers[0].Version)
		})
	}
}

func askSpark(t *testing.T, python, mode string, files []string) []sparkAnswer {
	t.Helper()
	c := exec.Command(python, append([]string{"testdata/spark/run.py", mode}, files...)...)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var answers []sparkAnswer
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var a sparkAnswer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		answers = append(answers, a)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("Spark: %v", err)
	}
	return answers
}

// sparkSession is set up as run.py sets up Spark.
func sparkSession(t testing.TB, ansi bool, version string, options ...engine.Option) *engine.Session {
	t.Helper()
	conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=4",
		"spark.sql.session.timeZone=America/New_York", fmt.Sprintf("spark.sql.ansi.enabled=%t", ansi), "stagecoach.spark.version="+version[:3])
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.NewSession(conf, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// cameWith4 reports whether Spark 3.5 refuses what Spark 4.0 answers: syntax,
// functions, and months and days as distances between dates.
func cameWith4(a sparkAnswer) bool {
	return strings.HasPrefix(a.Version, "3.") && slices.Contains([]string{"PARSE_SYNTAX_ERROR", "UNRESOLVED_ROUTINE", "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE"}, a.Error)
}

// differs says in what the engine's answer is not Spark's.
func differs(s *engine.Session, want sparkAnswer) string {
	types, rows, err := asText(s, want.SQL)
	switch {
	case err != nil && want.Error != "":
		return ""
	case err != nil:
		return fmt.Sprintf("error: %v", strings.ReplaceAll(err.Error(), "\n", "\n  "))
	case want.Error != "":
		return fmt.Sprintf("Spark's error is %s, got %v", want.Error, rows)
	}
	if strings.HasPrefix(want.SQL, "CREATE") {
		return ""
	}
	if !slices.Equal(types, want.Types) {
		return fmt.Sprintf("types: want %v, got %v", want.Types, types)
	}
	wanted := make([][]string, len(want.Rows))
	for i, r := range want.Rows {
		for _, cell := range r {
			text := "NULL"
			if cell != nil {
				text = "=" + *cell
			}
			wanted[i] = append(wanted[i], text)
		}
	}
	if !strings.Contains(want.SQL, "ORDER BY") {
		slices.SortFunc(wanted, slices.Compare)
		slices.SortFunc(rows, slices.Compare)
	}
	if !slices.EqualFunc(wanted, rows, sameRow) {
		return fmt.Sprintf("want %v\n  got  %v", wanted, rows)
	}
	return ""
}

// sameRow compares texts; doubles may differ in the last digits, as sums over
// partitions do.
func sameRow(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		var f, g float64
		if x == y {
			return true
		}
		if !strings.Contains(x, ".") || !strings.Contains(y, ".") {
			return false
		}
		n, _ := fmt.Sscanf(x, "=%g", &f)
		m, _ := fmt.Sscanf(y, "=%g", &g)
		d := f - g
		return n == 1 && m == 1 && (d <= 1e-12*f && d >= -1e-12*f || d >= 1e-12*f && d <= -1e-12*f)
	})
}

// asText runs a statement and casts its columns to strings.
func asText(s *engine.Session, text string) (types []string, rows [][]string, err error) {
	ctx := context.Background()
	f, err := s.SQL(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	r, err := f.Collect(ctx)
	if err != nil {
		return nil, nil, err
	}
	schema := append(expr.Schema{}, r.Schema...)
	casts := make([]*expr.Bound, len(schema))
	for i := range schema {
		types = append(types, schema[i].Type.String())
		schema[i].Name = fmt.Sprintf("c%d", i)
	}
	for i := range schema {
		if casts[i], err = expr.Bind(expr.CastTo{X: expr.Col(schema[i].Name), To: expr.String, Mode: s.Mode()}, schema); err != nil {
			return nil, nil, err
		}
	}
	for _, b := range r.Batches {
		part := make([][]string, b.Rows)
		for _, c := range casts {
			texts, err := c.Eval(b)
			if err != nil {
				return nil, nil, err
			}
			for i := range part {
				cell := "NULL"
				if !texts.IsNull(i) {
					cell = "=" + string(texts.Str(i))
				}
				part[i] = append(part[i], cell)
			}
		}
		rows = append(rows, part...)
	}
	return types, rows, nil
}
