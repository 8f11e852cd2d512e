package expr_test

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"stagecoach/engine/expr"
)

// A sqlText reads an expression of SQL, as far as the facts in testdata need
// it, so that they can stand there as Spark was asked them.
type sqlText struct {
	tokens []string
	mode   expr.Mode
}

var tokenPattern = regexp.MustCompile(`(?i)[xX]?'(?:\\.|[^'])*'|\d+\.?\d*(?:e[+-]?\d+)?(?:BD|[a-z])?\b|\.\d+|[a-z_][a-z_0-9]*|<=>|>>>|<=|>=|<>|!=|==|<<|>>|[-+*/%&|^~()<>=,:]`)

// parse panics with an error where the text is beyond it.
func parse(text string, mode expr.Mode) (e expr.Expr, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("%s: %v", text, r)
		}
	}()
	p := &sqlText{tokens: tokenPattern.FindAllString(text, -1), mode: mode}
	e = p.infix(0)
	if len(p.tokens) > 0 {
		panic("left over: " + strings.Join(p.tokens, " "))
	}
	return expr.In(e, mode), nil
}

func (p *sqlText) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return strings.ToLower(p.tokens[0])
}

func (p *sqlText) next() string {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *sqlText) accept(words ...string) bool {
	for i, w := range words {
		if i >= len(p.tokens) || strings.ToLower(p.tokens[i]) != w {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *sqlText) expect(word string) {
	if !p.accept(word) {
		panic("want " + word + " before " + strings.Join(p.tokens, " "))
	}
}

var strength = map[string]int{"or": 1, "and": 2, "=": 4, "==": 4, "!=": 4, "<>": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "<=>": 4,
	"between": 4, "in": 4, "is": 4, "not": 4, "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8, ">>>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "div": 10}

func (p *sqlText) infix(least int) expr.Expr {
	left := p.prefix()
	for {
		op := p.peek()
		s := strength[op]
		if s == 0 || s <= least {
			return left
		}
		p.next()
		negated := op == "not"
		if negated {
			op = strings.ToLower(p.next())
		}
		switch op {
		case "between":
			low := p.infix(4)
			p.expect("and")
			left = expr.Fn("between", left, low, p.infix(4))
		case "in":
			p.expect("(")
			left = expr.Fn("in", append([]any{left}, p.arguments()...)...)
		case "is":
			negated = p.accept("not")
			what := strings.ToLower(p.next())
			left = expr.Fn(map[string]string{"null": "isnull", "unknown": "isnull", "true": "istrue", "false": "isfalse"}[what], left)
		default:
			left = expr.Fn(op, left, p.infix(s))
		}
		if negated {
			left = expr.Not(left)
		}
	}
}

func (p *sqlText) arguments() (list []any) {
	for !p.accept(")") {
		list = append(list, p.infix(0))
		p.accept(",")
	}
	return list
}

func (p *sqlText) prefix() expr.Expr {
	t := p.next()
	low := strings.ToLower(t)
	switch {
	case low == "(":
		e := p.infix(0)
		p.expect(")")
		return e
	case low == "-" && p.peek() != "" && p.peek()[0] >= '0' && p.peek()[0] <= '9':
		return number("-" + p.next())
	case low == "-" || low == "+" || low == "~":
		return expr.Fn(low, p.infix(10))
	case low == "not":
		return expr.Not(p.infix(3))
	case t[0] >= '0' && t[0] <= '9' || t[0] == '.':
		return number(t)
	case t[0] == '\'':
		return expr.Lit(unquote(t))
	case low[0] == 'x' && len(t) > 1 && t[1] == '\'':
		raw, err := hex.DecodeString(unquote(t[1:]))
		if err != nil {
			panic(err)
		}
		return expr.Lit(expr.Value{Type: expr.Binary, S: string(raw)})
	}
	switch low {
	case "null":
		return expr.Lit(nil)
	case "true", "false":
		return expr.Lit(low == "true")
	case "interval":
		return p.interval()
	case "case":
		return p.caseWhen()
	case "date", "timestamp", "timestamp_ntz":
		if strings.HasPrefix(p.peek(), "'") {
			return p.literal(unquote(p.next()), typeNames[low])
		}
	case "cast", "try_cast":
		p.expect("(")
		c := expr.CastTo{X: p.infix(0), Mode: expr.Mode{Try: low == "try_cast"}}
		p.expect("as")
		c.To = p.typ()
		p.expect(")")
		return c
	}
	if !p.accept("(") {
		return expr.Col(t)
	}
	args := p.arguments()
	switch low {
	case "array":
		return p.array(args)
	case "struct", "named_struct":
		return p.structure(low, args)
	}
	return expr.Fn(low, args...)
}

func (p *sqlText) literal(text string, t expr.Type) expr.Expr {
	v, err := expr.Constant(expr.CastTo{X: expr.Lit(text), To: t, Mode: p.mode})
	if err != nil {
		panic(err)
	}
	return expr.Lit(v)
}

func unquote(t string) string {
	return strings.NewReplacer(`\'`, `'`, `\t`, "\t", `\n`, "\n", `\\`, `\`).Replace(t[1 : len(t)-1])
}

func number(t string) expr.Expr {
	upper := strings.ToUpper(t)
	for suffix, typ := range map[string]expr.Type{"Y": expr.Int8, "S": expr.Int16, "L": expr.Int64} {
		if digits, ok := strings.CutSuffix(upper, suffix); ok {
			v, ok := expr.ParseValue(digits, typ)
			if !ok {
				panic("no number: " + t)
			}
			return expr.Lit(v)
		}
	}
	if digits, ok := strings.CutSuffix(upper, "BD"); ok {
		return decimal(digits)
	}
	if strings.ContainsAny(upper, "ED") {
		f, err := strconv.ParseFloat(strings.TrimSuffix(upper, "D"), 64)
		if err != nil {
			panic(err)
		}
		return expr.Lit(f)
	}
	if v, err := strconv.ParseInt(t, 10, 64); err == nil {
		return expr.Lit(int(v))
	}
	return decimal(t)
}

func decimal(t string) expr.Expr {
	mantissa, exponent, _ := strings.Cut(t, "E")
	e, _ := strconv.Atoi(exponent)
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "-"), ".")
	scale := len(fraction) - e
	if scale < 0 {
		whole, scale = whole+strings.Repeat("0", -scale), 0
	}
	precision := max(len(strings.TrimLeft(whole+fraction, "0")), scale, 1)
	v, ok := expr.ParseValue(t, expr.DecimalOf(precision, scale))
	if !ok {
		panic("no decimal: " + t)
	}
	return expr.Lit(v)
}

func (p *sqlText) interval() expr.Expr {
	text := unquote(p.next())
	unit := strings.ToLower(p.next())
	if p.accept("to") {
		t, _ := expr.IntervalOf(unit, strings.ToLower(p.next()))
		return p.literal(text, t)
	}
	t, _ := expr.IntervalOf(unit, unit)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	if months := map[string]int64{"month": 1, "year": 12}[unit]; months > 0 {
		return expr.Lit(expr.Value{Type: t, I: n * months})
	}
	return expr.Lit(expr.Value{Type: t, I: n * map[string]int64{"day": 86400e6, "hour": 3600e6, "minute": 60e6, "second": 1e6}[unit]})
}

func (p *sqlText) caseWhen() expr.Expr {
	var subject, otherwise expr.Expr
	if p.peek() != "when" {
		subject = p.infix(0)
	}
	var list []expr.Expr
	for p.accept("when") {
		when := p.infix(0)
		if subject != nil {
			when = expr.Eq(subject, when)
		}
		p.expect("then")
		list = append(list, when, p.infix(0))
	}
	if p.accept("else") {
		otherwise = p.infix(0)
	}
	p.expect("end")
	return expr.Case(list, otherwise)
}

var typeNames = map[string]expr.Type{"boolean": expr.Bool, "tinyint": expr.Int8, "smallint": expr.Int16, "int": expr.Int32, "bigint": expr.Int64,
	"float": expr.Float32, "double": expr.Float64, "string": expr.String, "binary": expr.Binary, "date": expr.Date,
	"timestamp": expr.Timestamp, "timestamp_ntz": expr.TimestampNTZ}

func (p *sqlText) typ() expr.Type {
	name := strings.ToLower(p.next())
	switch name {
	case "decimal":
		p.expect("(")
		precision, _ := strconv.Atoi(p.next())
		p.expect(",")
		scale, _ := strconv.Atoi(p.next())
		p.expect(")")
		return expr.DecimalOf(precision, scale)
	case "interval":
		from := strings.ToLower(p.next())
		to := from
		if p.accept("to") {
			to = strings.ToLower(p.next())
		}
		t, _ := expr.IntervalOf(from, to)
		return t
	case "array":
		p.expect("<")
		elem := p.typ()
		p.expect(">")
		return expr.ArrayOf(elem)
	case "struct":
		p.expect("<")
		var fields expr.Schema
		for !p.accept(">") {
			field := p.next()
			p.expect(":")
			fields = append(fields, expr.Field{Name: field, Type: p.typ()})
			p.accept(",")
		}
		return expr.StructOf(fields)
	}
	t, ok := typeNames[name]
	if !ok {
		panic("no type: " + name)
	}
	return t
}

func (p *sqlText) constants(args []any) (values []expr.Value) {
	for _, a := range args {
		v, err := expr.Constant(expr.In(a.(expr.Expr), p.mode))
		if err != nil {
			panic(err)
		}
		values = append(values, v)
	}
	return values
}

func (p *sqlText) array(args []any) expr.Expr {
	list := p.constants(args)
	var types []expr.Type
	for _, v := range list {
		types = append(types, v.Type)
	}
	t, err := expr.CommonType(p.mode, types...)
	if err != nil {
		panic(err)
	}
	for i, v := range list {
		if list[i], err = expr.Constant(expr.CastTo{X: expr.Lit(v), To: t, Mode: p.mode}); err != nil {
			panic(err)
		}
	}
	return expr.Lit(expr.Value{Type: expr.ArrayOf(t), List: list})
}

func (p *sqlText) structure(fn string, args []any) expr.Expr {
	values := p.constants(args)
	var fields expr.Schema
	var list []expr.Value
	for i, v := range values {
		name := fmt.Sprintf("col%d", i+1)
		if fn == "named_struct" {
			if i%2 == 0 {
				continue
			}
			name = values[i-1].S
		}
		fields = append(fields, expr.Field{Name: name, Type: v.Type})
		list = append(list, v)
	}
	return expr.Lit(expr.Value{Type: expr.StructOf(fields), List: list})
}
