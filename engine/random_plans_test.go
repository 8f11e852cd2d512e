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
	case expr.Bool:
		v.I = int64(m.IntN(2))
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
		m.join, m.join, m.join, m.matched, m.notIn, m.salted, m.combined, m.windowed, m.enough, m.ranked, m.exploded, m.rolledUp}
	return steps[m.IntN(len(steps))](in, depth-1)
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
					explained, _ := rel.frame.Explain("simple")
					t.Fatalf("seeds %d, %d: %d rows, want %d; %s\n%s\n%s\n%s", g, seed, len(got), len(want), firstDifference(got, want), rel.text, explained, strings.Join(set, "\n"))
				}
			}
		})
	}
}
