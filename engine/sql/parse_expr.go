package sql

// Levels of operators; what binds tighter has the higher one. They are those of
// Spark's grammar: NOT applies to a whole comparison or predicate, a predicate
// (IS NULL, IN, LIKE, BETWEEN) to a whole comparison.
const (
	orLevel = 1 + iota
	andLevel
	notLevel // NOT and the predicates
	comparisonLevel
	bitOrLevel
	bitXorLevel
	bitAndLevel
	shiftLevel
	addLevel
	multiplyLevel
)

// An operator stands between two expressions.
type operator struct {
	level int
	fn    string
}

var operators = map[string]operator{
	"OR": {orLevel, "or"}, "AND": {andLevel, "and"},
	"=": {comparisonLevel, "="}, "<>": {comparisonLevel, "<>"}, "<=>": {comparisonLevel, "<=>"},
	"<": {comparisonLevel, "<"}, "<=": {comparisonLevel, "<="}, ">": {comparisonLevel, ">"}, ">=": {comparisonLevel, ">="},
	"|": {bitOrLevel, "|"}, "^": {bitXorLevel, "^"}, "&": {bitAndLevel, "&"},
	"<<": {shiftLevel, "<<"}, ">>": {shiftLevel, ">>"}, ">>>": {shiftLevel, ">>>"},
	"+": {addLevel, "+"}, "-": {addLevel, "-"}, "||": {addLevel, "concat"},
	"*": {multiplyLevel, "*"}, "/": {multiplyLevel, "/"}, "%": {multiplyLevel, "%"}, "DIV": {multiplyLevel, "div"},
}

// expression reads any expression.
func (p *parser) expression() Expr {
	p.enter()
	defer func() { p.depth-- }()
	return p.binary(orLevel)
}

// value reads an expression without AND, OR, NOT and predicates.
func (p *parser) value() Expr { return p.binary(comparisonLevel) }

// binary reads operands joined by operators of the level or tighter ones. Those
// of one level lean to the left.
func (p *parser) binary(level int) Expr {
	outer := p.tall
	p.tall = 0
	logical := level <= notLevel
	var left Expr
	if logical {
		left = p.predicated()
	} else {
		left = p.unary()
	}
	for {
		op, ok := operators[p.token().key]
		if !ok || op.level < level || logical && op.level > andLevel {
			break
		}
		p.next()
		right := p.binary(op.level + 1)
		left = &Call{Pos: left.At(), Fn: op.fn, Args: []Expr{left, right}}
		p.grow()
	}
	p.tall = max(outer, p.tall)
	return left
}

// acceptNot goes past NOT or !.
func (p *parser) acceptNot() bool { return p.accept("NOT") || p.accept("!") }

// predicated reads an operand of AND and OR.
func (p *parser) predicated() Expr {
	pos := p.pos()
	if p.acceptNot() {
		p.enter()
		defer func() { p.depth-- }()
		return not(pos, p.predicated())
	}
	x := p.value()
	negated := p.acceptNot()
	at := x.At()
	var e Expr
	switch {
	case p.accept("BETWEEN"):
		low := p.value()
		p.expect("AND")
		e = &Call{Pos: at, Fn: "between", Args: []Expr{x, low, p.value()}}
	case p.accept("IN"):
		e = p.in(x)
	case p.accept("RLIKE"), p.accept("REGEXP"):
		e = &Call{Pos: at, Fn: "rlike", Args: []Expr{x, p.value()}}
	case p.accept("LIKE"):
		return p.like(x, "like", negated)
	case p.accept("ILIKE"):
		return p.like(x, "ilike", negated)
	case negated:
		p.unexpected("BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE")
		return x
	case p.accept("IS"):
		return p.is(x)
	default:
		return x
	}
	if negated {
		return not(at, e)
	}
	return e
}

func not(pos Pos, x Expr) Expr { return &Call{Pos: pos, Fn: "not", Args: []Expr{x}} }

