package sql

import "strings"

// namedCall reads a call by one word, some of which have a syntax of their own.
// The parenthesis is next.
func (p *parser) namedCall(fn *token) Expr {
	switch fn.key {
	case "CAST":
		return p.cast(fn.pos, false)
	case "TRY_CAST":
		return p.cast(fn.pos, true)
	case "EXISTS":
		if p.atQueryAhead(1) || p.ahead(1).key == "(" {
			return p.exists(fn.pos)
		}
	case "EXTRACT":
		return p.extract(fn.pos)
	case "TRIM":
		return p.trim(fn.pos)
	case "POSITION":
		return p.wordyCall(fn.pos, "position", "IN")
	case "SUBSTR", "SUBSTRING":
		return p.wordyCall(fn.pos, strings.ToLower(fn.key), "FROM", "FOR")
	case "OVERLAY":
		return p.wordyCall(fn.pos, "overlay", "PLACING", "FROM", "FOR")
	}
	c := p.call(fn.pos, fn.text)
	if unitFirst[c.Fn] && len(c.Args) == 3 {
		if n, ok := c.Args[0].(*Name); ok && len(n.Parts) == 1 {
			c.Args[0] = &Literal{Pos: n.At(), Kind: StringLiteral, Text: n.Parts[0].Name}
		}
	}
	return c
}

// unitFirst are the functions whose first of three arguments is a unit of time
// that is written like a name.
var unitFirst = map[string]bool{
	"timestampadd": true, "dateadd": true, "date_add": true,
	"timestampdiff": true, "datediff": true, "date_diff": true, "timediff": true,
}

// call reads the arguments of a call, of which the parenthesis is next, and what
// follows them.
func (p *parser) call(pos Pos, fn string) *Call {
	c := &Call{Pos: pos, Fn: strings.ToLower(fn)}
	p.expect("(")
	if !p.accept(")") {
		c.Distinct = p.distinct()
		c.Args = list(p, p.argument)
		p.nulls(c)
		p.mayFollow([]string{"an operator"})
		p.closeList()
	}
	p.afterCall(c)
	return c
}

// argument reads one argument of a call.
func (p *parser) argument() Expr {
	e := p.expression()
	if p.accept("AS") {
		return &Named{X: e, Name: p.name()}
	}
	return e
}

// nulls reads IGNORE NULLS or RESPECT NULLS.
func (p *parser) nulls(c *Call) {
	if p.accept("IGNORE", "NULLS") {
		c.IgnoreNulls = true
	} else {
		p.accept("RESPECT", "NULLS")
	}
}

// afterCall reads what may follow the arguments of an aggregate.
func (p *parser) afterCall(c *Call) {
	if p.accept("WITHIN", "GROUP") {
		p.expect("(", "ORDER", "BY")
		c.WithinGroup = list(p, p.sortItem)
		p.closeList()
	}
	if p.accept("FILTER", "(") {
		p.expect("WHERE")
		c.Filter = p.expression()
		p.expect(")")
	}
	p.nulls(c)
	if p.accept("OVER") {
		c.Over = p.window()
	}
}

// exists reads what follows EXISTS.
func (p *parser) exists(pos Pos) Expr {
	p.expect("(")
	e := &Exists{Pos: pos, Query: p.query()}
	p.expect(")")
	return e
}

// extract reads EXTRACT(field FROM source).
func (p *parser) extract(pos Pos) Expr {
	p.expect("(")
	field := &Literal{Pos: p.pos(), Kind: StringLiteral}
	if p.token().kind == stringToken {
		field.Text = p.stringValue()
	} else {
		field.Text = p.name().Name
	}
	p.expect("FROM")
	c := &Call{Pos: pos, Fn: "extract", Args: []Expr{field, p.value()}}
	p.expect(")")
	return c
}

