package sql

import (
	"slices"
	"strings"
)

// number reads a number without a sign.
func (p *parser) number() Expr {
	t := p.next()
	if t.kind != numberToken {
		p.unexpected("a number")
		return &Literal{Pos: t.pos}
	}
	return numberLiteral(t.pos, t.text)
}

// numberLiteral is the literal of a number as it is written.
func numberLiteral(pos Pos, text string) *Literal {
	end := strings.LastIndexAny(text, "0123456789.") + 1
	l := &Literal{Pos: pos, Text: text[:end], Suffix: strings.ToUpper(text[end:])}
	switch l.Suffix {
	case "L", "S", "Y":
		l.Kind = IntegerLiteral
	case "BD":
		l.Kind = DecimalLiteral
	case "D", "F":
		l.Kind = DoubleLiteral
	default:
		switch {
		case strings.ContainsAny(text, "eE"):
			l.Kind = DoubleLiteral
		case strings.Contains(text, "."):
			l.Kind = DecimalLiteral
		default:
			l.Kind = IntegerLiteral
		}
	}
	return l
}

// typedLiteral reads DATE '...' and the three kinds of TIMESTAMP '...'.
func (p *parser) typedLiteral() Expr {
	t := p.next()
	l := &Literal{Pos: t.pos, Kind: TimestampLiteral, Text: p.next().text}
	switch t.key {
	case "DATE":
		l.Kind = DateLiteral
	case "TIMESTAMP_NTZ":
		l.Suffix = "NTZ"
	case "TIMESTAMP_LTZ":
		l.Suffix = "LTZ"
	}
	return l
}

// units are those of an interval, without the plural.
var units = []string{"year", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond", "nanosecond"}

// unitOf returns the unit that a word is, in the singular and lower case, or "".
func unitOf(word string) string {
	unit := strings.ToLower(word)
	if !slices.Contains(units, unit) {
		unit = strings.TrimSuffix(unit, "s")
	}
	if !slices.Contains(units, unit) {
		return ""
	}
	return unit
}

// atInterval reports whether the word INTERVAL begins one here and is no name.
func (p *parser) atInterval() bool {
	switch value := p.ahead(1); {
	case value.kind == numberToken, value.kind == stringToken, value.key == "(":
		return true
	case value.key == "-", value.key == "+":
		return p.isPart(2)
	}
	return false
}

// isPart reports whether the token n ahead and the one after it are the value and
// the unit of a part of an interval.
func (p *parser) isPart(n int) bool {
	value, unit := p.ahead(n), p.ahead(n+1)
	return (value.kind == numberToken || value.kind == stringToken) && unit.kind == wordToken && unitOf(unit.text) != ""
}

// interval reads an interval in any of its forms.
func (p *parser) interval() Expr {
	iv := &Interval{Pos: p.next().pos}
	if t := p.token(); t.kind == stringToken && !p.isPart(0) {
		p.next()
		p.intervalText(iv, t)
		return iv
	}
	for {
		iv.Values = append(iv.Values, p.intervalValue())
		iv.Units = append(iv.Units, p.unit())
		if len(iv.Units) == 1 && p.accept("TO") {
			iv.To = p.unit()
			return iv
		}
		if !p.isPart(0) && !(p.atAny("+", "-") && p.isPart(1)) {
			return iv
		}
	}
}

func (p *parser) unit() string {
	unit := unitOf(p.token().text)
	if p.token().kind != wordToken || unit == "" {
		p.unexpected("a unit such as DAY or HOURS")
		return ""
	}
	p.next()
	return unit
}

// intervalValue reads a number, in quotes or not, or an expression in
// parentheses.
func (p *parser) intervalValue() Expr {
	pos := p.pos()
	if p.accept("(") {
		e := p.expression()
		p.expect(")")
		return e
	}
	negative := p.accept("-")
	if !negative {
		p.accept("+")
	}
	t := p.next()
	var value Expr
	switch {
	case t.kind == numberToken:
		value = numberLiteral(t.pos, t.text)
	case t.kind == stringToken:
		if value = signedNumber(t.pos, t.text); value == nil {
			value = &Literal{Pos: t.pos, Kind: StringLiteral, Text: t.text}
		}
	default:
		p.i--
		p.unexpected("a number")
		return &Literal{Pos: pos}
	}
	if negative {
		return &Call{Pos: pos, Fn: "negative", Args: []Expr{value}}
	}
	return value
}

// signedNumber reads a number with a sign or none out of a string, or returns
// nil.
func signedNumber(pos Pos, text string) Expr {
	text = strings.TrimSpace(text)
	unsigned := strings.TrimLeft(text, "+-")
	if len(text)-len(unsigned) > 1 || digits(strings.Replace(unsigned, ".", "", 1)) == 0 ||
		strings.Trim(unsigned, "0123456789.") != "" || strings.Count(unsigned, ".") > 1 {
		return nil
	}
	value := numberLiteral(pos, unsigned)
	if text[0] == '-' {
		return &Call{Pos: pos, Fn: "negative", Args: []Expr{value}}
	}
	return value
}

// intervalText reads the parts of an interval out of one string: '1 day 2 hours'.
func (p *parser) intervalText(iv *Interval, t *token) {
	words := strings.Fields(t.text)
	if len(words) > 0 && strings.EqualFold(words[0], "interval") {
		words = words[1:]
	}
	for len(words) > 0 {
		if words[0] == "-" && len(words) > 1 {
			words = append([]string{"-" + words[1]}, words[2:]...)
		}
		value, unit := signedNumber(t.pos, words[0]), ""
		if len(words) > 1 {
			unit = unitOf(words[1])
		}
		if value == nil || unit == "" {
			iv.Values = nil
			break
		}
		iv.Values, iv.Units = append(iv.Values, value), append(iv.Units, unit)
		words = words[2:]
	}
	if len(iv.Values) == 0 {
		p.fail(t.pos, "%q is no interval; write it as '1 day 2 hours'", t.text)
	}
}
