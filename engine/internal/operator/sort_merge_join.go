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
// Rows are paired by their numbers in the two batches at hand, and many pairs are
// made rows at once, so that the cost per row is that of gathering. When a batch
// has been passed, its rows are settled by whether they had a match. A group that
// may go on in the next right batch is kept until the left side has passed it; one
// that is more than memory allows goes to a file and is read again for every run
// of left rows.
func sortMergeJoin(n *plan.Join, left, right Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		j := &mergeJoin{node: n, batchRows: t.BatchRows}
		j.keepsLeft = n.Type != plan.Inner && n.Type != plan.RightOuter && n.Type != plan.LeftSemi
		j.keepsRight = n.Type == plan.RightOuter || n.Type == plan.FullOuter
		j.left = newCursor(left, KeyColumns(n.Left.Schema(), n.LeftKeys))
		j.right = newCursor(right, KeyColumns(n.Right.Schema(), n.RightKeys))
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
	keyAt []int
	next  func() (*expr.Batch, error, bool)
	stop  func()
	done  bool

	batch   *expr.Batch
	keys    []expr.Column // of batch
	words   expr.SortWords
	from    int // rows before are settled
	row     int
	to      int    // end of the run of equal keys that row is in, once asked for
	matched []bool // by row of batch; nil where nobody asks
}

func newCursor(in Batches, keyAt []int) *cursor {
	next, stop := iter.Pull2(in)
	return &cursor{keyAt: keyAt, next: next, stop: stop}
}

// null reports whether the current key has a null; such a row matches nothing.
func (c *cursor) null() bool { return c.words.Null(c.row) }

// end returns the end of the run of rows in this batch that share the current
// row's key.
func (c *cursor) end() int {
	if c.row >= c.to {
		c.to = c.words.End(c.row, c.batch.Rows)
	}
	return c.to
}

type mergeJoin struct {
	node                  *plan.Join
	keepsLeft, keepsRight bool // rows that have no match come out
	left, right           *cursor
	group                 *kept // right rows of one key, of several batches
	pairing               *pairing
	batchRows             int

	// Pairs not yet made rows: left row from[i] of the left batch with row to[i]
	// of built.
	from, to []int32
	built    *expr.Batch
	met      []bool // of built

	yield  func(*expr.Batch, error) bool
	pieces []*expr.Batch // output not yet handed on
	rows   int
}

func (j *mergeJoin) run() error {
	l, r := j.left, j.right
	for {
		if err := j.load(l); err != nil {
			return err
		}
		if err := j.load(r); err != nil {
			return err
		}
		if l.done && (r.done || !j.keepsRight) || r.done && !j.keepsLeft {
			break
		}
		switch {
		case l.done:
			r.row = r.batch.Rows
			continue
		case r.done:
			l.row = l.batch.Rows
			continue
		case l.null():
			l.row = l.end()
			continue
		case r.null():
			r.row = r.end()
			continue
		}
		switch c := l.words.Compare(l.row, &r.words, r.row); {
		case c < 0:
			l.row = l.end()
		case c > 0:
			r.row = r.end()
		default:
			if err := j.match(); err != nil {
				return err
			}
		}
	}
	if err := j.leave(l); err != nil {
		return err
	}
	if err := j.leave(r); err != nil {
		return err
	}
	return j.handPieces()
}

// load makes a side's batch hold a row to look at, unless the input is at its
// end.
func (j *mergeJoin) load(c *cursor) error {
	for !c.done && (c.batch == nil || c.row >= c.batch.Rows) {
		if err := j.leave(c); err != nil {
			return err
		}
		b, err, more := c.next()
		if err != nil {
			return err
		}
		if !more {
			c.done = true
			return nil
		}
		c.batch, c.from, c.row, c.to = b, 0, 0, 0
		c.keys = c.keys[:0]
		for _, k := range c.keyAt {
			c.keys = append(c.keys, b.Cols[k])
		}
		c.words.Set(c.keys, b.Rows)
		if c == j.left {
			c.matched = j.pairing.stream(b.Rows)
		} else if j.keepsRight {
			c.matched = make([]bool, b.Rows)
		}
	}
	return nil
}

// leave settles the rows of a side's batch, which has been passed.
func (j *mergeJoin) leave(c *cursor) error {
	if c.batch == nil {
		return nil
	}
	err := j.settle(c, c.batch.Rows)
	c.batch = nil
	return err
}

// settle settles the rows of a side's batch up to a row.
func (j *mergeJoin) settle(c *cursor, to int) error {
	if err := j.flush(); err != nil {
		return err
	}
	from := c.from
	c.from = to
	if c == j.left {
		return j.pairing.settle(c.batch.Slice(from, to), true, c.matched[from:to])
	}
	if !j.keepsRight {
		return nil
	}
	return j.pairing.settle(c.batch.Slice(from, to), false, c.matched[from:to])
}

// match pairs the run of left rows with the group of right rows of one key.
func (j *mergeJoin) match() error {
	l, r := j.left, j.right
	to := l.end()
	if j.node.Where == nil && j.node.Type > plan.FullOuter { // it is enough that there is a right row
		for i := l.row; i < to; i++ {
			l.matched[i] = true
		}
		l.row = to
		return nil
	}
	end := r.end()
	if end == r.batch.Rows {
		return j.matchGroup()
	}
	j.built, j.met = r.batch, r.matched
	if err := j.pair(to, r.row, end); err != nil {
		return err
	}
	if l.row = to; to < l.batch.Rows {
		r.row = end // the left side has passed this key
	}
	return nil
}

// pair pairs the left rows up to one with rows of built.
func (j *mergeJoin) pair(to, builtFrom, builtTo int) error {
	for i := j.left.row; i < to; i++ {
		for k := builtFrom; k < builtTo; k++ {
			j.from, j.to = append(j.from, int32(i)), append(j.to, int32(k))
			if len(j.from) < j.batchRows {
				continue
			}
			if err := j.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush makes rows of the pairs; none may be left when a batch goes.
func (j *mergeJoin) flush() error {
	if len(j.from) == 0 {
		return nil
	}
	err := j.pairing.pairs(j.left.batch, j.built, j.from, j.to, j.met)
	j.from, j.to = j.from[:0], j.to[:0]
	return err
}

// collect gathers small pieces, so that what comes after works on whole batches.
func (j *mergeJoin) collect(b *expr.Batch) error {
	if len(j.pieces) == 0 && b.Rows*2 >= j.batchRows {
		return j.hand(b)
	}
	j.pieces = append(j.pieces, b.Copy())
	if j.rows += b.Rows; j.rows*2 < j.batchRows {
		return nil
	}
	return j.handPieces()
}

func (j *mergeJoin) handPieces() error {
	if j.rows == 0 {
		return nil
	}
	out := j.pieces[0]
	if len(j.pieces) > 1 {
		out = expr.Concat(j.node.Schema(), j.pieces)
	}
	j.pieces, j.rows = j.pieces[:0], 0
	return j.hand(out)
}

func (j *mergeJoin) hand(b *expr.Batch) error {
	if !j.yield(b, nil) {
		return errStopped
	}
	return nil
}
