package engine_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// costly is a frame with a lineage: a shuffle and a sort. It has all the types that
// checkpoints must keep.
func costly(s *engine.Session) *engine.Frame {
	return s.Read(source.Memory(schema, wide(3000))).GroupBy(expr.Col("g"), expr.Col("k")).
		Agg(expr.Sum(expr.Col("v"), "total"), expr.Stat("collect_list", "list", expr.Col("n")), expr.Count("rows"))
}

func collected(t *testing.T, f *engine.Frame) []string {
	t.Helper()
	res, err := f.Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return text(res.Rows(), false) // which sorts
}

// A checkpointed frame has the rows and the schema of the frame and no lineage:
// its plan begins at what was kept. Filters and joins work on it.
func TestCheckpointCutsLineage(t *testing.T) {
	for name, check := range map[string]func(*engine.Frame, context.Context) (*engine.Frame, error){
		"Scan arrow":       (*engine.Frame).Checkpoint,
		"Scan ExistingRDD": (*engine.Frame).LocalCheckpoint,
	} {
		s := session(t, &recorder{}, "spark.master=local[2]", "spark.checkpoint.dir="+t.TempDir())
		f := costly(s)
		kept, err := check(f, context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := kept.Schema().String(), f.Schema().String(); got != want {
			t.Errorf("%s: schema %s, want %s", name, got, want)
		}
		got, want := collected(t, kept), collected(t, f)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s", name, firstDifference(got, want))
		}
		explained, err := kept.Where(expr.Gt(expr.Col("rows"), 0)).Explain("simple")
		if err != nil || !strings.Contains(explained, name) || strings.Contains(explained, "Exchange") || strings.Contains(explained, "HashAggregate") {
			t.Errorf("%s: %v in\n%s", name, err, explained)
		}
		joined := kept.Join(kept.Select(expr.As{X: expr.Col("k"), Name: "other"}), engine.LeftSemi, engine.On{Left: "k", Right: "other"})
		if n := len(collected(t, joined)); n != len(want) {
			t.Errorf("%s: a join has %d rows of %d", name, n, len(want))
		}
	}
}

// A checkpoint of no rows is read as no rows.
func TestCheckpointOfNothing(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]", "spark.checkpoint.dir="+t.TempDir())
	none := costly(s).Where(expr.Lt(expr.Col("rows"), 0))
	for _, check := range []func(*engine.Frame, context.Context) (*engine.Frame, error){(*engine.Frame).Checkpoint, (*engine.Frame).LocalCheckpoint} {
		kept, err := check(none, context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got := collected(t, kept); len(got) != 0 {
			t.Errorf("%d rows", len(got))
		}
	}
}

// The loss of an executor takes rows of a local checkpoint along, which the error
// says with the remedy; a checkpoint in files survives it.
func TestCheckpointAndLoss(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local-cluster[2,1,512]", "spark.checkpoint.dir="+t.TempDir())
	want := collected(t, costly(s))
	reliable, err := costly(s).Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	local, err := costly(s).LocalCheckpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := collected(t, local); !slices.Equal(got, want) {
		t.Error(firstDifference(got, want))
	}
	holder := ""
	for _, e := range r.events {
		if e, ok := e.(event.BlockUpdated); ok && e.Level.Valid() {
			holder = e.ExecutorID
		}
	}
	if err := s.LoseExecutor(holder); err != nil {
		t.Fatal(err)
	}
	if got := collected(t, reliable); !slices.Equal(got, want) {
		t.Error(firstDifference(got, want))
	}
	_, err = local.Collect(context.Background())
	if err == nil || !strings.Contains(err.Error(), "CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND") || !strings.Contains(err.Error(), "Checkpoint, which writes files") {
		t.Errorf("error %v", err)
	}
}

// A local checkpoint that was let go cannot be read; one without a folder, or of
// a frame that fails, leaves nothing.
func TestCheckpointMistakes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	if _, err := costly(s).Checkpoint(context.Background()); err == nil || !strings.Contains(err.Error(), "spark.checkpoint.dir") {
		t.Errorf("error %v", err)
	}
	dir := t.TempDir()
	s = session(t, &recorder{}, "spark.master=local[1]", "spark.checkpoint.dir="+dir)
	fails := s.Read(source.Memory(schema, wide(30))).With("z", expr.Div(expr.Col("n"), expr.Lit(0)))
	if _, err := fails.Checkpoint(context.Background()); err == nil {
		t.Error("a division by zero was checkpointed")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v is left: %v", left, err)
	}
	local, err := costly(s).LocalCheckpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Unpersist("checkpoint 0") {
		t.Error("there is no checkpoint 0")
	}
	if _, err := local.Count(context.Background()); err == nil || !strings.Contains(err.Error(), "it was unpersisted") {
		t.Errorf("error %v", err)
	}
}
