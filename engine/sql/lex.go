package sql

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A tokenKind says what a token is.
type tokenKind uint8

const (
	endToken    tokenKind = iota
	wordToken             // a name or a keyword
	quotedToken           // a name in back quotes
	stringToken           // text is its value
	binaryToken           // X'1A'; text is its bytes
	numberToken           // text is as written, with its suffix
	signToken
	badToken  // text says what is wrong; the parser tells it when it gets there
	openToken // a badToken that lacks its end and so takes all of the text
)

// A token is the least part of a text that means something.
type token struct {
	kind     tokenKind
	pos, end Pos
	text     string
	key      string  // what the parser asks for: a keyword's word or a sign, else ""
	use      wordUse // of a keyword
}

// A lexer cuts a text into tokens, all at once.
type lexer struct {
	text   string
	at     int
	tokens []token
	inHint bool // between /*+ and */
}

// lex returns the tokens of text; the last is an endToken.
func lex(text string) []token {
	l := &lexer{text: text}
	for l.skipSpace() {
		l.token()
	}
	return append(l.tokens, token{kind: endToken, pos: Pos(l.at), end: Pos(l.at)})
}

// skipSpace passes spaces and comments and reports whether a token follows.
func (l *lexer) skipSpace() bool {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r) || r == '\ufeff':
			l.at += size
		case strings.HasPrefix(rest, "--"):
			if n := strings.IndexByte(rest, '\n'); n >= 0 {
				l.at += n + 1
			} else {
				l.at = len(l.text)
			}
		case strings.HasPrefix(rest, "/*") && !l.atHint():
			if !l.skipComment() {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// atHint reports whether the comment at hand is a hint: /*+ after SELECT or
// after another hint.
func (l *lexer) atHint() bool {
	if n := len(l.tokens); n > 0 && strings.HasPrefix(l.text[l.at:], "/*+") {
		return l.tokens[n-1].key == "SELECT" || l.tokens[n-1].key == "*/"
	}
	return false
}

// skipComment passes a comment, which may hold others. It stays before one that
// does not end.
func (l *lexer) skipComment() bool {
	depth := 0
	for i := l.at; i+1 < len(l.text); i++ {
		switch l.text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				l.at = i + 1
				return true
			}
		}
	}
	return false
}

// token adds the token at hand.
func (l *lexer) token() {
	rest := l.text[l.at:]
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasPrefix(rest, "/*+"):
		l.inHint = true
		l.sign("/*+")
	case l.inHint && strings.HasPrefix(rest, "*/"):
		l.inHint = false
		l.sign("*/")
	case strings.HasPrefix(rest, "/*"):
		l.open("the comment has no end; write */ after it")
	case r == '\'' || r == '"':
		l.quoted(0)
	case len(rest) > 1 && (r == 'r' || r == 'R' || r == 'x' || r == 'X') && (rest[1] == '\'' || rest[1] == '"'):
		l.quoted(1)
	case r == '`':
		l.backQuoted()
	case '0' <= r && r <= '9', r == '.' && l.beginsFraction():
		l.number()
	case isWordRune(r):
		l.word(wordLength(rest))
	default:
		for _, s := range signs {
			if strings.HasPrefix(rest, s.text) {
				l.sign(s.text)
				return
			}
		}
		l.bad(utf8.RuneLen(r), fmt.Sprintf("the character %q means nothing here; names with such characters need back quotes", r))
	}
}

func isWordRune(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// wordLength is how many bytes at the begin of s are letters, digits and _.
func wordLength(s string) int {
	for i, r := range s {
		if !isWordRune(r) {
			return i
		}
	}
	return len(s)
}

// add adds a token of the next size bytes.
func (l *lexer) add(kind tokenKind, size int, text, key string) *token {
	l.tokens = append(l.tokens, token{kind: kind, pos: Pos(l.at), end: Pos(l.at + size), text: text, key: key})
	l.at += size
	return &l.tokens[len(l.tokens)-1]
}

func (l *lexer) bad(size int, message string) {
	l.add(badToken, min(max(size, 1), len(l.text)-l.at), message, "")
}

func (l *lexer) open(message string) { l.add(openToken, len(l.text)-l.at, message, "") }

func (l *lexer) word(size int) {
	text := l.text[l.at : l.at+size]
	t := l.add(wordToken, size, text, "")
	if k := lookup(text); k != nil {
		t.key, t.use = k.word, k.use
	}
}

// signs are those of more letters first. key is the sign that means the same,
// where there is one.
var signs = []struct{ text, key string }{
	{"<=>", ""}, {">>>", ""}, {"<=", ""}, {">=", ""}, {"<>", ""}, {"!=", "<>"}, {"==", "="}, {"!>", "<="}, {"!<", ">="},
	{"||", ""}, {"|>", ""}, {"::", ""}, {"<<", ""}, {">>", ""}, {"->", ""}, {"=>", ""}, {"/*+", ""}, {"*/", ""},
	{"(", ""}, {")", ""}, {"[", ""}, {"]", ""}, {",", ""}, {".", ""}, {";", ""}, {"+", ""}, {"-", ""}, {"*", ""},
	{"/", ""}, {"%", ""}, {"&", ""}, {"|", ""}, {"^", ""}, {"~", ""}, {"!", ""}, {"=", ""}, {"<", ""}, {">", ""},
	{":", ""}, {"?", ""},
}

func (l *lexer) sign(text string) {
	key := text
	for _, s := range signs {
		if s.text == text && s.key != "" {
			key = s.key
		}
	}
	l.add(signToken, len(text), text, key)
}

// backQuoted adds a name in back quotes; two of them are one of the name.
func (l *lexer) backQuoted() {
	for i := l.at + 1; i < len(l.text); i++ {
		if l.text[i] != '`' {
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '`' {
			i++
			continue
		}
		name := strings.ReplaceAll(l.text[l.at+1:i], "``", "`")
		if name == "" {
			l.bad(2, "a name has at least one letter")
			return
		}
		l.add(quotedToken, i+1-l.at, name, "")
		return
	}
	l.open("the name has no closing back quote")
}

// quoted adds a string in quotes, after a prefix of 0 or 1 letters: r is raw and
// x is bytes.
func (l *lexer) quoted(prefix int) {
	letter := byte(0)
	if prefix == 1 {
		letter = l.text[l.at] | 0x20
	}
	begin := l.at + prefix + 1
	quote := l.text[begin-1]
	plain := true
	for i := begin; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\' && letter == 0:
			plain = false
			i++
		case c == quote && letter == 0 && i+1 < len(l.text) && l.text[i+1] == quote:
			plain = false
			i++
		case c == quote:
			value := l.text[begin:i]
			size := i + 1 - l.at
			switch {
			case letter == 'x':
				l.binary(size, value)
			case plain:
				l.add(stringToken, size, value, "")
			default:
				l.add(stringToken, size, unescape(value, quote), "")
			}
			return
		}
	}
	l.open(fmt.Sprintf("the string has no closing %c", quote))
}

func (l *lexer) binary(size int, digits string) {
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		l.bad(size, "a binary literal has hexadecimal digits only, as in X'1A2B'")
		return
	}
	l.add(binaryToken, size, string(b), "")
}
