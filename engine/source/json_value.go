package source

import (
	"bytes"
	"encoding/base64"

	"stagecoach/engine/expr"
)

// jsonValues turns nodes into values of types as Spark does: numbers and booleans
// are not read from texts, but for a decimal, NaN and the infinities; anything
// can be read as text.
type jsonValues struct {
	parser *jsonParser
	texts  *expr.Texts
}

// value is node i as a value of type t; ok is false where it is none.
func (j *jsonValues) value(i int, t expr.Type) (v expr.Value, ok bool) {
	n := &j.parser.nodes[i]
	v.Type = t
	if n.kind == 'n' {
		v.IsNull = true
		return v, true
	}
	number, text := n.kind == '0', n.kind == '"'
	switch t.Kind() {
	case expr.Null:
		v.IsNull = true
		return v, true
	case expr.String:
		if text {
			v.S = string(n.text)
		} else {
			v.S = string(j.parser.append(nil, i))
		}
		return v, true
	case expr.Binary:
		plain, err := base64.StdEncoding.DecodeString(string(n.text))
		v.S = string(plain)
		return v, text && err == nil
	case expr.Bool:
		if n.kind == 't' {
			v.I = 1
		}
		return v, n.kind == 't' || n.kind == 'f'
	case expr.Int8, expr.Int16, expr.Int32, expr.Int64:
		if v.I, ok = parseInt(n.text); ok && t != expr.Int64 {
			limit := int64(1) << (8<<(t-expr.Int8) - 1)
			ok = v.I >= -limit && v.I < limit
		}
		return v, ok && number
	case expr.Float32, expr.Float64:
		if text && !special(n.text) {
			return v, false
		}
		read, ok := expr.ParseValue(string(n.text), t)
		return read, ok && (number || text)
	case expr.Decimal:
		read, ok := expr.ParseValue(string(n.text), t)
		return read, ok && (number || text)
	case expr.Date, expr.Timestamp, expr.TimestampNTZ:
		if number && t == expr.Timestamp {
			v.I, ok = parseInt(n.text)
			const limit = 1 << 43 // seconds that microseconds can still count
			v.I *= 1_000_000
			return v, ok && v.I/1_000_000 < limit && v.I/1_000_000 > -limit
		}
		if !text {
			return v, false
		}
		return j.texts.Parse(string(n.text), t)
	case expr.Array:
		return j.list(i, t)
	case expr.Struct:
		return j.object(i, t)
	}
	return v, false
}

func special(text []byte) bool {
	switch string(bytes.TrimLeft(text, "+-")) {
	case "NaN", "Infinity", "INF":
		return true
	}
	return false
}

// list is an array; an element that does not fit leaves none of it.
func (j *jsonValues) list(i int, t expr.Type) (v expr.Value, ok bool) {
	n := j.parser.nodes[i]
	v.Type = t
	if n.kind != '[' {
		return v, false
	}
	for k := i + 1; k < n.end; k = j.parser.nodes[k].end {
		item, ok := j.value(k, t.Elem())
		if !ok {
			return v, false
		}
		v.List = append(v.List, item)
	}
	return v, true
}

// object is a struct; fields that are missing or do not fit are null, the latter
// a fault.
func (j *jsonValues) object(i int, t expr.Type) (v expr.Value, ok bool) {
	n := j.parser.nodes[i]
	v.Type = t
	if n.kind != '{' {
		return v, false
	}
	ok = true
	for _, f := range t.Fields() {
		field := expr.Value{Type: f.Type, IsNull: true}
		for k := i + 1; k < n.end; k = j.parser.nodes[k].end {
			if string(j.parser.nodes[k].name) != f.Name {
				continue
			}
			read, fits := j.value(k, f.Type)
			if ok = ok && fits; fits {
				field = read
			}
		}
		v.List = append(v.List, field)
	}
	return v, ok
}
