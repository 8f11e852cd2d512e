package operator

import (
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A pairing turns pairs of rows that may match into the rows of a join. One side
// is streamed, a batch at a time; the other is built. Whatever finds the pairs
// (a table, equal runs, every row with every row), what follows is the same:
//
//	pairs   those for which the join's condition holds come out, but for semi,
//	        anti and existence joins, and both rows have a match
//	settle  rows of one side come out alone by whether they had a match
//
// What it emits is valid until it emits again.
type pairing struct {
	node       *plan.Join
	streamLeft bool
	where      []*expr.Bound // one after the other, each sees the pairs that passed those before
	batchRows  int
	emit       func(*expr.Batch) error

	pair             expr.Batch    // candidates, as the condition sees them: what it names of the left, then of the right
	left, right      []int         // the columns of each side that it names
	streamed, built  expr.Gatherer // of candidates
	outS, outB       expr.Gatherer // of pairs that come out
	sel, passS, pass []int32
	from, to         []int32 // candidates of cross
	matched          []bool
}

func newPairing(n *plan.Join, streamLeft bool, t *Task, emit func(*expr.Batch) error) (*pairing, error) {
	p := &pairing{node: n, streamLeft: streamLeft, batchRows: t.BatchRows, emit: emit}
	if n.Where == nil {
		return p, nil
	}
	named := map[string]bool{}
	expr.Refs(n.Where, func(name string) { named[strings.ToLower(name)] = true })
	p.left, p.right = p.take(n.Left.Schema(), named), p.take(n.Right.Schema(), named)
	var steps []expr.Expr
	for _, c := range expr.Conjuncts(n.Where) {
		if last := len(steps) - 1; last >= 0 && !plan.MayFail(c, p.pair.Schema) {
			steps[last] = expr.And(steps[last], c)
		} else {
			steps = append(steps, c)
		}
	}
	for _, c := range steps {
		b, err := expr.Bind(c, p.pair.Schema)
		if err != nil {
			return nil, err
		}
		p.where = append(p.where, b)
	}
	return p, nil
}

// take adds the named columns of a side to the pair's and lists where they are.
func (p *pairing) take(s expr.Schema, named map[string]bool) []int {
	var at []int
	for i, f := range s {
		if named[strings.ToLower(f.Name)] {
			at, p.pair.Schema = append(at, i), append(p.pair.Schema, f)
		}
	}
	return at
}

// stream begins a streamed batch: none of its rows has a match yet.
func (p *pairing) stream(rows int) []bool {
	if cap(p.matched) < rows {
		p.matched = make([]bool, rows)
	}
	p.matched = p.matched[:rows]
	clear(p.matched)
	return p.matched
}

// pairs joins row sel[i] of b with row rows[i] of built, for all i. met says
// which built rows have a match; nil where nobody asks.
func (p *pairing) pairs(b, built *expr.Batch, sel, rows []int32, met []bool) error {
	for _, where := range p.where {
		if len(sel) == 0 {
			return nil
		}
		p.pair.Rows = len(sel)
		if p.streamLeft {
			p.pair.Cols = append(append(p.pair.Cols[:0], p.streamed.Gather(part(b, p.left), sel).Cols...), p.built.Gather(part(built, p.right), rows).Cols...)
		} else {
			p.pair.Cols = append(append(p.pair.Cols[:0], p.built.Gather(part(built, p.left), rows).Cols...), p.streamed.Gather(part(b, p.right), sel).Cols...)
		}
		v, err := where.Eval(&p.pair)
		if err != nil {
			return err
		}
		p.sel = p.sel[:0]
		if v.Type != expr.Null {
			p.sel = expr.Select(v, len(sel), p.sel)
		}
		if cap(p.passS) < len(sel) {
			p.passS, p.pass = make([]int32, len(sel)), make([]int32, len(sel))
		}
		p.passS, p.pass = p.passS[:len(p.sel)], p.pass[:len(p.sel)]
		for to, i := range p.sel { // the positions ascend: the slices may be their own source
			p.passS[to], p.pass[to] = sel[i], rows[i]
		}
		sel, rows = p.passS, p.pass
	}
	if p.settles(p.streamLeft) {
		for _, i := range sel {
			p.matched[i] = true
		}
	}
	if met != nil {
		for _, i := range rows {
			met[i] = true
		}
	}
	if p.node.Type > plan.FullOuter || len(sel) == 0 {
		return nil
	}
	return p.beside(p.outS.Gather(b, sel), p.outB.Gather(built, rows))
}

// cross joins every row of b with every row of built.
func (p *pairing) cross(b, built *expr.Batch, met []bool) error {
	if len(p.where) == 0 && p.node.Type > plan.FullOuter { // every row has a match, and no pair comes out
		for i := range p.matched {
			p.matched[i] = p.matched[i] || built.Rows > 0
		}
		for i := range met {
			met[i] = met[i] || b.Rows > 0
		}
		return nil
	}
	p.from, p.to = p.from[:0], p.to[:0]
	for i := range b.Rows {
		for k := range built.Rows {
			p.from, p.to = append(p.from, int32(i)), append(p.to, int32(k))
			if len(p.from) >= p.batchRows {
				if err := p.pairs(b, built, p.from, p.to, met); err != nil {
					return err
				}
				p.from, p.to = p.from[:0], p.to[:0]
			}
		}
	}
	return p.pairs(b, built, p.from, p.to, met)
}

// settle hands on the rows of one side that come out by whether they have a
// match.
func (p *pairing) settle(b *expr.Batch, left bool, matched []bool) error {
	t := p.node.Type
	switch {
	case b.Rows == 0 || !p.settles(left):
		return nil
	case t == plan.Existence:
		rows := b.Copy()
		flags := expr.Column{Type: expr.Bool, Len: b.Rows, Bools: make([]uint8, b.Rows)}
		for i, m := range matched {
			if m {
				flags.Bools[i] = 1
			}
		}
		return p.emit(&expr.Batch{Schema: p.node.Schema(), Rows: b.Rows, Cols: append(rows.Cols, flags)})
	}
	var sel []int32
	for i, m := range matched {
		if m == (t == plan.LeftSemi) {
			sel = append(sel, int32(i))
		}
	}
	if len(sel) == 0 {
		return nil
	}
	rows := repeatRows(b, sel)
	if t == plan.LeftSemi || t == plan.LeftAnti {
		rows.Schema = p.node.Schema()
		return p.emit(rows)
	}
	other := p.node.Right.Schema()
	if !left {
		other = p.node.Left.Schema()
	}
	nulls := repeatRows(nullRow(other), make([]int32, len(sel)))
	if left == p.streamLeft {
		return p.beside(rows, nulls)
	}
	return p.beside(nulls, rows)
}

// settles reports whether rows of a side come out by whether they have a match.
func (p *pairing) settles(left bool) bool {
	if left {
		return p.node.Type != plan.Inner && p.node.Type != plan.RightOuter
	}
	return p.node.Type == plan.RightOuter || p.node.Type == plan.FullOuter
}

// rest settles the built rows, a batch at a time.
func (p *pairing) rest(built *expr.Batch, met []bool) error {
	step := max(p.batchRows&^7, 8)
	for from := 0; from < built.Rows; from += step {
		to := min(from+step, built.Rows)
		if err := p.settle(built.Slice(from, to), !p.streamLeft, met[from:to]); err != nil {
			return err
		}
	}
	return nil
}

func (p *pairing) beside(streamed, built *expr.Batch) error {
	if !p.streamLeft {
		streamed, built = built, streamed
	}
	return p.emit(&expr.Batch{Schema: p.node.Schema(), Rows: streamed.Rows,
		Cols: append(append(make([]expr.Column, 0, len(p.node.Schema())), streamed.Cols...), built.Cols...)})
}

// part is some columns of a batch.
func part(b *expr.Batch, columns []int) *expr.Batch {
	out := &expr.Batch{Rows: b.Rows}
	for _, c := range columns {
		out.Cols = append(out.Cols, b.Cols[c])
	}
	return out
}

func repeatRows(b *expr.Batch, rows []int32) *expr.Batch {
	var g expr.Gatherer
	return g.Gather(b, rows)
}

// nullRow is a batch of one row of nulls.
func nullRow(schema expr.Schema) *expr.Batch {
	b := &expr.Batch{Schema: schema, Rows: 1, Cols: make([]expr.Column, len(schema))}
	for i, f := range schema {
		b.Cols[i] = expr.Constants(expr.Value{Type: f.Type, IsNull: true}, 1)
	}
	return b
}
