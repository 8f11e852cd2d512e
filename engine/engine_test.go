package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// recorder keeps the events of a session.
type recorder struct {
	mu     sync.Mutex
	events []event.Event
	on     func(event.Event)
}

func (r *recorder) add(e event.Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	on := r.on
	r.mu.Unlock()
	if on != nil {
		on(e)
	}
}

func session(t *testing.T, r *recorder, settings ...string) *engine.Session {
	t.Helper()
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.NewSession(conf, engine.WithListener(r.add))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (r *recorder) total(id metric.ID) (sum int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e, ok := e.(event.TaskEnd); ok && e.Metrics != nil {
			sum += e.Metrics.Value(id)
		}
	}
	return sum
}

func (r *recorder) tasks() (n int) {
	for _, e := range r.events {
		if _, ok := e.(event.TaskEnd); ok {
			n++
		}
	}
	return n
}

// wide makes n rows of unique keys.
func wide(n int) []*expr.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	b := &expr.Batch{Schema: schema, Rows: n}
	for _, f := range schema {
		col := expr.NewBuilder(f.Type)
		for i := range n {
			col.AppendValue(expr.Value{Type: f.Type, I: int64(i), F: r.Float64(), S: fmt.Sprint("row ", i)})
		}
		b.Cols = append(b.Cols, col.Take())
	}
	var out []*expr.Batch
	for at := 0; at < n; at += 1000 {
		out = append(out, b.Slice(at, min(at+1000, n)))
	}
	return out
}

// Aggregation and sort spill when their reservation is refused, and say so; with
// room they do not. Tasks tell what memory was in use, and stages where asked.
func TestSpill(t *testing.T) {
	for _, c := range []struct {
		memory string
		spills bool
	}{{"1m", true}, {"1g", false}} {
		r := &recorder{}
		s := session(t, r, "spark.master=local[1]", "spark.executor.memory="+c.memory, "spark.sql.shuffle.partitions=2",
			fmt.Sprint("spark.eventLog.logStageExecutorMetrics=", c.spills))
		in := s.Read(source.Memory(schema, wide(40000)))
		got, err := in.GroupBy(expr.Col("g")).Agg(expr.Sum(expr.Col("n"), "n")).OrderBy(engine.Asc("n")).Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		rows := got.Rows()
		if len(rows) != 40000 || rows[0][1].I != 0 || rows[39999][1].I != 39999 {
			t.Fatalf("%d rows, from %v to %v", len(rows), rows[0], rows[len(rows)-1])
		}
		if spilled := r.total(metric.DiskBytesSpilled); (spilled > 0) != c.spills {
			t.Errorf("with %s of memory %d bytes went to disk", c.memory, spilled)
		}
		total, peak, ofStages := int64(0), int64(0), int64(0)
		for _, e := range r.events {
			switch e := e.(type) {
			case event.BlockManagerAdded:
				total = e.MaxMemory
			case event.TaskEnd:
				peak = max(peak, e.HeapPeak)
			case event.StageExecutorMetrics:
				ofStages = max(ofStages, e.HeapPeak)
			}
		}
		if c.spills && ofStages != peak || !c.spills && ofStages != 0 {
			t.Errorf("with %s of memory stages saw %d bytes in use, tasks %d", c.memory, ofStages, peak)
		}
		if peak <= 0 || peak > total {
			t.Errorf("with %s of memory tasks saw %d of %d bytes in use", c.memory, peak, total)
		}
		// The sort samples the groups before it moves them: they are read twice.
		if read, written := r.total(metric.ShuffleLocalBytesRead), r.total(metric.ShuffleWriteBytes); read <= written || read > 2*written {
			t.Errorf("%d shuffle bytes read, %d written", read, written)
		}
	}
}

