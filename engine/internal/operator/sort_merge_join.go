package operator

import (
	"iter"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// sortMergeJoin walks two inputs that are sorted by their keys.
//
//	left   a  a  b  d  d        for every run of equal left keys the right rows
//	right  a  c  d  d  d        of that key are the group; each left row meets
//	                            each row of the group
//
// Whole runs are joined at once, so that the cost per row is that of gathering.
// The rows of one right key must fit memory; a key that heavy is skew, which
// the plan, not the join, has to deal with.
func sortMergeJoin(n *plan.Join, left, right Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		j := &mergeJoin{node: n, batchRows: t.BatchRows}
		j.left = newCursor(left, n.Left.Schema(), n.LeftKeys)
		j.right = newCursor(right, n.Right.Schema(), n.RightKeys)
		defer j.left.stop()
		defer j.right.stop()
		for i := range n.LeftKeys {
			j.order = append(j.order, expr.Order{Col: i, NullsFirst: true})
		}
		j.leftNull, j.rightNull = nullRow(n.Left.Schema()), nullRow(n.Right.Schema())
		if err := j.run(yield); err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

// A cursor is a place in a sorted input.
type cursor struct {
	schema expr.Schema
	keyAt  []int
	next   func() (*expr.Batch, error, bool)
	stop   func()
	batch  *expr.Batch
	keys   expr.Batch // the key columns of batch
	row    int
	done   bool
}

func newCursor(in Batches, schema expr.Schema, names []string) *cursor {
	next, stop := iter.Pull2(in)
	return &cursor{schema: schema, keyAt: KeyColumns(schema, names), next: next, stop: stop}
}

// load makes batch hold a row to look at, unless the input is at its end.
func (c *cursor) load() error {
	for !c.done && (c.batch == nil || c.row >= c.batch.Rows) {
		b, err, more := c.next()
		if err != nil {
			return err
		}
		if !more {
			c.done = true
			return nil
		}
		c.batch, c.row = b, 0
		c.keys = expr.Batch{Rows: b.Rows, Cols: make([]expr.Column, len(c.keyAt))}
		for i, k := range c.keyAt {
			c.keys.Cols[i] = b.Cols[k]
		}
	}
	return nil
}

// null reports whether the current key has a null; such a row matches nothing.
func (c *cursor) null() bool {
	for i := range c.keys.Cols {
		if c.keys.Cols[i].IsNull(c.row) {
			return true
		}
	}
	return false
}

// end returns the end of the run of rows in this batch that share the current
// row's key.
func (c *cursor) end(order []expr.Order) int {
	to := c.row + 1
	for to < c.batch.Rows && expr.CompareRows(&c.keys, c.row, &c.keys, to, order) == 0 {
		to++
	}
	return to
}

type mergeJoin struct {
	node                *plan.Join
	order               []expr.Order
	left, right         *cursor
	leftNull, rightNull *expr.Batch
	batchRows           int

	pieces []*expr.Batch // output not yet handed on
	rows   int
}

func (j *mergeJoin) run(yield func(*expr.Batch, error) bool) error {
	keepLeft := j.node.Type == plan.LeftOuter || j.node.Type == plan.FullOuter || j.node.Type == plan.LeftAnti
	keepRight := j.node.Type == plan.RightOuter || j.node.Type == plan.FullOuter
	for {
		if err := j.left.load(); err != nil {
			return err
		}
		if err := j.right.load(); err != nil {
			return err
		}
		if j.left.done && j.right.done || j.left.done && !keepRight || j.right.done && !keepLeft {
			break
		}
		var c int
		switch {
		case j.left.done:
			c = 1
		case j.right.done:
			c = -1
		case j.left.null():
			c = -1
		case j.right.null():
			c = 1
		default:
			c = expr.CompareRows(&j.left.keys, j.left.row, &j.right.keys, j.right.row, j.order)
		}
		var err error
		switch {
		case c < 0:
			err = j.alone(j.left, keepLeft, yield)
		case c > 0:
			err = j.alone(j.right, keepRight, yield)
		default:
			err = j.match(yield)
		}
		if err != nil {
			return err
		}
	}
	return j.flush(yield)
}

// alone passes a run of one side by, or hands it on beside nulls.
func (j *mergeJoin) alone(c *cursor, keep bool, yield func(*expr.Batch, error) bool) error {
	to := c.end(j.order)
	from := c.row
	c.row = to
	if !keep {
		return nil
	}
	rows := c.batch.Slice(from, to).Copy()
	if j.node.Type == plan.LeftAnti {
		return j.emit(rows, yield)
	}
	zeros := make([]int32, rows.Rows)
	if c == j.left {
		return j.emit(beside(j.node.Schema(), rows, repeatRows(j.rightNull, zeros)), yield)
	}
	return j.emit(beside(j.node.Schema(), repeatRows(j.leftNull, zeros), rows), yield)
}

// match joins the run of left rows with the group of right rows of one key.
func (j *mergeJoin) match(yield func(*expr.Batch, error) bool) error {
	group, key, err := j.takeGroup()
	if err != nil {
		return err
	}
	for {
		if err := j.left.load(); err != nil {
			return err
		}
		if j.left.done || expr.CompareRows(&j.left.keys, j.left.row, key, 0, j.order) != 0 {
			return nil
		}
		from, to := j.left.row, j.left.end(j.order)
		j.left.row = to
		switch j.node.Type {
		case plan.LeftAnti:
			continue
		case plan.LeftSemi:
			if err := j.emit(j.left.batch.Slice(from, to).Copy(), yield); err != nil {
				return err
			}
			continue
		}
		for step := max(j.batchRows/group.Rows, 1); from < to; from += step {
			rows := min(step, to-from)
			l, r := make([]int32, 0, rows*group.Rows), make([]int32, 0, rows*group.Rows)
			for i := range rows {
				for k := range group.Rows {
					l, r = append(l, int32(from+i)), append(r, int32(k))
				}
			}
			if err := j.emit(beside(j.node.Schema(), repeatRows(j.left.batch, l), repeatRows(group, r)), yield); err != nil {
				return err
			}
		}
	}
}

// takeGroup reads all right rows of the current key. key is one row of it.
func (j *mergeJoin) takeGroup() (group, key *expr.Batch, err error) {
	c := j.right
	key = c.keys.Slice(c.row, c.row+1).Copy()
	var pieces []*expr.Batch
	for {
		to := c.end(j.order)
		pieces = append(pieces, c.batch.Slice(c.row, to).Copy())
		c.row = to
		if err := c.load(); err != nil {
			return nil, nil, err
		}
		if c.done || expr.CompareRows(&c.keys, c.row, key, 0, j.order) != 0 {
			break
		}
	}
	if len(pieces) == 1 {
		return pieces[0], key, nil
	}
	return expr.Concat(c.schema, pieces), key, nil
}

// emit collects small pieces, so that what comes after works on whole batches.
func (j *mergeJoin) emit(b *expr.Batch, yield func(*expr.Batch, error) bool) error {
	j.pieces = append(j.pieces, b)
	if j.rows += b.Rows; j.rows*2 < j.batchRows {
		return nil
	}
	return j.flush(yield)
}

func (j *mergeJoin) flush(yield func(*expr.Batch, error) bool) error {
	if j.rows == 0 {
		return nil
	}
	out := j.pieces[0]
	if len(j.pieces) > 1 {
		out = expr.Concat(j.node.Schema(), j.pieces)
	}
	j.pieces, j.rows = j.pieces[:0], 0
	if !yield(out, nil) {
		return errStopped
	}
	return nil
}

func repeatRows(b *expr.Batch, rows []int32) *expr.Batch {
	var g expr.Gatherer
	return g.Gather(b, rows)
}

// beside puts the columns of two batches of the same length side by side.
func beside(schema expr.Schema, a, b *expr.Batch) *expr.Batch {
	return &expr.Batch{Schema: schema, Rows: a.Rows, Cols: append(append(make([]expr.Column, 0, len(schema)), a.Cols...), b.Cols...)}
}

// nullRow is a batch of one row of nulls.
func nullRow(schema expr.Schema) *expr.Batch {
	b := &expr.Batch{Schema: schema, Rows: 1, Cols: make([]expr.Column, len(schema))}
	for i, f := range schema {
		b.Cols[i] = expr.Constants(expr.Value{Type: f.Type, IsNull: true}, 1)
	}
	return b
}
