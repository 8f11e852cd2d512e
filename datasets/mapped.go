package datasets

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A rename is a column of a clean schema and the names it goes by in files,
// lower case, the first that is there wins.
type rename struct {
	name  string
	typ   expr.Type
	names []string
}

// mapped gives the columns of a source clean names and types. Columns that are
// not asked for are not read.
type mapped struct {
	base   source.Source
	schema expr.Schema
	from   []string    // the base's column; "" where it has none
	exprs  []expr.Expr // over the base's schema
}

func newMapped(path string, base source.Source, columns []rename) (*mapped, error) {
	m := &mapped{base: base}
	have := map[string]expr.Field{}
	for _, f := range base.Schema() {
		have[strings.ToLower(strings.TrimSpace(f.Name))] = f
	}
	found := 0
	for _, c := range columns {
		m.schema = append(m.schema, expr.Field{Name: c.name, Type: c.typ})
		from, e := "", expr.Expr(expr.Literal{Value: expr.Value{Type: c.typ, IsNull: true}})
		for _, n := range c.names {
			f, ok := have[n]
			if !ok {
				continue
			}
			from, e = f.Name, clean(c, f)
			found++
			break
		}
		if _, err := expr.TypeOf(e, base.Schema()); err != nil {
			return nil, &source.Error{File: path, Place: "column " + from, Err: fmt.Errorf("cannot be read as %v: %w", c.typ, err)}
		}
		m.from, m.exprs = append(m.from, from), append(m.exprs, e)
	}
	if found == 0 {
		return nil, &source.Error{File: path, Err: fmt.Errorf("none of the columns %s is known here", strings.Join(base.Schema().Names(), ", "))}
	}
	return m, nil
}

// clean is the expression that makes a file's column the clean one.
func clean(c rename, f expr.Field) expr.Expr {
	col := expr.Expr(expr.Col(f.Name))
	if f.Type == c.typ {
		return col
	}
	if f.Type == expr.String {
		switch c.name {
		case "vendor":
			return recode(col, c.typ, companies)
		case "payment":
			return recode(col, c.typ, payments)
		}
	}
	return expr.CastTo{X: col, To: c.typ}
}

// A meaning is what a text that begins so stands for.
type meaning struct {
	prefix string
	code   int
}

// companies are the vendors of 2009 to 2014 under the numbers that came after;
// payments the ways to pay: 1 credit card, 2 cash, 3 no charge, 4 dispute, 5
// unknown (NYC TLC data dictionary). The texts changed from month to month:
// Credit, CRD, Cas, CSH, No Charge, NOC.
var (
	companies = []meaning{{"CMT", 1}, {"VTS", 2}, {"DDS", 3}}
	payments  = []meaning{{"CR", 1}, {"CAS", 2}, {"CSH", 2}, {"NO", 3}, {"NA", 3}, {"DIS", 4}, {"UNK", 5}}
)

// recode translates texts to numbers; a text that is a number stays it, any
// other becomes null.
func recode(col expr.Expr, t expr.Type, list []meaning) expr.Expr {
	var cases []expr.Expr
	for _, m := range list {
		cases = append(cases, expr.Like(expr.Fn("upper", col), m.prefix+"%"), expr.CastTo{X: expr.Lit(m.code), To: t})
	}
	return expr.Case(cases, expr.CastTo{X: col, To: t})
}

func (m *mapped) has(name string) bool { return m.from[m.schema.Index(name)] != "" }

func (m *mapped) Schema() expr.Schema { return m.schema }
func (m *mapped) Format() string      { return m.base.Format() }
func (m *mapped) Location() string    { return m.base.Location() }
func (m *mapped) Stats() source.Stats { return m.base.Stats() }
func (m *mapped) Splits(o source.SplitOptions) ([]source.Split, error) {
	return m.base.Splits(o)
}

// Read reads the base's columns behind the wanted ones and cleans them.
func (m *mapped) Read(ctx context.Context, s source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		base := source.Read{BatchRows: r.BatchRows}
		out := expr.Batch{Cols: make([]expr.Column, len(r.Columns))}
		var exprs []expr.Expr
		var schema expr.Schema
		for _, name := range r.Columns {
			i := m.schema.Index(name)
			if i < 0 {
				yield(nil, fmt.Errorf("trips have no column %q", name))
				return
			}
			out.Schema = append(out.Schema, m.schema[i])
			exprs = append(exprs, m.exprs[i])
			if at := m.base.Schema().Index(m.from[i]); m.from[i] != "" && schema.Index(m.from[i]) < 0 {
				schema = append(schema, m.base.Schema()[at])
				base.Columns = append(base.Columns, m.from[i])
			}
		}
		bound := make([]*expr.Bound, len(exprs))
		for i, e := range exprs {
			var err error
			if bound[i], err = expr.Bind(e, schema); err != nil {
				yield(nil, err)
				return
			}
		}
		base.Predicates = m.predicates(r.Predicates)
		for b, err := range m.base.Read(ctx, s, &base) {
			r.Counters = base.Counters
			if err != nil {
				yield(nil, err)
				return
			}
			out.Rows = b.Rows
			for i, e := range bound {
				c, err := e.Eval(b)
				if err != nil {
					yield(nil, err)
					return
				}
				out.Cols[i] = *c
			}
			if !yield(&out, nil) {
				return
			}
		}
		r.Counters = base.Counters
	}
}

// predicates translates conditions on columns that are the base's as they are,
// or whole numbers of another width; others the engine checks itself.
func (m *mapped) predicates(list []source.Predicate) (out []source.Predicate) {
	for _, p := range list {
		i := m.schema.Index(p.Column)
		if i < 0 || m.from[i] == "" {
			continue
		}
		f := m.base.Schema()[m.base.Schema().Index(m.from[i])]
		whole := func(t expr.Type) bool { return t == expr.Int32 || t == expr.Int64 }
		if f.Type != p.Value.Type && p.Op != source.IsNotNull {
			if !whole(f.Type) || !whole(p.Value.Type) || f.Type == expr.Int32 && int64(int32(p.Value.I)) != p.Value.I {
				continue
			}
			p.Value.Type = f.Type
		}
		p.Column = f.Name
		out = append(out, p)
	}
	return out
}