// Losing an executor in the middle of a job costs time, not the answer: its
// shuffle output is computed again in a second attempt of the stage.
func TestExecutorLost(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local-cluster[3,1,512]", "spark.sql.shuffle.partitions=6", "spark.sql.adaptive.enabled=false",
		"spark.locality.wait=0")
	ended := 0
	r.mu.Lock()
	r.on = func(e event.Event) {
		if e, ok := e.(event.StageCompleted); ok && e.Info.StageID == 0 {
			if ended++; ended == 1 {
				go s.LoseExecutor("1")
			}
		}
	}
	r.mu.Unlock()
	in := s.Read(source.Memory(schema, wide(30000)))
	for range 3 {
		n, err := in.GroupBy(expr.Col("g")).Agg(expr.Count("c")).Count(context.Background())
		if err != nil || n != 30000 {
			t.Fatal(n, err)
		}
	}
	if s.LoseExecutor("1") == nil {
		t.Error("an executor was lost twice")
	}
	if err := s.LoseExecutor("0"); err != nil {
		t.Error(err)
	}
	if s.LoseExecutor("2") == nil {
		t.Error("the last executor was lost")
	}
	if n, err := in.Count(context.Background()); err != nil || n != 30000 {
		t.Fatal(n, err)
	}
}

// A named frame is kept at the level its parameter says: the second query reads
// blocks, and the source is read once.
func TestCacheIsASetting(t *testing.T) {
	for level, cached := range map[string]bool{"NONE": false, "MEMORY_ONLY": true, "MEMORY_AND_DISK_SER": true, "DISK_ONLY": true} {
		r := &recorder{}
		s := session(t, r, "spark.master=local[2]", "stagecoach.storageLevel.rows="+level)
		f := s.Read(source.Memory(schema, wide(20000))).Where(expr.Ge(expr.Col("n"), 0)).Named("rows")
		for range 2 {
			if n, err := f.Count(context.Background()); err != nil || n != 20000 {
				t.Fatal(n, err)
			}
		}
		hits := int64(0)
		blocks := 0
		for _, e := range r.events {
			switch e := e.(type) {
			case event.TaskEnd:
				for _, a := range e.Info.Accumulables {
					if a.Name == metric.CacheHits.String() {
						hits += a.Update
					}
				}
			case event.BlockUpdated:
				blocks++
			}
		}
		if (hits > 0) != cached || (blocks > 0) != cached {
			t.Errorf("%s: %d partitions read from the cache, %d block updates", level, hits, blocks)
		}
		if s.Unpersist("rows") != cached {
			t.Errorf("%s: Unpersist disagrees", level)
		}
	}
}

// Adaptive execution joins small partitions: fewer tasks, the same answer.
func TestCoalesce(t *testing.T) {
	tasks := map[string]int{}
	for _, adaptive := range []string{"true", "false"} {
		r := &recorder{}
		s := session(t, r, "spark.master=local[2]", "spark.sql.shuffle.partitions=50", "spark.sql.adaptive.enabled="+adaptive)
		res, err := s.Read(source.Memory(schema, table(5000, 3))).GroupBy(expr.Col("k")).Agg(expr.Count("c")).Collect(context.Background())
		if err != nil || res.Len() != 51 {
			t.Fatal(res.Len(), err)
		}
		tasks[adaptive] = r.tasks()
	}
	if tasks["false"] != 52 || tasks["true"] != 3 {
		t.Errorf("tasks: %v; want 2 map tasks and 50 or, coalesced, 1", tasks)
	}
}

// A mistake names the line and the nearest name, and no action runs.
func TestMistakes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	f := s.Read(source.Memory(schema, wide(10)))
	for want, bad := range map[string]*engine.Frame{
		`unknown column "vv"; did you mean "v"?`:        f.Where(expr.Gt(expr.Col("vv"), 1)),
		`unknown function "uper"; did you mean "upper"`: f.Select(expr.Fn("uper", expr.Col("g"))),
		`is double, not boolean`:                        f.Where(expr.Col("v")),
		`both sides of the join have a column "k"`:      f.Join(f, engine.Inner, engine.On{Left: "k", Right: "k"}),
		`unknown aggregate function "summ"`:             f.Agg(expr.Stat("summ", "x", expr.Col("v"))),
		`differ in type`:                                f.Join(f.Select(expr.As{X: expr.Col("v"), Name: "w"}), engine.Inner, engine.On{Left: "k", Right: "w"}),
		`limit -1 is negative`:                          f.Limit(-1),
	} {
		_, err := bad.Count(context.Background())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "engine_test.go:") {
			t.Errorf("%v; want the line and %q", err, want)
		}
	}
}

