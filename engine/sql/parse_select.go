package sql

import "strings"

// selectBlock reads SELECT up to its WINDOW clause.
func (p *parser) selectBlock() Body {
	s := &Select{Pos: p.next().pos}
	for p.accept("/*+") {
		s.Hints = append(s.Hints, p.hints()...)
	}
	s.Distinct = p.distinct()
	s.Items = list(p, p.item)
	p.mayFollow(afterItems)
	if p.accept("FROM") {
		s.From = list(p, p.relation)
		p.mayFollow(afterTable)
	}
	for p.accept("LATERAL", "VIEW") {
		s.Views = append(s.Views, p.lateralView())
		p.mayFollow(afterTable)
	}
	if p.accept("WHERE") {
		s.Where = p.expression()
		p.mayFollow(afterWhere)
	}
	if p.at("GROUP") {
		pos := p.next().pos
		p.expect("BY")
		s.GroupBy = p.groupBy(pos)
		p.mayFollow(afterGroups)
	}
	if p.accept("HAVING") {
		s.Having = p.expression()
		p.mayFollow(afterHaving)
	}
	if p.at("QUALIFY") {
		p.unsupported(p.pos(), "QUALIFY")
	}
	if p.accept("WINDOW") {
		s.Windows = list(p, func() NamedWindow {
			w := NamedWindow{Name: p.name()}
			p.expect("AS")
			w.Window = p.window()
			return w
		})
		p.mayFollow(afterHaving)
	}
	return s
}

// distinct reads DISTINCT or ALL before a list, and reports whether it is the
// former. ALL may be the list's first name.
func (p *parser) distinct() bool {
	if p.at("ALL") {
		switch next := p.ahead(1); next.key {
		case ",", ")", ".", ";", "FROM", "AS":
		default:
			if next.kind != endToken {
				p.next()
			}
		}
		return false
	}
	return p.accept("DISTINCT")
}

// hints reads one comment of hints up to its end.
func (p *parser) hints() []Hint {
	var all []Hint
	for !p.accept("*/") {
		if p.accept(",") {
			continue
		}
		h := Hint{Name: p.name()}
		h.Name.Name = strings.ToUpper(h.Name.Name)
		if p.at("(") {
			h.Args = inParens(p, p.unary)
		}
		all = append(all, h)
		if p.ended() {
			p.unexpected(`"*/"`)
			break
		}
	}
	return all
}

// item reads one expression of a select list with its alias.
func (p *parser) item() Item {
	it := Item{Expr: p.expression()}
	if p.accept("AS") {
		if p.at("(") {
			it.Aliases = inParens(p, p.name)
		} else {
			it.Aliases = []Ident{p.name()}
		}
	} else if alias, ok := p.implicitAlias(endsItem, afterItems); ok {
		it.Aliases = []Ident{alias}
	}
	return it
}
