package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// pathName is a table's name as it was written.
func pathName(p sql.Path) string { return strings.Join(pathParts(p), ".") }

func pathParts(p sql.Path) []string {
	parts := make([]string, len(p))
	for i, x := range p {
		parts[i] = x.Name
	}
	return parts
}

func (s *Session) hasView(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.views[strings.ToLower(name)]
	return ok
}

// createView is CREATE [OR REPLACE] TEMPORARY VIEW.
func (s *Session) createView(text string, st *sql.ViewStatement) (*Frame, error) {
	name := pathName(st.Name)
	if s.hasView(name) && !st.Replace {
		if st.IfNotExists {
			return s.table(nil), nil
		}
		return nil, fmt.Errorf("[TEMP_TABLE_OR_VIEW_ALREADY_EXISTS] there is a view %s already; say CREATE OR REPLACE", name)
	}
	var f *Frame
	if st.Query == nil {
		schema, err := s.analyzer(text).Schema(st.Schema)
		if err != nil {
			return nil, err
		}
		options := optionMap(st.Options)
		location := ""
		for key, value := range options {
			if strings.EqualFold(key, "path") {
				location = value
			}
		}
		if location == "" {
			return nil, fmt.Errorf("view %s USING %s: OPTIONS (path '...') says where the files are", name, st.Using)
		}
		if f = s.Open(st.Using, withoutPath(options), schema, location); f.err != nil {
			return nil, f.err
		}
	} else {
		var err error
		if f, err = s.query(text, st.Query); err != nil {
			return nil, err
		}
	}
	if st.Columns != nil {
		if len(st.Columns) != len(f.Schema()) {
			return nil, fmt.Errorf("view %s: %d names for %d columns", name, len(st.Columns), len(f.Schema()))
		}
		f.labels = nil
		for _, c := range st.Columns {
			f.labels = append(f.labels, c.Name)
		}
	}
	return s.table(nil), s.CreateView(name, f)
}

// drop is DROP VIEW and DROP TABLE, which removes a view too where there is no
// table.
func (s *Session) drop(st *sql.DropStatement) (*Frame, error) {
	name := pathName(st.Name)
	t, broken := s.tables().table(st.Name[len(st.Name)-1].Name)
	if t != nil {
		s.release(name)
	}
	switch {
	case s.hasView(name):
	case (t != nil || broken != nil) && st.View:
		return nil, fmt.Errorf("[EXPECT_VIEW_NOT_TABLE] %s is a table; say DROP TABLE", name)
	case t != nil || broken != nil:
		return s.table(nil), s.tables().remove(st.Name[len(st.Name)-1].Name)
	case st.IfExists:
		return s.table(nil), nil
	default:
		return nil, s.unknownTable(name)
	}
	s.Unpersist(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.views, strings.ToLower(name))
	return s.table(nil), nil
}

// cache is CACHE [LAZY] TABLE: the view is kept at a storage level, which is
// MEMORY_AND_DISK unless an option says otherwise.
func (s *Session) cache(ctx context.Context, text string, st *sql.CacheStatement) (*Frame, error) {
	name, level := pathName(st.Name), "MEMORY_AND_DISK"
	for _, o := range st.Options {
		if !strings.EqualFold(o.Key, "storageLevel") {
			return nil, fmt.Errorf("CACHE TABLE %s: there is no option %s; there is storageLevel", name, o.Key)
		}
		level = strings.ToUpper(o.Value)
	}
	f, err := s.View(name)
	if st.Query != nil {
		if s.hasView(name) {
			return nil, fmt.Errorf("[TEMP_TABLE_OR_VIEW_ALREADY_EXISTS] there is a view %s already", name)
		}
		f, err = s.query(text, st.Query)
	}
	if err != nil {
		return nil, err
	}
	if named, ok := f.node.(*plan.Named); ok && strings.EqualFold(named.Label, name) {
		return s.table(nil), nil // cached before
	}
	kept := f.Persist(name, level)
	shadow := st.Query == nil && !s.hasView(name)
	if err := s.CreateView(name, kept); err != nil {
		return nil, err
	}
	s.mu.Lock()
	v := s.views[strings.ToLower(name)]
	v.shadow = shadow
	s.views[strings.ToLower(name)] = v
	s.mu.Unlock()
	if st.Lazy {
		return s.table(nil), nil
	}
	_, err = kept.Describe("CACHE TABLE " + name).Count(ctx)
	return s.table(nil), err
}

// uncache is UNCACHE TABLE and CLEAR CACHE.
func (s *Session) uncache(st *sql.UncacheStatement) (*Frame, error) {
	names := []string{}
	if st.Name != nil {
		name := pathName(st.Name)
		if !s.hasView(name) && !st.IfExists {
			if t, err := s.tables().table(name); t == nil || err != nil {
				return nil, s.unknownTable(name)
			}
		}
		names = append(names, name)
	} else {
		s.mu.Lock()
		names = slices.Collect(maps.Keys(s.views))
		s.mu.Unlock()
	}
	for _, name := range names {
		s.release(name)
	}
	return s.table(nil), nil
}

