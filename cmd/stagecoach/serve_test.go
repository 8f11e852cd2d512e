package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// A folder of logs is served over HTTP, finished logs and running ones, until
// the context ends.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"app-1", "app-2"} {
		w, err := sparklog.Create(dir, id, "", sparklog.Options{Codec: "zstd"})
		if err != nil {
			t.Fatal(err)
		}
		w.Add(event.ApplicationStart{ID: id, Name: "nightly", Time: 1_767_225_600_000, User: "u"})
		if id == "app-1" {
			w.Add(event.ApplicationEnd{Time: 1_767_225_603_000})
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		} else {
			defer w.Close()
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serveHTTP(ctx, l, sparkrest.NewServer(dir, 1<<20, "4.0.1")) }()
	get := func(path string) string {
		r, err := http.Get("http://" + l.Addr().String() + "/api/v1/" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for path, want := range map[string]string{
		"applications?status=completed": `"id": "app-1"`,
		"applications?status=running":   `"id": "app-2"`,
		"applications/app-1":            `"duration": 3000`,
		"applications/app-2/jobs":       "[]",
		"version":                       "4.0.1",
	} {
		if got := get(path); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
