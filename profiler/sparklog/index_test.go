package sparklog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// A large finished log is read once: the second time its kept profile is there,
// equal to the first, until the log changes. Small and running logs are not kept.
func TestIndex(t *testing.T) {
	large := events(t)
	plan := event.SQLExecutionStart{ID: 9, PhysicalPlan: strings.Repeat("Project [a]\n", 400_000)}
	large = append(large[:len(large)-1], plan, large[len(large)-1])
	dir := t.TempDir()
	for name, c := range map[string]struct {
		list []event.Event
		kept int
	}{
		"large":   {large, 1},
		"small":   {events(t), 0},
		"running": {large[:len(large)-1], 0},
	} {
		x := sparklog.Index{Dir: filepath.Join(dir, name)}
		path := write(t, t.TempDir(), c.list, sparklog.Options{Codec: "none"})
		want, err := x.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(x.Dir, "*"))
		if len(files) != c.kept {
			t.Errorf("%s: %d profiles are kept, want %d", name, len(files), c.kept)
		}
		got, err := x.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, profileOptions); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if c.kept == 0 {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// The same length and another time: the log was written again.
		changed := strings.Replace(string(text), `"User":"räuber"`, `"User":"seeräu"`, 1)
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Hour)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
		if p, err := x.Open(path); err != nil || p.App.User != "seeräu" {
			t.Errorf("a changed log gives the user %q, %v", p.App.User, err)
		}
		// A damaged profile is no trouble.
		if err := os.WriteFile(files[0], []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := x.Open(path); err != nil || p.App.User != "seeräu" {
			t.Errorf("beside a damaged profile the log gives the user %q, %v", p.App.User, err)
		}
	}
}

// A folder is listed with what is a log in it and what is none; the second time
// from the index, which a changed log does not trust.
func TestList(t *testing.T) {
	dir := t.TempDir()
	x := sparklog.Index{Dir: t.TempDir()}
	write(t, dir, events(t), sparklog.Options{Codec: "zstd"})
	w, err := sparklog.Create(dir, "app-2", "1", sparklog.Options{Rolling: true})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(event.LogStart{Version: "4.0.1"})
	w.Add(event.ApplicationStart{ID: "app-2", AttemptID: "1", Name: "x", Time: 5})
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("# nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	check := func(end event.Millis) {
		t.Helper()
		list, err := x.List(dir)
		if err != nil || len(list) != 3 {
			t.Fatalf("%v, %v", list, err)
		}
		none, single, rolling := list[0], list[1], list[2]
		if none.Err == nil || single.Err != nil || single.Header.App.ID != "app-20260101-0001" || single.Header.End == 0 || single.Header.Version != "4.0.1" {
			t.Errorf("%+v, %+v", none, single)
		}
		if rolling.Err != nil || rolling.Header.App.AttemptID != "1" || rolling.Header.End != end {
			t.Errorf("%+v", rolling)
		}
	}
	check(0)
	check(0)
	w.Add(event.ApplicationEnd{Time: 9})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	check(9)
	check(9)
}
