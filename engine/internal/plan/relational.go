package plan

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A Scan reads a source: some of its columns, with conditions that the reader
// may use to skip.
type Scan struct {
	Source     source.Source
	Columns    expr.Schema
	Predicates []source.Predicate
	Folders    []expr.Expr // conditions over partition columns alone, which leave out files
	Pruned     []Pruning   // such conditions that are known when other steps have run
}

// A Filter keeps the rows for which Where is true, and of them the columns in
// Keep; nil keeps all.
type Filter struct {
	Input Node
	Where expr.Expr
	Keep  expr.Schema
}

// A Project computes columns.
type Project struct {
	Input  Node
	Exprs  []expr.Expr
	schema expr.Schema
}

// A SortKey orders rows by a column.
type SortKey struct {
	Column     string
	Desc       bool
	NullsFirst bool
}

// String prints the key as Spark does.
func (k SortKey) String() string {
	text := k.Column + " ASC"
	if k.Desc {
		text = k.Column + " DESC"
	}
	if k.NullsFirst {
		return text + " NULLS FIRST"
	}
	return text + " NULLS LAST"
}

// A Sort orders the rows: each partition alone, or all of them when Global.
type Sort struct {
	Input  Node
	Keys   []SortKey
	Global bool
}

// A TopN is the N rows of a sorted input after the first Offset.
type TopN struct {
	Input  Node
	Keys   []SortKey
	N      int
	Offset int
}

// A Limit passes over Offset rows and keeps the N after them (all when N is
// negative): of each partition when Local, which has no offset, else of all.
type Limit struct {
	Input  Node
	N      int
	Offset int
	Local  bool
	// Collects is set on the last step of a query, which hands its rows out.
	Collects bool
}

// A Union is the rows of all inputs; columns match by position.
type Union struct {
	All    []Node
	schema expr.Schema
}

// A Named marks a frame that was given a name, so that a parameter can set its
// storage level, or one that was given a level. It changes nothing by itself.
type Named struct {
	Input Node
	Label string
	Level string // given by the program; "" leaves it to the parameter
}

// A Cached reads a frame that is kept at a storage level, computing and storing
// the partitions that are not there.
type Cached struct {
	Relation *Relation
	schema   expr.Schema
}

// A Relation is a frame that is cached: its own finished plan, shared by all
// queries that read it.
type Relation struct {
	ID    int // the RDD id of its blocks
	Label string
	Level string // Spark's name of the storage level
	Plan  Node   // finished; its partitions are the cached partitions
	// Sealed says that all partitions are stored and none is ever computed again:
	// the lineage ends here. Plan then only tells schema and size.
	Sealed bool
}

// A Write writes the rows as files: each task below a folder of its own in
// Staging, from where what the successful ones tell of is moved to Path. Its rows
// are the files (WrittenFiles).
type Write struct {
	Input   Node
	Sink    *source.Sink
	Path    string // where the files will be
	Mode    string // what happens to those that are there
	Staging string
	Job     string // in the names of the files, unlike any other write's

	Concurrent int // folders of partition values that a task has files open in at a time; 0 where its rows are sorted
}

// WrittenFiles is the schema of a Write: the name below Staging, with slashes,
// rows and bytes.
var WrittenFiles = expr.Schema{{Name: "file", Type: expr.String}, {Name: "rows", Type: expr.Int64}, {Name: "bytes", Type: expr.Int64}}

// NewScan reads every column of a source.
func NewScan(s source.Source) *Scan { return &Scan{Source: s, Columns: s.Schema()} }

// Unread is the error of a name that no column of n has, when files below n have
// a column of that name which cannot be read; else nil.
func Unread(n Node, name string) (err error) {
	Walk(n, func(n Node) {
		if scan, ok := n.(*Scan); ok {
			for _, u := range source.UnreadColumns(scan.Source) {
				if strings.EqualFold(u.Name, name) {
					err = u
				}
			}
		}
	})
	return err
}

// NewProject computes columns over an input; the error names what is unknown.
func NewProject(in Node, exprs []expr.Expr) (*Project, error) {
	p := &Project{Input: in, Exprs: exprs}
	for _, e := range exprs {
		t, err := expr.TypeOf(e, in.Schema())
		if err != nil {
			return nil, err
		}
		p.schema = append(p.schema, expr.Field{Name: expr.Name(e), Type: t})
	}
	return p, nil
}

// NewUnion joins inputs whose columns have the same types.
func NewUnion(all []Node) (*Union, error) {
	u := &Union{All: all, schema: all[0].Schema()}
	for _, in := range all[1:] {
		s := in.Schema()
		if len(s) != len(u.schema) {
			return nil, fmt.Errorf("union of %d and %d columns", len(u.schema), len(s))
		}
		for i := range s {
			if s[i].Type != u.schema[i].Type {
				return nil, fmt.Errorf("union: column %d is %s %v on one side and %s %v on the other; cast one",
					i+1, u.schema[i].Name, u.schema[i].Type, s[i].Name, s[i].Type)
			}
		}
	}
	return u, nil
}

// NewCached reads a cached relation.
func NewCached(r *Relation) *Cached { return &Cached{Relation: r, schema: r.Plan.Schema()} }

// Narrow returns the node with fewer columns.
func (n *Cached) Narrow(s expr.Schema) *Cached { return &Cached{n.Relation, s} }

