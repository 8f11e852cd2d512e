package sparklog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Storage holds files. Paths are whole: s3://bucket/logs/app-1.
type Storage interface {
	// List lists the files and folders right below a folder, in the order of their
	// names. Of a file it lists itself, and folder is false. What is not there is
	// an error that wraps fs.ErrNotExist.
	List(path string) (entries []fs.FileInfo, folder bool, err error)
	// Open reads a file from a place in it to its end.
	Open(path string, from int64) (io.ReadCloser, error)
}

// Storages finds the storage of a scheme such as s3. A program that reads logs
// from elsewhere than this machine sets it before it reads.
var Storages = func(scheme string) (Storage, error) {
	return nil, fmt.Errorf("this program does not read %s:// addresses", scheme)
}

// storageOf is where path lies.
func storageOf(path string) (Storage, error) {
	if scheme, _, ok := strings.Cut(path, "://"); ok && scheme != "" && !isAddress(path) {
		return Storages(scheme)
	}
	return disk{}, nil
}

func isRemote(path string) bool {
	s, err := storageOf(path)
	return err != nil || s != Storage(disk{})
}

// list lists what is at path.
func list(path string) ([]fs.FileInfo, bool, error) {
	s, err := storageOf(path)
	if err != nil {
		return nil, false, err
	}
	return s.List(path)
}

// inside is the path of what is called name in a folder.
func inside(folder, name string) string {
	if isRemote(folder) {
		return strings.TrimRight(folder, "/") + "/" + name
	}
	return filepath.Join(folder, name)
}

// disk is this machine's.
type disk struct{}

// List implements Storage. Entries that go while they are listed are left out.
func (disk) List(path string) ([]fs.FileInfo, bool, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []fs.FileInfo{info}, false, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, true, err
	}
	var out []fs.FileInfo
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(path, e.Name())); err == nil {
			out = append(out, info)
		}
	}
	return out, true, nil
}

// Open implements Storage.
func (disk) Open(path string, from int64) (io.ReadCloser, error) {
	file, err := os.Open(path)
	if err == nil && from > 0 {
		if _, err = file.Seek(from, io.SeekStart); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return file, err
}

// open opens a file. What it returns can seek.
func open(path string, size int64) (io.ReadCloser, error) {
	s, err := storageOf(path)
	if err != nil {
		return nil, err
	}
	if s == Storage(disk{}) {
		return s.Open(path, 0)
	}
	return &farFile{storage: s, path: path, size: size}, nil
}

// A farFile reads a file of a Storage. A seek costs a new request.
type farFile struct {
	storage  Storage
	path     string
	size, at int64
	reader   io.ReadCloser // nil before the first Read and after a Seek
}

// Read implements io.Reader.
func (f *farFile) Read(p []byte) (n int, err error) {
	if f.reader == nil {
		if f.at > 0 && f.at >= f.size { // no server has such a range
			return 0, io.EOF
		}
		if f.reader, err = f.storage.Open(f.path, f.at); err != nil {
			return 0, err
		}
	}
	n, err = f.reader.Read(p)
	f.at += int64(n)
	return n, err
}

// Seek implements io.Seeker.
func (f *farFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	if offset == f.at {
		return offset, nil
	}
	f.at = offset
	return offset, f.Close()
}

// Close implements io.Closer. Reading may go on behind it.
func (f *farFile) Close() error {
	if f.reader == nil {
		return nil
	}
	err := f.reader.Close()
	f.reader = nil
	return err
}
