package engine_test

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

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

// selection takes columns, some of them computed.
func (m *maker) selection(in relation, _ int) relation {
	out := relation{text: in.text + "\n.Select("}
	var exprs []expr.Expr
	var cells []func(row []expr.Value) expr.Value
	for range 1 + m.IntN(3) {
		i := m.IntN(len(in.cols))
		x, cell := expr.Col(in.cols[i].Name), func(row []expr.Value) expr.Value { return row[i] }
		switch k := m.IntN(4); {
		case k == 0 && in.cols[i].Type == expr.Int32:
			x, cell = expr.Add(x, 1), func(row []expr.Value) expr.Value {
				v := row[i]
				if !v.IsNull {
					v.I++
				}
				return v
			}
		case k == 1 && slices.Contains(drawn, in.cols[i].Type):
			otherwise := m.value(in.cols[i].Type)
			x, cell = expr.Fn("coalesce", x, expr.Literal{Value: otherwise}), func(row []expr.Value) expr.Value {
				if row[i].IsNull {
					return otherwise
				}
				return row[i]
			}
		}
		c := m.column(in.cols[i].Type)
		out.cols, cells = append(out.cols, c), append(cells, cell)
		exprs = append(exprs, expr.As{X: x, Name: c.Name})
	}
	for _, r := range in.rows {
		row := make([]expr.Value, len(cells))
		for c, cell := range cells {
			row[c] = cell(r)
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

// order is all columns, so that rows that are equal in it are the same.
func (m *maker) order(cols expr.Schema) (keys []engine.SortKey) {
	for _, c := range cols {
		keys = append(keys, engine.SortKey{Column: c.Name, Desc: m.IntN(2) == 0, NullsFirst: m.IntN(2) == 0})
	}
	return keys
}

func inOrder(rows [][]expr.Value, keys []engine.SortKey) [][]expr.Value {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b []expr.Value) int {
		for i, k := range keys {
			if c := ordered(a[i], b[i], k.Desc, k.NullsFirst); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}

func (m *maker) slice(in relation, _ int) relation {
	out := in
	keys := m.order(in.cols)
	n, skip := m.IntN(6), m.IntN(3)
	out.rows = inOrder(in.rows, keys)
	out.rows = out.rows[min(skip, len(out.rows)):]
	out.frame = in.frame.OrderBy(keys...).Offset(skip)
	if n < 5 {
		out.frame, out.rows = out.frame.Limit(n), out.rows[:min(n, len(out.rows))]
	}
	out.text += fmt.Sprintf("\n.OrderBy(%v).Offset(%d).Limit(%d)", keys, skip, n)
	return out
}

// enough is a limit of all rows, which may be taken in any order.
func (m *maker) enough(in relation, _ int) relation {
	n := len(in.rows) + m.IntN(2)
	in.frame, in.text = in.frame.Limit(n), in.text+fmt.Sprintf("\n.Limit(%d)", n)
	return in
}

// windowed adds columns over the rows of one value of a column, or over all.
func (m *maker) windowed(in relation, _ int) relation {
	keys, by, arg := m.order(in.cols), m.IntN(len(in.cols)+1), m.IntN(len(in.cols))
	number, before, least, peers := m.column(expr.Int32), m.column(in.cols[arg].Type), m.column(in.cols[arg].Type), m.column(expr.Int64)
	x := expr.Col(in.cols[arg].Name)
	two := engine.Over(expr.Min(x, least.Name))
	two.Frame = engine.Rows(engine.Preceding(1), engine.CurrentRow)
	var partitionBy []string
	groups := map[string][][]expr.Value{}
	for _, r := range in.rows {
		k := ""
		if by < len(in.cols) {
			k = rowKey(r[by : by+1])
		}
		groups[k] = append(groups[k], r)
	}
	if by < len(in.cols) {
		partitionBy = []string{in.cols[by].Name}
	}
	out := relation{cols: append(slices.Clone(in.cols), number, before, least, peers),
		text: fmt.Sprintf("%s\n.Window(%v, %v, row_number, lag %[4]s, min %[4]s, count)", in.text, partitionBy, keys, in.cols[arg].Name)}
	out.frame = in.frame.Window(partitionBy, keys, engine.WindowFn("row_number", number.Name), engine.WindowFn("lag", before.Name, x), two, engine.Over(expr.Count(peers.Name)))
	for _, group := range groups {
		group = inOrder(group, keys)
		for i, r := range group {
			previous, low, upTo := expr.Value{Type: before.Type, IsNull: true}, r[arg], i+1
			if i > 0 {
				previous = group[i-1][arg]
				if !previous.IsNull && (low.IsNull || compareValues(previous, low) < 0) {
					low = previous
				}
			}
			for upTo < len(group) && rowKey(group[upTo]) == rowKey(r) {
				upTo++
			}
			out.rows = append(out.rows, append(slices.Clone(r), whole(expr.Int32, i+1), previous, low, whole(expr.Int64, upTo)))
		}
	}
	return out
}

func whole(t expr.Type, n int) expr.Value { return expr.Value{Type: t, I: int64(n)} }

func (m *maker) spread(in relation, _ int) relation {
	if m.IntN(2) == 0 {
		in.frame = in.frame.Repartition(1 + m.IntN(4))
	} else {
		in.frame = in.frame.Repartition(1+m.IntN(4), in.cols[m.IntN(len(in.cols))].Name)
	}
	in.text += "\n.Repartition"
	return in
}
