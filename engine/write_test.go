package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// pairs is a frame of two columns, k and v.
func pairs(s *engine.Session, rows ...[2]int64) *engine.Frame {
	schema := expr.Schema{{Name: "k", Type: expr.Int64}, {Name: "v", Type: expr.Int64}}
	k, v := expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.Int64)
	for _, r := range rows {
		k.AppendValue(expr.Value{I: r[0]})
		v.AppendValue(expr.Value{I: r[1]})
	}
	return s.Read(source.Memory(schema, []*expr.Batch{{Schema: schema, Rows: len(rows), Cols: []expr.Column{k.Take(), v.Take()}}}))
}

var id = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// tree is the files and folders below dir with the text of those that have
// rows.
func tree(t *testing.T, dir string) (lines []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			lines = append(lines, name+"/")
			return nil
		}
		text, err := os.ReadFile(path)
		lines = append(lines, strings.TrimSuffix(id.ReplaceAllString(name, "ID")+" "+strings.ReplaceAll(string(text), "\n", ";"), " "))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// Every mode does with what is there what Spark does.
func TestWriteModes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	first, second := [][2]int64{{1, 10}, {2, 20}}, [][2]int64{{2, 21}, {3, 31}}
	for _, c := range []struct {
		mode, overwrite string
		want            []string
	}{
		{"", "static", []string{"error"}},
		{"ErrorIfExists", "static", []string{"error"}},
		{"bold", "static", []string{"error"}},
		{"ignore", "static", []string{"_SUCCESS", "k=1/", "k=1/part-00000-ID.c000.csv 10;", "k=2/", "k=2/part-00000-ID.c001.csv 20;"}},
		{"append", "static", []string{"_SUCCESS", "k=1/", "k=1/part-00000-ID.c000.csv 10;", "k=2/", "k=2/part-00000-ID.c000.csv 21;", "k=2/part-00000-ID.c001.csv 20;",
			"k=3/", "k=3/part-00000-ID.c001.csv 31;"}},
		{"overwrite", "static", []string{"_SUCCESS", "k=2/", "k=2/part-00000-ID.c000.csv 21;", "k=3/", "k=3/part-00000-ID.c001.csv 31;"}},
		{"overwrite", "dynamic", []string{"_SUCCESS", "k=1/", "k=1/part-00000-ID.c000.csv 10;", "k=2/", "k=2/part-00000-ID.c000.csv 21;", "k=3/", "k=3/part-00000-ID.c001.csv 31;"}},
	} {
		path := filepath.Join(t.TempDir(), "a", "b")
		o := engine.WriteOptions{PartitionBy: []string{"k"}}
		if _, err := pairs(s, first...).Write(context.Background(), "csv", path, o); err != nil {
			t.Fatal(err)
		}
		o.Mode, o.Options = c.mode, map[string]string{"partitionOverwriteMode": c.overwrite}
		_, err := pairs(s, second...).Write(context.Background(), "csv", path, o)
		got := tree(t, path)
		if err != nil {
			got = []string{"error"}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s: %v %s", c.mode, c.overwrite, err, diff)
		}
	}
}

// A write that fails or is cancelled leaves what was there, and nothing where
// nothing was.
func TestWriteFails(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]")
	broken := errors.New("broken")
	for _, before := range []bool{true, false} {
		for _, cancelled := range []bool{true, false} {
			dir := t.TempDir()
			path := filepath.Join(dir, "a", "b")
			if before {
				if _, err := pairs(s, [2]int64{1, 10}).Write(context.Background(), "json", path, engine.WriteOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			want := tree(t, dir)
			ctx, cancel := context.WithCancel(context.Background())
			in := hooked{4, func(_ context.Context, split int) error {
				if split < 2 {
					return nil
				}
				if cancelled {
					cancel()
					return nil
				}
				return broken
			}}
			_, err := s.Read(in).Write(ctx, "json", path, engine.WriteOptions{Mode: "overwrite"})
			cancel()
			if want := map[bool]error{true: context.Canceled, false: broken}[cancelled]; !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
				t.Errorf("before %v, cancelled %v: %s", before, cancelled, diff)
			}
		}
	}
}

