package sparkrest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// An Application is one that runs, seen through the REST API of its UI. It is
// looked at again and again; what is new since the look before becomes the
// events that its log has, so that both make the same profile.
//
//	jobs ─► SQL executions ─► stages ─► tasks     asked in this order
//	starts from left to right, then ends          told in this order
//
// Whatever is asked later is newer: when a job has ended at its question, its
// stages have at theirs, and all tasks of these are there.
//
// What the API does not say is not known: parents of stages, stack traces, sizes
// and times of plan nodes (which it rounds), when the application ended.
type Application struct {
	client
	id string

	began      bool
	executors  map[string]bool // told; false: and its end too
	jobs       map[int]*seenJob
	waiting    map[int]bool // stages of jobs that are not told yet
	stages     map[[2]int]*seenStage
	executions map[int64]*seenExecution
	settled    int   // first executions, in the order of ids, that have ended and been told
	lastID     int64 // of the last of them
	asked      int   // executions that came before the first of those that were asked for
	cached     map[int]event.RDDInfo
	datasets   map[int]*seenDataset
	registered map[int]bool     // datasets that a stage has announced
	peaks      map[string]int64 // heap, by executor
	memory     map[string]int64 // of block managers that were told, by executor
	problems   []*sparklog.Error
	told       map[string]bool // problems
}

// Events yields what has happened, and with follow what happens then, asking
// once in every, until nobody answers any more or ctx ends. A pair with an error
// has no event; the error is a *sparklog.Error, and after one without Skipped
// there are no more.
func (a *Application) Events(ctx context.Context, follow bool, every time.Duration) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		a.executors, a.jobs, a.stages = map[string]bool{}, map[int]*seenJob{}, map[[2]int]*seenStage{}
		a.executions, a.cached, a.datasets = map[int64]*seenExecution{}, map[int]event.RDDInfo{}, map[int]*seenDataset{}
		a.registered, a.peaks, a.memory, a.told = map[int]bool{}, map[string]int64{}, map[string]int64{}, map[string]bool{}
		for first := true; ; first = false {
			began := time.Now()
			list, err := a.look(ctx, follow)
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
			for _, p := range a.problems {
				if !a.told[p.Msg] && !yield(nil, p) {
					return
				}
				a.told[p.Msg] = true
			}
			a.problems = nil
			switch {
			case ctx.Err() != nil && !first:
				return
			case err != nil && !first:
				yield(nil, &sparklog.Error{File: a.base, Skipped: true, Loss: "unseen", Err: err.Err,
					Msg: "the application's UI has gone; what happened after the last look at it is in its event log"})
				return
			case err != nil:
				yield(nil, err)
				return
			case !follow:
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(max(every, 4*time.Since(began))): // a busy driver is not asked all the time
			}
		}
	}
}

// problem notes something that costs some numbers, each text once.
func (a *Application) problem(loss, format string, args ...any) {
	a.problems = append(a.problems, &sparklog.Error{File: a.base, Msg: fmt.Sprintf(format, args...), Skipped: true, Loss: loss})
}

// of asks for a resource of the application.
func (a *Application) of(ctx context.Context, path string, to any) *sparklog.Error {
	err := a.get(ctx, "/applications/"+url.PathEscape(a.id)+path, to)
	if err == nil {
		return nil
	}
	var e *sparklog.Error
	errors.As(err, &e) // get returns no other
	return e
}

// optional asks for what an older Spark may not have.
func (a *Application) optional(ctx context.Context, path string, to any) *sparklog.Error {
	err := a.of(ctx, path, to)
	var bad *refusal
	if err != nil && errors.As(err.Err, &bad) && bad.status == http.StatusNotFound {
		a.problem("", "this version of Spark has no %s", strings.TrimPrefix(path, "/"))
		return nil
	}
	return err
}

