package sql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
var operatorWords = []string{"AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "RLIKE", "BETWEEN", "DIV", "ASC", "DESC"}

// unexpected fails at this token, saying what was expected.
func (p *parser) unexpected(what ...string) {
	t, candidates := p.token(), []string(nil)
	if p.followAt == p.i {
		what = append(slices.Clone(p.follow), what...)
		candidates = operatorWords
	}
	if t.kind == badToken || t.kind == openToken {
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
