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

// A Statement is one of the types of this file that end in Statement, or
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

// An Expr is an expression with its place in the text. The set is closed:
// *Name, *Star, *Literal, *Interval, *Call, *Cast, *Case, *In, *Exists,
// *Subquery, *Field, *Index, *Named.
type Expr interface {
	// At is where the expression begins.
	At() Pos
	expr()
}

// A Name is a column, qualified or not, or a field of a struct column.
type Name struct{ Parts Path }

// A Star is * or t.*, without the columns of EXCEPT.
type Star struct {
	Pos       Pos
	Qualifier Path
	Except    []Ident
}

// A LiteralKind says how the text of a literal is meant.
type LiteralKind uint8

const (
	NullLiteral      LiteralKind = iota
	BoolLiteral                  // true, false
	IntegerLiteral               // 1, 1L, 1S, 1Y: Suffix says which
	DecimalLiteral               // 1.5, 1e3BD
	DoubleLiteral                // 1e3, 1.5D, 1.5F
	StringLiteral                // 'a', with escapes resolved
	BinaryLiteral                // X'1A'; Text is the bytes
	DateLiteral                  // DATE '2024-01-01'
	TimestampLiteral             // TIMESTAMP '...', TIMESTAMP_NTZ and _LTZ by Suffix
)

// A Literal is a constant. Text has no sign, quotes or suffix; Suffix is in
// upper case: L S Y D F BD NTZ LTZ or "".
type Literal struct {
	Pos    Pos
	Kind   LiteralKind
	Text   string
	Suffix string
}

// An Interval is INTERVAL 3 DAYS 2 HOURS, INTERVAL '1-2' YEAR TO MONTH or
// INTERVAL '1 day 2 hours', which is INTERVAL 1 DAY 2 HOURS. Values and Units have
// one element a part; Units are in the singular and lower case. A number in quotes
// is that number, negative under a Call of "negative". With To set there is one
// value and Units[0] is the first unit: '1 02:03:04' DAY TO SECOND.
type Interval struct {
	Pos    Pos
	Values []Expr
	Units  []string
	To     string
}

// A Call applies a function or an operator. Operators are functions called by
// their signs and words, in lower case: + - * / % div = == is "=", <> is "!=",
// < <= > >= <=> and or not like ilike rlike isnull isnotnull || is "concat",
// & | ^ ~ << >> >>>; unary minus is "negative", unary plus "positive". BETWEEN
// is "between" with three arguments, IS TRUE "istrue", IS FALSE "isfalse"; their NOT
// forms are inside a "not". IS DISTINCT FROM is not(<=>). LIKE with ESCAPE has
// three arguments; LIKE ANY/ALL/SOME are chains of or/and. EXTRACT(f FROM x) is
// "extract" with the field as a string; TRIM(BOTH a FROM b) is "btrim"(b, a), LEADING
// "ltrim"(a, b), TRAILING "rtrim"(a, b); POSITION(a IN b) is "position"(a, b);
// SUBSTRING(a FROM b FOR c) is "substring"; OVERLAY(...) "overlay"; count(*) has a
// *Star as argument. CURRENT_DATE and such without parentheses are calls.
// TRY_CAST is a Cast. A row (a, b) outside of IN and VALUES is "struct". The unit
// of TIMESTAMPADD(DAY, n, x), DATEDIFF(DAY, a, b) and their like is a string.
// Functions of a schema have its name before a dot.
type Call struct {
	Pos         Pos
	Fn          string // in lower case
	Args        []Expr
	Distinct    bool
	Filter      Expr       // FILTER (WHERE ...)
	WithinGroup []SortItem // WITHIN GROUP (ORDER BY ...)
	IgnoreNulls bool
	Over        *Window
}

// A Window is what follows OVER. Ref names one of the WINDOW clause.
type Window struct {
	Pos         Pos
	Ref         Ident
	PartitionBy []Expr
	OrderBy     []SortItem
	Frame       *WindowFrame // nil is the default
}

// A WindowFrame is ROWS or RANGE BETWEEN From AND To.
type WindowFrame struct {
	Rows     bool
	From, To Bound
}

// A BoundKind is one end of a window frame.
type BoundKind uint8

const (
	UnboundedPreceding BoundKind = iota
	Preceding                    // Offset rows or values before
	CurrentRow
	Following // Offset rows or values after
	UnboundedFollowing
)

// A Bound is one end of a window frame.
type Bound struct {
	Kind   BoundKind
	Offset Expr
}

// A Cast is CAST(x AS type), x::type, or TRY_CAST.
type Cast struct {
	Pos Pos
	X   Expr
	To  TypeName
	Try bool
}

// A TypeName is a type as written: Name in lower case, as SQL spells it
// (decimal, array, struct, timestamp_ntz, ...); Args are the numbers of
// decimal(10,2), char(3); Of the element types of array<...> and, with Fields, of
// struct<a: int>.
type TypeName struct {
	Pos    Pos
	Name   string
	Args   []int
	Of     []TypeName
	Fields []Ident
}

// A Case is CASE [operand] WHEN ... THEN ... ELSE ... END.
type Case struct {
	Pos        Pos
	Operand    Expr // nil when there is none
	When, Then []Expr
	Else       Expr // nil when there is none
}

// An In is x IN (list) or (query), and (a, b) IN those of rows; NOT is a Call around it.
type In struct {
	Pos   Pos
	X     []Expr // one, or several of a row in parentheses
	List  []Expr
	Query *Query // nil when List is set
}

// An Exists is EXISTS (query).
type Exists struct {
	Pos   Pos
	Query *Query
}

// A Subquery is a query as a value.
type Subquery struct {
	Pos   Pos
	Query *Query
}

