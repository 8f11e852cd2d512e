package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// The screens fill while a log is written, and end with the profile of the
// finished log.
func TestUIFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := slowLog(t)
		log := readLog(t.Context(), done+".inprogress", true)
		if err := log.opened(); err != nil {
			t.Fatal(err)
		}
		first, goesOn := log.snapshot()
		if !goesOn || first.Totals.Tasks != 0 {
			t.Errorf("the first screen has %d tasks; goes on: %t", first.Totals.Tasks, goesOn)
		}
		time.Sleep(time.Hour) // the log has fewer events than an hour has seconds
		last, goesOn := log.snapshot()
		if goesOn {
			t.Error("it goes on behind the end of the application")
		}
		again, err := sparklog.Open(done)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := totalsText(t, last), totalsText(t, again); a != b || last.Totals.Tasks == 0 {
			t.Errorf("at the end the screens have %s, and the log has %s", a, b)
		}
		if err := log.failed(); err != nil {
			t.Error(err)
		}
	})
}

func totalsText(t *testing.T, p *profiler.Profile) string {
	t.Helper()
	text, err := json.Marshal(totalsOf(p))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The UI of a running application is as good as a log, looked at once or until it
// has gone.
func TestRunningApplication(t *testing.T) {
	list, err := profiletest.Events(small)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w, err := sparklog.Create(dir, "app", "", sparklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	want := &profiler.Profile{}
	for _, e := range list[:len(list)-1] { // all but the application's end
		w.Add(e)
		want.Add(e)
	}
	want.Settle()
	api := sparkrest.NewServer(dir, 1<<20, "4.0.1")
	looks := 0
	ui := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/logs"):
			http.Error(w, "Event logs are only available through the history server.", http.StatusServiceUnavailable)
			return
		case strings.HasSuffix(r.URL.Path, "/allexecutors"):
			looks++
		}
		if looks%4 == 3 { // two looks and it is gone
			http.Error(w, "gone", http.StatusBadGateway)
			return
		}
		api.ServeHTTP(w, r)
	}))
	defer ui.Close()
	once, err := openIndexed(t.Context(), ui.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := totalsText(t, once), totalsText(t, want); a != b {
		t.Errorf("one look has %s, want %s", a, b)
	}
	looks = 0
	followed := &profiler.Profile{}
	for e, err := range eventsOf(t.Context(), ui.URL, true, time.Millisecond) {
		if err := foldEvent(followed, e, err); err != nil {
			t.Fatal(err)
		}
	}
	followed.Settle()
	if a, b := totalsText(t, followed), totalsText(t, want); a != b {
		t.Errorf("many looks have %s, want %s", a, b)
	}
	if n := len(followed.Warnings); n == 0 || !strings.Contains(followed.Warnings[n-1].What, "gone") {
		t.Errorf("nothing says that the application is gone: %v", followed.Warnings)
	}
}
