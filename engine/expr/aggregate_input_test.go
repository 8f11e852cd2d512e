package expr_test

import (
	"fmt"
	"math/big"
	"strings"

	"stagecoach/engine/expr"
)

// columnOf makes a column of type t: a nil is a null, an int the number that the
// type keeps (of a decimal its units), a float64 a double, a string a text.
func columnOf(t expr.Type, values ...any) expr.Column {
	b := expr.NewBuilder(t)
	for _, v := range values {
		b.AppendValue(valueOf(t, v))
	}
	return b.Take()
}

func valueOf(t expr.Type, v any) expr.Value {
	out := expr.Value{Type: t}
	switch v := v.(type) {
	case nil:
		out.IsNull = true
	case int:
		out.I, out.Wide = int64(v), expr.Wide(int64(v))
		if t.Layout() == expr.Float64 {
			out.F = float64(v)
		}
	case float64:
		out.F = v
	case string:
		out.S = v
	case expr.Int128:
		out.Wide = v
	case []any:
		for i, item := range v {
			if t.Kind() == expr.Array {
				out.List = append(out.List, valueOf(t.Elem(), item))
			} else {
				out.List = append(out.List, valueOf(t.Fields()[i].Type, item))
			}
		}
	default:
		panic(fmt.Sprintf("no value: %v", v))
	}
	return out
}

func intsOf(values ...any) expr.Column    { return columnOf(expr.Int32, values...) }
func bigintsOf(values ...any) expr.Column { return columnOf(expr.Int64, values...) }
func doublesOf(values ...any) expr.Column { return columnOf(expr.Float64, values...) }
func textsOf(values ...any) expr.Column   { return columnOf(expr.String, values...) }
func truthsOf(values ...any) expr.Column  { return columnOf(expr.Bool, values...) }
func monthsOf(values ...any) expr.Column  { return columnOf(expr.YearMonth, values...) }
func microsOf(values ...any) expr.Column  { return columnOf(expr.DayTime, values...) }
func rowsOf(c ...expr.Column) *expr.Batch { return batchOf(c) }

// batchOf names the columns x, y and z.
func batchOf(c []expr.Column) *expr.Batch {
	b := &expr.Batch{Rows: c[0].Len, Cols: c}
	for i := range c {
		b.Schema = append(b.Schema, expr.Field{Name: string(rune('x' + i)), Type: c[i].Type})
	}
	return b
}

// plain prints a value and does not depend on how values are printed to users.
func plain(v expr.Value) string {
	switch kind := v.Type.Kind(); {
	case v.IsNull || kind == expr.Null:
		return "null"
	case kind == expr.Decimal:
		return v.Wide.Text(v.Type.Scale())
	case v.Type.Layout() == expr.Float64:
		return fmt.Sprint(v.F)
	case v.Type.Layout() == expr.String:
		return v.S
	case kind == expr.Array || kind == expr.Struct:
		var items []string
		for _, x := range v.List {
			items = append(items, plain(x))
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	return fmt.Sprint(v.I)
}

func ansi(a expr.Aggregate) expr.Aggregate { return a.In(expr.Mode{ANSI: true}) }

// agg is an aggregate of x, y and so on, or of constants.
func agg(fn string, args ...any) expr.Aggregate {
	a := expr.Aggregate{Fn: fn}
	for _, x := range args {
		switch v := x.(type) {
		case string:
			a.Args = append(a.Args, expr.Col(v))
		default:
			a.Args = append(a.Args, expr.Lit(v))
		}
	}
	return a
}

func only(a expr.Aggregate, filter expr.Expr) expr.Aggregate {
	a.Filter = filter
	return a
}

func within(a expr.Aggregate, keys ...expr.Ordering) expr.Aggregate {
	a.OrderBy = keys
	return a
}

func unique(a expr.Aggregate) expr.Aggregate {
	a.Distinct = true
	return a
}

func up(name string) expr.Ordering   { return expr.Ordering{X: expr.Col(name), NullsFirst: true} }
func down(name string) expr.Ordering { return expr.Ordering{X: expr.Col(name), Desc: true} }

func arrayOf(t expr.Type, values ...any) expr.Value { return valueOf(expr.ArrayOf(t), values) }

func bigDecimal(digits string) expr.Int128 {
	b, _ := new(big.Int).SetString(digits, 10)
	v, _ := expr.FromBig(b)
	return v
}
