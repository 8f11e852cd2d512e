package sql

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"stagecoach/engine/expr"
)

// literal is the value of a constant. Whole numbers are int where they fit,
// then bigint, then decimal; numbers with a point are decimals, as in Spark.
func (a *Analyzer) literal(l *Literal) expr.Value {
	switch l.Kind {
	case NullLiteral:
		return expr.Value{Type: expr.Null, IsNull: true}
	case BoolLiteral:
		v := expr.Value{Type: expr.Bool}
		if strings.EqualFold(l.Text, "true") {
			v.I = 1
		}
		return v
	case IntegerLiteral:
		return a.integer(l)
	case DecimalLiteral:
		return a.decimal(l)
	case DoubleLiteral:
		f, err := strconv.ParseFloat(l.Text, 64)
		if err != nil && math.IsInf(f, 0) || err != nil && f == 0 {
			a.fail(l.Pos, "[INVALID_NUMERIC_LITERAL_RANGE] %s is out of the range of double", l.Text)
		}
		if l.Suffix == "F" {
			return expr.Value{Type: expr.Float32, F: float64(float32(f))}
		}
		return expr.Value{Type: expr.Float64, F: f}
	case StringLiteral:
		return expr.Value{Type: expr.String, S: l.Text}
	case BinaryLiteral:
		return expr.Value{Type: expr.Binary, S: l.Text}
	}
	to := expr.Date
	if l.Kind == TimestampLiteral {
		switch to = expr.Timestamp; l.Suffix {
		case "NTZ":
			to = expr.TimestampNTZ
		}
	}
	v, err := expr.Constant(expr.CastTo{X: expr.Lit(l.Text), To: to, Mode: expr.Mode{Zone: a.Mode.Zone}})
	if err != nil || v.IsNull {
		a.fail(l.Pos, "[INVALID_TYPED_LITERAL] '%s' is no %v", l.Text, to)
	}
	return v
}

// negatable reports whether a minus before the literal is part of it.
func (l *Literal) negatable() bool {
	return (l.Kind == IntegerLiteral || l.Kind == DecimalLiteral || l.Kind == DoubleLiteral) && !strings.HasPrefix(l.Text, "-")
}

func (a *Analyzer) integer(l *Literal) expr.Value {
	n, ok := new(big.Int).SetString(l.Text, 10)
	if !ok {
		a.fail(l.Pos, "%q is no number", l.Text)
	}
	limits := map[string]struct {
		t    expr.Type
		bits int
	}{"Y": {expr.Int8, 8}, "S": {expr.Int16, 16}, "L": {expr.Int64, 64}, "": {expr.Int32, 32}}
	lim := limits[l.Suffix]
	fits := func(bits int) bool {
		return n.IsInt64() && n.Int64() >= -1<<(bits-1) && n.Int64() <= 1<<(bits-1)-1
	}
	switch {
	case fits(lim.bits):
		return expr.Value{Type: lim.t, I: n.Int64()}
	case l.Suffix != "":
		a.fail(l.Pos, "[INVALID_NUMERIC_LITERAL_RANGE] %s is out of the range of %v", l.Text, lim.t)
	case fits(64):
		return expr.Value{Type: expr.Int64, I: n.Int64()}
	}
	return a.decimal(l)
}

// decimal has as many digits as are written.
func (a *Analyzer) decimal(l *Literal) expr.Value {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(l.Text), "e")
	exp, _ := strconv.Atoi(exponent)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	scale := len(fraction) - exp
	if !ok || scale < -expr.MaxPrecision || scale > expr.MaxPrecision {
		a.fail(l.Pos, "[INVALID_NUMERIC_LITERAL_RANGE] %s has more than %d digits", l.Text, expr.MaxPrecision)
	}
	if scale < 0 {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	precision := max(len(new(big.Int).Abs(n).String()), scale)
	if n.Sign() == 0 {
		precision = max(scale, 1)
	}
	wide, fits := expr.FromBig(n)
	if precision > expr.MaxPrecision || !fits {
		a.fail(l.Pos, "[INVALID_NUMERIC_LITERAL_RANGE] %s has more than %d digits", l.Text, expr.MaxPrecision)
	}
	return expr.Value{Type: expr.DecimalOf(precision, scale), Wide: wide}
}

// typeOf is the types by the names that the parser gives them.
var typeOf = map[string]expr.Type{"boolean": expr.Bool, "tinyint": expr.Int8, "smallint": expr.Int16, "int": expr.Int32,
	"bigint": expr.Int64, "float": expr.Float32, "double": expr.Float64, "string": expr.String, "varchar": expr.String,
	"char": expr.String, "binary": expr.Binary, "date": expr.Date, "timestamp": expr.Timestamp,
	"timestamp_ntz": expr.TimestampNTZ, "void": expr.Null}

