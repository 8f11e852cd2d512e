package operator

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// generate makes the rows of a generator. Every row of the input becomes as many
// as its array is long; two lists say where in the batch and where among the
// elements each comes from, and gathering does the rest.
func generate(n *plan.Generate, in Batches, t *Task) (Batches, error) {
	if n.Generator == "stack" {
		return stack(n, in)
	}
	list, err := expr.Bind(n.Args[0], n.Input.Schema())
	if err != nil {
		return nil, err
	}
	g := newGenerator(n)
	return func(yield func(*expr.Batch, error) bool) {
		for b, err := range in {
			var c *expr.Column
			if err == nil {
				c, err = list.Eval(b)
			}
			if err == nil {
				err = g.explode(b, c, t.BatchRows, yield)
			}
			if err != nil {
				if err != errStopped {
					yield(nil, err)
				}
				return
			}
		}
	}, nil
}

type generator struct {
	node     *plan.Generate
	keep     []int // columns of the input
	rows, at []int32
	pos      []int32
	out      expr.Batch
	kept     expr.Batch
	g        expr.Gatherer
	made     []expr.Column
}

func newGenerator(n *plan.Generate) *generator {
	schema := n.Schema()
	s := schema[:len(schema)-len(n.Columns)]
	g := &generator{node: n, keep: KeyColumns(n.Input.Schema(), s.Names()), made: make([]expr.Column, len(n.Columns))}
	g.out.Schema, g.kept.Schema = n.Schema(), s
	return g
}

// explode hands on the rows of a batch's arrays, at most limit at a time. An
// element -1 is the nulls of an outer generator.
func (g *generator) explode(b *expr.Batch, list *expr.Column, limit int, yield func(*expr.Batch, error) bool) error {
	g.rows, g.at, g.pos = g.rows[:0], g.at[:0], g.pos[:0]
	add := func(row, element, pos int) error {
		g.rows, g.at, g.pos = append(g.rows, int32(row)), append(g.at, int32(element)), append(g.pos, int32(pos))
		if len(g.rows) < limit {
			return nil
		}
		return g.emit(b, list, yield)
	}
	for i := range b.Rows {
		from, to := 0, 0
		if !list.IsNull(i) {
			from, to = int(list.Offsets[i]), int(list.Offsets[i+1])
		}
		if from == to && g.node.Outer {
			if err := add(i, -1, -1); err != nil {
				return err
			}
		}
		for j := from; j < to; j++ {
			if err := add(i, j, j-from); err != nil {
				return err
			}
		}
	}
	if len(g.rows) == 0 {
		return nil
	}
	return g.emit(b, list, yield)
}

func (g *generator) emit(b *expr.Batch, list *expr.Column, yield func(*expr.Batch, error) bool) error {
	if list.Type == expr.Null {
		for i, f := range g.node.Columns {
			g.made[i] = expr.Constants(expr.Value{Type: f.Type, IsNull: true}, len(g.rows))
		}
		return g.hand(b, yield)
	}
	items := &list.Items[0]
	switch g.node.Generator {
	case "explode":
		expr.Take(&g.made[0], items, g.at)
	case "posexplode":
		pos := expr.Column{Type: expr.Int32, Len: len(g.pos), I32: g.pos}
		for i, p := range g.pos {
			if p < 0 {
				if pos.Valid == nil {
					pos.Valid = allValid(len(g.pos))
				}
				pos.Valid[i>>3] &^= 1 << (i & 7)
			}
		}
		g.made[0] = pos
		expr.Take(&g.made[1], items, g.at)
	case "inline":
		for i, j := range g.at {
			if j >= 0 && items.IsNull(int(j)) {
				g.at[i] = -1 // all fields of a null are null
			}
		}
		for f := range g.made {
			expr.Take(&g.made[f], &items.Items[f], g.at)
		}
	default:
		return fmt.Errorf("operator: there is no generator %s", g.node.Generator)
	}
	return g.hand(b, yield)
}

// hand puts what was generated beside the input's rows and hands it on.
func (g *generator) hand(b *expr.Batch, yield func(*expr.Batch, error) bool) error {
	g.kept.Rows, g.kept.Cols = b.Rows, g.kept.Cols[:0]
	for _, c := range g.keep {
		g.kept.Cols = append(g.kept.Cols, b.Cols[c])
	}
	g.out.Rows = len(g.rows)
	g.out.Cols = append(append(g.out.Cols[:0], g.g.Gather(&g.kept, g.rows).Cols...), g.made...)
	g.rows, g.at, g.pos = g.rows[:0], g.at[:0], g.pos[:0]
	if !yield(&g.out, nil) {
		return errStopped
	}
	return nil
}

// allValid is a bitmap without nulls.
func allValid(n int) []byte {
	out := make([]byte, (n+7)/8)
	for i := range out {
		out[i] = 0xff
	}
	return out
}

// stack lays values out as rows: of stack(2, a, b, c, d) the rows (a, b) and
// (c, d); what is missing at the end is null.
func stack(n *plan.Generate, in Batches) (Batches, error) {
	count, err := expr.Constant(n.Args[0])
	if err != nil {
		return nil, err
	}
	width, times := len(n.Columns), int(count.I)
	cells := make([]*expr.Bound, 0, times*width)
	for i := range times * width {
		x := expr.Lit(nil)
		if i+1 < len(n.Args) {
			x = n.Args[i+1]
		}
		b, err := bindAs(x, n.Columns[i%width].Type, n.Input.Schema())
		if err != nil {
			return nil, err
		}
		cells = append(cells, b)
	}
	g := newGenerator(n)
	return func(yield func(*expr.Batch, error) bool) {
		values := make([]expr.Column, len(cells))
		rows := make([]*expr.Batch, times)
		for b, err := range in {
			if err == nil {
				err = evalAll(values, cells, b)
			}
			if err == nil {
				for r := range rows {
					rows[r] = &expr.Batch{Schema: n.Columns, Rows: b.Rows, Cols: values[r*width : (r+1)*width]}
				}
				for i := range b.Rows {
					for r := range times {
						g.rows, g.at = append(g.rows, int32(i)), append(g.at, int32(r*b.Rows+i))
					}
				}
				all := expr.Concat(n.Columns, rows)
				for c := range all.Cols {
					expr.Take(&g.made[c], &all.Cols[c], g.at)
				}
				err = g.hand(b, yield)
			}
			if err != nil {
				if err != errStopped {
					yield(nil, err)
				}
				return
			}
		}
	}, nil
}
