package sql

import (
	"fmt"
	"slices"
	"strconv"
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

// shown is how a message names a word or a sign.
func shown(key string) string {
	if isWordRune(rune(key[0])) {
		return key
	}
	return strconv.Quote(key)
}

// mayFollow says what else could stand here, should nobody find a use for what
// does.
func (p *parser) mayFollow(what []string) { p.follow, p.followAt = what, p.i }

// operatorWords may follow an expression; a message offers them for a mistyped
// word but does not list them.
var operatorWords = []string{"AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "RLIKE", "BETWEEN", "DIV"}

// unexpected fails at this token, saying what was expected.
func (p *parser) unexpected(what ...string) {
	t, candidates := p.token(), []string(nil)
	if p.followAt == p.i {
		what = append(slices.Clone(p.follow), what...)
		candidates = operatorWords
	}
	if t.kind == badToken {
		p.fail(t.pos, "%s", t.text)
		return
	}
	// A word that was taken for an alias may have been a mistyped clause.
	if p.alias >= 0 && p.alias == p.i-1 {
		alias := p.tokens[p.alias]
		if s := suggest(alias.text, keywordsOf(p.aliasFollow)); s != "" {
			p.fail(alias.pos, "expected %s, found %q%s", oneOf(append(slices.Clone(p.aliasFollow), "the end")), alias.text, s)
			return
		}
	}
	found, hint := "the end", ""
	switch {
	case p.ended():
	case t.kind == stringToken || t.kind == binaryToken:
		found = "the string " + p.text[t.pos:min(t.end, t.pos+40)]
	default:
		found = strconv.Quote(p.text[t.pos:t.end])
	}
	if t.kind == wordToken {
		hint = suggest(t.text, append(keywordsOf(what), candidates...))
		if hint == "" && t.use != 0 && slices.Contains(what, aName) {
			hint = "; a name that is a word of SQL needs back quotes"
		}
	}
	p.fail(t.pos, "expected %s, found %s%s", oneOf(what), found, hint)
}

// What a message expects where a name or a join must stand.
const (
	aName = "a name"
	aJoin = "a join"
)

// keywordsOf returns those of what are keywords, with the words of a join
// spelled out.
func keywordsOf(what []string) []string {
	var words []string
	for _, w := range what {
		if word, _, _ := strings.Cut(w, " "); keywordOf[word] != nil {
			words = append(words, w)
		}
		if w == aJoin {
			words = append(words, "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL")
		}
	}
	return words
}

// oneOf is "a, b or c".
func oneOf(what []string) string {
	last := len(what) - 1
	if last == 0 {
		return what[0]
	}
	return strings.Join(what[:last], ", ") + " or " + what[last]
}

// fail notes the first mistake and goes to the end.
func (p *parser) fail(pos Pos, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Text: p.text, Pos: pos, Message: fmt.Sprintf(format, args...)}
	}
	p.i = len(p.tokens) - 1
}

// unsupported fails at pos on something that Spark has.
func (p *parser) unsupported(pos Pos, what string) { p.fail(pos, "%s is not supported", what) }

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
