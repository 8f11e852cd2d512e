package schedule

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// gates is a table of one row a split. A task of it says that it began and waits
// to be let through its gate, or for its context.
type gates struct {
	source.Source
	name   string
	splits int
	stand  *stand
}

func (g gates) Splits(source.SplitOptions) ([]source.Split, error) {
	return make([]source.Split, g.splits), nil
}

func (g gates) Read(ctx context.Context, _ source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		gate := make(chan error, 1)
		g.stand.arrive(g.name, gate)
		defer g.stand.leave(g.name, gate)
		var err error
		select {
		case err = <-gate:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			yield(nil, err)
			return
		}
		yield(&expr.Batch{Rows: 1, Cols: []expr.Column{{Type: expr.Int64, Len: 1, I64: []int64{1}}}}, nil)
	}
}

// A stand is a cluster on which tests let tasks through one by one. It lives in
// a synctest bubble: when Wait returns, all tasks that can begin have begun.
type stand struct {
	t       *testing.T
	cluster *Cluster
	runner  *Runner
	conf    config.Config

	mu      sync.Mutex
	waiting map[string][]chan error
	events  []event.Event
	ends    map[string]chan error
}

func newStand(t *testing.T, settings ...string) *stand {
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, conf: conf, waiting: map[string][]chan error{}, ends: map[string]chan error{}}
	if s.cluster, err = NewCluster(conf, s.add); err != nil {
		t.Fatal(err)
	}
	s.runner = NewRunner(s.cluster, s.add)
	s.cluster.Announce()
	return s
}

func (s *stand) add(e event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// run begins a query of so many tasks under a name.
func (s *stand) run(name string, tasks int, settings ...string) {
	conf := s.conf
	for _, set := range settings {
		key, value, _ := strings.Cut(set, "=")
		var err error
		if conf, err = conf.With(key, value); err != nil {
			s.t.Fatal(err)
		}
	}
	schema := expr.Schema{{Name: "x", Type: expr.Int64}}
	in := gates{source.Memory(schema, nil), name, tasks, s}
	end := make(chan error, 1)
	s.ends[name] = end
	go func() {
		_, err := s.runner.Run(context.Background(), Query{Plan: plan.NewScan(in), Config: conf, Action: name})
		end <- err
	}()
	synctest.Wait()
}

func (s *stand) arrive(name string, gate chan error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[name] = append(s.waiting[name], gate)
}

func (s *stand) leave(name string, gate chan error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[name] = slices.DeleteFunc(s.waiting[name], func(g chan error) bool { return g == gate })
}

// pass lets the longest running task of a query end.
func (s *stand) pass(name string) { s.end(name, 0, nil) }

// end ends the nth longest running task of a query, with an error or well.
func (s *stand) end(name string, nth int, err error) {
	s.mu.Lock()
	gate := s.waiting[name][nth]
	s.mu.Unlock()
	gate <- err
	synctest.Wait()
}

// sleep lets time pass.
func (s *stand) sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// story is what happened to tasks, stages and executors, a line an event.
func (s *stand) story() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, e := range s.events {
		switch e := e.(type) {
		case event.TaskStart:
			kind := "task"
			if e.Info.Speculative {
				kind = "copy"
			}
			fmt.Fprintf(&b, "%s %d.%d starts on %s\n", kind, e.Info.Index, e.Info.Attempt, e.Info.ExecutorID)
		case event.TaskEnd:
			fmt.Fprintf(&b, "task %d.%d ends: %s %s\n", e.Info.Index, e.Info.Attempt, e.Reason.Kind, e.Reason.Message)
		case event.StageCompleted:
			fmt.Fprintf(&b, "stage %d.%d ends %s\n", e.Info.StageID, e.Info.AttemptID, e.Info.FailureReason)
		case event.ExecutorAdded:
			fmt.Fprintf(&b, "executor %s comes\n", e.ExecutorID)
		case event.ExecutorRemoved:
			fmt.Fprintf(&b, "executor %s goes: %s\n", e.ExecutorID, e.Reason)
		}
	}
	s.events = nil
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// running is how many tasks of each query run: "a=2 b=1".
func (s *stand) running() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name, list := range s.waiting {
		if len(list) > 0 {
			out = append(out, fmt.Sprintf("%s=%d", name, len(list)))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// finish lets everything through and checks that the queries end well.
func (s *stand) finish() {
	for s.running() != "" {
		name, _, _ := strings.Cut(s.running(), "=")
		s.pass(name)
	}
	for name, end := range s.ends {
		if err := <-end; err != nil {
			s.t.Errorf("query %s: %v", name, err)
		}
	}
	s.cluster.Close()
}
