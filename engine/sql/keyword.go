package sql

// A wordUse says what a word of the grammar may not be. Spark reserves almost
// nothing: a column may be called date or left. Only words that would change the
// meaning of what stands before them are kept from being names.
type wordUse uint8

const (
	endsItem  wordUse = 1 << iota // no alias of a select item unless AS stands before it
	endsTable                     // no alias of a table
	noName                        // no name at all, except after a dot or in back quotes

	clause   = endsItem | endsTable
	reserved = endsItem | endsTable | noName
)

// A keyword is a word that the grammar knows.
type keyword struct {
	word string
	use  wordUse
}

// keywords is every word that the parser asks for.
var keywords = []keyword{
	{"ADD", 0}, {"ALL", 0}, {"ALTER", 0}, {"ANALYZE", 0}, {"AND", reserved}, {"ANTI", endsTable}, {"ANY", 0},
	{"AS", reserved}, {"ASC", 0}, {"BETWEEN", reserved}, {"BOTH", 0}, {"BUCKET", 0}, {"BY", reserved}, {"CACHE", 0},
	{"CALL", 0}, {"CASE", reserved}, {"CAST", 0}, {"CATALOG", 0}, {"CLEAR", 0}, {"CLUSTER", clause}, {"CLUSTERED", 0},
	{"CODEGEN", 0}, {"COLLATE", clause}, {"COLUMNS", 0}, {"COMMENT", 0}, {"COMPUTE", 0}, {"COST", 0}, {"CREATE", 0},
	{"CROSS", endsTable}, {"CUBE", 0}, {"CURRENT", 0}, {"CURRENT_DATE", 0}, {"CURRENT_TIMESTAMP", 0},
	{"CURRENT_USER", 0}, {"DATE", 0}, {"DECLARE", 0}, {"DELETE", 0}, {"DESC", 0}, {"DESCRIBE", 0}, {"DIRECTORY", 0},
	{"DISTINCT", reserved}, {"DISTRIBUTE", clause}, {"DIV", clause}, {"DROP", 0}, {"ELSE", reserved}, {"END", 0},
	{"ESCAPE", 0}, {"EXCEPT", reserved}, {"EXISTS", 0}, {"EXPLAIN", 0}, {"EXTENDED", 0}, {"EXTERNAL", 0},
	{"EXTRACT", 0}, {"FALSE", reserved}, {"FILTER", 0}, {"FIRST", 0}, {"FOLLOWING", 0}, {"FOR", 0}, {"FORMATTED", 0},
	{"FROM", reserved}, {"FULL", endsTable}, {"FUNCTION", 0}, {"FUNCTIONS", 0}, {"GLOBAL", 0}, {"GRANT", 0},
	{"GROUP", clause}, {"GROUPING", 0}, {"HAVING", reserved}, {"IF", 0}, {"IGNORE", 0}, {"ILIKE", clause},
	{"IN", reserved}, {"INNER", endsTable}, {"INSERT", 0}, {"INTERSECT", reserved}, {"INTERVAL", 0},
	{"INTO", reserved}, {"IS", reserved}, {"JOIN", reserved}, {"LAST", 0}, {"LATERAL", clause}, {"LAZY", 0},
	{"LEADING", 0}, {"LEFT", endsTable}, {"LIKE", clause}, {"LIMIT", clause}, {"LOAD", 0}, {"LOCAL", 0},
	{"LOCALTIMESTAMP", 0}, {"LOCATION", 0}, {"MERGE", 0}, {"MINUS", clause}, {"MSCK", 0}, {"NAME", 0},
	{"NATURAL", endsTable}, {"NOSCAN", 0}, {"NOT", reserved}, {"NULL", reserved}, {"NULLS", 0}, {"OF", 0},
	{"OFFSET", clause}, {"ON", reserved}, {"OPTIONS", 0}, {"OR", reserved}, {"ORDER", clause}, {"OUT", 0},
	{"OUTER", 0}, {"OVER", 0}, {"OVERLAY", 0}, {"OVERWRITE", 0}, {"PARTITION", 0}, {"PARTITIONED", 0},
	{"PARTITIONS", 0}, {"PERCENT", 0}, {"PIVOT", endsTable}, {"PLACING", 0}, {"POSITION", 0}, {"PRECEDING", 0},
	{"PURGE", 0}, {"QUALIFY", clause}, {"QUERY", 0}, {"RANGE", 0}, {"RECURSIVE", 0}, {"REFRESH", 0}, {"REGEXP", clause},
	{"REPAIR", 0}, {"REPEATABLE", 0}, {"REPLACE", 0}, {"RESET", 0}, {"RESPECT", 0}, {"REVOKE", 0}, {"RIGHT", endsTable},
	{"RLIKE", clause}, {"ROLE", 0}, {"ROLLUP", 0}, {"ROW", 0}, {"ROWS", 0}, {"SELECT", reserved}, {"SEMI", endsTable},
	{"SESSION_USER", 0}, {"SET", 0}, {"SETS", 0}, {"SHOW", 0}, {"SKEWED", 0}, {"SOME", 0}, {"SORT", clause},
	{"STATISTICS", 0}, {"STORED", 0}, {"SUBSTR", 0}, {"SUBSTRING", 0}, {"TABLE", 0}, {"TABLES", 0},
	{"TABLESAMPLE", clause}, {"TBLPROPERTIES", 0}, {"TEMP", 0}, {"TEMPORARY", 0}, {"THEN", reserved}, {"TIME", 0},
	{"TIMESTAMP", 0}, {"TIMESTAMP_LTZ", 0}, {"TIMESTAMP_NTZ", 0}, {"TO", 0}, {"TRAILING", 0}, {"TRIM", 0},
	{"TRUE", reserved}, {"TRUNCATE", 0}, {"TRY_CAST", 0}, {"UNBOUNDED", 0}, {"UNCACHE", 0}, {"UNION", reserved},
	{"UNKNOWN", 0}, {"UNPIVOT", endsTable}, {"UPDATE", 0}, {"USE", 0}, {"USING", endsTable}, {"VALUES", 0}, {"VAR", 0},
	{"VARIABLE", 0}, {"VERSION", 0}, {"VIEW", 0}, {"VIEWS", 0}, {"WHEN", reserved}, {"WHERE", reserved},
	{"WINDOW", clause}, {"WITH", clause}, {"WITHIN", 0}, {"ZONE", 0},
}

// keywordOf finds a keyword by its word in upper case.
var keywordOf = func() map[string]*keyword {
	m := make(map[string]*keyword, len(keywords))
	for i := range keywords {
		m[keywords[i].word] = &keywords[i]
	}
	return m
}()

// lookup returns the keyword that word is in any case, or nil.
func lookup(word string) *keyword {
	var upper [20]byte
	if len(word) > len(upper) {
		return nil
	}
	for i := range len(word) {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return keywordOf[string(upper[:len(word)])]
}