// trim reads TRIM(x), TRIM(chars FROM x) and TRIM(BOTH | LEADING | TRAILING
// [chars] FROM x).
func (p *parser) trim(pos Pos) Expr {
	p.expect("(")
	fn := "trim"
	if k := p.ahead(1); k.kind != signToken || k.key == "(" || k.key == "-" {
		switch {
		case p.accept("BOTH"):
			fn = "btrim"
		case p.accept("LEADING"):
			fn = "ltrim"
		case p.accept("TRAILING"):
			fn = "rtrim"
		}
	}
	var args []Expr
	if !p.at("FROM") {
		args = []Expr{p.value()}
	}
	switch {
	case p.accept("FROM"):
		x := p.value()
		switch {
		case len(args) == 0:
			args = []Expr{x}
		case fn == "trim" || fn == "btrim":
			fn, args = "btrim", []Expr{x, args[0]}
		default: // ltrim and rtrim take the characters first
			args = append(args, x)
		}
	case fn != "trim":
		p.unexpected("FROM")
	case p.accept(","):
		args = append(args, p.value())
	}
	p.expect(")")
	return &Call{Pos: pos, Fn: fn, Args: args}
}

// wordyCall reads a call whose arguments have words between them, or commas
// instead: POSITION(a IN b), SUBSTRING(a FROM b FOR c).
func (p *parser) wordyCall(pos Pos, fn string, words ...string) Expr {
	p.expect("(")
	c := &Call{Pos: pos, Fn: fn, Args: []Expr{p.value()}}
	for _, word := range words {
		if !p.accept(word) && !p.accept(",") {
			break
		}
		c.Args = append(c.Args, p.value())
	}
	p.mayFollow([]string{"an operator"})
	p.expect(")")
	return c
}

// window reads what follows OVER, or AS in a WINDOW clause.
func (p *parser) window() *Window {
	w := &Window{Pos: p.pos()}
	if !p.accept("(") {
		w.Ref = p.name()
		return w
	}
	if p.atName() && p.ahead(1).key == ")" {
		w.Ref = p.name()
	}
	switch {
	case p.accept("CLUSTER", "BY"):
		w.PartitionBy = list(p, p.expression)
	case p.accept("PARTITION", "BY"), p.accept("DISTRIBUTE", "BY"):
		w.PartitionBy = list(p, p.expression)
	}
	if p.accept("ORDER", "BY") || p.accept("SORT", "BY") {
		w.OrderBy = list(p, p.sortItem)
	}
	if p.atAny("ROWS", "RANGE") {
		w.Frame = p.frame()
	}
	if !p.accept(")") {
		p.unexpected("PARTITION BY", "ORDER BY", "ROWS", "RANGE", `")"`)
	}
	return w
}

// frame reads ROWS or RANGE with one bound or two.
func (p *parser) frame() *WindowFrame {
	f := &WindowFrame{Rows: p.next().key == "ROWS"}
	if !p.accept("BETWEEN") {
		f.From, f.To = p.bound(), Bound{Kind: CurrentRow}
		return f
	}
	f.From = p.bound()
	p.expect("AND")
	f.To = p.bound()
	return f
}

func (p *parser) bound() Bound {
	switch {
	case p.accept("UNBOUNDED", "PRECEDING"):
		return Bound{Kind: UnboundedPreceding}
	case p.accept("UNBOUNDED", "FOLLOWING"):
		return Bound{Kind: UnboundedFollowing}
	case p.accept("CURRENT", "ROW"):
		return Bound{Kind: CurrentRow}
	}
	b := Bound{Kind: Preceding, Offset: p.value()}
	if !p.accept("PRECEDING") {
		b.Kind = Following
		if !p.accept("FOLLOWING") {
			p.unexpected("PRECEDING", "FOLLOWING")
		}
	}
	return b
}

// sortItem reads an expression of an ORDER BY.
func (p *parser) sortItem() SortItem {
	s := SortItem{Expr: p.expression()}
	if s.Desc = p.accept("DESC"); !s.Desc {
		p.accept("ASC")
	}
	if p.accept("NULLS") {
		s.NullsFirst = p.accept("FIRST")
		if !s.NullsFirst {
			s.NullsLast = p.accept("LAST")
			if !s.NullsLast {
				p.unexpected("FIRST", "LAST")
			}
		}
	}
	return s
}
