package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// A relation is a frame and what its rows should be, computed row by row.
type relation struct {
	frame *engine.Frame
	cols  expr.Schema
	rows  [][]expr.Value
	text  string // how it was made
}

// A maker makes random relations; columns get names of their own, so that any
// two can be joined.
type maker struct {
	*rand.Rand
	session *engine.Session
	columns int
}

var drawn = []expr.Type{expr.Int32, expr.String, expr.Float64}

func (m *maker) column(t expr.Type) expr.Field {
	m.columns++
	return expr.Field{Name: fmt.Sprint("c", m.columns), Type: t}
}

func (m *maker) value(t expr.Type) expr.Value {
	v := expr.Value{Type: t, IsNull: m.IntN(5) == 0}
	if v.IsNull {
		return v
	}
	switch t {
	case expr.String:
		v.S = []string{"", "a", "b", "ab"}[m.IntN(4)]
	case expr.Float64:
		v.F = float64(m.IntN(5)) / 2
	default:
		v.I = int64(m.IntN(4))
	}
	return v
}

// table reads up to nine rows from memory, in batches of any size.
func (m *maker) table() relation {
	r := relation{}
	for range 1 + m.IntN(3) {
		r.cols = append(r.cols, m.column(drawn[m.IntN(3)]))
	}
	n := []int{0, 1, 3, 9}[m.IntN(4)]
	var batches []*expr.Batch
	for len(r.rows) < n {
		b := &expr.Batch{Schema: r.cols, Rows: 1 + m.IntN(n-len(r.rows))}
		builders := make([]*expr.Builder, len(r.cols))
		for i, c := range r.cols {
			builders[i] = expr.NewBuilder(c.Type)
		}
		for range b.Rows {
			row := make([]expr.Value, len(r.cols))
			for i, c := range r.cols {
				row[i] = m.value(c.Type)
				builders[i].AppendValue(row[i])
			}
			r.rows = append(r.rows, row)
		}
		for _, c := range builders {
			b.Cols = append(b.Cols, c.Take())
		}
		batches = append(batches, b)
	}
	r.frame = m.session.Read(source.Memory(r.cols, batches))
	r.text = fmt.Sprintf("table(%v)", r.rows)
	return r
}

// A test is a condition on a row that both sides can evaluate.
type test struct {
	expr expr.Expr
	eval func(row []expr.Value) (is, null bool)
}

func compareValues(a, b expr.Value) int {
	return cmp.Or(cmp.Compare(a.I, b.I), cmp.Compare(a.F, b.F), cmp.Compare(a.S, b.S))
}

func (m *maker) condition(cols expr.Schema, depth int) test {
	i := m.IntN(len(cols))
	x := expr.Col(cols[i].Name)
	switch k := m.IntN(8); {
	case k == 0:
		return test{expr.IsNull(x), func(r []expr.Value) (bool, bool) { return r[i].IsNull, false }}
	case k == 1:
		return test{expr.IsNotNull(x), func(r []expr.Value) (bool, bool) { return !r[i].IsNull, false }}
	case k <= 4 && depth > 0:
		a, b := m.condition(cols, depth-1), m.condition(cols, depth-1)
		if k == 2 {
			return test{expr.Or(a.expr, b.expr), func(r []expr.Value) (bool, bool) {
				x, xn := a.eval(r)
				y, yn := b.eval(r)
				return x || y, (xn || yn) && !x && !y
			}}
		}
		return test{expr.And(a.expr, b.expr), func(r []expr.Value) (bool, bool) {
			x, xn := a.eval(r)
			y, yn := b.eval(r)
			null := (xn || yn) && (x || xn) && (y || yn)
			return x && y && !null, null
		}}
	}
	fn := []string{"=", "=", "<", ">=", "!="}[m.IntN(5)]
	holds := map[string]func(int) bool{"=": func(c int) bool { return c == 0 }, "<": func(c int) bool { return c < 0 },
		">=": func(c int) bool { return c >= 0 }, "!=": func(c int) bool { return c != 0 }}[fn]
	var same []int
	for j, c := range cols {
		if c.Type == cols[i].Type && j != i {
			same = append(same, j)
		}
	}
	if len(same) > 0 && m.IntN(3) > 0 {
		j := same[m.IntN(len(same))]
		return test{expr.Fn(fn, x, expr.Col(cols[j].Name)), func(r []expr.Value) (bool, bool) {
			null := r[i].IsNull || r[j].IsNull
			return !null && holds(compareValues(r[i], r[j])), null
		}}
	}
	v := m.value(cols[i].Type)
	return test{expr.Fn(fn, x, expr.Literal{Value: v}), func(r []expr.Value) (bool, bool) {
		null := r[i].IsNull || v.IsNull
		return !null && holds(compareValues(r[i], v)), null
	}}
}

