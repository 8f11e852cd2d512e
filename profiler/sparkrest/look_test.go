package sparkrest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stagecoach/engine/event"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// nightly is an application with all that the API shows: a job that fails, tasks
// of every end, copies, a plan with code generation, cached blocks.
const nightly = `
app name=nightly id=app-1 start=0 end=90s spark=4.0.1
conf spark.sql.shuffle.partitions=200
executor driver cores=0 host=localhost memory=400m
executor 1 cores=2 host=a memory=400m added=100ms
executor 2 cores=2 host=b memory=400m added=200ms removed=85s reason="spot loss"
sql 0 description="sum of fares"
  HashAggregate "keys=[zone]" [number of output rows=3@1]
    Exchange "hashpartitioning(zone)" [data size=10m*4@0]
      WholeStageCodegen (1) [duration=1s*4@0]
        Scan parquet trips {Format=Parquet} [number of output rows=100*4@0]
sql 1 description=broken error="it was cancelled"
  Project
job 0 start=1s stages=0,1 execution=0 group=nightly description="the sums"
job 1 start=50s execution=1 stages=3 error="Job aborted"
job 2 start=70s stages=4
stage 0 name=scan submitted=1s run=1s,1s,1s,9s cpu=500ms,499ms,1ns*2 input=64m inputRows=1000 shuffleWrite=1m*3,4m
  shuffleWriteTime=12345ns executors=1,2,1,2 gc=100ms deserialize=20ms serialize=1ms resultSize=2k peak=7m memorySpill=10m,0*3 spill=3m,0*3 killed=2 speculative=3 output=5m outputRows=4
stage 1 name=sum parents=0 run=2s*2 shuffleRead=7m shuffleRemote=1m fetchWait=30ms failed=0 failure="out of memory" getting=5ms
stage 3 run=1s,2s status=failed failure="FetchFailed" job=1
stage 4 run=1s*7 job=2
rdd 7 stage=0 name=trips level=MEMORY_AND_DISK partitions=2
block 7 0 executor=1 memory=10m
block 7 1 executor=1 memory=20m
`

