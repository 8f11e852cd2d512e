package sql

import "strconv"

// relation reads a table with what is joined to it. Joins lean to the left.
func (p *parser) relation() Relation {
	outer := p.tall
	p.tall = 0
	left := p.table()
	for {
		join := p.join()
		if join == nil {
			p.tall = max(outer, p.tall)
			return left
		}
		join.Left, join.Right = left, p.table()
		switch {
		case join.Natural:
		case p.accept("ON"):
			join.On = p.expression()
		case p.accept("USING"):
			join.Using = inParens(p, p.name)
		}
		p.mayFollow(afterTable)
		p.grow()
		left = join
	}
}

// joinTypes are the words before JOIN, in the order to try them.
var joinTypes = []struct {
	words []string
	name  string
}{
	{[]string{"JOIN"}, "inner"},
	{[]string{"INNER", "JOIN"}, "inner"},
	{[]string{"CROSS", "JOIN"}, "cross"},
	{[]string{"LEFT", "JOIN"}, "left"},
	{[]string{"LEFT", "OUTER", "JOIN"}, "left"},
	{[]string{"LEFT", "SEMI", "JOIN"}, "semi"},
	{[]string{"SEMI", "JOIN"}, "semi"},
	{[]string{"LEFT", "ANTI", "JOIN"}, "anti"},
	{[]string{"ANTI", "JOIN"}, "anti"},
	{[]string{"RIGHT", "JOIN"}, "right"},
	{[]string{"RIGHT", "OUTER", "JOIN"}, "right"},
	{[]string{"FULL", "JOIN"}, "full"},
	{[]string{"FULL", "OUTER", "JOIN"}, "full"},
}

// join reads the words up to JOIN, or returns nil when there is none.
func (p *parser) join() *JoinRelation {
	j := &JoinRelation{Pos: p.pos(), Natural: p.accept("NATURAL")}
	for _, t := range joinTypes {
		if p.accept(t.words...) {
			j.Type = t.name
			return j
		}
	}
	switch {
	case p.atAny("LEFT"):
		p.next()
		p.unexpected("JOIN", "OUTER", "SEMI", "ANTI")
	case p.atAny("RIGHT", "FULL"):
		p.next()
		p.unexpected("JOIN", "OUTER")
	case p.atAny("INNER", "CROSS", "SEMI", "ANTI"):
		p.next()
		p.unexpected("JOIN")
	case j.Natural:
		p.unexpected("JOIN")
	}
	return nil
}

// table reads what can be joined.
func (p *parser) table() Relation {
	lateral := p.at("LATERAL") && !p.at("LATERAL", "VIEW") && p.accept("LATERAL")
	var r Relation
	switch {
	case p.at("("):
		r = p.relationInParens(lateral)
	case p.atQuery() && p.at("VALUES"):
		r = p.values()
	case p.atName():
		r = p.namedTable(lateral)
	default:
		p.unexpected("a table", `"("`)
		return &Table{Name: Path{{}}}
	}
	if p.atAny("PIVOT", "UNPIVOT") {
		p.unsupported(p.pos(), p.token().key)
	}
	p.mayFollow(afterTable)
	return r
}

// relationInParens reads a query or a relation in parentheses with its alias.
func (p *parser) relationInParens(lateral bool) Relation {
	p.enter()
	defer func() { p.depth-- }()
	pos := p.next().pos
	d := &Derived{Lateral: lateral}
	if p.atQuery() {
		d.Query = p.query()
		p.expect(")")
		return p.aliased(d)
	}
	nested := p.at("(")
	inner := p.relation()
	plain, ok := inner.(*Derived)
	ok = ok && plain.Alias.Name == ""
	if ok && nested && plain.Sample == nil && p.atQueryTail() {
		d.Query = p.queryAfter(plain.Query)
		p.expect(")")
		return p.aliased(d)
	}
	p.expect(")")
	if ok {
		return p.aliased(plain)
	}
	if p.at("TABLESAMPLE") {
		d.Sample = p.sample()
	}
	if d.Alias, d.Columns = p.tableAlias(); d.Alias.Name == "" {
		if d.Sample != nil {
			p.unsupported(d.Sample.Pos, "TABLESAMPLE of a join without an alias")
		}
		return inner
	}
	// An alias of a join names all of its columns.
	star := []Item{{Expr: &Star{Pos: pos}}}
	d.Query = &Query{Pos: pos, Body: &Select{Pos: pos, Items: star, From: []Relation{inner}}}
	return d
}