// make makes a relation with up to depth steps below each other.
func (m *maker) make(depth int) relation {
	if depth == 0 {
		return m.table()
	}
	in := m.make(depth - 1 - m.IntN(depth))
	steps := []func(relation, int) relation{m.filter, m.selection, m.union, m.distinct, m.group, m.slice, m.spread,
		m.join, m.join, m.join, m.matched, m.notIn, m.salted, m.combined, m.ranked, m.ranked, m.exploded, m.rolledUp}
	return steps[m.IntN(len(steps))](in, depth-1)
}

func (m *maker) filter(in relation, _ int) relation {
	c := m.condition(in.cols, 2)
	out := relation{frame: in.frame.Where(c.expr), cols: in.cols, text: fmt.Sprintf("%s\n.Where(%s)", in.text, c.expr)}
	for _, r := range in.rows {
		if is, null := c.eval(r); is && !null {
			out.rows = append(out.rows, r)
		}
	}
	return out
}

func (m *maker) selection(in relation, _ int) relation {
	out := relation{text: in.text + "\n.Select("}
	var exprs []expr.Expr
	var from []int
	for range 1 + m.IntN(3) {
		i := m.IntN(len(in.cols))
		c := m.column(in.cols[i].Type)
		from, out.cols = append(from, i), append(out.cols, c)
		exprs = append(exprs, expr.As{X: expr.Col(in.cols[i].Name), Name: c.Name})
	}
	for _, r := range in.rows {
		row := make([]expr.Value, len(from))
		for c, i := range from {
			row[c] = r[i]
		}
		out.rows = append(out.rows, row)
	}
	out.frame, out.text = in.frame.Select(exprs...), out.text+fmt.Sprint(exprs)+")"
	return out
}

func (m *maker) union(in relation, depth int) relation {
	other := in
	if m.IntN(2) == 0 {
		other = m.filter(in, depth)
	}
	out := in
	out.frame, out.text = in.frame.Union(other.frame), in.text+"\n.Union("+other.text+")"
	out.rows = append(slices.Clone(in.rows), other.rows...)
	return out
}

func rowKey(r []expr.Value) string {
	return strings.Join(text([][]expr.Value{r}, true), "")
}

func (m *maker) distinct(in relation, _ int) relation {
	out := in
	out.frame, out.text, out.rows = in.frame.Distinct(), in.text+"\n.Distinct()", nil
	seen := map[string]bool{}
	for _, r := range in.rows {
		if k := rowKey(r); !seen[k] {
			seen[k] = true
			out.rows = append(out.rows, r)
		}
	}
	return out
}

func (m *maker) group(in relation, _ int) relation {
	key, arg := m.IntN(len(in.cols)), m.IntN(len(in.cols))
	count, least := m.column(expr.Int64), m.column(in.cols[arg].Type)
	out := relation{cols: expr.Schema{in.cols[key], count, least}, text: in.text + fmt.Sprintf("\n.GroupBy(%s, count, min %s)", in.cols[key].Name, in.cols[arg].Name)}
	out.frame = in.frame.GroupBy(expr.Col(in.cols[key].Name)).Agg(expr.Count(count.Name), expr.Min(expr.Col(in.cols[arg].Name), least.Name))
	at := map[string]int{}
	for _, r := range in.rows {
		k := rowKey(r[key : key+1])
		g, ok := at[k]
		if !ok {
			g = len(out.rows)
			at[k] = g
			out.rows = append(out.rows, []expr.Value{r[key], {Type: expr.Int64}, {Type: least.Type, IsNull: true}})
		}
		o := out.rows[g]
		o[1].I++
		if !r[arg].IsNull && (o[2].IsNull || compareValues(r[arg], o[2]) < 0) {
			o[2] = r[arg]
		}
	}
	return out
}

