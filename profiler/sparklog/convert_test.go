package sparklog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// profileOptions compare profiles by what others see of them.
var profileOptions = append(cmp.Options{
	cmpopts.IgnoreUnexported(profiler.Profile{}, profiler.Job{}, profiler.Stage{}, profiler.Execution{},
		profiler.ExecutorStage{}, profiler.Executor{}, profiler.Totals{}),
	cmp.Transformer("rows", func(tasks profiler.Tasks) (out []profiler.Task) {
		for _, task := range tasks.All {
			out = append(out, task)
		}
		return out
	})}, same...)

// Twenty real logs, written line by line in each codec and layout, read back to
// the same profile.
func TestConverted(t *testing.T) {
	dir := corpus(t)
	list, err := filepath.Glob(filepath.Join(dir, "labelled", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range list {
		if info, err := os.Stat(path); err != nil || info.Size() > 200_000 || n == 20 || n == 2 && testing.Short() {
			continue
		}
		n++
		want, err := sparklog.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		want.Warnings, want.Lost = nil, nil // they name the file
		for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
			for _, rolling := range []bool{false, true} {
				w, err := sparklog.Create(t.TempDir(), "app-1", "", sparklog.Options{Codec: codec, Rolling: rolling, MaxFileSize: 200_000})
				if err != nil {
					t.Fatal(err)
				}
				for r, err := range sparklog.Records(path) {
					if err == nil {
						w.AddLine(r.Line)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				got, err := sparklog.Open(w.Path())
				if err != nil {
					t.Fatal(err)
				}
				got.Warnings, got.Lost = nil, nil
				if diff := cmp.Diff(want, got, profileOptions); diff != "" {
					t.Errorf("%s as %s: %.1000s", path, fmt.Sprint(codec, " ", rolling), diff)
				}
			}
		}
	}
	if n == 0 {
		t.Skip("no labelled log is there")
	}
}