func (n *Scan) Schema() expr.Schema { return n.Columns }
func (n *Filter) Schema() expr.Schema {
	if n.Keep != nil {
		return n.Keep
	}
	return n.Input.Schema()
}
func (n *Project) Schema() expr.Schema { return n.schema }
func (n *Sort) Schema() expr.Schema    { return n.Input.Schema() }
func (n *TopN) Schema() expr.Schema    { return n.Input.Schema() }
func (n *Limit) Schema() expr.Schema   { return n.Input.Schema() }
func (n *Union) Schema() expr.Schema   { return n.schema }
func (n *Named) Schema() expr.Schema   { return n.Input.Schema() }
func (n *Cached) Schema() expr.Schema  { return n.schema }
func (n *Write) Schema() expr.Schema   { return WrittenFiles }

func (n *Scan) Inputs() []Node {
	var sets []Node
	for _, p := range n.Pruned {
		sets = append(sets, p.From)
	}
	return sets
}
func (n *Filter) Inputs() []Node  { return []Node{n.Input} }
func (n *Project) Inputs() []Node { return []Node{n.Input} }
func (n *Sort) Inputs() []Node    { return []Node{n.Input} }
func (n *TopN) Inputs() []Node    { return []Node{n.Input} }
func (n *Limit) Inputs() []Node   { return []Node{n.Input} }
func (n *Union) Inputs() []Node   { return n.All }
func (n *Named) Inputs() []Node   { return []Node{n.Input} }
func (n *Cached) Inputs() []Node  { return nil }
func (n *Write) Inputs() []Node   { return []Node{n.Input} }

func (n *Scan) With(sets []Node) Node {
	c := *n
	c.Pruned = slices.Clone(n.Pruned)
	for i, s := range sets {
		c.Pruned[i].From = s.(*KeySet)
	}
	return &c
}
func (n *Cached) With([]Node) Node    { return n }
func (n *Filter) With(in []Node) Node { return &Filter{in[0], n.Where, n.Keep} }
func (n *Project) With(in []Node) Node {
	return &Project{in[0], n.Exprs, n.schema}
}
func (n *Sort) With(in []Node) Node { return &Sort{in[0], n.Keys, n.Global} }
func (n *TopN) With(in []Node) Node { return &TopN{in[0], n.Keys, n.N, n.Offset} }
func (n *Limit) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}
func (n *Union) With(in []Node) Node { return &Union{in, in[0].Schema()} }
func (n *Named) With(in []Node) Node { return &Named{in[0], n.Label, n.Level} }
func (n *Write) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}

func (n *Scan) Name() string    { return "Scan " + n.Source.Format() }
func (n *Filter) Name() string  { return "Filter" }
func (n *Project) Name() string { return "Project" }
func (n *Sort) Name() string    { return "Sort" }
func (n *TopN) Name() string    { return "TakeOrderedAndProject" }
func (n *Limit) Name() string {
	switch {
	case n.Local:
		return "LocalLimit"
	case n.Collects:
		return "CollectLimit"
	}
	return "GlobalLimit"
}
func (n *Union) Name() string { return "Union" }
func (n *Named) Name() string { return "Named" }
func (n *Cached) Name() string {
	if n.Relation.Sealed {
		return "Scan ExistingRDD"
	}
	return "InMemoryTableScan"
}
func (n *Write) Name() string { return "Execute InsertIntoHadoopFsRelationCommand" }

func (n *Scan) Detail() string {
	text := "[" + strings.Join(n.Columns.Names(), ", ") + "] " + n.Source.Location()
	if folders := n.FolderText(); folders != "" {
		text += " PartitionFilters: " + folders
	}
	if len(n.Predicates) > 0 {
		text += " PushedFilters: " + PredicateText(n.Predicates)
	}
	return text
}

// FolderText prints the conditions over partition columns; "" where there are
// none.
func (n *Scan) FolderText() string {
	var all []fmt.Stringer
	for _, x := range n.Folders {
		all = append(all, x)
	}
	for _, p := range n.Pruned {
		all = append(all, p)
	}
	if all == nil {
		return ""
	}
	return list(all)
}

// PredicateText prints pushed conditions as Spark does: [IsNotNull(k), GreaterThan(k,2)].
func PredicateText(list []source.Predicate) string {
	text := make([]string, len(list))
	for i, p := range list {
		name, _, _ := strings.Cut(p.Column, "#")
		if p.Op != source.IsNotNull {
			name += "," + p.Value.String()
		}
		text[i] = p.Op.String() + "(" + name + ")"
	}
	return "[" + strings.Join(text, ", ") + "]"
}

func (n *Filter) Detail() string  { return n.Where.String() }
func (n *Project) Detail() string { return list(n.Exprs) }
func (n *Sort) Detail() string    { return fmt.Sprintf("%s, %t, 0", list(n.Keys), n.Global) }
func (n *TopN) Detail() string    { return fmt.Sprintf("(limit=%d, orderBy=%s)", n.N, list(n.Keys)) }
func (n *Limit) Detail() string   { return fmt.Sprint(n.N) }
func (n *Union) Detail() string   { return "" }
func (n *Named) Detail() string   { return n.Label }
func (n *Cached) Detail() string {
	return fmt.Sprintf("%s [%s], %s", n.Relation.Label, strings.Join(n.schema.Names(), ", "), n.Relation.Level)
}
func (n *Write) Detail() string {
	return fmt.Sprintf("%s, %s, [%s], %s", n.Path, n.Sink.Format(), strings.Join(n.Sink.Keys(), ", "), n.Mode)
}

func (*Scan) node()     {}
func (*Filter) node()   {}
func (*Project) node()  {}
func (*Sort) node()     {}
func (*TopN) node()     {}
func (*Limit) node()    {}
func (*Union) node()    {}
func (*Named) node()    {}
func (*Cached) node()   {}
func (*Write) node()    {}
func (*Exchange) node() {}
