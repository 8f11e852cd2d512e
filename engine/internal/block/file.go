package block

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// A Dir is a folder for one executor's files. Closing it deletes them.
type Dir struct {
	path string
	pace func(bytes int64)
	mu   sync.Mutex
	n    int
	gone bool
}

// Pace makes every read and write of a file call wait with its size first. It
// is set before the first file is made.
func (d *Dir) Pace(wait func(bytes int64)) { d.pace = wait }

// NewDir makes a folder below parent, or below the system's folder for
// temporary files when parent is empty.
func NewDir(parent, name string) (*Dir, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	path, err := os.MkdirTemp(parent, ownName()+name+"-")
	if err != nil {
		return nil, fmt.Errorf("no folder for shuffle and spill files below %s (spark.local.dir): %w", parent, err)
	}
	return &Dir{path: path}, nil
}

// Path is where the folder is.
func (d *Dir) Path() string { return d.path }

// Close deletes the folder and all in it.
func (d *Dir) Close() error {
	d.mu.Lock()
	d.gone = true
	d.mu.Unlock()
	return os.RemoveAll(d.path)
}

// A File holds encoded batches. It is append-only; ranges of it can be read by
// several goroutines while others append.
type File struct {
	f    *os.File
	pace func(bytes int64) // or nil
	mu   sync.Mutex
	size int64
}

// Create makes an empty file in the folder.
func (d *Dir) Create(kind string) (*File, error) {
	d.mu.Lock()
	d.n++
	name := filepath.Join(d.path, fmt.Sprintf("%s-%d", kind, d.n))
	d.mu.Unlock()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskError(name, err)
	}
	return &File{f: f, pace: d.pace}, nil
}

// Append writes data at the end and returns where it begins.
func (f *File) Append(data []byte) (offset int64, err error) {
	f.mu.Lock()
	offset = f.size
	f.size += int64(len(data))
	f.mu.Unlock()
	if len(data) == 0 {
		return offset, nil
	}
	if f.pace != nil {
		f.pace(int64(len(data)))
	}
	if _, err := f.f.WriteAt(data, offset); err != nil {
		return 0, diskError(f.f.Name(), err)
	}
	return offset, nil
}

// Read returns a range of the file in an aligned buffer.
func (f *File) Read(offset, length int64) ([]byte, error) {
	return f.ReadInto(nil, offset, length)
}

// ReadInto is Read with a buffer from Buffer to use if it is large enough.
func (f *File) ReadInto(buf []byte, offset, length int64) ([]byte, error) {
	if int64(cap(buf)) < length {
		buf = Buffer(int(length))
	}
	buf = buf[:length]
	if f.pace != nil {
		f.pace(length)
	}
	if n, err := f.f.ReadAt(buf, offset); int64(n) < length {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("%s at byte %d: %w", f.f.Name(), offset, err)
	}
	return buf, nil
}

// Size is the length of the file in bytes.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size
}

// Remove closes and deletes the file.
func (f *File) Remove() {
	f.f.Close()
	os.Remove(f.f.Name())
}

// diskError adds the remedy to an error of the file system.
func diskError(name string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%s: the disk is full; point spark.local.dir at a larger one, or spill less with more spark.executor.memory: %w", name, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}
