package sparklog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// Real logs survive being written anew: the copy of the copy is the copy.
func TestCorpusRewritten(t *testing.T) {
	dir := corpus(t)
	n := 0
	for _, row := range rows(t, filepath.Join(dir, "INDEX.tsv")) {
		path := filepath.Join(dir, row["path"])
		if _, err := os.Stat(path); err != nil || n >= 40 && testing.Short() {
			continue
		}
		var list []event.Event
		for e, err := range sparklog.Events(path) {
			var odd *sparklog.Error
			if errors.As(err, &odd) {
				continue
			}
			list = append(list, e)
		}
		if len(list) == 0 {
			continue
		}
		n++
		opt := sparklog.Options{Codec: "none", Redact: "no such secret"}
		copied := write(t, t.TempDir(), list, opt)
		again := write(t, t.TempDir(), read(t, copied), opt)
		a, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(again)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(a, b) {
			continue
		}
		from, to := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
		for i := range min(len(from), len(to)) {
			if !bytes.Equal(from[i], to[i]) {
				t.Errorf("%s, line %d: %s\nreads back as %s", row["path"], i+1, from[i], to[i])
				break
			}
		}
	}
	t.Logf("%d logs", n)
}
