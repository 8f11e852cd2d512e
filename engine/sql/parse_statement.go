package sql

import (
	"slices"
	"strings"
)

// statements are the first words of those that we run.
var statements = []string{"SELECT", "WITH", "VALUES", "TABLE", "CREATE", "INSERT", "DROP", "CACHE", "UNCACHE", "CLEAR CACHE", "SET", "RESET", "SHOW",
	"DESCRIBE", "EXPLAIN", "ANALYZE"}

// otherStatements are the first words of those of Spark that we do not run.
var otherStatements = []string{"ADD", "ALTER", "CALL", "COMMENT", "DECLARE", "DELETE", "GRANT", "LOAD", "MERGE", "MSCK", "REFRESH",
	"REPAIR", "REPLACE", "REVOKE", "TRUNCATE", "UPDATE", "USE"}

// statement reads one statement.
func (p *parser) statement() Statement {
	t := p.token()
	switch {
	case p.atQuery(), p.at("("):
		return p.queryOrInsert()
	case p.accept("CREATE"):
		return p.create(t.pos)
	case p.at("INSERT"):
		return p.insert(nil)
	case p.accept("DROP"):
		return p.drop()
	case p.accept("CACHE"):
		return p.cache()
	case p.accept("UNCACHE"):
		p.expect("TABLE")
		s := &UncacheStatement{IfExists: p.accept("IF", "EXISTS")}
		s.Name = p.path()
		return s
	case p.accept("CLEAR"):
		p.expect("CACHE")
		return &UncacheStatement{}
	case p.accept("SET"):
		return p.set()
	case p.accept("RESET"):
		return &SetStatement{Reset: true, Key: p.setKey()}
	case p.accept("SHOW"):
		return p.show()
	case p.accept("DESCRIBE"), p.accept("DESC"):
		return p.describe()
	case p.accept("EXPLAIN"):
		return p.explain()
	case p.accept("ANALYZE"):
		return p.analyze()
	case t.key != "" && slices.Contains(otherStatements, t.key):
		p.unsupported(t.pos, "the statement "+t.key)
	default:
		p.unexpected(statements...)
	}
	return &Query{}
}

// queryOrInsert reads a query, or an INSERT after its WITH.
func (p *parser) queryOrInsert() Statement {
	pos := p.pos()
	if !p.accept("WITH") {
		return p.query()
	}
	with := p.with()
	if p.at("INSERT") {
		return p.insert(with)
	}
	return p.queryAfterWith(pos, with)
}

// set reads what follows SET. The value is the text up to the semicolon.
func (p *parser) set() Statement {
	if p.accept("TIME", "ZONE") {
		s := &SetStatement{Key: "spark.sql.session.timeZone", HasValue: true}
		switch {
		case p.token().kind == stringToken:
			s.Value = p.stringValue()
		case p.accept("LOCAL"):
			s.Value = "local"
		default:
			p.unexpected("a time zone in quotes", "LOCAL")
		}
		return s
	}
	if p.atAny("VARIABLE", "VAR", "ROLE", "CATALOG") && p.ahead(1).kind == wordToken {
		p.unsupported(p.pos(), "SET "+p.token().key)
	}
	s := &SetStatement{Key: p.setKey()}
	if s.Key == "" && p.at("=") {
		p.unexpected("a key")
	}
	if p.accept("=") {
		s.HasValue = true
		s.Value = p.raw(func() bool { return p.at(";") })
	}
	return s
}

// setKey reads the key of SET: the text up to the = or the semicolon.
func (p *parser) setKey() string {
	return p.raw(func() bool { return p.at(";") || p.at("=") })
}

