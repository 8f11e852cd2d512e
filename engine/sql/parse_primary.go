package sql

import "strings"

// primary reads an operand without anything before or after it.
func (p *parser) primary() Expr {
	t := p.token()
	switch t.kind {
	case numberToken:
		return p.number()
	case stringToken:
		return &Literal{Pos: t.pos, Kind: StringLiteral, Text: p.stringValue()}
	case binaryToken:
		return &Literal{Pos: t.pos, Kind: BinaryLiteral, Text: p.next().text}
	case quotedToken:
		return p.nameOrCall()
	}
	switch t.key {
	case "-":
		p.next()
		return &Call{Pos: t.pos, Fn: "negative", Args: []Expr{p.number()}}
	case "(":
		return p.parenthesized()
	case "*":
		return p.star(t, nil)
	case "?", ":":
		p.unsupported(t.pos, "a parameter marker")
		return &Literal{Pos: t.pos}
	case "NULL":
		p.next()
		return &Literal{Pos: t.pos, Kind: NullLiteral}
	case "TRUE", "FALSE":
		p.next()
		return &Literal{Pos: t.pos, Kind: BoolLiteral, Text: strings.ToLower(t.key)}
	case "CASE":
		return p.caseWhen()
	case "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ":
		if p.ahead(1).kind == stringToken {
			return p.typedLiteral()
		}
	case "INTERVAL":
		if p.atInterval() {
			return p.interval()
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "LOCALTIMESTAMP":
		if p.ahead(1).key != "(" {
			p.next()
			return &Call{Pos: t.pos, Fn: strings.ToLower(t.key)}
		}
	}
	if !p.atName() || p.beginsClause() {
		p.unexpected("an expression")
		return &Literal{Pos: t.pos}
	}
	return p.nameOrCall()
}

// beginsClause reports whether the word at hand, which could be a name, goes on
// as a clause of a query does.
func (p *parser) beginsClause() bool {
	switch p.token().key {
	case "GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE":
		return p.ahead(1).key == "BY"
	case "LIMIT", "OFFSET":
		return p.ahead(1).kind == numberToken
	}
	return false
}

// parenthesized reads (expression), (query) or (a, b): a row, which is a call of
// struct that begins with a parenthesis.
func (p *parser) parenthesized() Expr {
	pos := p.next().pos
	q, all := p.queryOrList()
	if p.at("->") {
		p.unsupported(p.pos(), "a lambda function")
	}
	switch {
	case q != nil:
		return &Subquery{Pos: pos, Query: q}
	case len(all) == 1:
		return all[0]
	}
	return &Call{Pos: pos, Fn: "struct", Args: all}
}

// star reads * or t.*, which begins at first: an item or an argument, and no part
// of either.
func (p *parser) star(first *token, table Path) Expr {
	if i := p.i - 2*len(table); i > 0 {
		switch before := p.tokens[i-1]; before.key {
		case "SELECT", "ALL", "DISTINCT", "*/", "(", ",":
		default:
			p.fail(first.pos, "expected an expression, found *, which is all columns and stands alone in a list")
		}
	}
	p.next()
	s := &Star{Pos: first.pos, Qualifier: table, Except: p.starExcept()}
	if _, ok := operators[p.token().key]; ok {
		p.fail(p.pos(), "%s has no value on its left: * before it is all columns", shown(p.token().key))
	}
	return s
}

// starExcept reads the EXCEPT (columns) of a star. The EXCEPT of two queries may
// stand there too.
func (p *parser) starExcept() []Ident {
	if !p.at("EXCEPT", "(") || p.atQueryAhead(2) || p.ahead(2).key == "(" {
		return nil
	}
	p.next()
	return inParens(p, p.name)
}

// nameOrCall reads a column, a star of a table or a call.
func (p *parser) nameOrCall() Expr {
	first := p.token()
	path := Path{p.name()}
	for p.at(".") {
		p.next()
		if p.at("*") {
			return p.star(first, path)
		}
		path = append(path, p.part())
	}
	switch {
	case p.at("("):
		if len(path) == 1 && first.kind == wordToken {
			return p.namedCall(first)
		}
		return p.call(first.pos, path.dotted())
	case p.at("->"):
		p.unsupported(p.pos(), "a lambda function")
	case p.at("=>"):
		p.unsupported(p.pos(), "an argument by name")
	}
	return &Name{Parts: path}
}

// caseWhen reads CASE in both its forms.
func (p *parser) caseWhen() Expr {
	c := &Case{Pos: p.next().pos}
	if !p.at("WHEN") {
		c.Operand = p.expression()
	}
	if !p.at("WHEN") {
		p.unexpected("WHEN")
	}
	for p.accept("WHEN") {
		c.When = append(c.When, p.expression())
		p.expect("THEN")
		c.Then = append(c.Then, p.expression())
	}
	if p.accept("ELSE") {
		c.Else = p.expression()
		p.mayFollow([]string{"an operator"})
		p.expect("END")
	} else if !p.accept("END") {
		p.unexpected("WHEN", "ELSE", "END")
	}
	return c
}

// cast reads what follows CAST or TRY_CAST.
func (p *parser) cast(pos Pos, try bool) Expr {
	p.expect("(")
	c := &Cast{Pos: pos, X: p.expression(), Try: try}
	p.mayFollow([]string{"an operator"})
	p.expect("AS")
	c.To = p.typeName()
	p.expect(")")
	return c
}
