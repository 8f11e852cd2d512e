package sparkrest

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"stagecoach/engine/event"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// A store knows the logs of a folder and keeps the views of those that were
// asked for last. It is safe for concurrent use.
type store struct {
	dir   string
	limit int64          // bytes of views that are kept
	index sparklog.Index // of heads, for the first list
	now   func() time.Time

	mu      sync.Mutex
	scanned time.Time
	entries []*entry
	clock   int64
}

// An entry is the log of one application attempt.
type entry struct {
	path     string
	id, name string
	info     AttemptInfo
	size     int64
	modified event.Millis

	load sync.Mutex // one loads, others wait
	view *View
	cost int64 // bytes
	used int64 // store.clock of the last use
}

// rescan is how old a list of the folder may be.
const rescan = 10 * time.Second

// list returns the logs of the folder. Logs that cannot be read are left out, as
// the History Server does.
func (s *store) list() ([]*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries != nil && s.now().Sub(s.scanned) < rescan {
		return s.entries, nil
	}
	if s.entries == nil {
		return s.first()
	}
	paths, err := sparklog.Logs(s.dir)
	if err != nil {
		return nil, err
	}
	known := map[string]*entry{}
	for _, e := range s.entries {
		known[e.path] = e
	}
	found := make([]*entry, len(paths))
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, path := range paths {
		wait.Add(1)
		slots <- struct{}{}
		go func() {
			defer wait.Done()
			found[i] = scan(path, known[path])
			<-slots
		}()
	}
	wait.Wait()
	s.entries = slices.DeleteFunc(found, func(e *entry) bool { return e == nil })
	s.scanned = s.now()
	return s.entries, nil
}

// first makes the list when there is none: heads that were read by an earlier
// program come from the index.
func (s *store) first() ([]*entry, error) {
	list, err := s.index.List(s.dir)
	if err != nil {
		return nil, err
	}
	s.entries = []*entry{}
	for _, l := range list {
		if l.Err == nil && l.Header.App.ID != "" {
			s.entries = append(s.entries, newEntry(l.Path, l.Header))
		}
	}
	s.scanned = s.now()
	return s.entries, nil
}

// scan reads the head of a log unless it is known and has not changed.
func scan(path string, known *entry) *entry {
	if known != nil && known.info.Completed {
		if modified, size := sparklog.Written(path); modified == known.modified && size == known.size {
			return known
		}
	}
	h, err := sparklog.ReadHeader(path)
	if err != nil || h.App.ID == "" {
		return nil
	}
	if known != nil && known.modified == h.Modified && known.size == h.Size {
		return known
	}
	return newEntry(path, h)
}

func newEntry(path string, h sparklog.Header) *entry {
	v := View{Profile: &profiler.Profile{}, Updated: h.Modified}
	v.App = profiler.App{ID: h.App.ID, AttemptID: h.App.AttemptID, User: h.App.User, SparkVersion: h.Version, Start: h.App.Time, End: h.End}
	return &entry{path: path, id: h.App.ID, name: h.App.Name, info: v.Attempt(), size: h.Size, modified: h.Modified}
}

// find returns the attempts of an application that are called attempt; with
// attempt "" the one that has no name.
func (s *store) find(app, attempt string) (*entry, error) {
	entries, err := s.list()
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.id == app && e.info.AttemptID == attempt {
			return e, nil
		}
	}
	return nil, nil
}

// open returns the view of an entry, read if it is not there. Those that were
// not used for longest go when there are too many.
func (s *store) open(e *entry) (*View, error) {
	e.load.Lock()
	defer e.load.Unlock()
	if e.view == nil {
		v, err := Open(e.path)
		if err != nil {
			return nil, err
		}
		v.Updated = e.modified
		e.view, e.cost = v, v.bytes()
	}
	v := e.view
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	e.used = s.clock
	s.evict(e)
	return v, nil
}

// evict lets go of views until what is left fits; keep stays.
func (s *store) evict(keep *entry) {
	var total int64
	var idle []*entry
	for _, e := range s.entries {
		if e == keep || e.load.TryLock() {
			if e.view != nil {
				total += e.cost
				if e != keep {
					idle = append(idle, e)
					continue
				}
			}
			if e != keep {
				e.load.Unlock()
			}
		}
	}
	slices.SortFunc(idle, func(a, b *entry) int { return int(a.used - b.used) })
	for _, e := range idle {
		if total > s.limit {
			total -= e.cost
			e.view = nil
		}
		e.load.Unlock()
	}
}

// Open reads the log at path into a view with details.
func Open(path string) (*View, error) {
	p, d := &profiler.Profile{}, newDetails()
	for r, err := range sparklog.Records(path) {
		var skipped *sparklog.Error
		switch {
		case errors.As(err, &skipped) && skipped.Skipped:
			skipped.Warn(p)
		case err != nil:
			return nil, err
		default:
			if e := r.Event(); e != nil {
				p.Add(e)
			}
			if err := d.add(r); err != nil {
				p.Warn(fmt.Sprintf("%s, line %d", filepath.Base(r.File), r.Number), "%v", err)
			}
		}
	}
	p.Settle()
	return &View{Profile: p, Details: d}, nil
}

// bytes is about what a view holds.
func (v *View) bytes() (n int64) {
	for _, s := range v.Stages {
		n += int64(s.Tasks.Bytes()) + 2048 + int64(len(s.PerExecutor))*1024
	}
	for _, x := range v.Executions {
		n += int64(len(x.PhysicalPlan)) + int64(len(x.Nodes))*1024
	}
	return n + int64(len(v.Details.tasks))*300 + int64(len(v.Jobs))*1024
}
