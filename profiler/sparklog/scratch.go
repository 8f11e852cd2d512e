package sparklog

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Expansion bounds what compressed data may grow to, so that a small file made
// for the purpose does not fill memory or disk: beyond ExpansionFree bytes, text
// is at most Expansion times as long as what it came from. Event logs shrink to
// a hundredth at most. A program that reads stranger logs sets it higher before
// it reads.
var Expansion int64 = 1000

// ExpansionFree is how much may come out of however little.
const ExpansionFree = 1 << 30

func tooLarge(from, to int64) bool { return to > ExpansionFree && to/Expansion > from }

var errExpansion = errors.New("it holds far more than an event log of its size can; --max-expansion allows more")

// A scratch is a place for what was unpacked or fetched. Nothing is there until
// it is asked for.
type scratch struct{ path string }

func (s *scratch) dir() (string, error) {
	if s.path == "" {
		path, err := os.MkdirTemp("", "stagecoach-log-*")
		if err != nil {
			return "", err
		}
		s.path = path
	}
	return os.MkdirTemp(s.path, "*")
}

// remove deletes all of it. What cannot be deleted is the system's to clear.
func (s *scratch) remove() {
	if s.path != "" {
		_ = os.RemoveAll(s.path)
	}
}

// archiveKind tells a zip or tar archive, packed with gzip or not, from a log;
// "" is neither.
func archiveKind(path string) (string, error) {
	f, err := open(path, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	head, err := r.Peek(512) // what is shorter is no tar
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip", nil
	case isTar(head):
		return "tar", nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(r)
		if err != nil {
			return "", nil // the decoder says what is wrong
		}
		inner := make([]byte, 512)
		n, _ := io.ReadFull(z, inner)
		if isTar(inner[:n]) {
			return "tgz", nil
		}
	}
	return "", nil
}

func isTar(head []byte) bool { return len(head) >= 262 && string(head[257:262]) == "ustar" }

// copy fetches a file.
func (s *scratch) copy(path string) (string, error) {
	dir, err := s.dir()
	if err != nil {
		return "", err
	}
	from, err := open(path, 0)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, from)
	return to.Name(), errors.Join(err, to.Close())
}

// unpack puts the files of an archive into a new folder.
func (s *scratch) unpack(path, kind string) (dir string, err error) {
	if isRemote(path) {
		if path, err = s.copy(path); err != nil {
			return "", err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if dir, err = s.dir(); err != nil {
		return "", err
	}
	room := &allowance{from: info.Size()}
	if kind == "zip" {
		z, err := zip.OpenReader(path)
		if err != nil {
			return "", err
		}
		defer z.Close()
		for _, f := range z.File {
			if f.FileInfo().IsDir() {
				continue
			}
			in, err := f.Open()
			if err == nil {
				err = errors.Join(room.save(dir, f.Name, in), in.Close())
			}
			if err != nil {
				return "", err
			}
		}
		return dir, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	var in io.Reader = bufio.NewReader(file)
	if kind == "tgz" {
		if in, err = gzip.NewReader(in); err != nil {
			return "", err
		}
	}
	for t := tar.NewReader(in); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return dir, nil
		case err != nil:
			return "", err
		case h.Typeflag == tar.TypeReg:
			if err := room.save(dir, h.Name, t); err != nil {
				return "", err
			}
		}
	}
}

// An allowance counts what was unpacked.
type allowance struct{ from, to int64 }

// save writes one file of an archive below dir; a name that leads out of it is
// refused.
func (a *allowance) save(dir, name string, in io.Reader) error {
	name = filepath.FromSlash(strings.TrimPrefix(name, "/"))
	if !filepath.IsLocal(name) {
		return fmt.Errorf("the name %q leads out of the archive", name)
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	for buf := make([]byte, 256<<10); ; {
		n, err := in.Read(buf)
		a.to += int64(n)
		if tooLarge(a.from, a.to) {
			return errors.Join(errExpansion, out.Close())
		}
		if _, writeErr := out.Write(buf[:n]); writeErr != nil {
			return errors.Join(writeErr, out.Close())
		}
		switch {
		case errors.Is(err, io.EOF):
			return out.Close()
		case err != nil:
			return errors.Join(err, out.Close())
		}
	}
}
