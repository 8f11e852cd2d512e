package expr

import "fmt"

// bindStruct names the fields col1, col2 and so on.
func bindStruct(_ Mode, args []*Bound) (*Bound, error) {
	fields := make(Schema, len(args))
	for i, a := range args {
		fields[i] = Field{Name: fmt.Sprintf("col%d", i+1), Type: a.Type}
	}
	return makeStruct(fields, args), nil
}

// bindNamedStruct takes names, which are constant, and values in turn.
func bindNamedStruct(_ Mode, args []*Bound) (*Bound, error) {
	var fields Schema
	var values []*Bound
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := constantValue(args[i])
		if !ok || name.Type != String || name.IsNull {
			return nil, fmt.Errorf("argument %d must be the constant name of a field", i+1)
		}
		fields = append(fields, Field{Name: name.S, Type: args[i+1].Type})
		values = append(values, args[i+1])
	}
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("the last of %d names has no value", len(fields)+1)
	}
	return makeStruct(fields, values), nil
}

// makeStruct joins columns; it copies none.
func makeStruct(fields Schema, values []*Bound) *Bound {
	t := StructOf(fields)
	out := &Column{Type: t, Items: make([]Column, len(values))}
	constant := true
	for _, v := range values {
		constant = constant && v.constant
	}
	return &Bound{Type: t, constant: constant, eval: func(b *Batch) (*Column, error) {
		out.Len = b.Rows
		for i, v := range values {
			c, err := v.eval(b)
			if err != nil {
				return nil, err
			}
			out.Items[i] = *c
		}
		return out, nil
	}}
}

// bindField takes a field of a struct by its constant name, or of every struct
// of an array.
func bindField(_ Mode, args []*Bound) (*Bound, error) {
	name, ok := constantValue(args[1])
	if !ok || name.Type != String || name.IsNull {
		return nil, fmt.Errorf("the name of a field must be a constant text")
	}
	x, t := args[0], args[0].Type
	inArray := t.Kind() == Array
	if inArray {
		t = t.Elem()
	}
	if t.Kind() != Struct {
		return nil, fmt.Errorf("%v has no fields, so no %q", args[0].Type, name.S)
	}
	fields := t.Fields()
	at := fields.Index(name.S)
	if at < 0 {
		return nil, fmt.Errorf("no field %q in %v%s", name.S, t, suggest(name.S, fields.Names()))
	}
	to := fields[at].Type
	if inArray {
		to = ArrayOf(to)
	}
	var out, item Column
	var bitmap []byte
	return &Bound{Type: to, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		if inArray {
			item = fieldOf(&in.Items[0], at, in.Items[0].Len, new([]byte))
			out = Column{Type: to, Len: b.Rows, Valid: in.Valid, Offsets: in.Offsets, Items: []Column{item}}
		} else {
			out = fieldOf(in, at, b.Rows, &bitmap)
		}
		return &out, nil
	}}, nil
}

// fieldOf is a field of n structs, null where the struct is.
func fieldOf(c *Column, at, n int, bitmap *[]byte) Column {
	out := c.Items[at]
	out.Len = n
	if out.Type != Null {
		out.Valid = both(c, &c.Items[at], n, bitmap)
	}
	return out
}
