package sparklog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"stagecoach/profiler"
)

// The profile of a large finished log is kept in the user's cache directory, so
// that it is there at once the second time. It is used while the files of the log
// have the sizes and times that they had, and the program is the same.
const (
	indexedBeyond = 4 << 20 // bytes of a log on disk; what is smaller is read in no time
	indexRoom     = 1 << 30 // bytes that all kept profiles may take; the oldest go first
)

// An Index keeps profiles in Dir.
type Index struct{ Dir string }

// UserIndex is the index in the user's cache directory.
func UserIndex() (Index, error) {
	dir, err := os.UserCacheDir()
	return Index{filepath.Join(dir, "stagecoach", "profiles")}, err
}

// identity is what a kept profile is of.
type identity struct {
	Files []fileIdentity
}

type fileIdentity struct {
	Path     string
	Size     int64
	Modified time.Time
}

// Open is the package's Open, by way of the index. Trouble with the index is no
// trouble with the log: the log is then read.
func (x Index) Open(path string) (*profiler.Profile, error) {
	file, id, ok := x.locate(path)
	if !ok {
		return Open(path)
	}
	if p := load(file, id); p != nil {
		return p, nil
	}
	p, err := Open(path)
	if err != nil || p.App.End == 0 {
		return p, err
	}
	if _, now, ok := x.locate(path); ok && string(now) == string(id) { // nobody wrote meanwhile
		_ = x.save(file, id, p)
	}
	return p, nil
}

// locate returns the file that keeps the profile of the log at path, and what
// that must be of.
func (x Index) locate(path string) (file string, id []byte, ok bool) {
	if path == "-" || isAddress(path) || x.Dir == "" {
		return "", nil, false
	}
	path, err := absolute(path)
	if err != nil {
		return "", nil, false
	}
	program, err := os.Executable()
	if err != nil {
		return "", nil, false
	}
	var of identity
	var size int64
	for _, f := range under(path) {
		of.Files = append(of.Files, f)
		size += f.Size
	}
	of.Files = append(of.Files, under(program)...)
	if size < indexedBeyond {
		return "", nil, false
	}
	id, err = json.Marshal(of)
	return filepath.Join(x.Dir, fmt.Sprintf("%x", sha256.Sum256([]byte(path)))), append(id, '\n'), err == nil
}

// absolute is the same path from everywhere.
func absolute(path string) (string, error) {
	if isRemote(path) {
		return path, nil
	}
	return filepath.Abs(path)
}

// under lists a file, or the files of a folder; nothing when it is not there.
func under(path string) (out []fileIdentity) {
	entries, folder, err := list(path)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		at := path
		if folder {
			at = inside(path, e.Name())
		}
		switch {
		case !e.IsDir():
			out = append(out, fileIdentity{at, e.Size(), e.ModTime().UTC()})
		case holdsLog(at):
			out = append(out, under(at)...)
		}
	}
	return out
}

// load returns the kept profile if it is of id.
func load(file string, id []byte) *profiler.Profile {
	data, err := os.ReadFile(file)
	if err != nil || len(data) < len(id) || string(data[:len(id)]) != string(id) {
		return nil
	}
	p, err := profiler.Load(data[len(id):])
	if err != nil {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(file, now, now) // the oldest by use go first
	return p
}

// save keeps a profile: under another name until it is whole.
func (x Index) save(file string, id []byte, p *profiler.Profile) error {
	if err := os.MkdirAll(x.Dir, 0o700); err != nil {
		return err
	}
	out, err := os.CreateTemp(x.Dir, "part-*")
	if err != nil {
		return err
	}
	_, err = out.Write(id)
	if err == nil {
		err = p.Save(out)
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(out.Name(), file)
	}
	if err != nil {
		_ = os.Remove(out.Name())
		return err
	}
	return x.trim()
}

// trim deletes the profiles that were not used for longest, until there is room.
func (x Index) trim() error {
	entries, err := os.ReadDir(x.Dir)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	var total int64
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			files = append(files, info)
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if total <= indexRoom {
			break
		}
		total -= f.Size()
		if err := os.Remove(filepath.Join(x.Dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}
