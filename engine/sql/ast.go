// Package sql turns Spark SQL text into plans: lex.go cuts it into tokens,
// parse.go and its neighbours make the tree of ast.go, and the analyzer gives
// names their meaning.
//
//	text ─► tokens ─► Statement (ast.go) ─► plan
package sql

// A Pos is a place in a text: bytes from its start.
type Pos int

// An Ident is a name as it was written, without its back quotes.
type Ident struct {
	Name string
	Pos  Pos
}

// A Path is a name of one or more parts: t, t.c, db.t, parquet.`dir/file`.
type Path []Ident

// A Statement is one of the types that end in Statement, or
// *Query. The set is closed.
type Statement interface{ statement() }

// A Query is a SELECT with what goes around it.
type Query struct {
	Pos     Pos
	With    []CTE
	Body    Body
	OrderBy []SortItem // of the whole result
	SortBy  []SortItem // of each partition; also CLUSTER BY
	// DistributeBy moves equal values to one partition; CLUSTER BY sets it and SortBy.
	DistributeBy []Expr
	Limit        Expr // nil is all
	Offset       Expr // nil is none
}

// A CTE is one WITH name (columns) AS (query).
type CTE struct {
	Name    Ident
	Columns []Ident
	Query   *Query
}

// A Body is *Select, *SetOperation, *Values, *TableBody or *Query (in
// parentheses).
type Body interface{ body() }

// A Select is one SELECT block.
type Select struct {
	Pos      Pos
	Hints    []Hint
	Distinct bool
	Items    []Item
	From     []Relation // joined by commas
	Views    []LateralView
	Where    Expr
	GroupBy  *GroupBy
	Having   Expr
	Windows  []NamedWindow
}

// A SetOperation combines two bodies.
type SetOperation struct {
	Pos         Pos
	Op          string // union, intersect, except
	All         bool
	Left, Right Body
}

// Values is VALUES (1, 'a'), (2, 'b'): a row per element. With an alias it is a
// Derived.
type Values struct {
	Pos  Pos
	Rows [][]Expr
}

// A TableBody is TABLE name as a query.
type TableBody struct{ Name Path }

// An Item is one expression of a select list. A generator may have several
// aliases.
type Item struct {
	Expr    Expr
	Aliases []Ident
}

// A Hint is one of /*+ ... */: BROADCAST(t), REPARTITION(8, c).
type Hint struct {
	Name Ident // in upper case
	Args []Expr
}

// A GroupBy is the grouping of a Select. Sets holds GROUPING SETS, ROLLUP and
// CUBE spelled out: each element lists positions in Keys, which has every
// expression once; nil groups by all Keys.
// All is GROUP BY ALL.
type GroupBy struct {
	Pos  Pos
	Keys []Expr
	Sets [][]int
	All  bool
}

// A LateralView is LATERAL VIEW [OUTER] generator(args) alias AS columns.
type LateralView struct {
	Outer   bool
	Call    *Call
	Alias   Ident
	Columns []Ident
}

// A NamedWindow is one of the WINDOW clause.
type NamedWindow struct {
	Name   Ident
	Window *Window
}

// A SortItem is one expression of an ORDER BY. Nulls come first when ascending
// and last when descending, unless NullsFirst or NullsLast says otherwise.
type SortItem struct {
	Expr                  Expr
	Desc                  bool
	NullsFirst, NullsLast bool
}

// A Relation is *Table, *Derived, *TableFunction or *JoinRelation.
type Relation interface{ relation() }

// A Table is a table or view by name, or files: parquet.`path`.
type Table struct {
	Name    Path
	Alias   Ident // Name "" when there is none
	Columns []Ident
	Sample  *Sample
}

// A Sample is TABLESAMPLE (n PERCENT | n ROWS | BUCKET x OUT OF y) [REPEATABLE (seed)].
type Sample struct {
	Pos     Pos
	Percent float64 // of rows; 0 when Rows is set
	Rows    int64
	Seed    *int64
}

// A Derived is a query in parentheses, or VALUES.
type Derived struct {
	Query   *Query
	Lateral bool
	Sample  *Sample
	Alias   Ident
	Columns []Ident
}

// A TableFunction is range(...), or a generator such as explode(...).
type TableFunction struct {
	Call    *Call
	Lateral bool
	Alias   Ident
	Columns []Ident
}

// A JoinRelation joins two relations. An alias of a join in parentheses makes it
// a Derived that selects * from it.
type JoinRelation struct {
	Pos         Pos
	Left, Right Relation
	Type        string // inner, left, right, full, semi, anti, cross
	Natural     bool
	On          Expr    // nil when there is none
	Using       []Ident // nil when there is none
}

func (*Query) body()        {}
func (*Select) body()       {}
func (*SetOperation) body() {}
func (*Values) body()       {}
func (*TableBody) body()    {}

func (*Table) relation()         {}
func (*Derived) relation()       {}
func (*TableFunction) relation() {}
func (*JoinRelation) relation()  {}
