package sparklog_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// archives packs the files below dir in every way that logs are passed around.
func archives(t testing.TB, dir string) map[string][]byte {
	var zipped, tarred, packed bytes.Buffer
	z, a := zip.NewWriter(&zipped), tar.NewWriter(&tarred)
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := a.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600, Format: tar.FormatUSTAR}); err != nil {
			return err
		}
		_, err = a.Write(text)
		return err
	})
	g := gzip.NewWriter(&packed)
	if err := errors.Join(err, z.Close(), a.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Write(tarred.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"x.zip": zipped.Bytes(), "x.tar": tarred.Bytes(), "x.tgz": packed.Bytes()}
}

// Archives of single and rolling logs are read like what is in them, from files
// and from a server, and nothing of them stays behind.
func TestArchives(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	want := events(t)
	for _, rolling := range []bool{false, true} {
		dir := t.TempDir()
		write(t, dir, want, sparklog.Options{Codec: "zstd", Rolling: rolling, MaxFileSize: 10_000})
		for name, data := range archives(t, dir) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, read(t, path), same); diff != "" {
				t.Errorf("%s, rolling %v: %s", name, rolling, diff)
			}
			asked := ""
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Path
				if _, err := w.Write(data); err != nil {
					t.Error(err)
				}
			}))
			if diff := cmp.Diff(want, read(t, s.URL+"/history/app-1/2/jobs/"), same); diff != "" || asked != "/api/v1/applications/app-1/2/logs" {
				t.Errorf("%s from %s: %s", name, asked, diff)
			}
			s.Close()
		}
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("%v stayed behind, %v", left, err)
	}
}

// Names that lead out of an archive, and answers that are none, are errors.
func TestBadArchives(t *testing.T) {
	var evil bytes.Buffer
	z := zip.NewWriter(&evil)
	if _, err := z.Create("../../escaped"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "evil.zip")
	if err := os.WriteFile(path, evil.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	for name, want := range map[string]string{path: "leads out", s.URL + "/api/v1/applications/x": "404"} {
		if _, err := sparklog.Open(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", name, err, want)
		}
	}
}

// What grows beyond reason is cut off with a warning: a gigabyte out of a
// megabyte is no log.
func TestExpansion(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks a gigabyte")
	}
	was := sparklog.Expansion
	sparklog.Expansion = 100
	defer func() { sparklog.Expansion = was }()
	path := filepath.Join(t.TempDir(), "bomb")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := gzip.NewWriterLevel(file, gzip.BestSpeed)
	head := `{"Event":"SparkListenerLogStart","Spark Version":"4.0.1"}` + "\n"
	if _, err := io.WriteString(g, head); err != nil {
		t.Fatal(err)
	}
	blanks := []byte(strings.Repeat(" ", 1<<20-1) + "\n")
	for range sparklog.ExpansionFree>>20 + 10 {
		if _, err := g.Write(blanks); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(g.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	got, warnings := readOdd(t, path)
	if len(got) != 1 || got[0] != (event.LogStart{Version: "4.0.1"}) || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "far more") {
		t.Errorf("%v, %v", got, warnings)
	}
}