func nightlyEvents(t testing.TB) []event.Event {
	list, err := profiletest.Events(nightly)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A running is the UI of an application that runs: it answers from a log of the
// first events, more of them at every look, and is gone after the last.
type running struct {
	t      testing.TB
	list   []event.Event
	steps  []int // how many events there are at each look
	looks  int
	server http.Handler
}

// RoundTrip implements http.RoundTripper.
func (r *running) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.HasSuffix(q.URL.Path, "/allexecutors") || r.server == nil {
		if r.looks == len(r.steps) {
			return nil, errors.New("connection refused")
		}
		dir := r.t.TempDir()
		w, err := sparklog.Create(dir, "app-1", "", sparklog.Options{Codec: "none"})
		if err != nil {
			return nil, err
		}
		for _, e := range r.list[:r.steps[r.looks]] {
			w.Add(e)
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		r.server = sparkrest.NewServer(dir, 1<<20, "4.0.1")
		if strings.HasSuffix(q.URL.Path, "/allexecutors") {
			r.looks++
		}
	}
	return r.answer(q), nil
}

func (r *running) answer(q *http.Request) *http.Response {
	w := httptest.NewRecorder()
	if strings.HasSuffix(q.URL.Path, "/logs") {
		w.WriteString("PK\x05\x06" + strings.Repeat("\x00", 18)) // as Spark does: an archive of nothing
	} else {
		r.server.ServeHTTP(w, q)
	}
	return w.Result()
}

// seen is the profile of what the application says of itself.
func (r *running) seen(follow bool) *profiler.Profile {
	r.t.Helper()
	app, err := sparkrest.Find(r.t.Context(), &http.Client{Transport: r}, "http://driver:4040/jobs/")
	if err != nil || app == nil {
		r.t.Fatalf("%v, %v", app, err)
	}
	p := &profiler.Profile{}
	for e, err := range app.Events(r.t.Context(), follow, time.Second) {
		var odd *sparklog.Error
		switch {
		case errors.As(err, &odd) && odd.Skipped:
			odd.Warn(p)
		case err != nil:
			r.t.Fatal(err)
		default:
			p.Add(e)
		}
	}
	p.Settle()
	return p
}

func folded(list []event.Event) *profiler.Profile {
	p := &profiler.Profile{}
	for _, e := range list {
		p.Add(e)
	}
	p.Settle()
	return p
}

// shown is what the API itself would show of a profile.
type shown struct {
	Jobs      []sparkrest.JobData
	Stages    []sparkrest.StageData
	Executors []sparkrest.ExecutorSummary
	Totals    profiler.Totals
	Cached    []*profiler.RDD
	Rows      map[string]int64 // of nodes of plans
}

func show(p *profiler.Profile) (s shown) {
	v := sparkrest.View{Profile: p}
	s.Totals, s.Cached, s.Rows = p.Totals, p.RDDs, map[string]int64{}
	for _, j := range p.Jobs {
		s.Jobs = append(s.Jobs, v.Job(j))
	}
	for _, stage := range p.Stages {
		if stage.Status != profiler.Skipped {
			d := v.Stage(stage)
			v.WithDetails(stage, &d, nil)
			s.Stages = append(s.Stages, d)
		}
	}
	for _, x := range p.Executors {
		s.Executors = append(s.Executors, v.Executor(x))
	}
	for _, x := range p.Executions {
		for _, n := range x.Nodes {
			for _, m := range n.Metrics {
				if m.Name == "number of output rows" && m.Seen {
					s.Rows[n.Name] = m.Total
				}
			}
		}
	}
	return s
}

// sums are the totals that are not zero, in the units of the API.
func sums(p *profiler.Profile) map[string]int64 {
	out := map[string]int64{}
	for id, v := range p.Totals.Metrics.All {
		if v = sparkrest.InSparkUnit(id, v); v != 0 {
			out[id.String()] = v
		}
	}
	return out
}

var sameShown = cmp.Options{cmpopts.IgnoreUnexported(profiler.Totals{}), cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(profiler.Totals{}, "Metrics"), cmpopts.IgnoreFields(profiler.RDD{}, "Evictions"),
	cmpopts.IgnoreFields(sparkrest.TaskData{}, "ErrorMessage")} // the API has one text where an event has parts

// One look at an application that has done its work shows what its log holds.
func TestLook(t *testing.T) {
	list := nightlyEvents(t)
	n := len(list) - 1 // all but the end
	got := (&running{t: t, list: list, steps: []int{n}}).seen(false)
	want := folded(list[:n])
	if diff := cmp.Diff(show(want), show(got), sameShown); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(sums(want), sums(got)); diff != "" {
		t.Errorf("sums: %s", diff)
	}
	if got.App.ID != "app-1" || got.App.Name != "nightly" || got.App.Start != want.App.Start || got.Properties["spark.sql.shuffle.partitions"] != "200" {
		t.Errorf("the application is %+v", got.App)
	}
	for i, x := range want.Executions {
		if y := got.Executions[i]; x.Status != y.Status || x.Start != y.Start || x.End != y.End || !cmp.Equal(x.Edges, y.Edges) || !cmp.Equal(x.JobIDs, y.JobIDs) {
			t.Errorf("execution %d: %+v, want %+v", x.ID, y, x)
		}
	}
}

// Whoever looks again and again while the application works ends with what its log
// holds, wherever the looks fall, and is told that the application has gone.
func TestLookAgain(t *testing.T) {
	list := nightlyEvents(t)
	n := len(list) - 1
	want := folded(list[:n])
	for _, step := range []int{1, 3, 10, 50} {
		var steps []int
		for i := 5; i < n; i += step {
			steps = append(steps, i)
		}
		synctest.Test(t, func(t *testing.T) {
			got := (&running{t: t, list: list, steps: append(steps, n, n)}).seen(true)
			if diff := cmp.Diff(show(want), show(got), sameShown); diff != "" {
				t.Errorf("looks after every %d events: %s", step, diff)
			}
			if diff := cmp.Diff(sums(want), sums(got)); diff != "" {
				t.Errorf("sums: %s", diff)
			}
			last := got.Warnings[len(got.Warnings)-1]
			if !strings.Contains(last.What, "has gone") || len(got.Lost) != 1 {
				t.Errorf("the last warning is %v; lost %v", last, got.Lost)
			}
		})
	}
}

// Logs that real Spark wrote make the same profile when they are asked for by the
// API as when they are read.
func TestLookAtRealLogs(t *testing.T) {
	list, err := filepath.Glob(filepath.Join(filepath.Dir(goldens(t)), "labelled", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range list {
		if info, err := os.Stat(path); err != nil || info.IsDir() || info.Size() > 300_000 || n == 6 {
			continue
		}
		n++
		var events []event.Event
		for e, err := range sparklog.Events(path) {
			if err != nil {
				t.Fatal(err)
			}
			if start, ok := e.(event.ApplicationStart); ok {
				start.ID = "app-1"
				e = start
			}
			events = append(events, e)
		}
		got, want := (&running{t: t, list: events, steps: []int{len(events)}}).seen(false), folded(events)
		if diff := cmp.Diff(want.Totals, got.Totals, sameShown); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if diff := cmp.Diff(sums(want), sums(got)); diff != "" {
			t.Errorf("%s: sums: %s", path, diff)
		}
	}
}

// Addresses that are not those of a running application are left to others, and
// those that cannot be right are refused with the address and what to do.
func TestFind(t *testing.T) {
	answers := func(by map[string]string) *http.Client {
		return &http.Client{Transport: roundTrip(func(q *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			text, ok := by[q.URL.Path]
			if !ok {
				http.Error(w, "no such app: x", http.StatusNotFound)
			} else {
				w.WriteString(text)
			}
			return w.Result(), nil
		})}
	}
	one, two := `[{"id":"a","attempts":[]}]`, `[{"id":"a","attempts":[]},{"id":"b","attempts":[]}]`
	nothing, log := "PK\x05\x06", "PK\x03\x04"
	for name, c := range map[string]struct {
		address string
		client  *http.Client
		found   bool
		says    string // the error
	}{
		"root":                {"http://driver:4040", answers(map[string]string{"/api/v1/applications": one, "/api/v1/applications/a/logs": nothing}), true, ""},
		"page":                {"http://driver:4040/SQL/execution/?id=1", answers(map[string]string{"/api/v1/applications": one, "/api/v1/applications/a/logs": nothing}), true, ""},
		"proxy":               {"http://rm:8088/proxy/a/stages/", answers(map[string]string{"/proxy/a/api/v1/applications": one, "/proxy/a/api/v1/applications/a/logs": nothing}), true, ""},
		"resource":            {"http://driver:4040/api/v1/applications/a/jobs", answers(map[string]string{"/api/v1/applications/a/logs": nothing}), true, ""},
		"history, page":       {"http://shs:18080/history/a/jobs/", nil, false, ""},
		"history, resource":   {"http://shs:18080/api/v1/applications/a", answers(map[string]string{"/api/v1/applications/a/logs": log}), false, ""},
		"history, nothing":    {"http://shs:18080/api/v1/applications/x", answers(nil), false, ""},
		"history, root":       {"http://shs:18080/", answers(map[string]string{"/api/v1/applications": two}), false, "http://shs:18080/history/a"},
		"history, one":        {"http://shs:18080/", answers(map[string]string{"/api/v1/applications": one, "/api/v1/applications/a/logs": log}), false, "http://shs:18080/history/a"},
		"file":                {"http://files/logs/app-1.zstd", nil, false, ""},
		"path":                {"/tmp/spark-events/app-1", nil, false, ""},
		"something else":      {"http://news:80", answers(map[string]string{"/api/v1/applications": "<html>"}), false, "not that of Spark's REST API"},
		"nothing there":       {"http://driver:4040", &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })}, false, "spark.ui.port"},
		"a login":             {"http://driver:4040", refusing(http.StatusUnauthorized), false, "login"},
		"trouble":             {"http://driver:4040", refusing(http.StatusInternalServerError), false, "500"},
		"not even an address": {"http://[::1", nil, false, ""},
	} {
		app, err := sparkrest.Find(context.Background(), c.client, c.address)
		if (app != nil) != c.found || (err == nil) != (c.says == "") {
			t.Errorf("%s: %v, %v", name, app, err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "http://")) {
			t.Errorf("%s: %v, want it to say %s", name, err, c.says)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(q *http.Request) (*http.Response, error) { return f(q) }

func refusing(code int) *http.Client {
	return &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Body: io.NopCloser(bytes.NewReader(nil))}, nil
	})}
}
