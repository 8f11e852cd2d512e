package sql

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

func (f *formatter) literal(l *Literal) {
	switch l.Kind {
	case NullLiteral:
		f.write("NULL")
	case StringLiteral:
		if !f.exact {
			f.write(l.Text)
			return
		}
		f.write(quote(l.Text))
	case BinaryLiteral:
		fmt.Fprintf(f, "X'%X'", l.Text)
	case DateLiteral:
		f.write("DATE ", quote(l.Text))
	case TimestampLiteral:
		f.write("TIMESTAMP")
		if l.Suffix != "" {
			f.write("_", l.Suffix)
		}
		f.write(" ", quote(l.Text))
	case DoubleLiteral:
		v, err := strconv.ParseFloat(l.Text, 64)
		if f.exact || err != nil {
			f.write(l.Text, l.Suffix)
			return
		}
		f.write(javaDouble(v))
	default:
		if f.exact {
			f.write(l.Text, l.Suffix)
			return
		}
		whole, fraction, _ := strings.Cut(l.Text, ".")
		f.write(cmp.Or(whole, "0"))
		if fraction != "" {
			f.write(".", fraction)
		}
	}
}

// quote writes a string as a literal.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// javaDouble writes a double as Java does: 1000.0 and 1.0E10.
func javaDouble(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-3 || a >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
		n, _ := strconv.Atoi(exponent)
		return point(mantissa) + "E" + strconv.Itoa(n)
	}
	return point(strconv.FormatFloat(v, 'f', -1, 64))
}

// point adds .0 to a number without one.
func point(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

func (f *formatter) interval(iv *Interval) {
	f.write("INTERVAL")
	for i, v := range iv.Values {
		text := ""
		if l, ok := v.(*Literal); ok {
			text = quote(l.Text)
		} else if c, ok := v.(*Call); ok && c.Fn == "negative" && len(c.Args) == 1 {
			if l, ok := c.Args[0].(*Literal); ok && l.Kind != StringLiteral {
				text = quote("-" + l.Text)
			}
		}
		f.write(" ")
		if text != "" {
			f.write(text)
		} else {
			f.write("(")
			f.expr(v)
			f.write(")")
		}
		f.write(" ", strings.ToUpper(iv.Units[i]))
	}
	if iv.To != "" {
		f.write(" TO ", strings.ToUpper(iv.To))
	}
}

// String spells a type as Spark does in a name: DECIMAL(10,2).
func (t TypeName) String() string {
	name := strings.ToUpper(t.Name)
	args := t.Args
	if t.Name == "decimal" {
		args = append(args[:len(args):len(args)], []int{10, 0}[len(args):]...)
	}
	if len(args) > 0 {
		texts := make([]string, len(args))
		for i, n := range args {
			texts[i] = strconv.Itoa(n)
		}
		return name + "(" + strings.Join(texts, ",") + ")"
	}
	if t.Name != "array" && t.Name != "struct" {
		return name
	}
	of := make([]string, len(t.Of))
	for i, o := range t.Of {
		of[i] = o.String()
		if t.Fields != nil {
			of[i] = quoteName(t.Fields[i].Name) + ": " + of[i]
		}
	}
	return name + "<" + strings.Join(of, ", ") + ">"
}

// name returns a name as it is, or for the canonical text in lower case and so
// that it is read as a name again.
func (f *formatter) name(name string) string {
	if !f.exact {
		return name
	}
	return quoteName(strings.Map(unicode.ToLower, name))
}

// quoteName puts back quotes around a name that needs them.
func quoteName(name string) string {
	if wordLength(name) == len(name) && digits(name) == 0 && name != "" && lookup(name) == nil {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
