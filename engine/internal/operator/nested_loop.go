package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// nestedLoop compares every row of the streamed side with every row of the
// broadcast one. Where the rows of the broadcast side come out by whether they
// have a match (plan.Join.KeepsBuilt), the streamed side is one partition.
func nestedLoop(n *plan.Join, streamed Batches, built *expr.Batch, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		p, err := newPairing(n, !n.BuildLeft, t, handOn(yield))
		if err == nil {
			err = p.loop(streamed, built)
		}
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

func (p *pairing) loop(streamed Batches, built *expr.Batch) error {
	var met []bool
	if p.node.KeepsBuilt() {
		met = make([]bool, built.Rows)
	}
	for b, err := range streamed {
		if err != nil {
			return err
		}
		matched := p.stream(b.Rows)
		if err := p.cross(b, built, met); err != nil {
			return err
		}
		if err := p.settle(b, p.streamLeft, matched); err != nil {
			return err
		}
	}
	if met == nil {
		return nil
	}
	return p.rest(built, met)
}

// cartesian compares every row of a left partition with every row of a right
// one, which it keeps.
func cartesian(n *plan.Join, left, right Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		rows := newKept(n, n.Right.Schema(), t)
		defer rows.close()
		p, err := newPairing(n, true, t, handOn(yield))
		if err == nil {
			err = p.product(left, right, rows)
		}
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

func (p *pairing) product(left, right Batches, rows *kept) error {
	for b, err := range right {
		if err == nil {
			err = rows.add(b)
		}
		if err != nil {
			return err
		}
	}
	for b, err := range left {
		if err != nil {
			return err
		}
		p.stream(b.Rows)
		for built, err := range rows.read() {
			if err == nil {
				err = p.cross(b, built, nil)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// handOn makes an emit of a yield.
func handOn(yield func(*expr.Batch, error) bool) func(*expr.Batch) error {
	return func(b *expr.Batch) error {
		if !yield(b, nil) {
			return errStopped
		}
		return nil
	}
}
