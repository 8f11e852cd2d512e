package sql

// What may follow the parts of a query, for messages.
var (
	afterItems  = []string{"FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"}
	afterTable  = []string{aJoin, "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"}
	afterWhere  = []string{"GROUP BY", "HAVING", "ORDER BY", "LIMIT"}
	afterGroups = []string{"HAVING", "ORDER BY", "LIMIT"}
	afterHaving = []string{"ORDER BY", "LIMIT"}
	afterOrder  = []string{"LIMIT"}
	afterLimit  = []string{"OFFSET"}
)

// atQuery reports whether a query begins here.
func (p *parser) atQuery() bool { return p.atQueryAhead(0) }

// atQueryAhead reports whether a query begins n tokens ahead: SELECT, and words
// that may be names when they go on in no such way.
func (p *parser) atQueryAhead(n int) bool {
	next := p.ahead(n + 1)
	switch p.ahead(n).key {
	case "SELECT":
		return true
	case "WITH", "TABLE":
		return next.kind == quotedToken || next.kind == wordToken && next.use&noName == 0
	case "VALUES", "FROM":
		return next.key == "(" || next.kind != signToken && next.kind != endToken && operators[next.key].fn == ""
	}
	return false
}

// atQueryTail reports whether what is here goes on a query in parentheses.
func (p *parser) atQueryTail() bool {
	return p.atAny("UNION", "EXCEPT", "INTERSECT", "MINUS", "LIMIT", "OFFSET") || p.beginsClause()
}

// query reads a query with all that goes around it.
func (p *parser) query() *Query {
	p.enter()
	defer func() { p.depth-- }()
	pos := p.pos()
	var with []CTE
	if p.accept("WITH") {
		with = p.with()
	}
	return p.queryAfterWith(pos, with)
}

// with reads the tables of a WITH.
func (p *parser) with() []CTE {
	if p.at("RECURSIVE") && p.ahead(1).kind != signToken && p.ahead(1).key != "AS" {
		p.unsupported(p.pos(), "WITH RECURSIVE")
	}
	return list(p, func() CTE {
		c := CTE{Name: p.name()}
		if p.at("(") && !p.atQueryAhead(1) {
			c.Columns = inParens(p, p.name)
		}
		p.accept("AS")
		p.expect("(")
		c.Query = p.query()
		p.expect(")")
		return c
	})
}

// queryAfterWith reads the body of a query and its order. Parentheses around
// all of it are nothing.
func (p *parser) queryAfterWith(pos Pos, with []CTE) *Query {
	q := &Query{Pos: pos, With: with, Body: p.body(1)}
	p.organize(q)
	if inner, ok := q.Body.(*Query); ok && with == nil && !q.organized() {
		return inner
	}
	return q
}

// queryAfter reads what follows a query that was in parentheses.
func (p *parser) queryAfter(first *Query) *Query {
	q := &Query{Pos: first.Pos, Body: p.combine(first, 1)}
	p.organize(q)
	return q
}

// organized reports whether the query does more than its body.
func (q *Query) organized() bool {
	return q.OrderBy != nil || q.SortBy != nil || q.DistributeBy != nil || q.Limit != nil || q.Offset != nil
}

// organize reads ORDER BY and what may follow it.
func (p *parser) organize(q *Query) {
	if p.accept("ORDER") {
		p.expect("BY")
		q.OrderBy = list(p, p.sortItem)
		p.mayFollow(afterOrder)
	}
	pos := p.pos()
	if p.accept("CLUSTER") {
		p.expect("BY")
		q.DistributeBy = list(p, p.expression)
		for _, e := range q.DistributeBy {
			q.SortBy = append(q.SortBy, SortItem{Expr: e})
		}
	}
	if p.atAny("DISTRIBUTE", "SORT") && q.SortBy != nil {
		p.fail(pos, "CLUSTER BY goes with neither DISTRIBUTE BY nor SORT BY: it is both")
	}
	if p.accept("DISTRIBUTE") {
		p.expect("BY")
		q.DistributeBy = list(p, p.expression)
	}
	if p.accept("SORT") {
		p.expect("BY")
		q.SortBy = list(p, p.sortItem)
	}
	if q.OrderBy != nil && (q.SortBy != nil || q.DistributeBy != nil) {
		p.fail(pos, "ORDER BY sorts the whole result and goes with neither SORT BY, DISTRIBUTE BY nor CLUSTER BY")
	}
	if p.accept("LIMIT") {
		if !p.accept("ALL") {
			q.Limit = p.expression()
		}
		p.mayFollow(afterLimit)
	}
	if p.accept("OFFSET") {
		q.Offset = p.expression()
	}
}

// body reads bodies joined by set operations of the level or tighter ones:
// UNION and EXCEPT have level 1, INTERSECT has 2.
func (p *parser) body(level int) Body {
	outer := p.tall
	p.tall = 0
	b := p.combine(p.term(), level)
	p.tall = max(outer, p.tall)
	return b
}

// combine reads the set operations after a first body.
func (p *parser) combine(left Body, level int) Body {
	for {
		op := &SetOperation{Pos: p.pos(), Left: left}
		own := 1
		switch {
		case p.at("UNION"):
			op.Op = "union"
		case p.atAny("EXCEPT", "MINUS"):
			op.Op = "except"
		case p.at("INTERSECT"):
			op.Op, own = "intersect", 2
		}
		if op.Op == "" || own < level {
			return left
		}
		p.next()
		if op.All = p.accept("ALL"); !op.All {
			p.accept("DISTINCT")
		}
		op.Right = p.body(own + 1)
		p.grow()
		left = op
	}
}

// term reads one side of a set operation.
func (p *parser) term() Body {
	switch {
	case p.at("SELECT"):
		return p.selectBlock()
	case p.at("VALUES"):
		return p.valuesBody()
	case p.accept("TABLE"):
		return &TableBody{Name: p.path()}
	case p.accept("("):
		q := p.query()
		p.expect(")")
		return q
	case p.at("FROM"):
		p.fail(p.pos(), "a query that begins with FROM is not supported; write SELECT before it")
	}
	p.unexpected("SELECT", "VALUES", "TABLE", `"("`)
	return &Values{}
}

// valuesBody reads VALUES. With an alias it is a SELECT of all of it.
func (p *parser) valuesBody() Body {
	pos := p.pos()
	d := p.values()
	if d.Alias.Name == "" {
		return d.Query.Body
	}
	return &Select{Pos: pos, Items: []Item{{Expr: &Star{Pos: pos}}}, From: []Relation{d}}
}