// aliased reads the alias of a query in parentheses.
func (p *parser) aliased(d *Derived) Relation {
	if p.at("TABLESAMPLE") {
		d.Sample = p.sample()
	}
	d.Alias, d.Columns = p.tableAlias()
	return d
}

// values reads VALUES as a table.
func (p *parser) values() *Derived {
	v := &Values{Pos: p.next().pos}
	v.Rows = list(p, func() []Expr { return p.row(p.expression()) })
	d := &Derived{Query: &Query{Pos: v.Pos, Body: v}}
	d.Alias, d.Columns = p.tableAlias()
	return d
}

// namedTable reads a table by its name, or a function.
func (p *parser) namedTable(lateral bool) Relation {
	pos := p.pos()
	path := p.path()
	if p.at("(") {
		if len(path) > 1 {
			p.unsupported(pos, "a table function of another schema")
		}
		f := &TableFunction{Call: p.call(pos, path[0].Name), Lateral: lateral}
		f.Alias, f.Columns = p.tableAlias()
		return f
	}
	if p.at("VERSION", "AS", "OF") || p.at("TIMESTAMP", "AS", "OF") || p.at("FOR") && p.atFor() {
		p.unsupported(p.pos(), "a table as of a time")
	}
	t := &Table{Name: path}
	if p.at("TABLESAMPLE") {
		t.Sample = p.sample()
	}
	t.Alias, t.Columns = p.tableAlias()
	return t
}

// atFor reports whether FOR goes on as that of FOR VERSION AS OF does.
func (p *parser) atFor() bool { return p.ahead(2).key == "AS" && p.ahead(3).key == "OF" }

// tableAlias reads [AS] name [(columns)], if it is there.
func (p *parser) tableAlias() (Ident, []Ident) {
	var alias Ident
	if p.accept("AS") {
		if p.token().use&endsTable != 0 {
			p.unexpected(aName)
		}
		alias = p.name()
	} else {
		var ok bool
		if alias, ok = p.implicitAlias(endsTable, afterTable); !ok {
			return Ident{}, nil
		}
	}
	if p.at("(") {
		return alias, inParens(p, p.name)
	}
	return alias, nil
}

// sample reads TABLESAMPLE.
func (p *parser) sample() *Sample {
	s := &Sample{Pos: p.next().pos}
	p.expect("(")
	if p.accept("BUCKET") {
		x := p.count()
		p.expect("OUT", "OF")
		pos := p.pos()
		y := p.count()
		if x < 1 || y < x {
			p.fail(pos, "TABLESAMPLE takes bucket 1 to %d of %d", y, y)
		}
		s.Percent = 100 * float64(x) / float64(max(y, 1))
	} else {
		t := p.token()
		n, err := strconv.ParseFloat(t.text, 64)
		if t.kind != numberToken || err != nil {
			p.unexpected("a number", "BUCKET")
		}
		p.next()
		switch {
		case p.accept("PERCENT"):
			s.Percent = n
			if n > 100 {
				p.fail(t.pos, "TABLESAMPLE takes 0 to 100 percent")
			}
		case p.accept("ROWS"):
			if s.Rows, err = strconv.ParseInt(t.text, 10, 64); err != nil {
				p.fail(t.pos, "TABLESAMPLE takes a whole number of rows")
			}
		default:
			p.unexpected("PERCENT", "ROWS")
		}
	}
	p.expect(")")
	if p.accept("REPEATABLE") {
		p.expect("(")
		seed := int64(p.count())
		s.Seed = &seed
		p.expect(")")
	}
	return s
}

// lateralView reads what follows LATERAL VIEW.
func (p *parser) lateralView() LateralView {
	v := LateralView{Outer: p.at("OUTER") && p.ahead(1).key != "(" && p.accept("OUTER")}
	fn := p.name()
	v.Call = p.call(fn.Pos, fn.Name)
	if p.atName() && p.token().use&endsTable == 0 {
		v.Alias = p.name()
	}
	if p.accept("AS") || p.atName() && p.token().use&endsTable == 0 {
		v.Columns = list(p, p.name)
	}
	return v
}
