package sparkrest_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

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
