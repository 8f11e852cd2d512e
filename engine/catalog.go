package engine

import (
	"maps"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// A view is a query under a name.
type view struct {
	name string // as it was written
	node plan.Node
	// shadow says that it stands before a table of that name, which is cached.
	shadow bool
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
	s.views[strings.ToLower(name)] = view{name: name, node: n}
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
		if !s.views[key].shadow {
			names = append(names, s.views[key].name)
		}
	}
	return names
}

// Table finds what a name in SQL means: a view, a table of the catalog, or the
// files of parquet.`path`, csv.`path` and so on.
func (s *Session) Table(name []string) (plan.Node, error) {
	text := strings.Join(name, ".")
	if len(name) == 2 && slices.ContainsFunc(source.Formats, func(f source.Format) bool { return strings.EqualFold(f.Name, name[0]) }) {
		return s.files(name[0], nil, nil, name[1])
	}
	if len(name) == 2 && strings.EqualFold(name[0], "default") || len(name) == 3 && strings.EqualFold(name[1], "default") {
		name = name[len(name)-1:]
	}
	if len(name) != 1 {
		return nil, s.unknownTable(text)
	}
	s.mu.Lock()
	v, ok := s.views[strings.ToLower(name[0])]
	s.mu.Unlock()
	if ok {
		return v.node, nil
	}
	t, err := s.tables().table(name[0])
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, s.unknownTable(text)
	}
	src, err := s.tableSource(t)
	if err != nil {
		return nil, err
	}
	return plan.NewScan(src), nil
}

// files is a scan of files in a format.
func (s *Session) files(format string, options map[string]string, schema expr.Schema, path string) (plan.Node, error) {
	f := s.Open(format, options, schema, path)
	return f.node, f.err
}
