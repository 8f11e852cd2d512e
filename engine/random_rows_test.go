package engine_test

import (
	"fmt"
	"slices"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// ranked adds a rank within partitions, and sometimes a count up to the row's
// peers; sometimes only the rows of the first ranks stay.
func (m *maker) ranked(in relation, _ int) relation {
	part := m.IntN(len(in.cols))
	fn := []string{"row_number", "rank", "dense_rank"}[m.IntN(3)]
	var keys []engine.SortKey
	var at []int
	for i, c := range in.cols {
		if i == part || fn != "row_number" && m.IntN(2) == 0 {
			continue // the numbers of equal rows may be given to either
		}
		at = append(at, i)
		keys = append(keys, engine.SortKey{Column: c.Name, Desc: m.IntN(2) == 0, NullsFirst: m.IntN(2) == 0})
	}
	var by []string
	if m.IntN(4) > 0 {
		by = []string{in.cols[part].Name}
	} else if fn == "row_number" {
		at, keys = append(at, part), append(keys, engine.Asc(in.cols[part].Name))
	}
	compare := func(a, b []expr.Value) int {
		for i, k := range keys {
			if c := ordered(a[at[i]], b[at[i]], k.Desc, k.NullsFirst); c != 0 {
				return c
			}
		}
		return 0
	}
	rank := m.column(expr.Int32)
	out := relation{cols: append(slices.Clone(in.cols), rank), text: fmt.Sprintf("%s\n.Window(%v, %v, %s)", in.text, by, keys, fn)}
	funcs := []engine.WindowFunc{engine.WindowFn(fn, rank.Name)}
	counts := m.IntN(2) == 0
	if counts {
		c := m.column(expr.Int64)
		out.cols, funcs = append(out.cols, c), append(funcs, engine.Over(expr.Count(c.Name)))
	}
	out.frame = in.frame.Window(by, keys, funcs...)
	most := 1 + m.IntN(9)
	if most < 4 {
		out.frame, out.text = out.frame.Where(expr.Le(expr.Col(rank.Name), most)), out.text+fmt.Sprintf("\n.Where(rank <= %d)", most)
	}
	for i, r := range in.rows {
		place, peers, before := 1, 0, map[string]bool{}
		for j, other := range in.rows {
			if by != nil && (r[part].IsNull != other[part].IsNull || !r[part].IsNull && compareValues(r[part], other[part]) != 0) {
				continue
			}
			c := compare(other, r)
			if c < 0 || fn == "row_number" && c == 0 && j < i {
				place++
				var key []expr.Value
				for _, k := range at {
					key = append(key, other[k])
				}
				before[rowKey(key)] = true
			}
			if c <= 0 || len(keys) == 0 {
				peers++
			}
		}
		if fn == "dense_rank" {
			place = 1 + len(before)
		}
		row := append(slices.Clone(r), expr.Value{Type: expr.Int32, I: int64(place)})
		if counts {
			row = append(row, expr.Value{Type: expr.Int64, I: int64(peers)})
		}
		if most >= 4 || place <= most {
			out.rows = append(out.rows, row)
		}
	}
	return out
}

// exploded makes two rows of those that meet a condition, and of the others none
// or one with a null.
func (m *maker) exploded(in relation, _ int) relation {
	i := m.IntN(len(in.cols))
	c := m.condition(in.cols, 1)
	e := m.column(in.cols[i].Type)
	x := expr.Col(in.cols[i].Name)
	list := expr.Case([]expr.Expr{c.expr, expr.Fn("array", x, x)}, nil)
	out := relation{cols: append(slices.Clone(in.cols), e), frame: in.frame.Explode(e.Name, list), text: fmt.Sprintf("%s\n.Explode(%s)", in.text, list)}
	outer := m.IntN(2) == 0
	if outer {
		out.frame, out.text = in.frame.ExplodeOuter(e.Name, list), out.text+" outer"
	}
	for _, r := range in.rows {
		is, null := c.eval(r)
		switch {
		case is && !null:
			row := append(slices.Clone(r), r[i])
			out.rows = append(out.rows, row, row)
		case outer:
			out.rows = append(out.rows, append(slices.Clone(r), expr.Value{Type: e.Type, IsNull: true}))
		}
	}
	return out
}

// rolledUp counts rows by all, one or none of two columns.
func (m *maker) rolledUp(in relation, _ int) relation {
	a, b := m.IntN(len(in.cols)), m.IntN(len(in.cols))
	if a == b {
		return m.group(in, 0)
	}
	id, n := m.column(expr.Int64), m.column(expr.Int64)
	out := relation{cols: expr.Schema{in.cols[a], in.cols[b], id, n}, text: fmt.Sprintf("%s\n.Rollup(%s, %s)", in.text, in.cols[a].Name, in.cols[b].Name)}
	out.frame = in.frame.Rollup(expr.Col(in.cols[a].Name), expr.Col(in.cols[b].Name)).ID(id.Name).Agg(expr.Count(n.Name))
	at := map[string]int{}
	for _, r := range in.rows {
		for set := range int64(3) {
			row := []expr.Value{r[a], r[b], {Type: expr.Int64, I: 1<<set - 1}, {Type: expr.Int64}}
			if set > 0 {
				row[1] = expr.Value{Type: row[1].Type, IsNull: true}
			}
			if set > 1 {
				row[0] = expr.Value{Type: row[0].Type, IsNull: true}
			}
			k := rowKey(row[:3])
			if _, ok := at[k]; !ok {
				at[k] = len(out.rows)
				out.rows = append(out.rows, row)
			}
			out.rows[at[k]][3].I++
		}
	}
	return out
}
