package sql

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
