package sql

import (
	"slices"
	"strconv"
	"strings"
)

// typeNames are the types without elements, and the names that mean the same.
var typeNames = []struct{ written, name string }{
	{"boolean", "boolean"}, {"tinyint", "tinyint"}, {"byte", "tinyint"}, {"smallint", "smallint"}, {"short", "smallint"},
	{"int", "int"}, {"integer", "int"}, {"bigint", "bigint"}, {"long", "bigint"}, {"float", "float"}, {"real", "float"},
	{"double", "double"}, {"decimal", "decimal"}, {"dec", "decimal"}, {"numeric", "decimal"}, {"date", "date"},
	{"timestamp", "timestamp"}, {"timestamp_ntz", "timestamp_ntz"}, {"timestamp_ltz", "timestamp"}, {"string", "string"},
	{"char", "char"}, {"character", "char"}, {"varchar", "varchar"}, {"binary", "binary"}, {"void", "void"},
}

// typeName reads a type.
func (p *parser) typeName() TypeName {
	p.enter()
	defer func() { p.depth-- }()
	t := TypeName{Pos: p.pos()}
	if p.token().kind != wordToken {
		p.unexpected("a type")
		return t
	}
	word := p.next()
	t.Name = strings.ToLower(word.text)
	switch t.Name {
	case "map", "variant":
		p.unsupported(t.Pos, "the type "+t.Name)
	case "array":
		p.expect("<")
		t.Of = []TypeName{p.typeName()}
		p.closeType()
	case "struct":
		p.structFields(&t)
	case "interval":
		p.intervalType(&t)
	default:
		p.plainType(&t, word)
	}
	if p.at("COLLATE") {
		p.unsupported(p.pos(), "COLLATE")
	}
	return t
}

// plainType finds the type's usual name and reads its numbers.
func (p *parser) plainType(t *TypeName, word *token) {
	i := slices.IndexFunc(typeNames, func(n struct{ written, name string }) bool { return n.written == t.Name })
	if i < 0 {
		known := make([]string, len(typeNames))
		for i, n := range typeNames {
			known[i] = n.written
		}
		p.fail(t.Pos, "there is no type %q%s", word.text, suggest(word.text, known))
		return
	}
	t.Name = typeNames[i].name
	most := map[string]int{"decimal": 2, "char": 1, "varchar": 1}[t.Name]
	if p.at("(") && most > 0 {
		t.Args = inParens(p, p.count)
	}
	if len(t.Args) > most || len(t.Args) == 0 && most == 1 {
		p.fail(t.Pos, "the type %s has %s", t.Name, map[int]string{1: "one number, its length", 2: "at most two numbers, precision and scale"}[most])
	}
}

// count reads a number of a type or a sample.
func (p *parser) count() int {
	n, err := strconv.Atoi(p.token().text)
	if p.token().kind != numberToken || err != nil {
		p.unexpected("a whole number")
		return 0
	}
	p.next()
	return n
}

// structFields reads <a: int, b string>.
func (p *parser) structFields(t *TypeName) {
	if p.accept("<>") {
		return
	}
	p.expect("<")
	for !p.ended() && p.token().key != ">" {
		t.Fields = append(t.Fields, p.part())
		p.accept(":")
		t.Of = append(t.Of, p.typeName())
		p.accept("NOT", "NULL")
		p.comment()
		if !p.accept(",") {
			break
		}
	}
	p.closeType()
}

// closeType reads the > after elements, which may be the first half of >>.
func (p *parser) closeType() {
	t := p.token()
	if len(t.key) > 1 && t.key[0] == '>' {
		t.text, t.pos = t.text[1:], t.pos+1
		t.key = t.text
		return
	}
	if !p.accept(">") {
		p.unexpected(`","`, `">"`)
	}
}

// intervalType reads the units of INTERVAL DAY TO SECOND, which become part of
// the name.
func (p *parser) intervalType(t *TypeName) {
	if p.token().kind != wordToken || unitOf(p.token().text) == "" {
		return
	}
	t.Name += " " + p.unit()
	if p.accept("TO") {
		t.Name += " to " + p.unit()
	}
}

// comment goes past COMMENT 'text', which means nothing to a query.
func (p *parser) comment() {
	if p.accept("COMMENT") {
		p.stringValue()
	}
}
