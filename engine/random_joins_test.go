package engine_test

import (
	"fmt"
	"slices"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

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