// release lets go of what is cached of a view or table.
func (s *Session) release(name string) {
	key := strings.ToLower(name)
	s.mu.Lock()
	v := s.views[key]
	named, cached := v.node.(*plan.Named)
	switch {
	case v.shadow:
		delete(s.views, key)
	case cached:
		s.views[key] = view{name: v.name, node: named.Input}
	}
	s.mu.Unlock()
	if cached {
		s.Unpersist(named.Label)
	}
}

// set is SET key = value, SET key, SET and RESET [key].
func (s *Session) set(st *sql.SetStatement) (*Frame, error) {
	schema := texts("key", "value")
	switch {
	case st.Reset && st.Key == "":
		if err := s.setConfig(s.initial); err != nil {
			return nil, err
		}
		return s.table(nil), nil
	case st.Reset:
		return s.table(nil), s.Set(st.Key, s.initial.Text(st.Key))
	case st.HasValue:
		return s.table(schema, []any{st.Key, st.Value}), s.Set(st.Key, st.Value)
	case st.Key != "":
		return s.table(schema, []any{st.Key, s.Config().Text(st.Key)}), nil
	}
	var rows [][]any
	for k, v := range s.Config().All {
		rows = append(rows, []any{k, v})
	}
	return s.table(schema, rows...), nil
}

// show is SHOW TABLES, VIEWS, COLUMNS and FUNCTIONS.
func (s *Session) show(st *sql.ShowStatement) (*Frame, error) {
	matches := func(name string) bool {
		if st.Like == "" {
			return true
		}
		for pattern := range strings.SplitSeq(strings.ToLower(st.Like), "|") {
			if ok, err := path.Match(strings.ReplaceAll(pattern, "%", "*"), strings.ToLower(name)); ok && err == nil {
				return true
			}
		}
		return false
	}
	var rows [][]any
	switch st.What {
	case "tables", "views":
		for _, name := range s.Views() {
			if matches(name) {
				rows = append(rows, []any{"", name, true})
			}
		}
		column := "viewName"
		if st.What == "tables" {
			column = "tableName"
			var stored [][]any
			for _, name := range s.tables().names() {
				if matches(name) {
					stored = append(stored, []any{"default", name, false})
				}
			}
			rows = append(stored, rows...)
		}
		return s.table(append(texts("namespace", column), expr.Field{Name: "isTemporary", Type: expr.Bool}), rows...), nil
	case "columns":
		n, err := s.Table(pathParts(st.Name))
		if err != nil {
			return nil, err
		}
		for _, f := range n.Schema() {
			rows = append(rows, []any{f.Name})
		}
		return s.table(texts("col_name"), rows...), nil
	case "functions":
		for _, list := range expr.Functions {
			for names := range list {
				for name := range strings.FieldsSeq(names) {
					if matches(name) {
						rows = append(rows, []any{name})
					}
				}
			}
		}
		for _, name := range s.functions.Names() {
			if matches(name) {
				rows = append(rows, []any{name})
			}
		}
		return s.table(texts("function"), rows...), nil
	}
	return nil, fmt.Errorf("SHOW %s is not supported; there are TABLES, VIEWS, COLUMNS and FUNCTIONS", strings.ToUpper(st.What))
}

// describe is DESCRIBE of a table, a query or a function.
func (s *Session) describe(text string, st *sql.DescribeStatement) (*Frame, error) {
	if st.Function != "" {
		for _, list := range expr.Functions {
			for names, doc := range list {
				for name := range strings.FieldsSeq(names) {
					if strings.EqualFold(name, st.Function) {
						return s.table(texts("function_desc"), []any{"Function: " + name}, []any{"Usage: " + doc}), nil
					}
				}
			}
		}
		if f := s.functions.Lookup(st.Function); f != nil {
			return s.table(texts("function_desc"), []any{"Function: " + strings.ToLower(st.Function)}, []any{"Usage: " + f.Doc}), nil
		}
		return nil, fmt.Errorf("[UNRESOLVED_ROUTINE] there is no function %s; SHOW FUNCTIONS lists them", st.Function)
	}
	var schema expr.Schema
	var unread []source.Unread
	if st.Query != nil {
		f, err := s.query(text, st.Query)
		if err != nil {
			return nil, err
		}
		schema = f.Schema()
	} else {
		n, err := s.Table(pathParts(st.Name))
		if err != nil {
			return nil, err
		}
		schema = n.Schema()
		if scan, ok := n.(*plan.Scan); ok {
			unread = source.UnreadColumns(scan.Source)
		}
	}
	var rows [][]any
	for _, f := range schema {
		rows = append(rows, []any{f.Name, f.Type.String(), nil})
	}
	for _, u := range unread {
		rows = append(rows, []any{u.Name, u.Type, "left out, as it cannot be read: " + u.Why})
	}
	return s.table(texts("col_name", "data_type", "comment"), rows...), nil
}

// explain is EXPLAIN of a query.
func (s *Session) explain(text string, st *sql.ExplainStatement) (*Frame, error) {
	q, ok := st.Statement.(*sql.Query)
	if !ok {
		return nil, fmt.Errorf("EXPLAIN shows queries; this is a command")
	}
	f, err := s.query(text, q)
	if err != nil {
		return nil, err
	}
	plan, err := f.Explain(cmp.Or(st.Mode, "simple"))
	if err != nil {
		return nil, err
	}
	return s.table(texts("plan"), []any{plan}), nil
}
