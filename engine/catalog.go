package engine

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"stagecoach/engine/internal/nearest"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// A view is a query under a name.
type view struct {
	name string // as it was written
	node plan.Node
}

// CreateView puts a frame under a name that SQL can read. A view of that name
// is replaced.
func (s *Session) CreateView(name string, f *Frame) error {
	if f.err != nil {
		return f.err
	}
	n, err := f.named()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views[strings.ToLower(name)] = view{name, n}
	return nil
}

// View returns the frame of a view, or an error that names the nearest one.
func (s *Session) View(name string) (*Frame, error) {
	n, err := s.Table([]string{name})
	if err != nil {
		return nil, err
	}
	return &Frame{session: s, node: n}, nil
}

// Views returns the names of all views in order.
func (s *Session) Views() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, key := range slices.Sorted(maps.Keys(s.views)) {
		names = append(names, s.views[key].name)
	}
	return names
}

// Table finds what a name in SQL means: a view, or the files of
// parquet.`path` and csv.`path`.
func (s *Session) Table(name []string) (plan.Node, error) {
	if len(name) == 2 {
		if open := formats[strings.ToLower(name[0])]; open != nil {
			return openFiles(open, name[1])
		}
	}
	if len(name) == 2 && strings.EqualFold(name[0], "default") || len(name) == 3 && strings.EqualFold(name[1], "default") {
		name = name[len(name)-1:]
	}
	if len(name) == 1 {
		s.mu.Lock()
		v, ok := s.views[strings.ToLower(name[0])]
		s.mu.Unlock()
		if ok {
			return v.node, nil
		}
	}
	text := strings.Join(name, ".")
	like := ""
	if best, _ := nearest.Name(text, s.Views()); best != "" {
		like = "; did you mean " + best + "?"
	}
	return nil, fmt.Errorf("[TABLE_OR_VIEW_NOT_FOUND] there is no table or view %s%s", text, like)
}

// formats are what can stand before a path in FROM format.`path`, and after
// USING.
var formats = map[string]func(...string) (source.Source, error){
	"parquet": source.Parquet,
	"csv":     func(paths ...string) (source.Source, error) { return source.CSV(source.CSVOptions{}, paths...) },
}

func openFiles(open func(...string) (source.Source, error), path string) (plan.Node, error) {
	paths := []string{path}
	if strings.ContainsAny(path, "*?[") {
		found, err := filepath.Glob(path)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("[PATH_NOT_FOUND] no file is called %s", path)
		}
		paths = found
	}
	src, err := open(paths...)
	if err != nil {
		return nil, err
	}
	return plan.NewScan(src), nil
}
