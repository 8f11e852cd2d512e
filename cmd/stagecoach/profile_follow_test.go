package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
	"stagecoach/profiler/sparklog"
)

// slowLog begins to write a log, an event a second of the bubble's clock, and
// returns the path that it will have when it is complete.
func slowLog(t *testing.T) string {
	list, err := profiletest.Events(small)
	if err != nil {
		t.Fatal(err)
	}
	w, err := sparklog.Create(t.TempDir(), "app", "", sparklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, e := range list {
			w.Add(e)
			time.Sleep(time.Second)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	time.Sleep(time.Millisecond)
	return w.Path()
}

// A profile that was followed while the log was written is the one that is read
// from the finished log.
func TestProfileFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := slowLog(t)
		var progress, live, read bytes.Buffer
		p := &profiler.Profile{}
		err := followProfile(t.Context(), p, &progress, done+".inprogress", time.Second)
		if err != nil {
			t.Fatal(err)
		}
		again, err := sparklog.Open(done)
		if err != nil {
			t.Fatal(err)
		}
		if err := profileJSON(&live, p, -1); err != nil {
			t.Fatal(err)
		}
		if err := profileJSON(&read, again, -1); err != nil {
			t.Fatal(err)
		}
		if live.String() != read.String() {
			t.Errorf("followed:\n%s\nread:\n%s", &live, &read)
		}
		if !strings.Contains(progress.String(), "1 jobs (0 ended)") {
			t.Errorf("progress:\n%s", &progress)
		}
	})
}
