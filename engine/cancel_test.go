package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// hooked is a table of one row a split, its number, that calls on before it
// yields the row.
type hooked struct {
	splits int
	on     func(ctx context.Context, split int) error
}

func (h hooked) Schema() expr.Schema { return expr.Schema{{Name: "p", Type: expr.Int64}} }
func (h hooked) Format() string      { return "memory" }
func (h hooked) Location() string    { return fmt.Sprintf("[%d hooks]", h.splits) }
func (h hooked) Stats() source.Stats { return source.Stats{Rows: int64(h.splits), Bytes: -1} }

func (h hooked) Splits(source.SplitOptions) ([]source.Split, error) {
	out := make([]source.Split, h.splits)
	for i := range out {
		out[i].Pieces = []source.Piece{{Index: i}}
	}
	return out, nil
}

func (h hooked) Read(ctx context.Context, s source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		n := s.Pieces[0].Index
		if h.on != nil {
			if err := h.on(ctx, n); err != nil {
				yield(nil, err)
				return
			}
		}
		b := &expr.Batch{Rows: 1}
		for range r.Columns {
			col := expr.NewBuilder(expr.Int64)
			col.AppendValue(expr.Value{Type: expr.Int64, I: int64(n)})
			b.Cols = append(b.Cols, col.Take())
		}
		yield(b, nil)
	}
}

// untilDone says that it began and waits for the end of its context.
func untilDone(began chan<- int) func(context.Context, int) error {
	return func(ctx context.Context, split int) error {
		began <- split
		<-ctx.Done()
		return ctx.Err()
	}
}

// story is how each thing of a run began and ended, a line an event.
func (r *recorder) story() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		switch e := e.(type) {
		case event.TaskEnd:
			out = append(out, strings.TrimSpace(fmt.Sprintf("task %d.%d/%d.%d on %s %s %s", e.StageID, e.StageAttempt, e.Info.Index, e.Info.Attempt,
				e.Info.ExecutorID, e.Reason.Kind, e.Reason.Message)))
		case event.StageCompleted:
			out = append(out, strings.TrimSpace(fmt.Sprintf("stage %d.%d ends %s", e.Info.StageID, e.Info.AttemptID, e.Info.FailureReason)))
		case event.JobEnd:
			out = append(out, strings.TrimSpace(fmt.Sprintf("job %d ends %s", e.JobID, e.Error)))
		case event.SQLExecutionEnd:
			out = append(out, strings.TrimSpace(fmt.Sprintf("execution %d ends %s", e.ID, e.Error)))
		case event.ExecutorRemoved:
			out = append(out, fmt.Sprintf("executor %s ends: %s", e.ExecutorID, e.Reason))
		}
	}
	return out
}

// A cancelled query ends at once and tells the whole story; the one beside it
// goes on.
func TestCancel(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]")
	ctx, cancel := context.WithCancel(context.Background())
	began, finish, other := make(chan int, 3), make(chan struct{}), make(chan error)
	go func() {
		_, err := s.Read(hooked{1, func(context.Context, int) error { began <- -1; <-finish; return nil }}).Collect(context.Background())
		other <- err
	}()
	<-began
	go func() { <-began; cancel() }()
	_, err := s.Read(hooked{3, untilDone(began)}).Collect(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the query ends with %v", err)
	}
	why := "query cancelled: context canceled"
	want := []string{"task 1.0/0.0 on driver TaskKilled Stage cancelled: " + why, "stage 1.0 ends " + why, "job 1 ends " + why, "execution 1 ends " + why}
	got := r.story()
	if !slices.Equal(got, want) {
		t.Errorf("the story is\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	close(finish)
	if err := <-other; err != nil {
		t.Errorf("the other query ends with %v", err)
	}
}

// A query whose tasks wait for a slot need not get one to be cancelled, and one
// that is cancelled before it begins has no job.
func TestCancelWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &recorder{}
	r.on = func(e event.Event) {
		if e, ok := e.(event.StageSubmitted); ok && e.Info.StageID == 1 {
			cancel()
		}
	}
	s := session(t, r, "spark.master=local[1]")
	began, finish, other := make(chan int, 1), make(chan struct{}), make(chan error)
	go func() {
		_, err := s.Read(hooked{1, func(context.Context, int) error { began <- 0; <-finish; return nil }}).Collect(context.Background())
		other <- err
	}()
	<-began
	for range 2 {
		if _, err := s.Read(hooked{1, nil}).Collect(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("the waiting query ends with %v", err)
		}
	}
	close(finish)
	if err := <-other; err != nil {
		t.Error(err)
	}
	story := strings.Join(r.story(), "\n")
	want := "stage 1.0 ends query cancelled: context canceled\njob 1 ends query cancelled: context canceled\n" +
		"execution 1 ends query cancelled: context canceled\nexecution 2 ends query cancelled: context canceled\ntask 0.0/0.0 on driver Success"
	if !strings.HasPrefix(story, want) {
		t.Errorf("the story is\n%s\nnot\n%s", story, want)
	}
}

// Closing the session ends its queries with an error, and nothing is said after
// the end of the application.
func TestCloseStopsQueries(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[1]")
	began, ended := make(chan int, 1), make(chan error, 1)
	go func() {
		_, err := s.Read(hooked{2, untilDone(began)}).Collect(context.Background())
		ended <- err
	}()
	<-began
	s.Close()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "session is closed") {
		t.Errorf("the query ends with %v", err)
	}
	if _, ok := r.events[len(r.events)-1].(event.ApplicationEnd); !ok {
		t.Errorf("the last event is %T", r.events[len(r.events)-1])
	}
	if _, err := s.Read(hooked{1, nil}).Collect(context.Background()); err == nil {
		t.Error("a closed session runs queries")
	}
}