// A Field is x.name where x is no column path: f(a).b.
type Field struct {
	X    Expr
	Name Ident
}

// A Named is x AS name among the arguments of a function: a field of struct(...).
type Named struct {
	X    Expr
	Name Ident
}

// An Index is x[i].
type Index struct {
	X, I Expr
}

// A ViewStatement is CREATE [OR REPLACE] TEMPORARY VIEW.
type ViewStatement struct {
	Name        Path
	Columns     []Ident
	Replace     bool
	IfNotExists bool
	Query       *Query      // nil when Using is set
	Using       string      // CREATE TEMP VIEW v (a INT) USING csv OPTIONS (path '...')
	Schema      []ColumnDef // of the files, with Using; nil finds it out
	Options     []Option
}

// An Option is key = value of OPTIONS or TBLPROPERTIES.
type Option struct {
	Key   string
	Value string
	Pos   Pos
}

// A ColumnDef is a column of CREATE TABLE.
type ColumnDef struct {
	Name    Ident
	Type    TypeName
	NotNull bool
}

// A TableStatement is CREATE TABLE, with AS query or without.
type TableStatement struct {
	Name        Path
	IfNotExists bool
	Replace     bool
	Columns     []ColumnDef
	Using       string // "" is the default
	Options     []Option
	PartitionBy []Ident
	Location    string
	Query       *Query // nil when the columns or files say it all
}

// An InsertStatement is INSERT INTO | OVERWRITE a table or a directory.
type InsertStatement struct {
	Pos       Pos
	Overwrite bool
	Table     Path   // nil for a directory
	Directory string // INSERT OVERWRITE DIRECTORY 'path' USING format OPTIONS (...)
	Using     string
	Options   []Option
	Partition []PartitionValue // PARTITION (a = 1, b)
	Columns   []Ident
	Query     *Query
}

// A PartitionValue is a column of a PARTITION clause; Value nil is dynamic.
type PartitionValue struct {
	Column Ident
	Value  Expr
}

// A DropStatement is DROP TABLE | VIEW [IF EXISTS].
type DropStatement struct {
	View     bool
	IfExists bool
	Name     Path
}

// A CacheStatement is CACHE [LAZY] TABLE name [OPTIONS(...)] [AS query].
type CacheStatement struct {
	Name    Path
	Lazy    bool
	Options []Option
	Query   *Query
}

// An UncacheStatement is UNCACHE TABLE [IF EXISTS] name, or CLEAR CACHE when
// Name is nil.
type UncacheStatement struct {
	Name     Path
	IfExists bool
}

// A SetStatement is SET key = value, SET key, SET, or RESET [key].
type SetStatement struct {
	Key, Value string
	HasValue   bool
	Reset      bool
}

// A ShowStatement is SHOW TABLES | COLUMNS | PARTITIONS | FUNCTIONS | VIEWS |
// CREATE TABLE.
type ShowStatement struct {
	What string // in lower case: tables, columns, partitions, functions, views, create table
	Name Path
	Like string
}

// A DescribeStatement is DESCRIBE [EXTENDED] table | FUNCTION f | QUERY query.
type DescribeStatement struct {
	Extended bool
	Function string
	Name     Path
	Query    *Query
}

// An ExplainStatement is EXPLAIN [EXTENDED | FORMATTED | COST | CODEGEN] statement.
type ExplainStatement struct {
	Mode      string // in lower case; "" is the plain one
	Statement Statement
}

// An AnalyzeStatement is ANALYZE TABLE name COMPUTE STATISTICS [NOSCAN | FOR
// COLUMNS a, b | FOR ALL COLUMNS].
type AnalyzeStatement struct {
	Name       Path
	NoScan     bool
	Columns    []Ident
	AllColumns bool
}

func (*Query) statement()             {}
func (*ViewStatement) statement()     {}
func (*TableStatement) statement()    {}
func (*InsertStatement) statement()   {}
func (*DropStatement) statement()     {}
func (*CacheStatement) statement()    {}
func (*UncacheStatement) statement()  {}
func (*SetStatement) statement()      {}
func (*ShowStatement) statement()     {}
func (*DescribeStatement) statement() {}
func (*ExplainStatement) statement()  {}
func (*AnalyzeStatement) statement()  {}

func (*Query) body()        {}
func (*Select) body()       {}
func (*SetOperation) body() {}
func (*Values) body()       {}
func (*TableBody) body()    {}

func (*Table) relation()         {}
func (*Derived) relation()       {}
func (*TableFunction) relation() {}
func (*JoinRelation) relation()  {}

func (*Name) expr()     {}
func (*Star) expr()     {}
func (*Literal) expr()  {}
func (*Interval) expr() {}
func (*Call) expr()     {}
func (*Cast) expr()     {}
func (*Case) expr()     {}
func (*In) expr()       {}
func (*Exists) expr()   {}
func (*Subquery) expr() {}
func (*Field) expr()    {}
func (*Index) expr()    {}
func (*Named) expr()    {}

func (e *Name) At() Pos     { return e.Parts[0].Pos }
func (e *Star) At() Pos     { return e.Pos }
func (e *Literal) At() Pos  { return e.Pos }
func (e *Interval) At() Pos { return e.Pos }
func (e *Call) At() Pos     { return e.Pos }
func (e *Cast) At() Pos     { return e.Pos }
func (e *Case) At() Pos     { return e.Pos }
func (e *In) At() Pos       { return e.Pos }
func (e *Exists) At() Pos   { return e.Pos }
func (e *Subquery) At() Pos { return e.Pos }
func (e *Field) At() Pos    { return e.X.At() }
func (e *Index) At() Pos    { return e.X.At() }
func (e *Named) At() Pos    { return e.X.At() }
