package sparklog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"stagecoach/engine/event"
)

// A Listed log is one of a folder.
type Listed struct {
	Path   string
	Header Header
	Err    error // why it is no log, or cannot be read
}

// List reads the headers of all logs in dir, several at a time, in the order of
// their names. Headers of finished logs that have not changed are taken from the
// index.
func (x Index) List(dir string) ([]Listed, error) {
	paths, err := Logs(dir)
	if err != nil {
		return nil, err
	}
	known := x.headers(dir)
	list := make([]Listed, len(paths))
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	fresh := false
	for i, path := range paths {
		list[i].Path = path
		modified, size := Written(path)
		if h, ok := known[path]; ok && h.End != 0 && h.Modified == modified && h.Size == size {
			list[i].Header = h
			continue
		}
		fresh = true
		wait.Add(1)
		slots <- struct{}{}
		go func() {
			defer wait.Done()
			list[i].Header, list[i].Err = ReadHeader(path)
			<-slots
		}()
	}
	wait.Wait()
	if fresh {
		x.keepHeaders(dir, list)
	}
	return list, nil
}

// Written returns when a log's file, or a file of its folder, was written last,
// and their sizes together; zeros when there is none.
func Written(path string) (modified event.Millis, size int64) {
	for _, file := range under(path) {
		modified = max(modified, event.Millis(file.Modified.UnixMilli()))
		size += file.Size
	}
	return modified, size
}

func (x Index) headerFile(dir string) string {
	abs, err := absolute(dir)
	if err != nil || x.Dir == "" {
		return ""
	}
	return filepath.Join(x.Dir, fmt.Sprintf("list-%x", sha256.Sum256([]byte(abs))))
}

// headers are those that are kept of the logs in dir.
func (x Index) headers(dir string) map[string]Header {
	known := map[string]Header{}
	if text, err := os.ReadFile(x.headerFile(dir)); err == nil && json.Unmarshal(text, &known) != nil {
		return nil
	}
	return known
}

// keepHeaders keeps those of finished logs. Trouble with it costs the next
// listing time, no more.
func (x Index) keepHeaders(dir string, list []Listed) {
	known := map[string]Header{}
	for _, l := range list {
		if l.Err == nil && l.Header.End != 0 {
			known[l.Path] = l.Header
		}
	}
	text, err := json.Marshal(known)
	if err != nil || x.headerFile(dir) == "" || os.MkdirAll(x.Dir, 0o700) != nil {
		return
	}
	part := x.headerFile(dir) + ".part"
	if os.WriteFile(part, text, 0o600) == nil {
		_ = os.Rename(part, x.headerFile(dir))
	}
}