// raw returns the text from here to the token where stop holds or to the end, or
// the name in it when it is one in back quotes.
func (p *parser) raw(stop func() bool) string {
	first := p.i
	for !p.ended() && !stop() {
		if p.token().kind == openToken {
			p.unexpected("the value") // and not the statements after it
			return ""
		}
		p.i++
	}
	if p.i == first {
		return ""
	}
	from, to := p.tokens[first], p.tokens[p.i-1]
	if p.i == first+1 && from.kind == quotedToken {
		return from.text
	}
	return strings.TrimSpace(p.text[from.pos:to.end])
}

// cache reads what follows CACHE.
func (p *parser) cache() Statement {
	s := &CacheStatement{Lazy: p.accept("LAZY")}
	p.expect("TABLE")
	s.Name = p.path()
	if p.accept("OPTIONS") {
		s.Options = inParens(p, p.option)
	}
	if p.accept("AS") || p.atQuery() {
		s.Query = p.query()
	}
	return s
}

// show reads what follows SHOW.
func (p *parser) show() Statement {
	s := &ShowStatement{}
	switch t := p.token(); {
	case p.accept("CREATE"):
		p.expect("TABLE")
		s.What, s.Name = "create table", p.path()
		return s
	case p.accept("COLUMNS"):
		if !p.accept("IN") {
			p.expect("FROM")
		}
		s.What, s.Name = "columns", p.path()
		return s
	case p.accept("PARTITIONS"):
		s.What, s.Name = "partitions", p.path()
		return s
	case p.accept("TABLES"), p.accept("VIEWS"), p.accept("FUNCTIONS"):
		s.What = strings.ToLower(t.key)
	default:
		p.unexpected("TABLES", "COLUMNS", "PARTITIONS", "FUNCTIONS", "VIEWS", "CREATE TABLE")
	}
	if p.accept("FROM") || p.accept("IN") {
		s.Name = p.path()
	}
	if p.accept("LIKE") || p.token().kind == stringToken {
		s.Like = p.stringValue()
	}
	return s
}

// describe reads what follows DESCRIBE.
func (p *parser) describe() Statement {
	s := &DescribeStatement{}
	switch {
	case p.accept("FUNCTION"):
		s.Extended = p.accept("EXTENDED")
		if t := p.token(); t.kind == signToken || t.use&noName != 0 {
			s.Function = p.next().key
		} else if t.kind == stringToken {
			s.Function = p.stringValue()
		} else {
			s.Function = p.name().Name
		}
	case p.at("QUERY") && (p.atQueryAhead(1) || p.ahead(1).key == "("):
		p.next()
		s.Query = p.query()
	case p.atQuery() && !p.at("TABLE"), p.at("("):
		s.Query = p.query()
	default:
		if p.ahead(1).kind == wordToken || p.ahead(1).kind == quotedToken {
			p.accept("TABLE")
		}
		s.Extended = p.accept("EXTENDED") || p.accept("FORMATTED")
		s.Name = p.path()
		if p.atName() && !p.ended() {
			p.unsupported(p.pos(), "DESCRIBE of one column")
		}
	}
	return s
}

// explain reads what follows EXPLAIN.
func (p *parser) explain() Statement {
	s := &ExplainStatement{}
	if p.atAny("EXTENDED", "FORMATTED", "COST", "CODEGEN") {
		s.Mode = strings.ToLower(p.next().key)
	}
	p.enter()
	defer func() { p.depth-- }()
	s.Statement = p.statement()
	return s
}

// analyze reads what follows ANALYZE.
func (p *parser) analyze() Statement {
	p.expect("TABLE")
	s := &AnalyzeStatement{Name: p.path()}
	if p.at("PARTITION") {
		p.unsupported(p.pos(), "ANALYZE of one partition")
	}
	p.expect("COMPUTE", "STATISTICS")
	switch {
	case p.accept("NOSCAN"):
		s.NoScan = true
	case p.accept("FOR", "ALL"):
		p.expect("COLUMNS")
		s.AllColumns = true
	case p.accept("FOR"):
		p.expect("COLUMNS")
		s.Columns = list(p, p.name)
	}
	return s
}
