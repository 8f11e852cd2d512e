package sql

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