// slice orders by all columns, so that it does not matter which of equal rows
// are taken.
func (m *maker) slice(in relation, _ int) relation {
	out := in
	var keys []engine.SortKey
	for _, c := range in.cols {
		keys = append(keys, engine.SortKey{Column: c.Name, Desc: m.IntN(2) == 0, NullsFirst: m.IntN(2) == 0})
	}
	n, skip := m.IntN(6), m.IntN(3)
	out.rows = slices.Clone(in.rows)
	slices.SortStableFunc(out.rows, func(a, b []expr.Value) int {
		for i, k := range keys {
			if c := ordered(a[i], b[i], k.Desc, k.NullsFirst); c != 0 {
				return c
			}
		}
		return 0
	})
	out.rows = out.rows[min(skip, len(out.rows)):]
	out.frame = in.frame.OrderBy(keys...).Offset(skip)
	if n < 5 {
		out.frame, out.rows = out.frame.Limit(n), out.rows[:min(n, len(out.rows))]
	}
	out.text += fmt.Sprintf("\n.OrderBy(%v).Offset(%d).Limit(%d)", keys, skip, n)
	return out
}

func (m *maker) spread(in relation, _ int) relation {
	if m.IntN(2) == 0 {
		in.frame = in.frame.Repartition(1 + m.IntN(4))
	} else {
		in.frame = in.frame.Repartition(1+m.IntN(4), in.cols[m.IntN(len(in.cols))].Name)
	}
	in.text += "\n.Repartition"
	return in
}

// hint gives a relation a random hint, or none.
func (m *maker) hint(r relation) relation {
	if k := m.IntN(8); k < 4 {
		kind := []string{"BROADCAST", "MERGE", "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL"}[k]
		r.frame, r.text = r.frame.Hint(kind), r.text+"\n.Hint("+kind+")"
	}
	return r
}

func (m *maker) join(in relation, depth int) relation {
	left, right := m.hint(in), m.hint(m.make(m.IntN(depth+1)))
	kind := plan.JoinType(m.IntN(6))
	c := m.condition(append(slices.Clone(left.cols), right.cols...), 2)
	frame := left.frame.JoinOn(right.frame, kind, c.expr)
	if m.IntN(6) == 0 {
		c = test{expr.Lit(true), func([]expr.Value) (bool, bool) { return true, false }}
		kind, frame = engine.Inner, left.frame.CrossJoin(right.frame)
	}
	out := joined(left, right, kind, c.eval)
	out.frame, out.text = frame, fmt.Sprintf("%s\n.JoinOn(%v, %s, (%s))", left.text, kind, c.expr, right.text)
	return out
}

// joined is a naive join; holds gets a row of both sides.
func joined(left, right relation, kind plan.JoinType, holds func([]expr.Value) (bool, bool)) relation {
	out := relation{cols: append(slices.Clone(left.cols), right.cols...)}
	met := make([]bool, len(right.rows))
	for _, l := range left.rows {
		matches := 0
		for j, r := range right.rows {
			row := append(slices.Clone(l), r...)
			if is, null := holds(row); is && !null {
				matches, met[j] = matches+1, true
				if kind <= engine.FullOuter {
					out.rows = append(out.rows, row)
				}
			}
		}
		switch {
		case matches == 0 && (kind == engine.LeftOuter || kind == engine.FullOuter):
			out.rows = append(out.rows, append(slices.Clone(l), nullsOf(right.cols)...))
		case (matches > 0) == (kind == engine.LeftSemi) && kind >= engine.LeftSemi:
			out.rows = append(out.rows, l)
		}
	}
	for j, r := range right.rows {
		if !met[j] && (kind == engine.RightOuter || kind == engine.FullOuter) {
			out.rows = append(out.rows, append(nullsOf(left.cols), r...))
		}
	}
	if kind >= engine.LeftSemi {
		out.cols = left.cols
	}
	return out
}

func nullsOf(cols expr.Schema) (row []expr.Value) {
	for _, c := range cols {
		row = append(row, expr.Value{Type: c.Type, IsNull: true})
	}
	return row
}

func (m *maker) matched(in relation, depth int) relation {
	left, right := m.hint(in), m.hint(m.make(m.IntN(depth+1)))
	flag := m.column(expr.Bool)
	c := m.condition(append(slices.Clone(left.cols), right.cols...), 1)
	out := relation{cols: append(slices.Clone(left.cols), flag), frame: left.frame.Matched(right.frame, flag.Name, c.expr),
		text: fmt.Sprintf("%s\n.Matched(%s, (%s))", left.text, c.expr, right.text)}
	for _, l := range left.rows {
		v := expr.Value{Type: expr.Bool}
		for _, r := range right.rows {
			if is, null := c.eval(append(slices.Clone(l), r...)); is && !null {
				v.I = 1
			}
		}
		out.rows = append(out.rows, append(slices.Clone(l), v))
	}
	return out
}