// look asks for everything, and returns what is new as events. What came before
// an error is kept for the next look: nothing of this one is told.
func (a *Application) look(ctx context.Context, follow bool) ([]event.Event, *sparklog.Error) {
	var out []event.Event
	if !a.began {
		opening, err := a.opening(ctx)
		if err != nil {
			return nil, err
		}
		out = opening
	}
	var executors []ExecutorSummary
	var jobs []JobData
	var stages []StageData
	if err := a.of(ctx, "/allexecutors", &executors); err != nil {
		return nil, err
	}
	if err := a.of(ctx, "/jobs", &jobs); err != nil {
		return nil, err
	}
	executions, err := a.askExecutions(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.of(ctx, "/stages", &stages); err != nil {
		return nil, err
	}
	slices.SortFunc(jobs, func(x, y JobData) int { return x.JobID - y.JobID })
	slices.SortFunc(stages, compareStages)
	tasks, err := a.askTasks(ctx, stages)
	if err != nil {
		return nil, err
	}
	cached, err := a.askDatasets(ctx)
	if err != nil {
		return nil, err
	}

	if !a.began {
		a.forgotten(jobs, stages)
	}
	a.began = true
	out = append(out, a.executorStarts(executors)...)
	out = append(out, a.executionStarts(executions)...)
	out = append(out, a.jobStarts(jobs, stages, executions, follow)...)
	out = append(out, a.stageEvents(stages, tasks)...)
	out = append(out, a.blockEvents(cached)...)
	out = append(out, a.jobEnds(jobs, stages)...)
	out = append(out, a.executionEnds(executions)...)
	return append(out, a.executorEnds(executors)...), nil
}

// opening is what a log begins with.
func (a *Application) opening(ctx context.Context) ([]event.Event, *sparklog.Error) {
	var app ApplicationInfo
	var env ApplicationEnvironmentInfo
	if err := a.of(ctx, "", &app); err != nil {
		return nil, err
	}
	if err := a.of(ctx, "/environment", &env); err != nil {
		return nil, err
	}
	if len(app.Attempts) == 0 {
		return nil, &sparklog.Error{File: a.base, Msg: "the application has no attempt; ask again when it has started"}
	}
	attempt := app.Attempts[0]
	out := []event.Event{event.LogStart{Version: attempt.AppSparkVersion}}
	for _, r := range env.ResourceProfiles {
		e := event.ResourceProfileAdded{ID: r.ID, Executors: map[string]event.ResourceRequest{}, Tasks: map[string]event.ResourceRequest{}}
		for name, q := range r.Executors {
			e.Executors[name] = event.ResourceRequest{Name: q.Name, Amount: float64(q.Amount), DiscoveryScript: q.DiscoveryScript, Vendor: q.Vendor}
		}
		for name, q := range r.Tasks {
			e.Tasks[name] = event.ResourceRequest{Name: q.Name, Amount: float64(q.Amount)}
		}
		out = append(out, e)
	}
	of := func(pairs [][2]string) map[string]string {
		m := map[string]string{}
		for _, p := range pairs {
			m[p[0]] = p[1]
		}
		return m
	}
	return append(out,
		event.EnvironmentUpdate{JVM: map[string]string{"Java Version": env.Runtime.JavaVersion, "Java Home": env.Runtime.JavaHome,
			"Scala Version": env.Runtime.ScalaVersion}, Spark: of(env.SparkProperties), Hadoop: of(env.HadoopProperties),
			System: of(env.SystemProperties), MetricConf: of(env.MetricsProperties), Classpath: of(env.ClasspathEntries)},
		event.ApplicationStart{Time: attempt.StartTimeEpoch, Name: app.Name, ID: app.ID, AttemptID: attempt.AttemptID, User: attempt.SparkUser}), nil
}

// forgotten says what the application no longer knows of itself.
func (a *Application) forgotten(jobs []JobData, stages []StageData) {
	if len(jobs) > 0 && jobs[0].JobID > 0 {
		a.problem("forgotten", "the application has let go of its first %d jobs (spark.ui.retainedJobs); its event log has them", jobs[0].JobID)
	}
	if len(stages) > 0 && stages[0].StageID > 0 {
		a.problem("forgotten", "the application has let go of its first %d stages (spark.ui.retainedStages); its event log has them", stages[0].StageID)
	}
}
