package source

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"stagecoach/engine/expr"
)

// A jsonShape is what the values at one place of all records have in common, as
// Spark's inference sees it.
type jsonShape struct {
	typ    expr.Type // Null, Bool, Int64, Float64, a decimal, String, Array or Struct
	elem   *jsonShape
	fields map[string]*jsonShape
}

// add widens the shape so that it holds node i too. It returns a name that an
// object has twice, or "".
func (s *jsonShape) add(p *jsonParser, i int) (twice string) {
	n := &p.nodes[i]
	switch n.kind {
	case 'n':
	case '"':
		s.meet(expr.String)
	case 't', 'f':
		s.meet(expr.Bool)
	case '0':
		s.meet(numberType(n.text))
	case '[':
		if s.meet(expr.Array); s.typ == expr.Array && s.elem == nil {
			s.elem = &jsonShape{}
		}
		for j := i + 1; j < n.end && s.typ == expr.Array; j = p.nodes[j].end {
			twice = cmp.Or(twice, s.elem.add(p, j))
		}
	case '{':
		if s.meet(expr.Struct); s.typ == expr.Struct && s.fields == nil {
			s.fields = map[string]*jsonShape{}
		}
		seen := map[string]bool{}
		for j := i + 1; j < n.end; j = p.nodes[j].end {
			name := string(p.nodes[j].name)
			if seen[name] {
				twice = cmp.Or(twice, name)
			}
			seen[name] = true
			if s.typ != expr.Struct {
				continue
			}
			if s.fields[name] == nil {
				s.fields[name] = &jsonShape{}
			}
			twice = cmp.Or(twice, s.fields[name].add(p, j))
		}
	}
	return twice
}

// numberType is bigint, a decimal for whole numbers beyond it, or double.
func numberType(text []byte) expr.Type {
	if _, ok := parseInt(text); ok {
		return expr.Int64
	}
	digits := bytes.TrimLeft(text, "-")
	if len(bytes.Trim(digits, "0123456789")) == 0 && len(digits) <= expr.MaxPrecision {
		return expr.DecimalOf(len(digits), 0)
	}
	return expr.Float64
}

// meet widens the shape's type; what has no wider type is text.
func (s *jsonShape) meet(t expr.Type) {
	a := s.typ
	switch {
	case a == expr.Null || a == t:
		s.typ = t
	case a.IsNumber() && t.IsNumber():
		if s.typ = meetDecimal(a, t); a == expr.Float64 || t == expr.Float64 {
			s.typ = expr.Float64
		}
	default:
		s.typ = expr.String
	}
}

// result is the type of the shape; ok is false for objects that never had a
// field, which have no column. What was always null is text.
func (s *jsonShape) result() (t expr.Type, ok bool) {
	switch s.typ {
	case expr.Null:
		return expr.String, true
	case expr.Array:
		elem, ok := s.elem.result()
		return expr.ArrayOf(elem), ok
	case expr.Struct:
		fields := s.schema()
		return expr.StructOf(fields), len(fields) > 0
	}
	return s.typ, true
}

// schema is the fields in the order of their names.
func (s *jsonShape) schema() expr.Schema {
	fields := expr.Schema{}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		if t, ok := s.fields[name].result(); ok {
			fields = append(fields, expr.Field{Name: name, Type: t})
		}
	}
	return fields
}
