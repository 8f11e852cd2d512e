package schedule

import (
	"context"
	"errors"
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
	out := make([]source.Split, g.splits)
	for i := range out {
		out[i].Pieces = []source.Piece{{Index: i}}
	}
	return out, nil
}

func (g gates) Read(ctx context.Context, split source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		here := gate{split.Pieces[0].Index, make(chan error, 1)}
		g.stand.arrive(g.name, here)
		defer g.stand.leave(g.name, here)
		var err error
		select {
		case err = <-here.open:
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

// A gate is where a task of a split waits to be told how it ends.
type gate struct {
	split int
	open  chan error
}

// A stand is a cluster on which tests let tasks through one by one. It lives in
// a synctest bubble: when Wait returns, all tasks that can begin have begun.
type stand struct {
	t       *testing.T
	cluster *Cluster
	runner  *Runner
	conf    config.Config

	mu      sync.Mutex
	waiting map[string][]gate
	events  []event.Event
	open    map[[2]int]int // tasks that run, by stage and its attempt
	ends    map[string]chan error
}

func newStand(t *testing.T, settings ...string) *stand {
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, conf: conf, waiting: map[string][]gate{}, open: map[[2]int]int{}, ends: map[string]chan error{}}
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
	switch e := e.(type) {
	case event.TaskStart:
		s.open[[2]int{e.StageID, e.StageAttempt}]++
	case event.TaskEnd:
		if e.Reason.Kind != event.Resubmitted {
			s.open[[2]int{e.StageID, e.StageAttempt}]--
		}
	case event.StageCompleted:
		if n := s.open[[2]int{e.Info.StageID, e.Info.AttemptID}]; n != 0 {
			s.t.Errorf("stage %d.%d ends while %d tasks of it run", e.Info.StageID, e.Info.AttemptID, n)
		}
	}
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

func (s *stand) arrive(name string, at gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[name] = append(s.waiting[name], at)
}

func (s *stand) leave(name string, at gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[name] = slices.DeleteFunc(s.waiting[name], func(g gate) bool { return g == at })
}

// pass lets the longest running task of a query end.
func (s *stand) pass(name string) { s.end(name, 0, nil) }

// end ends the nth longest running task of a query, with an error or well.
func (s *stand) end(name string, nth int, err error) {
	s.mu.Lock()
	open := s.waiting[name][nth].open
	s.mu.Unlock()
	open <- err
	synctest.Wait()
}

// fail fails the task of a split, and place is the executor it runs on, while
// one query runs.
func (s *stand) fail(name string, split int) {
	s.mu.Lock()
	nth := slices.IndexFunc(s.waiting[name], func(g gate) bool { return g.split == split })
	s.mu.Unlock()
	s.end(name, nth, errors.New("broken"))
}

func (s *stand) place(split int) (executor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e, ok := e.(event.TaskStart); ok && e.Info.Index == split {
			executor = e.Info.ExecutorID
		}
	}
	return executor
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
		case event.ExecutorExcluded:
			fmt.Fprintf(&b, "executor %s is excluded after %d\n", e.ExecutorID, e.TaskFailures)
		case event.ExecutorExcludedForStage:
			fmt.Fprintf(&b, "executor %s is excluded for stage %d.%d after %d\n", e.ExecutorID, e.StageID, e.StageAttempt, e.TaskFailures)
		case event.ExecutorUnexcluded:
			fmt.Fprintf(&b, "executor %s is excluded no more\n", e.ExecutorID)
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
