package sql

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// dump writes a tree as text: (Type Field:value ...) without what is empty and
// without places, so that a test sees everything that the parser made. An
// expression is its canonical text.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	if e, ok := v.Interface().(Expr); ok && v.Kind() != reflect.Interface {
		if q := queryOf(e); q == nil {
			b.WriteString(canonical(e))
			return
		}
	}
	switch x := v.Interface().(type) {
	case Ident:
		b.WriteString(x.Name)
		return
	case Path:
		for i, part := range x {
			b.WriteString([]string{".", ""}[max(0, 1-i)] + part.Name)
		}
		return
	case TypeName:
		b.WriteString(x.String())
		return
	case Item:
		dumpValue(b, reflect.ValueOf(x.Expr))
		if x.Aliases != nil {
			b.WriteString(" as ")
			dumpValue(b, reflect.ValueOf(x.Aliases))
		}
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		dumpValue(b, v.Elem())
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(" ")
			}
			dumpValue(b, v.Index(i))
		}
		b.WriteString("]")
	case reflect.Struct:
		b.WriteString("(" + strings.TrimSuffix(v.Type().Name(), "Statement"))
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Name == "Pos" || v.Field(i).IsZero() {
				continue
			}
			if v.Field(i).Kind() == reflect.Bool {
				b.WriteString(" " + f.Name)
				continue
			}
			b.WriteString(" ")
			if !slices.Contains([]string{"Body", "Items", "Expr", "Name", "Query", "Call", "Statement"}, f.Name) {
				b.WriteString(f.Name + ":")
			}
			dumpValue(b, v.Field(i))
		}
		b.WriteString(")")
	default:
		fmt.Fprint(b, v.Interface())
	}
}

// queryOf returns the query that an expression is, which has no canonical text.
func queryOf(e Expr) *Query {
	switch e := e.(type) {
	case *In:
		return e.Query
	case *Exists:
		return e.Query
	case *Subquery:
		return e.Query
	}
	return nil
}