// A write leaves as many files as partitions with rows, or one, and tells how
// many there are as Spark's events do.
func TestWriteMetrics(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]", "spark.sql.files.maxRecordsPerFile=1")
	path := filepath.Join(t.TempDir(), "out")
	w, err := pairs(s, [2]int64{1, 10}, [2]int64{1, 11}, [2]int64{2, 20}).Write(context.Background(), "csv", path, engine.WriteOptions{PartitionBy: []string{"k"}})
	if diff := cmp.Diff(engine.Written{Files: 3, Rows: 3, Bytes: 9, Folders: 2}, w); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got := map[string]int64{}
	plan := &event.PlanNode{}
	for _, e := range r.events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			for plan = e.Plan; len(plan.Metrics) == 0; {
				plan = plan.Children[0] // below AdaptiveSparkPlan
			}
		case event.DriverAccumUpdates:
			for _, m := range plan.Metrics {
				for _, u := range e.Updates {
					if m.AccumulatorID == u.ID {
						got[m.Name] = u.Value
					}
				}
			}
		}
	}
	want := map[string]int64{"number of written files": 3, "number of output rows": 3, "written output": 9, "number of dynamic part": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	none := pairs(s, [2]int64{1, 10}).Where(expr.Gt(expr.Col("v"), 10)).Repartition(3)
	if w, err := none.Write(context.Background(), "parquet", empty, engine.WriteOptions{}); w.Files != 1 || w.Rows != 0 || err != nil {
		t.Error(w, err)
	}
	back := s.Open("parquet", nil, nil, empty)
	if n, err := back.Count(context.Background()); n != 0 || err != nil || back.Schema().String() != "k bigint, v bigint" {
		t.Error(n, back.Schema(), err)
	}
}

// A table can be read and overwritten in one query.
func TestWriteOverItself(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]")
	path := filepath.Join(t.TempDir(), "out")
	if _, err := pairs(s, [2]int64{1, 10}, [2]int64{2, 20}).Write(context.Background(), "parquet", path, engine.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	all := s.Open("parquet", nil, nil, path)
	if _, err := all.Where(expr.Gt(expr.Col("v"), 10)).Write(context.Background(), "parquet", path, engine.WriteOptions{Mode: "overwrite"}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Open("parquet", nil, nil, path).Count(context.Background()); n != 1 || err != nil {
		t.Error(n, err)
	}
}

// Files are opened with the session's time zone, and a mistake stays in the
// frame.
func TestOpen(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]", "spark.sql.session.timeZone=+01:00")
	path := filepath.Join(t.TempDir(), "t=2020-01-01 00%3A30%3A00", "x.csv")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("1970-01-01 01:00:01\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open("csv", map[string]string{"inferSchema": "true"}, nil, filepath.Dir(filepath.Dir(path))).Collect(context.Background())
	if err != nil || r.Rows()[0][0].I != 1e6 || r.Rows()[0][1].I != 1577835000e6 {
		t.Error(r, err)
	}
	if err := s.Open("csv", map[string]string{"hader": "true"}, nil, path).Select(expr.Col("x")).Err(); err == nil || !strings.Contains(err.Error(), "did you mean header?") {
		t.Error(err)
	}
}

// A query of a table in folders reads those alone that its conditions, of any
// kind, leave, and says so in its plan and metrics.
func TestPartitionPruning(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]", "spark.sql.parquet.filterPushdown=false")
	path := filepath.Join(t.TempDir(), "out")
	if _, err := pairs(s, [2]int64{1, 10}, [2]int64{2, 20}, [2]int64{3, 30}, [2]int64{4, 40}).Write(context.Background(), "parquet", path, engine.WriteOptions{PartitionBy: []string{"k"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateView("t", s.Open("parquet", nil, nil, path)); err != nil {
		t.Fatal(err)
	}
	r.events = nil
	f, err := s.SQL(context.Background(), "SELECT sum(v) FROM t WHERE (k IN (1, 3) OR k % 5 = 4) AND v > 10")
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Collect(context.Background())
	if err != nil || got.Rows()[0][0].I != 70 {
		t.Error(got, err)
	}
	files, folders := int64(0), int64(0)
	var scan *event.PlanNode
	for _, e := range r.events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			for scan = e.Plan; len(scan.Children) > 0; {
				scan = scan.Children[0]
			}
		case event.DriverAccumUpdates:
			for _, m := range scan.Metrics {
				if m.Name == "number of partitions read" && e.Updates[0].ID == m.AccumulatorID {
					folders = e.Updates[0].Value
				}
			}
		case event.TaskEnd:
			for _, a := range e.Info.Accumulables {
				for _, m := range scan.Metrics {
					if m.Name == "number of files read" && a.ID == m.AccumulatorID {
						files += a.Update
					}
				}
			}
		}
	}
	if files != 3 || folders != 3 || !strings.Contains(scan.Metadata["PartitionFilters"], "IN") && !strings.Contains(scan.Metadata["PartitionFilters"], "in") {
		t.Error(files, folders, scan.Metadata)
	}
}