// salted joins on one pair of columns, as join does on a condition.
func (m *maker) salted(in relation, depth int) relation {
	right := m.make(m.IntN(depth + 1))
	i, j := m.IntN(len(in.cols)), m.IntN(len(right.cols))
	if in.cols[i].Type != right.cols[j].Type {
		return m.distinct(in, depth)
	}
	kind := []plan.JoinType{engine.Inner, engine.LeftOuter, engine.LeftSemi, engine.LeftAnti}[m.IntN(4)]
	salts := 1 + m.IntN(5)
	equal := func(r []expr.Value) (bool, bool) {
		x, y := r[i], r[len(in.cols)+j]
		return !x.IsNull && !y.IsNull && compareValues(x, y) == 0, false
	}
	out := joined(in, right, kind, equal)
	out.frame = in.frame.SaltedJoin(right.frame, kind, salts, engine.On{Left: in.cols[i].Name, Right: right.cols[j].Name})
	out.text = fmt.Sprintf("%s\n.SaltedJoin(%v, %d, %s, %s, (%s))", in.text, kind, salts, in.cols[i].Name, right.cols[j].Name, right.text)
	return out
}

// combined is an intersection or a difference with rows of the same frame, some
// of them twice.
func (m *maker) combined(in relation, depth int) relation {
	other := m.union(m.filter(in, depth), depth)
	if m.IntN(2) == 0 {
		in, other = other, in
	}
	had := map[string]int{}
	for _, r := range other.rows {
		had[rowKey(r)]++
	}
	kind := m.IntN(4)
	out := relation{cols: in.cols, text: fmt.Sprintf("%s\n.%s(%s)", in.text, []string{"Intersect", "IntersectAll", "Except", "ExceptAll"}[kind], other.text)}
	out.frame = []func(*engine.Frame) *engine.Frame{in.frame.Intersect, in.frame.IntersectAll, in.frame.Except, in.frame.ExceptAll}[kind](other.frame)
	met := map[string]int{}
	for _, r := range in.rows {
		k := rowKey(r)
		met[k]++
		if n := met[k]; []bool{had[k] > 0 && n == 1, n <= had[k], had[k] == 0 && n == 1, n > had[k]}[kind] {
			out.rows = append(out.rows, r)
		}
	}
	return out
}

func (m *maker) notIn(in relation, depth int) relation {
	right := m.make(m.IntN(depth + 1))
	i, j := m.IntN(len(in.cols)), m.IntN(len(right.cols))
	if in.cols[i].Type != right.cols[j].Type {
		return m.distinct(in, depth)
	}
	out := relation{cols: in.cols, frame: in.frame.NotIn(right.frame, engine.On{Left: in.cols[i].Name, Right: right.cols[j].Name}),
		text: fmt.Sprintf("%s\n.NotIn(%s, %s, (%s))", in.text, in.cols[i].Name, right.cols[j].Name, right.text)}
	for _, l := range in.rows {
		pass := true
		for _, r := range right.rows {
			if l[i].IsNull || r[j].IsNull || compareValues(l[i], r[j]) == 0 {
				pass = false
			}
		}
		if pass {
			out.rows = append(out.rows, l)
		}
	}
	return out
}

// Random plans over small tables give, under random settings, what they give
// when computed row by row.
func TestRandomPlans(t *testing.T) {
	groups, each := 40, 500
	if testing.Short() {
		groups = 4
	}
	for g := range uint64(groups) {
		t.Run(fmt.Sprint(g), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(g, 99))
			set := append(settings(r), fmt.Sprint("spark.sql.shuffle.partitions=", 1+r.IntN(4)), "stagecoach.metering.enabled=false")
			conf, err := config.Parse(set...)
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for seed := range uint64(each) {
				m := &maker{Rand: rand.New(rand.NewPCG(g, seed)), session: s}
				rel := m.make(1 + m.IntN(4))
				res, err := rel.frame.Collect(context.Background())
				if err != nil {
					t.Fatalf("seeds %d, %d: %v\n%s\n%s", g, seed, err, rel.text, strings.Join(set, "\n"))
				}
				if got, want := text(res.Rows(), false), text(rel.rows, false); !slices.Equal(got, want) {
					explained, _ := rel.frame.Explain()
					t.Fatalf("seeds %d, %d: %d rows, want %d; %s\n%s\n%s\n%s", g, seed, len(got), len(want), firstDifference(got, want), rel.text, explained, strings.Join(set, "\n"))
				}
			}
		})
	}
}
