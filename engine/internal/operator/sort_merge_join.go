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
// The rows that come out are noted as pairs of positions in the two batches at
// hand, and gathered when one of them ends: a row costs what comparing and
// gathering it cost. Where the rows of one right key reach into the next batch, or
// the join has a condition, runs are joined one by one; see match.
func sortMergeJoin(n *plan.Join, left, right Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		j := &mergeJoin{node: n, batchRows: t.BatchRows}
		j.left = newCursor(left, n.Left.Schema(), n.LeftKeys)
		j.right = newCursor(right, n.Right.Schema(), n.RightKeys)
		defer j.left.stop()
		defer j.right.stop()
		j.group = newKept(n, n.Right.Schema(), t)
		defer j.group.close()
		j.yield = yield
		var err error
		if j.pairing, err = newPairing(n, true, t, j.collect); err == nil {
			err = j.run()
		}
		if err != nil && err != errStopped {
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
	keys   []expr.Column // of batch
	words  expr.SortWords
	row    int
	done   bool
}

func newCursor(in Batches, schema expr.Schema, names []string) *cursor {
	next, stop := iter.Pull2(in)
	return &cursor{schema: schema, keyAt: KeyColumns(schema, names), next: next, stop: stop}
}

// load makes batch hold a row to look at, unless the input is at its end.
func (c *cursor) load() error {
	for !c.done && c.ended() {
		b, err, more := c.next()
		if err != nil {
			return err
		}
		if !more {
			c.done, c.batch = true, nil
			return nil
		}
		c.batch, c.row = b, 0
		c.keys = c.keys[:0]
		for _, k := range c.keyAt {
			c.keys = append(c.keys, b.Cols[k])
		}
		c.words.Set(c.keys, b.Rows)
	}
	return nil
}

// rowsOrNull is the batch, or a row of nulls where there is none.
func (c *cursor) rowsOrNull() *expr.Batch {
	if c.batch == nil {
		return nullRow(c.schema)
	}
	return c.batch
}

// ended reports whether there is no row of the batch left.
func (c *cursor) ended() bool { return c.batch == nil || c.row >= c.batch.Rows }

// null reports whether the current key has a null; such a row matches nothing.
func (c *cursor) null() bool { return c.words.Null(c.row) }

// end returns the end of the run of rows in this batch that share the current
// row's key.
func (c *cursor) end() int { return c.words.End(c.row, c.batch.Rows) }

// A mergeKey is a key that stays while batches go.
type mergeKey struct{ words expr.SortWords }

func (c *cursor) key() *mergeKey {
	k := &mergeKey{}
	all := expr.Batch{Rows: c.batch.Rows, Cols: c.keys}
	k.words.Set(all.Slice(c.row, c.row+1).Copy().Cols, 1)
	return k
}

// at reports whether the cursor is at a row of the key.
func (c *cursor) at(k *mergeKey) bool {
	return !c.done && !c.null() && c.words.Compare(c.row, &k.words, 0) == 0
}

type mergeJoin struct {
	node        *plan.Join
	left, right *cursor
	group       *kept // right rows of the current key
	pairing     *pairing
	batchRows   int
	none        []bool

	// Rows to come out, by position in the batches at hand; -1 is nulls.
	fromLeft, fromRight []int32
	exists              []uint8 // of an Existence join
	gatherL, gatherR    expr.Gatherer
	met                 bool // the right run at hand has a match

	yield  func(*expr.Batch, error) bool
	pieces []*expr.Batch // output not yet handed on
	rows   int
}

func (j *mergeJoin) run() error {
	keepLeft := j.node.Type != plan.Inner && j.node.Type != plan.RightOuter && j.node.Type != plan.LeftSemi
	keepRight := j.node.Type == plan.RightOuter || j.node.Type == plan.FullOuter
	for {
		if j.left.ended() && !j.left.done || j.right.ended() && !j.right.done {
			if err := j.gather(); err != nil {
				return err
			}
		}
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
			c = j.left.words.Compare(j.left.row, &j.right.words, j.right.row)
		}
		var err error
		switch {
		case c < 0:
			err = j.alone(j.left, keepLeft)
		case c > 0:
			err = j.alone(j.right, keepRight && !j.met)
			j.met = false
		case j.node.Where != nil:
			err = j.match()
		default:
			err = j.matchHere()
		}
		if err != nil {
			return err
		}
	}
	if err := j.gather(); err != nil {
		return err
	}
	return j.flush()
}

