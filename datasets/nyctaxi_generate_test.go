package datasets

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/source"
)

func month(year int, m time.Month) time.Time { return time.Date(year, m, 1, 0, 0, 0, 0, time.UTC) }

func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return got
}

func generate(t *testing.T, o GenerateOptions) (string, Generated) {
	t.Helper()
	dir := t.TempDir()
	g, err := Generate(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, g
}

// Any number of processors writes the same bytes; another seed writes others,
// but for the zones.
func TestSameSeedSameBytes(t *testing.T) {
	o := GenerateOptions{Rows: 200_000, From: month(2023, 12), To: month(2024, 1), Seed: 7}
	procs := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(procs)
	alone, _ := generate(t, o)
	for _, n := range []int{2, 5} {
		runtime.GOMAXPROCS(n)
		together, _ := generate(t, o)
		if diff := cmp.Diff(sums(t, alone), sums(t, together)); diff != "" {
			t.Errorf("files of GOMAXPROCS 1 and %d differ:\n%s", n, diff)
		}
	}
	o.Seed = 8
	other, _ := generate(t, o)
	a, b := sums(t, alone), sums(t, other)
	for name := range a {
		if same := a[name] == b[name]; same != (name == zoneFile) {
			t.Errorf("%s: the same for seeds 7 and 8 is %v", name, same)
		}
	}
}

// The rows themselves are what they were: a change of this number is a change of
// everybody's data and belongs into the commit's message.
func TestRowsDoNotDrift(t *testing.T) {
	h := sha256.New()
	for _, m := range []int{0, 17, 25} {
		f := newMonthFile(m, 70_000, 1)
		b := f.newBatch()
		for n := range f.chunks() {
			f.fill(newModel(), n, b)
			for i := range b.Rows {
				for c := range b.Cols {
					fmt.Fprint(h, b.Cols[c].Value(i), " ")
				}
			}
		}
	}
	writeWeather(h, 1, month(2023, 1), month(2024, 1))
	const want = "3f103aa57f4ebf2f"
	if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != want {
		t.Errorf("digest of the rows: want %s, got %s", want, got)
	}
}

// What is written opens as the case study's tables, with every row asked for.
func TestGeneratedFolderOpens(t *testing.T) {
	var last, calls int64
	o := GenerateOptions{Rows: 100_003, From: month(2024, 11), To: month(2025, 2), Seed: 3, Codec: "snappy", RowGroupRows: 9_000}
	o.Progress = func(done, total int64) {
		if done <= last || total != 100_003 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1
	}
	dir, g := generate(t, o)
	if last != o.Rows || calls == 0 {
		t.Errorf("progress ends at %d after %d calls", last, calls)
	}
	if g.Rows != o.Rows || len(g.Files) != 6 {
		t.Errorf("want %d rows in 6 files, got %d in %d", o.Rows, g.Rows, len(g.Files))
	}
	var bytes int64
	for _, f := range g.Files {
		info, err := os.Stat(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() != f.Bytes {
			t.Errorf("%s: want %d bytes, got %d", f.Path, f.Bytes, info.Size())
		}
		bytes += info.Size()
	}
	if bytes != g.Bytes {
		t.Errorf("want %d bytes in all, got %d", g.Bytes, bytes)
	}
	tables, err := Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []struct {
		name string
		src  source.Source
		rows int64
		cols []string
	}{
		{"trips", tables.Trips, o.Rows, []string{"pickup", "total", "passengers", "flag", "cbd"}},
		{"zones", tables.Zones, 265, []string{"LocationID", "Zone"}},
		{"weather", tables.Weather, 30 + 31 + 31 + 28, []string{"date_", "rain", "tmax"}},
	} {
		if got := countRows(t, table.src, table.cols); got != table.rows {
			t.Errorf("%s: want %d rows, got %d", table.name, table.rows, got)
		}
	}
}

func countRows(t *testing.T, s source.Source, columns []string) (rows int64) {
	t.Helper()
	splits, err := s.Splits(source.SplitOptions{MaxPartitionBytes: 1 << 20, OpenCost: 1 << 12, Parallelism: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, split := range splits {
		for b, err := range s.Read(context.Background(), split, &source.Read{Columns: columns, BatchRows: 4096}) {
			if err != nil {
				t.Fatal(err)
			}
			rows += int64(b.Rows)
		}
	}
	return rows
}

// The zones are the official table, byte for byte (TLC, 2024).
func TestZonesAreOfficial(t *testing.T) {
	h := sha256.New()
	if _, err := writeZones(h); err != nil {
		t.Fatal(err)
	}
	const want = "1a99e105092230f8620f301edcca7f80d3080642ff404d28ed957d3fa222c8ed"
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
		t.Errorf("sha256 of taxi_zone_lookup.csv: want %s, got %s", want, got)
	}
	for i, z := range taxiZones {
		if int(z.id) != i+1 {
			t.Fatalf("zone %d stands at place %d", z.id, i+1)
		}
	}
}

// Months share rows as the official files do, to the last row; few rows leave
// months empty, and those are files as well.
func TestMonthsShareRows(t *testing.T) {
	for _, rows := range []int64{1, 11, 1_000_000, 38_310_226, 1 << 40} {
		files, err := planMonths(GenerateOptions{Rows: rows, From: month(2023, 1), To: month(2026, 3)})
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, f := range files {
			sum += f.rows
		}
		if sum != rows || len(files) != 39 {
			t.Errorf("want %d rows in 39 months, got %d in %d", rows, sum, len(files))
		}
	}
	files, err := planMonths(GenerateOptions{Rows: 38_310_226, From: month(2023, 1), To: month(2023, 12)})
	if err != nil {
		t.Fatal(err)
	}
	if files[0].rows != 3_066_766 || files[11].rows != 3_376_567 {
		t.Errorf("2023 at its size: want 3066766 and 3376567 rows in January and December, got %d and %d", files[0].rows, files[11].rows)
	}
	dir, _ := generate(t, GenerateOptions{Rows: 1, From: month(2023, 1), To: month(2023, 2)})
	tables, err := Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := countRows(t, tables.Trips, []string{"pickup"}); got != 1 {
		t.Errorf("want 1 row, got %d", got)
	}
}

// Errors say what to do and leave the folder as it was.
func TestGenerateErrors(t *testing.T) {
	good := GenerateOptions{Rows: 10, From: month(2023, 1), To: month(2023, 1)}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, test := range []struct {
		name, want string
		ctx        context.Context
		change     func(o *GenerateOptions)
		there      string
	}{
		{name: "no rows", want: "ask for one or more", change: func(o *GenerateOptions) { o.Rows = 0 }},
		{name: "too early", want: "trips from 2008-12: the official files begin with 2009-01; choose that month or a later one", change: func(o *GenerateOptions) { o.From = month(2008, 12) }},
		{name: "backwards", want: "the first month is after the last", change: func(o *GenerateOptions) { o.From = month(2023, 2) }},
		{name: "codec", want: "no codec", change: func(o *GenerateOptions) { o.Codec = "lzo" }},
		{name: "other trips", want: "yellow_tripdata_2023-09.parquet is there already", there: "yellow_tripdata_2023-09.parquet"},
		{name: "cancelled", want: "context canceled", ctx: cancelled},
	} {
		dir := t.TempDir()
		var want []string
		if test.there != "" {
			want = append(want, test.there)
			if err := os.WriteFile(filepath.Join(dir, test.there), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		o := good
		if test.change != nil {
			test.change(&o)
		}
		if test.ctx == nil {
			test.ctx = context.Background()
		}
		_, err := Generate(test.ctx, dir, o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want an error with %q, got %v", test.name, test.want, err)
		}
		var got []string
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the folder changed:\n%s", test.name, diff)
		}
	}
}

// A disk that fills up is named with the file and a remedy, and nothing is left.
func TestFullDisk(t *testing.T) {
	s := &staging{dir: t.TempDir()}
	i := s.add("yellow_tripdata_2023-01.parquet")
	full := &fs.PathError{Op: "write", Path: "temporary", Err: syscall.ENOSPC}
	err := s.write(i, func(w io.Writer) (int64, error) {
		w.Write([]byte("PAR1"))
		return 0, full
	})
	want := s.path(i) + ": no space left on device: a million trips take some 20 MB; free space, generate fewer rows or choose another folder"
	if err == nil || err.Error() != want || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("want %q, got %v", want, err)
	}
	s.discard()
	if entries, _ := os.ReadDir(s.dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func BenchmarkGenerateRows(b *testing.B) {
	f := newMonthFile(0, 1<<20, 1)
	batch := f.newBatch()
	m := newModel()
	var rows int64
	for n := 0; b.Loop(); n++ {
		f.fill(m, n%f.chunks(), batch)
		rows += int64(batch.Rows)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkGenerateFiles(b *testing.B) {
	for _, codec := range []string{"zstd", "snappy"} {
		b.Run(codec, func(b *testing.B) {
			o := GenerateOptions{Rows: 2_000_000, From: month(2023, 1), To: month(2023, 3), Seed: 1, Codec: codec}
			var bytes int64
			for b.Loop() {
				g, err := Generate(context.Background(), b.TempDir(), o)
				if err != nil {
					b.Fatal(err)
				}
				bytes = g.Bytes
			}
			b.ReportMetric(float64(o.Rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(bytes)/float64(o.Rows), "bytes/row")
		})
	}
}