// ParseType reads a type as SQL writes it: decimal(10,2), array<int>.
func ParseType(text string) (t expr.Type, err error) {
	p := newParser(text)
	name := p.typeName()
	if !p.ended() {
		p.unexpected("the end")
	}
	if p.err != nil {
		return expr.Null, p.err
	}
	a := &Analyzer{Text: text}
	defer a.catch(&err)
	return a.typeNamed(name), nil
}

// Schema is the columns of a CREATE statement; nil where it names none.
func (a *Analyzer) Schema(columns []ColumnDef) (s expr.Schema, err error) {
	defer a.catch(&err)
	for _, c := range columns {
		s = append(s, expr.Field{Name: c.Name.Name, Type: a.typeNamed(c.Type), NotNull: c.NotNull})
	}
	return s, nil
}

// typeNamed is the type that a name stands for.
func (a *Analyzer) typeNamed(t TypeName) expr.Type {
	switch t.Name {
	case "decimal", "dec", "numeric":
		precision, scale := 10, 0
		if len(t.Args) > 0 {
			precision = t.Args[0]
		}
		if len(t.Args) > 1 {
			scale = t.Args[1]
		}
		if precision < 1 || precision > expr.MaxPrecision || scale < 0 || scale > precision {
			a.fail(t.Pos, "decimal(%d,%d): digits are 1 to %d, those after the point no more than all", precision, scale, expr.MaxPrecision)
		}
		return expr.DecimalOf(precision, scale)
	case "array":
		return expr.ArrayOf(a.typeNamed(t.Of[0]))
	case "struct":
		var s expr.Schema
		for i, f := range t.Fields {
			s = append(s, expr.Field{Name: f.Name, Type: a.typeNamed(t.Of[i])})
		}
		return expr.StructOf(s)
	case "interval":
		a.fail(t.Pos, "write the units of an interval: INTERVAL DAY TO SECOND or INTERVAL YEAR TO MONTH")
	}
	if units, ok := strings.CutPrefix(t.Name, "interval "); ok {
		from, to, both := strings.Cut(units, " to ")
		if !both {
			to = from
		}
		typ, ok := expr.IntervalOf(from, to)
		if !ok {
			a.fail(t.Pos, "there is no type %s: units go from YEAR to MONTH or from DAY to SECOND", t.Name)
		}
		return typ
	}
	return typeOf[t.Name]
}

// environment is the value of functions that are the same throughout a query.
func (a *Analyzer) environment(c *Call) (expr.Value, bool) {
	if len(c.Args) > 0 {
		return expr.Value{}, false
	}
	text := func(s string) (expr.Value, bool) { return expr.Value{Type: expr.String, S: s}, true }
	now := expr.Value{Type: expr.Timestamp, I: a.Now.UnixMicro()}
	to := func(t expr.Type) (expr.Value, bool) {
		v, err := expr.Constant(expr.CastTo{X: expr.Literal{Value: now}, To: t, Mode: a.Mode})
		a.must(c.Pos, err)
		return v, true
	}
	switch c.Fn {
	case "current_timestamp", "now":
		return now, true
	case "current_date", "curdate":
		return to(expr.Date)
	case "localtimestamp":
		return to(expr.TimestampNTZ)
	case "unix_timestamp":
		return expr.Value{Type: expr.Int64, I: a.Now.Unix()}, true
	case "current_timezone":
		if a.Mode.Zone == nil {
			return text("UTC")
		}
		return text(a.Mode.Zone.String())
	case "current_user", "user", "session_user":
		return text(a.User)
	case "current_catalog":
		return text("spark_catalog")
	case "current_database", "current_schema":
		return text("default")
	case "version":
		return text(a.Version)
	}
	return expr.Value{}, false
}

func (a *Analyzer) likeFunction(name string) string {
	var known []string
	for _, rows := range expr.Functions {
		for names := range rows {
			known = append(known, strings.Fields(names)...)
		}
	}
	return suggest(name, append(known, a.Mode.User.Names()...))
}

// constant evaluates an expression without columns.
func (a *Analyzer) constant(e Expr) expr.Value {
	t := &translator{a: a, scope: &scope{relation: &relation{}}, clause: "a constant"}
	x, _ := t.typed(e)
	v, err := expr.Constant(x)
	a.must(e.At(), err)
	return v
}