// alone passes a run of one side by, or lets it come out without a match.
func (j *mergeJoin) alone(c *cursor, keep bool) error {
	from, to := c.row, c.end()
	c.row = to
	if !keep {
		return nil
	}
	if j.node.Where == nil {
		for i := from; i < to; i++ {
			if c == j.left {
				j.pair(int32(i), -1, false)
			} else {
				j.pair(-1, int32(i), false)
			}
		}
		return j.gatherMany()
	}
	for len(j.none) < to-from {
		j.none = append(j.none, false)
	}
	return j.pairing.settle(c.batch.Slice(from, to), c == j.left, j.none[:to-from])
}

// matchHere joins the runs of one key as far as they lie in the batches at hand.
func (j *mergeJoin) matchHere() error {
	lf, lt := j.left.row, j.left.end()
	if j.anyMatch() {
		j.left.row = lt
		for i := lf; i < lt && j.node.Type != plan.LeftAnti; i++ {
			j.pair(int32(i), -1, true)
		}
		return j.gatherMany()
	}
	rf, rt := j.right.row, j.right.end()
	if rt == j.right.batch.Rows && !j.met {
		if err := j.gather(); err != nil { // the key may go on in the next batch
			return err
		}
		return j.match()
	}
	for i := lf; i < lt; i++ {
		for k := rf; k < rt; k++ {
			j.pair(int32(i), int32(k), true)
		}
		if err := j.gatherMany(); err != nil {
			return err
		}
	}
	j.left.row = lt
	if j.met = lt == j.left.batch.Rows; !j.met { // else the key may go on on the left
		j.right.row = rt
	}
	return nil
}

// pair notes a row that comes out.
func (j *mergeJoin) pair(left, right int32, exists bool) {
	j.fromLeft = append(j.fromLeft, left)
	switch {
	case j.node.Type <= plan.FullOuter:
		j.fromRight = append(j.fromRight, right)
	case j.node.Type == plan.Existence && exists:
		j.exists = append(j.exists, 1)
	case j.node.Type == plan.Existence:
		j.exists = append(j.exists, 0)
	}
}

func (j *mergeJoin) gatherMany() error {
	if len(j.fromLeft) < j.batchRows {
		return nil
	}
	return j.gather()
}

// gather makes the rows noted a batch.
func (j *mergeJoin) gather() error {
	n := len(j.fromLeft)
	if n == 0 {
		return nil
	}
	whole := len(j.pieces) == 0 && 2*n >= j.batchRows // it goes on as it is, in buffers that are used again
	left, right := &j.gatherL, &j.gatherR
	if !whole {
		left, right = &expr.Gatherer{}, &expr.Gatherer{}
	}
	out := &expr.Batch{Schema: j.node.Schema(), Rows: n}
	out.Cols = append(make([]expr.Column, 0, len(out.Schema)), left.Gather(j.left.rowsOrNull(), j.fromLeft).Cols...)
	switch {
	case j.node.Type <= plan.FullOuter:
		out.Cols = append(out.Cols, right.Gather(j.right.rowsOrNull(), j.fromRight).Cols...)
	case j.node.Type == plan.Existence:
		out.Cols = append(out.Cols, expr.Column{Type: expr.Bool, Len: n, Bools: append([]uint8(nil), j.exists...)})
	}
	j.fromLeft, j.fromRight, j.exists = j.fromLeft[:0], j.fromRight[:0], j.exists[:0]
	if !whole {
		return j.collect(out)
	}
	if !j.yield(out, nil) {
		return errStopped
	}
	return nil
}

// collect gathers small pieces, so that what comes after works on whole batches.
func (j *mergeJoin) collect(b *expr.Batch) error {
	j.pieces = append(j.pieces, b)
	if j.rows += b.Rows; j.rows*2 < j.batchRows {
		return nil
	}
	return j.flush()
}

func (j *mergeJoin) flush() error {
	if j.rows == 0 {
		return nil
	}
	out := j.pieces[0]
	if len(j.pieces) > 1 {
		out = expr.Concat(j.node.Schema(), j.pieces)
	}
	j.pieces, j.rows = j.pieces[:0], 0
	if !j.yield(out, nil) {
		return errStopped
	}
	return nil
}
