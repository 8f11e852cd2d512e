package source

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"stagecoach/engine/expr"
)

// shared finds a file of the shared test data, which lies beside the
// repository, or skips the test.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
	p := filepath.Join(append([]string{dir, "..", "shared"}, path...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("skipped: no ../shared/%s beside the repository", filepath.Join(path...))
	}
	return p
}

// scanAll reads every split of s and calls f for every batch.
func scanAll(t testing.TB, s Source, o SplitOptions, r Read, f func(*expr.Batch)) Counters {
	t.Helper()
	splits, err := s.Splits(o)
	if err != nil {
		t.Fatal(err)
	}
	var total Counters
	for _, split := range splits {
		r := r
		r.Counters = Counters{}
		rows := int64(0)
		for b, err := range s.Read(context.Background(), split, &r) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.Cols {
				b.Cols[i].Check()
				if b.Cols[i].Len != b.Rows {
					t.Fatalf("column %s has %d values in a batch of %d rows", b.Schema[i].Name, b.Cols[i].Len, b.Rows)
				}
			}
			rows += int64(b.Rows)
			if f != nil {
				f(b)
			}
		}
		if r.Counters.RecordsRead != rows {
			t.Fatalf("counted %d records, saw %d", r.Counters.RecordsRead, rows)
		}
		total.BytesRead += r.Counters.BytesRead
		total.RecordsRead += r.Counters.RecordsRead
		total.Files += r.Counters.Files
		total.FilesSize += r.Counters.FilesSize
		total.RowGroups += r.Counters.RowGroups
		total.RowGroupsSkipped += r.Counters.RowGroupsSkipped
	}
	return total
}

var spark = SplitOptions{MaxPartitionBytes: 128 << 20, OpenCost: 4 << 20, Parallelism: 2}
