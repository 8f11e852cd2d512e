package sparkrest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagecoach/profiler"
	"stagecoach/profiler/sparkrest"
)

// Whatever is asked, the server answers: with JSON, or with a reason.
func FuzzRequest(f *testing.F) {
	dir := f.TempDir()
	const log = `{"Event":"SparkListenerApplicationStart","App Name":"a","App ID":"x","Timestamp":1767225600000,"User":"u"}
{"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":1767225600001,"Stage Infos":[{"Stage ID":0,"Stage Attempt ID":0,"Stage Name":"s","Number of Tasks":1,"RDD Info":[],"Parent IDs":[],"Details":""}],"Stage IDs":[0],"Properties":{}}
`
	if err := os.WriteFile(filepath.Join(dir, "x"), []byte(log), 0o600); err != nil {
		f.Fatal(err)
	}
	s := sparkrest.NewServer(dir, 1<<20, "4.0.1")
	for _, path := range []string{"applications?status=running&limit=1&minDate=2015-01-01", "applications/x/stages/0/0/taskList?offset=-1&length=99&sortBy=-runtime",
		"applications/x/stages?details=true&withSummaries=true&quantiles=0.5,2,-1", "applications/x/sql/0", "applications/x/logs", "applications/x/storage/rdd/0", ""} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/api/v1/", nil)
		u, err := r.URL.Parse("/api/v1/" + path)
		if err != nil {
			return
		}
		r.URL = u
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != 503 {
			t.Errorf("%q: %d %s", path, w.Code, w.Body)
		}
	})
}

// Whatever a server answers, looking at it ends, with a profile or an error.
func FuzzLook(f *testing.F) {
	r := &running{t: f, list: nightlyEvents(f), steps: []int{40}}
	for _, path := range []string{"/allexecutors", "", "/environment", "/jobs", "/sql?details=true", "/stages", "/stages/0/0/taskList", "/storage/rdd", "/storage/rdd/7"} {
		q := httptest.NewRequest(http.MethodGet, "/api/v1/applications/app-1"+path, nil)
		a, err := r.RoundTrip(q)
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(a.Body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(path, text)
	}
	f.Add("/sql", []byte(`[{"id":1,"status":"COMPLETED","nodes":[{"nodeId":0,"nodeName":"a"},{"nodeId":1,"nodeName":"b"},{"nodeId":2,"nodeName":"c"}],"edges":[{"fromId":1,"toId":0},{"fromId":2,"toId":1},{"fromId":1,"toId":2}]}]`))
	f.Fuzz(func(t *testing.T, path string, text []byte) {
		path, _, _ = strings.Cut(path, "?")
		asked := 0
		client := &http.Client{Transport: roundTrip(func(q *http.Request) (*http.Response, error) {
			if asked++; asked > 10_000 {
				t.Fatal("it asks without end")
			}
			if q.URL.Path == "/api/v1/applications/app-1"+path {
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(text))}, nil
			}
			return r.answer(q), nil
		})}
		app, err := sparkrest.Find(t.Context(), client, "http://driver:4040")
		if app == nil || err != nil {
			return
		}
		p := &profiler.Profile{}
		for e, err := range app.Events(t.Context(), false, 0) {
			if err == nil {
				p.Add(e)
			}
		}
		p.Settle()
	})
}
