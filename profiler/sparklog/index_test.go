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
