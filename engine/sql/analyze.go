package sql

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A Catalog knows tables and views.
type Catalog interface {
	// Table returns the rows of a table or view, whose columns have plain names;
	// parquet.`path` and its like are files. The error names what is nearest.
	Table(name []string) (plan.Node, error)
}

// An Analyzer gives the names of a statement their meaning: it turns a query
// into a plan whose columns bear unique names such as pu#12, as Spark's do, so
// that two uses of one table never mix.
type Analyzer struct {
	Text    string // of the statement, for errors
	Catalog Catalog
	Mode    expr.Mode
	Now     time.Time // what current_timestamp() says, the same throughout a query
	User    string
	Version string
	// ShufflePartitions is how many partitions a repartitioning makes that says no
	// number.
	ShufflePartitions int

	ids       int
	ctes      map[string]*cte
	tables    map[string]plan.Node // found in the catalog: a query sees one state of each
	nested    int                  // of subqueries and views, against endless recursion
	joinHints []Hint               // of the SELECT whose FROM clause is being analyzed
}

// A column is one that names may mean: its name, the table it can be qualified
// by, and its unique name in the plan.
type column struct {
	name  string
	table []string
	id    string
	typ   expr.Type
	// hidden columns are found by qualified names only: the right side's
	// columns of USING.
	hidden bool
}

// A relation is a plan with the names its columns go by. While expressions over
// it are translated, subqueries may ask for more columns: schema has them at
// once, and pending adds them to the plan when it is built.
type relation struct {
	node    plan.Node
	columns []column
	schema  expr.Schema
	pending []attachment
}

// An attachment adds the columns of a subquery to a plan; conds relate it to
// columns that are there.
type attachment struct {
	conds []expr.Expr
	add   func(plan.Node) plan.Node
}

// over is a relation of a plan.
func over(n plan.Node, columns []column) *relation {
	return &relation{node: n, columns: columns, schema: n.Schema()}
}

// build adds the columns that subqueries asked for.
func (r *relation) build() plan.Node {
	for _, p := range r.pending {
		r.node = p.add(r.node)
	}
	r.pending = nil
	return r.node
}

// A scope is what names mean in a part of a query; outer is that of the query
// around it.
type scope struct {
	*relation
	outer *scope
}

// A cte is one query of a WITH clause.
type cte struct {
	query  *CTE
	before map[string]*cte // those it may refer to
}

// Query analyzes a query. It returns the plan and the names of its columns for
// those who see the result.
func (a *Analyzer) Query(q *Query) (node plan.Node, names []string, err error) {
	defer a.catch(&err)
	r := a.query(q, nil)
	for _, c := range r.columns {
		names = append(names, c.name)
	}
	return r.node, names, nil
}

// Constant evaluates an expression that names no column, such as a partition's
// value.
func (a *Analyzer) Constant(e Expr) (v expr.Value, err error) {
	defer a.catch(&err)
	return a.constant(e), nil
}

// catch turns the panic by which the analyzer gives up, an *Error, into err.
// Names are resolved deep inside of recursive functions; passing an error
// through each of them would bury what they do.
func (a *Analyzer) catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case *Error:
		*err = p
	default:
		panic(p)
	}
}

// fail gives up at a place of the text.
func (a *Analyzer) fail(at Pos, format string, args ...any) {
	panic(&Error{Text: a.Text, Pos: at, Message: fmt.Sprintf(format, args...)})
}

// must gives up when err is not nil.
func (a *Analyzer) must(at Pos, err error) {
	if err != nil {
		a.fail(at, "%v", err)
	}
}

// id makes a unique name of a plan's column.
func (a *Analyzer) id(name string) string {
	a.ids++
	return fmt.Sprintf("%s#%d", name, a.ids)
}

// enter guards against queries that contain themselves, or each other too
// deeply.
func (a *Analyzer) enter(at Pos) (leave func()) {
	if a.nested++; a.nested > maxQueries {
		a.fail(at, "queries are nested more than %d deep", maxQueries)
	}
	return func() { a.nested-- }
}

const maxQueries = 200

// rename gives every column of a plan a unique name. The result is the same
// rows under a table's name.
func (a *Analyzer) rename(n plan.Node, table []string) *relation {
	schema := n.Schema()
	names := make([]string, len(schema))
	columns := make([]column, len(schema))
	for i, f := range schema {
		names[i] = a.id(plain(f.Name))
		columns[i] = column{name: plain(f.Name), table: table, id: names[i], typ: f.Type}
	}
	if scan, ok := n.(*plan.Scan); ok {
		return over(plan.NewScan(renamedSource{scan.Source, names}), columns)
	}
	exprs := make([]expr.Expr, len(schema))
	for i, f := range schema {
		exprs[i] = expr.As{X: expr.Col(f.Name), Name: names[i]}
	}
	p, err := plan.NewProject(n, exprs)
	a.must(0, err)
	return over(p, columns)
}

// plain is a plan column's name without its number.
func plain(id string) string {
	if at := strings.LastIndexByte(id, '#'); at > 0 {
		return id[:at]
	}
	return id
}

// alias puts all columns under a table's name, and under other names where
// columns says so.
func (a *Analyzer) alias(r *relation, table Ident, columns []Ident) *relation {
	if table.Name == "" && columns == nil {
		return r
	}
	out := over(r.node, append([]column{}, r.columns...))
	if columns != nil && len(columns) != len(out.columns) {
		a.fail(table.Pos, "[ASSIGNMENT_ARITY_MISMATCH] %d names for the %d columns of %s", len(columns), len(out.columns), table.Name)
	}
	for i := range out.columns {
		c := &out.columns[i]
		c.hidden = false
		if table.Name != "" {
			c.table = []string{table.Name}
		}
		if columns != nil {
			c.name = columns[i].Name
		}
	}
	return out
}

// lookup finds what a name means in a relation: a column, and how many parts of
// the name it took.
func (r *relation) lookup(parts []string) (found []column, used int) {
	for used = min(len(parts), 4); used > 0; used-- {
		qualifier, name := parts[:used-1], parts[used-1]
		for _, c := range r.columns {
			if strings.EqualFold(c.name, name) && c.qualifiedBy(qualifier) && !(c.hidden && used == 1) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			return found, used
		}
	}
	return nil, 0
}

// qualifiedBy reports whether the table's name ends in qualifier.
func (c column) qualifiedBy(qualifier []string) bool {
	if len(qualifier) > len(c.table) {
		return false
	}
	for i, q := range qualifier {
		if !strings.EqualFold(q, c.table[len(c.table)-len(qualifier)+i]) {
			return false
		}
	}
	return true
}

// text prints a path with back quotes, as Spark does in errors.
func (p Path) text() string {
	parts := make([]string, len(p))
	for i, x := range p {
		parts[i] = "`" + strings.ReplaceAll(x.Name, "`", "``") + "`"
	}
	return strings.Join(parts, ".")
}

func (p Path) names() []string {
	names := make([]string, len(p))
	for i, x := range p {
		names[i] = x.Name
	}
	return names
}

// unknown gives up on a column, naming those that are nearest.
func (a *Analyzer) unknown(n *Name, s *scope) {
	var known []string
	for at := s; at != nil; at = at.outer {
		for _, c := range at.columns {
			known = append(known, c.name)
		}
	}
	for at := s; at != nil; at = at.outer {
		for _, part := range n.Parts {
			a.must(n.At(), plan.Unread(at.node, part.Name))
		}
	}
	a.fail(n.At(), "[UNRESOLVED_COLUMN] there is no column %s%s", n.Parts.text(), suggest(n.Parts[len(n.Parts)-1].Name, known))
}