// The events of a run tell a complete story: every start has its end, in order.
func TestEventsAreComplete(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]", "spark.sql.shuffle.partitions=4", "spark.sql.autoBroadcastJoinThreshold=-1")
	a, b := s.Read(source.Memory(schema, table(3000, 1))), s.Read(source.Memory(schema, table(300, 2)))
	if _, err := a.Join(side(b), engine.Inner, engine.On{Left: "k", Right: "k2"}).OrderBy(engine.Asc("n")).Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	open := map[string]int{}
	accumulators := map[int64]bool{}
	var declare func(n *event.PlanNode)
	declare = func(n *event.PlanNode) {
		for _, m := range n.Metrics {
			accumulators[m.AccumulatorID] = true
		}
		for _, c := range n.Children {
			declare(c)
		}
	}
	for _, e := range r.events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			open[fmt.Sprint("execution ", e.ID)]++
			declare(e.Plan)
		case event.SQLExecutionEnd:
			open[fmt.Sprint("execution ", e.ID)]--
		case event.SQLAdaptiveExecutionUpdate:
			declare(e.Plan)
		case event.JobStart:
			open[fmt.Sprint("job ", e.JobID)]++
		case event.JobEnd:
			open[fmt.Sprint("job ", e.JobID)]--
		case event.StageSubmitted:
			open[fmt.Sprint("stage ", e.Info.StageID)]++
		case event.StageCompleted:
			open[fmt.Sprint("stage ", e.Info.StageID)]--
		case event.TaskStart:
			open[fmt.Sprint("task ", e.Info.TaskID)]++
		case event.TaskEnd:
			if open[fmt.Sprint("task ", e.Info.TaskID)] != 1 || open[fmt.Sprint("stage ", e.StageID)] != 1 {
				t.Errorf("task %d ends outside its stage or before it began", e.Info.TaskID)
			}
			open[fmt.Sprint("task ", e.Info.TaskID)]--
			for _, a := range e.Info.Accumulables {
				if !accumulators[a.ID] {
					t.Errorf("task %d updates accumulator %d (%s), which no plan declares", e.Info.TaskID, a.ID, a.Name)
				}
			}
		}
	}
	for what, n := range open {
		if n != 0 {
			t.Errorf("%s is open by %d at the end", what, n)
		}
	}
	if _, ok := r.events[len(r.events)-1].(event.ApplicationEnd); !ok {
		t.Error("the last event is not the end of the application")
	}
	if !slices.ContainsFunc(r.events, func(e event.Event) bool { _, ok := e.(event.ApplicationStart); return ok }) {
		t.Error("the application never began")
	}
}

// What is written reads back the same, and a folder that exists is not touched.
func TestWrite(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]")
	path := t.TempDir() + "/out"
	rows := s.Read(source.Memory(schema, table(5000, 4)))
	if _, err := rows.Repartition(3).Write(context.Background(), "parquet", path, engine.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Write(context.Background(), "parquet", path, engine.WriteOptions{}); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("writing again: %v", err)
	}
	back, err := source.Parquet(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := rows.Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Read(back).Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := text(got.Rows(), false), text(want.Rows(), false); !slices.Equal(a, b) {
		t.Errorf("%d rows come back of %d; %s", len(a), len(b), firstDifference(a, b))
	}
	failing := rows.Where(expr.Gt(expr.Col("n"), 0)).Repartition(2)
	if _, err := failing.Write(context.Background(), "parquet", path+"/_SUCCESS/sub", engine.WriteOptions{}); err == nil {
		t.Error("a folder below a file was made")
	}
}
