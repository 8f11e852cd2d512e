package sparklog_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// wholeLogs are the bytes of one small log in every container, by its name.
func wholeLogs(t *testing.T, list []event.Event) map[string][]byte {
	out := map[string][]byte{}
	for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
		text, err := os.ReadFile(write(t, t.TempDir(), list, sparklog.Options{Codec: codec}))
		if err != nil {
			t.Fatal(err)
		}
		out[codec] = text
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(out["none"]); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out["gzip"] = packed.Bytes()
	return out
}

// A log that is cut anywhere yields its first events, unchanged, and its profile
// says that something is missing; one that holds no event is an error with its
// path.
func TestCutAnywhere(t *testing.T) {
	all := events(t)
	list := append(all[:7:7], all[len(all)-1]) // with the end of the application
	path := filepath.Join(t.TempDir(), "cut")
	for codec, whole := range wholeLogs(t, list) {
		step := 1
		if testing.Short() {
			step = 23
		}
		for n := 0; n < len(whole); n += step {
			if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			var got []event.Event
			for e, err := range sparklog.Events(path) {
				if err == nil {
					got = append(got, e)
				}
			}
			if diff := cmp.Diff(list[:min(len(got), len(list))], got, same); diff != "" {
				t.Fatalf("%s cut at %d: %s", codec, n, diff)
			}
			p, err := sparklog.Open(path)
			switch {
			case len(got) == 0 && (err == nil || !strings.Contains(err.Error(), path)):
				t.Fatalf("%s cut at %d of %d: no event, and %v", codec, n, len(whole), err)
			case len(got) > 0 && err != nil:
				t.Fatalf("%s cut at %d of %d: %d events, and %v", codec, n, len(whole), len(got), err)
			case len(got) > 0 && len(got) < len(list) && len(p.Incomplete()) == 0:
				t.Fatalf("%s cut at %d of %d: %d of %d events, and nothing is said to be missing", codec, n, len(whole), len(got), len(list))
			}
		}
	}
}

// A log of which any bit has changed is read as far as it goes, or refused with an
// error of its own kind.
func TestChangedAnywhere(t *testing.T) {
	list := events(t)[:8]
	for _, whole := range wholeLogs(t, list) {
		step := 1
		if testing.Short() {
			step = 23
		}
		for n := 0; n < len(whole); n += step {
			bad := bytes.Clone(whole)
			bad[n] ^= 1 << (n % 8)
			readAny(t, bad)
		}
	}
}

// A wrong checksum ends the reading there, with the file and the place; what came
// before is kept.
func TestChecksums(t *testing.T) {
	list := events(t)
	text, err := os.ReadFile(write(t, t.TempDir(), list, sparklog.Options{Codec: "none"}))
	if err != nil {
		t.Fatal(err)
	}
	half := bytes.LastIndexByte(text[:len(text)/2], '\n') + 1
	twice := func(pack func(io.Writer) io.WriteCloser) []byte { // two members, so that the first is whole
		var out bytes.Buffer
		for _, part := range [][]byte{text[:half], text[half:]} {
			w := pack(&out)
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return out.Bytes()
	}
	lz4, err := os.ReadFile(write(t, t.TempDir(), list, sparklog.Options{Codec: "lz4"}))
	if err != nil {
		t.Fatal(err)
	}
	second := bytes.LastIndex(lz4[:len(lz4)-21], []byte("LZ4Block")) // the last but the end mark
	for name, c := range map[string]struct {
		log []byte
		at  int // a byte of a checksum
	}{
		"gzip": {twice(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }), -8},
		"zstd": {twice(func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w, zstd.WithEncoderCRC(true))
			if err != nil {
				t.Fatal(err)
			}
			return z
		}), -1},
		"lz4": {lz4, second + 17},
	} {
		at := c.at
		if at < 0 {
			at += len(c.log)
		}
		c.log[at] ^= 1
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, c.log, 0o644); err != nil {
			t.Fatal(err)
		}
		got, warnings := readOdd(t, path)
		if len(got) == 0 || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), path+": after line ") || warnings[0].Loss != "tail" {
			t.Errorf("%s: %d events, warnings %v", name, len(got), warnings)
		}
	}
}

// A shelf is a storage of one file that tests make odd.
type shelf struct {
	size int64 // as it is listed
	open func(from int64) (io.ReadCloser, error)
	err  error // of listing
}

type shelved struct{ size int64 }

func (s shelved) Name() string     { return "log" }
func (s shelved) Size() int64      { return s.size }
func (shelved) Mode() fs.FileMode  { return 0 }
func (shelved) ModTime() time.Time { return time.UnixMilli(5) }
func (shelved) IsDir() bool        { return false }
func (shelved) Sys() any           { return nil }

func (s shelf) List(string) ([]fs.FileInfo, bool, error) {
	return []fs.FileInfo{shelved{s.size}}, false, s.err
}

func (s shelf) Open(_ string, from int64) (io.ReadCloser, error) { return s.open(from) }

// on makes test://log the file of s until the test ends.
func on(t *testing.T, s shelf) string {
	before := sparklog.Storages
	sparklog.Storages = func(string) (sparklog.Storage, error) { return s, nil }
	t.Cleanup(func() { sparklog.Storages = before })
	return "test://log"
}

// What may not be listed or opened, or breaks off, is said with its path.
func TestNotAllowed(t *testing.T) {
	denied := func(int64) (io.ReadCloser, error) { return nil, fs.ErrPermission }
	for name, s := range map[string]shelf{"listed": {err: fs.ErrPermission}, "opened": {size: 5, open: denied}} {
		_, err := sparklog.Open(on(t, s))
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "test://log") {
			t.Errorf("what may not be %s: %v", name, err)
		}
	}
	line := `{"Event":"SparkListenerLogStart","Spark Version":"4.0.1"` + strings.Repeat(" ", 500) + "}\n"
	broken := func(int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(line+line), failing{})), nil
	}
	got, warnings := readOdd(t, on(t, shelf{size: 1 << 20, open: broken}))
	if len(got) != 2 || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "test://log: after line 2") {
		t.Errorf("what breaks off: %d events, %v", len(got), warnings)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// A log that grows while it is read yields what was there when its end was
// reached; a line that is half there is left out and told.
func TestGrowsMeanwhile(t *testing.T) {
	line := `{"Event":"SparkListenerJobEnd","Job ID":%d,"Completion Time":5,"Job Result":{"Result":"JobSucceeded"}}`
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, line+"\n", i)
	}
	grown := text.String() + line[:30]
	s := shelf{size: 100, open: func(from int64) (io.ReadCloser, error) { // it was 100 bytes when it was listed
		return io.NopCloser(strings.NewReader(grown[from:])), nil
	}}
	got, warnings := readOdd(t, on(t, s))
	if len(got) != 1000 || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "line 1001: the last line is torn") {
		t.Errorf("%d events, %v", len(got), warnings)
	}
}