// is reads what follows x IS.
func (p *parser) is(x Expr) Expr {
	at := x.At()
	negated := p.acceptNot()
	fn := ""
	switch {
	case p.accept("NULL"), p.accept("UNKNOWN"):
		if negated {
			return &Call{Pos: at, Fn: "isnotnull", Args: []Expr{x}}
		}
		return &Call{Pos: at, Fn: "isnull", Args: []Expr{x}}
	case p.accept("DISTINCT", "FROM"):
		same := &Call{Pos: at, Fn: "<=>", Args: []Expr{x, p.value()}}
		if negated {
			return same
		}
		return not(at, same)
	case p.accept("TRUE"):
		fn = "istrue"
	case p.accept("FALSE"):
		fn = "isfalse"
	default:
		p.unexpected("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM")
		return x
	}
	e := &Call{Pos: at, Fn: fn, Args: []Expr{x}}
	if negated {
		return not(at, e)
	}
	return e
}

// like reads what follows x LIKE. NOT LIKE ANY (a, b) is NOT LIKE a OR NOT LIKE b.
func (p *parser) like(x Expr, fn string, negated bool) Expr {
	at := x.At()
	one := func(pattern Expr, escape ...Expr) Expr {
		e := &Call{Pos: at, Fn: fn, Args: append([]Expr{x, pattern}, escape...)}
		if negated {
			return not(at, e)
		}
		return e
	}
	join := ""
	switch {
	case p.accept("ANY", "("), p.accept("SOME", "("):
		join = "or"
	case p.accept("ALL", "("):
		join = "and"
	default:
		pattern := p.value()
		if !p.accept("ESCAPE") {
			return one(pattern)
		}
		pos := p.pos()
		return one(pattern, &Literal{Pos: pos, Kind: StringLiteral, Text: p.stringValue()})
	}
	patterns := list(p, p.expression)
	p.closeList()
	all := one(patterns[0])
	for _, pattern := range patterns[1:] {
		all = &Call{Pos: at, Fn: join, Args: []Expr{all, one(pattern)}}
		p.grow()
	}
	return all
}

// in reads what follows x IN.
func (p *parser) in(x Expr) Expr {
	in := &In{Pos: x.At(), X: p.row(x)}
	p.expect("(")
	in.Query, in.List = p.queryOrList()
	return in
}

// row returns the parts of a row in parentheses, and any other x by itself.
func (p *parser) row(x Expr) []Expr {
	if c, ok := x.(*Call); ok && c.Fn == "struct" && p.text[c.Pos] == '(' {
		return c.Args
	}
	return []Expr{x}
}

// unary reads signs before an operand. A number takes its sign before anything
// else: -1::string is (-1)::string.
func (p *parser) unary() Expr {
	fn := ""
	switch {
	case p.at("-"):
		fn = "negative"
		if p.ahead(1).kind == numberToken {
			return p.postfix()
		}
	case p.at("+"):
		fn = "positive"
	case p.at("~"):
		fn = "~"
	default:
		return p.postfix()
	}
	pos := p.next().pos
	p.enter()
	defer func() { p.depth-- }()
	return &Call{Pos: pos, Fn: fn, Args: []Expr{p.unary()}}
}

// postfix reads an operand and what applies to it from behind: .field [index]
// ::type.
func (p *parser) postfix() Expr {
	outer := p.tall
	p.tall = 0
	x := p.primary()
	for {
		pos := p.pos()
		switch {
		case p.at(".", "*"):
			p.unsupported(pos, "* of an expression")
		case p.accept("."):
			x = &Field{X: x, Name: p.part()}
		case p.accept("["):
			x = &Index{X: x, I: p.expression()}
			p.expect("]")
		case p.accept("::"):
			x = &Cast{Pos: x.At(), X: x, To: p.typeName()}
		case p.at("COLLATE"):
			p.unsupported(pos, "COLLATE")
		default:
			p.tall = max(outer, p.tall)
			return x
		}
		p.grow()
	}
}

// queryOrList reads a query or expressions and the parenthesis that closes them.
// What begins with parentheses may be either, so it is read as an expression,
// and if that is a subquery that UNION or the like follows, it was a query.
func (p *parser) queryOrList() (*Query, []Expr) {
	if p.atQuery() {
		q := p.query()
		p.expect(")")
		return q, nil
	}
	nested := p.at("(")
	first := p.expression()
	if s, ok := first.(*Subquery); ok && nested && p.atQueryTail() {
		q := p.queryAfter(s.Query)
		p.expect(")")
		return q, nil
	}
	all := []Expr{first}
	for p.accept(",") {
		all = append(all, p.expression())
	}
	p.mayFollow([]string{"an operator"})
	p.closeList()
	return nil, all
}
