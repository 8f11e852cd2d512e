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
// The rows of one right key are kept; when they are more than memory allows they
// go to a file and are read again for every run of left ones.
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
	node        *plan.Join
	order       []expr.Order
	left, right *cursor
	group       *kept // right rows of the current key
	pairing     *pairing
	batchRows   int
	none        []bool

	yield  func(*expr.Batch, error) bool
	pieces []*expr.Batch // output not yet handed on
	rows   int
}

func (j *mergeJoin) run() error {
	keepLeft := j.node.Type != plan.Inner && j.node.Type != plan.RightOuter && j.node.Type != plan.LeftSemi
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
			err = j.alone(j.left, keepLeft)
		case c > 0:
			err = j.alone(j.right, keepRight)
		default:
			err = j.match()
		}
		if err != nil {
			return err
		}
	}
	return j.flush()
}

// alone passes a run of one side by, or settles it without a match.
func (j *mergeJoin) alone(c *cursor, keep bool) error {
	to := c.end(j.order)
	from := c.row
	c.row = to
	if !keep {
		return nil
	}
	for len(j.none) < to-from {
		j.none = append(j.none, false)
	}
	return j.pairing.settle(c.batch.Slice(from, to), c == j.left, j.none[:to-from])
}

// match joins the run of left rows with the group of right rows of one key.
func (j *mergeJoin) match() error {
	key, err := j.takeGroup()
	if err != nil {
		return err
	}
	var met [][]bool // by batch of the group
	keepRight := j.node.Type == plan.RightOuter || j.node.Type == plan.FullOuter
	for {
		if err := j.left.load(); err != nil {
			return err
		}
		if j.left.done || expr.CompareRows(&j.left.keys, j.left.row, key, 0, j.order) != 0 {
			break
		}
		from, to := j.left.row, j.left.end(j.order)
		j.left.row = to
		run := j.left.batch.Slice(from, to)
		matched := j.pairing.stream(run.Rows)
		if j.anyMatch() {
			for i := range matched {
				matched[i] = true
			}
		} else {
			at := 0
			for b, err := range j.group.read() {
				if err != nil {
					return err
				}
				if at == len(met) {
					met = append(met, nil)
					if keepRight {
						met[at] = make([]bool, b.Rows)
					}
				}
				if err := j.pairing.cross(run, b, met[at]); err != nil {
					return err
				}
				at++
			}
		}
		if err := j.pairing.settle(run, true, matched); err != nil {
			return err
		}
	}
	if !keepRight {
		return nil
	}
	at := 0
	for b, err := range j.group.read() {
		if err == nil {
			err = j.pairing.settle(b, false, met[at])
		}
		if err != nil {
			return err
		}
		at++
	}
	return nil
}

// anyMatch reports whether it is enough that there is a right row of a key.
func (j *mergeJoin) anyMatch() bool { return j.node.Where == nil && j.node.Type > plan.FullOuter }

// takeGroup reads all right rows of the current key. key is one row of it.
func (j *mergeJoin) takeGroup() (key *expr.Batch, err error) {
	c := j.right
	key = c.keys.Slice(c.row, c.row+1).Copy()
	j.group.reset()
	for {
		to := c.end(j.order)
		if !j.anyMatch() {
			if err := j.group.add(c.batch.Slice(c.row, to)); err != nil {
				return nil, err
			}
		}
		c.row = to
		if err := c.load(); err != nil {
			return nil, err
		}
		if c.done || expr.CompareRows(&c.keys, c.row, key, 0, j.order) != 0 {
			return key, nil
		}
	}
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
