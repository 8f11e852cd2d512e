package sql

import (
	"slices"
	"strings"
)

const (
	// maxNesting bounds parentheses, subqueries, signs and NOT inside each other,
	// so that no text exhausts the stack of those who walk its tree.
	maxNesting = 1000
	// maxChain bounds a + b + c + ...: the parser makes it without recursion, but
	// its tree leans to the left and is as deep as it is long.
	maxChain = 10_000
)

// Parse reads statements separated by semicolons. An empty text has none. The
// error is an *Error: the first mistake of the text.
func Parse(text string) ([]Statement, error) {
	p := newParser(text)
	var all []Statement
	for {
		for p.accept(";") {
		}
		if p.ended() {
			break
		}
		all = append(all, p.statement())
		if !p.at(";") && !p.ended() {
			p.unexpected("the end")
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return all, nil
}

// ParseExpr reads one expression. The error is an *Error.
func ParseExpr(text string) (Expr, error) {
	p := newParser(text)
	e := p.expression()
	if !p.ended() {
		p.unexpected("an operator", "the end")
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

// A parser goes through the tokens once, looking at most a few ahead. The first
// mistake moves it to the end, where nothing is found any more: each method then
// returns at once, with something that is not nil, and no method asks for errors.
type parser struct {
	text   string
	tokens []token // the last is the end
	i      int
	err    *Error

	depth int // nesting, at most maxNesting
	tall  int // of chains in what was parsed last; see grow

	follow   []string // what else may stand at token followAt, for messages
	followAt int

	alias       int      // the token last taken for an alias without AS
	aliasFollow []string // what could have stood there instead
}

func newParser(text string) *parser {
	return &parser{text: text, tokens: lex(text), followAt: -1, alias: -1}
}

func (p *parser) token() *token { return &p.tokens[p.i] }
func (p *parser) pos() Pos      { return p.tokens[p.i].pos }
func (p *parser) ended() bool   { return p.i == len(p.tokens)-1 }

// ahead returns the token n after this one, or the end.
func (p *parser) ahead(n int) *token { return &p.tokens[min(p.i+n, len(p.tokens)-1)] }

// next returns this token and goes on.
func (p *parser) next() *token {
	t := p.token()
	if !p.ended() {
		p.i++
	}
	return t
}

// at reports whether the next tokens are these words and signs.
func (p *parser) at(keys ...string) bool {
	for n, key := range keys {
		if p.ahead(n).key != key {
			return false
		}
	}
	return true
}

// accept goes past these words and signs if they are all there.
func (p *parser) accept(keys ...string) bool {
	if !p.at(keys...) {
		return false
	}
	p.i += len(keys)
	return true
}

// atAny reports whether the next token is one of these.
func (p *parser) atAny(keys ...string) bool {
	return p.token().key != "" && slices.Contains(keys, p.token().key)
}

// expect goes past words and signs that must be there.
func (p *parser) expect(keys ...string) {
	for _, key := range keys {
		if !p.accept(key) {
			p.unexpected(shown(key))
			return
		}
	}
}

// enter goes one level deeper; the caller leaves by taking one from p.depth.
func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.pos(), "more than %d levels of nesting; name parts of the query with WITH", maxNesting)
	}
}

// grow counts one more link of a chain over everything parsed since tall was
// last set to 0. Who parses a chain sets it to 0 first and in the end makes it
// the greater of what it was and what it is, so that it is always the height, in
// links, of what was parsed in the same list or below.
func (p *parser) grow() {
	if p.tall++; p.tall > maxChain {
		p.fail(p.pos(), "more than %d operators in a row; use IN, a list function or parts with names", maxChain)
	}
}

// list reads items separated by commas.
func list[T any](p *parser, item func() T) []T {
	all := []T{item()}
	for p.accept(",") {
		all = append(all, item())
	}
	return all
}

// inParens reads items separated by commas in parentheses.
func inParens[T any](p *parser, item func() T) []T {
	p.expect("(")
	all := list(p, item)
	p.closeList()
	return all
}

// closeList reads the ) after a list.
func (p *parser) closeList() {
	if !p.accept(")") {
		p.unexpected(`","`, `")"`)
	}
}

// atName reports whether a name is next.
func (p *parser) atName() bool {
	t := p.token()
	return t.kind == quotedToken || t.kind == wordToken && t.use&noName == 0
}

// name reads a name.
func (p *parser) name() Ident {
	if !p.atName() {
		p.unexpected(aName)
		return Ident{}
	}
	t := p.next()
	return Ident{Name: t.text, Pos: t.pos}
}

// part reads a name after a dot, where every word is a name.
func (p *parser) part() Ident {
	if p.token().kind == wordToken {
		t := p.next()
		return Ident{Name: t.text, Pos: t.pos}
	}
	return p.name()
}

// path reads a name of one or more parts.
func (p *parser) path() Path {
	path := Path{p.name()}
	for p.accept(".") {
		path = append(path, p.part())
	}
	return path
}

// dotted is the path as it was written, without back quotes.
func (path Path) dotted() string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = part.Name
	}
	return strings.Join(parts, ".")
}

// implicitAlias reads a name that may follow without AS, unless it is a word
// that ends what it would name. follow is what else could stand there.
func (p *parser) implicitAlias(ends wordUse, follow []string) (Ident, bool) {
	if t := p.token(); t.kind != quotedToken && (t.kind != wordToken || t.use&ends != 0) {
		return Ident{}, false
	}
	if p.token().kind == wordToken {
		p.alias, p.aliasFollow = p.i, follow
	}
	return p.name(), true
}

// stringValue reads a string; adjacent ones are one.
func (p *parser) stringValue() string {
	if p.token().kind != stringToken {
		p.unexpected("a string")
		return ""
	}
	value := p.next().text
	if p.token().kind != stringToken {
		return value
	}
	var all strings.Builder
	all.WriteString(value)
	for p.token().kind == stringToken {
		all.WriteString(p.next().text)
	}
	return all.String()
}
