package sparklog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// Whoever follows a log while it is written sees every event once and in order,
// in every codec and layout, and ends with the log.
func TestFollow(t *testing.T) {
	want := events(t)
	for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
		for _, rolling := range []bool{false, true} {
			t.Run(fmt.Sprint(codec, rolling), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w, err := sparklog.Create(t.TempDir(), "app-1", "", sparklog.Options{Codec: codec, Rolling: rolling, MaxFileSize: 10_000})
					if err != nil {
						t.Fatal(err)
					}
					go func() {
						for i, e := range want {
							w.Add(e)
							if i%5 == 0 {
								time.Sleep(time.Second)
							}
						}
						if err := w.Close(); err != nil {
							t.Error(err)
						}
					}()
					path := w.Path()
					if !rolling {
						path += ".inprogress"
					}
					time.Sleep(time.Millisecond)
					var got []event.Event
					for r, err := range sparklog.Follow(t.Context(), path, 700*time.Millisecond) {
						if err != nil {
							t.Fatal(err)
						}
						if e := r.Event(); e != nil {
							got = append(got, e)
						}
					}
					if diff := cmp.Diff(want, got, same); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

// A line that is half written is read when it is whole; a reader that is told to
// stop stops.
func TestFollowHalfLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "app-1.inprogress")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		put := func(text string) {
			if _, err := file.WriteString(text); err != nil {
				t.Error(err)
			}
		}
		put(`{"Event":"SparkListenerLogStart","Spark Ver`)
		go func() {
			time.Sleep(5 * time.Second)
			put("sion\":\"4.0.1\"}\n{\"Event\":\"SparkListenerJobEnd\",\"Job ID\":1")
		}()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var got []event.Event
		for r, err := range sparklog.Follow(ctx, path, time.Second) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Event())
		}
		if diff := cmp.Diff([]event.Event{event.LogStart{Version: "4.0.1"}}, got, same); diff != "" {
			t.Error(diff)
		}
	})
}
