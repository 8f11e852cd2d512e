package operator

import (
	"errors"
	"slices"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
)

// aggregate folds rows into groups.
//
// A partial aggregation that may not grow hands its groups on and begins anew:
// the final one merges what it gets twice. A final aggregation that may not grow
// spills: it writes its groups' states to a file, spread over buckets by the
// hash of their keys, and begins anew. At the end each bucket is merged alone,
// spilling again (by other bits of the hash) if it must.
func aggregate(n *plan.Aggregate, in Batches, t *Task) (Batches, error) {
	input := n.Input.Schema()
	if n.Phase == plan.Final {
		input = n.Origin
	}
	a := &aggregator{node: n, task: t}
	keys, aggs := n.Keys, n.Aggs
	if n.Phase == plan.Partial {
		keys, aggs = t.meteredAll(n, keys), slices.Clone(aggs)
		for i, g := range aggs {
			aggs[i] = g.With(t.meteredAll(n, g.Children()))
		}
		var err error
		if keys, aggs, err = a.share(keys, aggs, input); err != nil {
			return nil, err
		}
		input = a.common.schema
	}
	for _, g := range aggs {
		b, err := expr.BindAggregate(g, input)
		if err != nil {
			return nil, err
		}
		a.aggs = append(a.aggs, b)
	}
	if n.Phase == plan.Partial {
		for _, k := range keys {
			b, err := expr.Bind(k, input)
			if err != nil {
				return nil, err
			}
			a.keys = append(a.keys, b)
			a.types = append(a.types, b.Type)
		}
		a.states = n.Schema()
	} else {
		// The schema between the halves is the final half's input.
		a.states = n.Input.Schema()
		for i := range n.Keys {
			a.types = append(a.types, a.states[i].Type)
		}
	}
	return func(yield func(*expr.Batch, error) bool) {
		a.memory = t.Memory.Reserve(t.ID)
		defer a.memory.Close()
		a.reset()
		defer func() { a.groups.Release() }()
		var err error
		if n.Phase == plan.Partial {
			err = a.partial(in, yield)
		} else {
			err = a.final(in, yield, 0)
		}
		t.Node(n).Record(metric.AggTime, a.nanos)
		t.spilled(n, a.spilledMemory, a.spilledDisk)
		t.peak(n, a.memory.Peak())
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}, nil
}

// errStopped says that the consumer left the loop.
var errStopped = errors.New("stopped")

type aggregator struct {
	node   *plan.Aggregate
	task   *Task
	common *common       // of a partial aggregation
	keys   []*expr.Bound // of a partial aggregation
	types  []expr.Type
	aggs   []*expr.BoundAggregate
	states expr.Schema // keys, then states: what goes between the halves
	memory *budget.Reservation

	groups *expr.Groups
	folded []expr.State
	ids    []int32

	nanos                      int64
	spilledMemory, spilledDisk int64
}

// share rewrites keys and aggregates to compute what they have in common once.
func (a *aggregator) share(keys []expr.Expr, aggs []expr.Aggregate, input expr.Schema) ([]expr.Expr, []expr.Aggregate, error) {
	list := slices.Clone(keys)
	for _, g := range aggs {
		list = append(list, g.Children()...)
	}
	var err error
	if a.common, list, err = newCommon(list, input); err != nil {
		return nil, nil, err
	}
	keys, list = list[:len(keys)], list[len(keys):]
	aggs = slices.Clone(aggs)
	for i, g := range aggs {
		n := len(g.Children())
		aggs[i] = g.With(list[:n])
		list = list[n:]
	}
	return keys, aggs, nil
}

func (a *aggregator) reset() {
	if a.groups != nil {
		a.groups.Release()
	}
	a.groups = expr.NewGroups(a.types)
	a.folded = a.folded[:0]
	for _, g := range a.aggs {
		a.folded = append(a.folded, g.NewState())
	}
}

func (a *aggregator) size() int64 {
	n := a.groups.Size()
	for _, s := range a.folded {
		n += s.Size()
	}
	return n
}

func (a *aggregator) grow() {
	for _, s := range a.folded {
		s.Grow(max(a.groups.Len(), 1))
	}
}

func (a *aggregator) partial(in Batches, yield func(*expr.Batch, error) bool) error {
	cols := make([]*expr.Column, len(a.keys))
	args := make([][]*expr.Column, len(a.aggs))
	for i, g := range a.aggs {
		args[i] = make([]*expr.Column, len(g.Args))
	}
	for b, err := range in {
		if err != nil {
			return err
		}
		start := time.Now()
		if b, err = a.common.with(b); err != nil {
			return err
		}
		for i, k := range a.keys {
			if cols[i], err = k.Eval(b); err != nil {
				return err
			}
		}
		a.assign(cols, b.Rows)
		for i, g := range a.aggs {
			for j, x := range g.Args {
				if args[i][j], err = x.Eval(b); err != nil {
					return err
				}
			}
			a.folded[i].Update(a.ids, args[i])
			if err := a.folded[i].Err(); err != nil {
				return err
			}
		}
		err = a.memory.Resize(a.size())
		a.nanos += int64(time.Since(start))
		if err == nil {
			continue
		}
		if !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		if err := a.emit(yield, true); err != nil {
			return err
		}
		a.reset()
		_ = a.memory.Resize(0)
	}
	// Without keys there is one group even of no rows, but one per partition
	// is the final half's affair.
	if a.groups.Len() > 0 || len(a.types) == 0 {
		a.grow()
		return a.emit(yield, true)
	}
	return nil
}

// assign finds the groups of a batch's rows. Without keys all are group 0.
func (a *aggregator) assign(cols []*expr.Column, rows int) {
	a.ids = a.groups.Assign(cols, rows, a.ids)
	a.grow()
}

// emit hands on the groups: their states, or their results. The error is that of
// a result, or errStopped.
func (a *aggregator) emit(yield func(*expr.Batch, error) bool, states bool) error {
	rows := a.groups.Len()
	cols := a.groups.Keys()
	schema := a.node.Schema()
	if len(a.types) == 0 {
		rows = 1
	}
	for _, s := range a.folded {
		if states {
			cols = append(cols, s.Export()...)
		} else {
			cols = append(cols, s.Final())
		}
		if err := s.Err(); err != nil {
			return err
		}
	}
	if states {
		schema = a.states
	}
	whole := &expr.Batch{Schema: schema, Rows: rows, Cols: cols}
	step := max(a.task.BatchRows&^7, 8)
	if rows <= a.task.BatchRows {
		step = rows
	}
	for from := 0; from < rows; from += step {
		if !yield(whole.Slice(from, min(from+step, rows)), nil) {
			return errStopped
		}
	}
	return nil
}

func (a *aggregator) final(in Batches, yield func(*expr.Batch, error) bool, depth int) error {
	var spill *bucketFile
	defer func() {
		if spill != nil {
			spill.file.Remove()
		}
	}()
	cols := make([]*expr.Column, len(a.types))
	for b, err := range in {
		if err != nil {
			return err
		}
		start := time.Now()
		if err := a.merge(b, cols); err != nil {
			return err
		}
		err = a.memory.Resize(a.size())
		a.nanos += int64(time.Since(start))
		if err == nil {
			continue
		}
		if !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		if depth > 5 || len(a.types) == 0 {
			return err // the same keys again and again: nothing left to split by
		}
		if spill == nil {
			if spill, err = newBucketFile(a.task.Dir); err != nil {
				return err
			}
		}
		if err := a.spill(spill, depth); err != nil {
			return err
		}
	}
	if spill == nil {
		if a.groups.Len() > 0 || len(a.types) == 0 {
			a.grow()
			return a.emit(yield, false)
		}
		return nil
	}
	if err := a.spill(spill, depth); err != nil {
		return err
	}
	for bucket := range buckets {
		a.reset()
		if err := a.final(spill.read(bucket, a.states), yield, depth+1); err != nil {
			return err
		}
		a.reset()
		if err := a.memory.Resize(0); err != nil {
			return err
		}
	}
	return nil
}

func (a *aggregator) merge(b *expr.Batch, cols []*expr.Column) error {
	for i := range cols {
		cols[i] = &b.Cols[i]
	}
	a.assign(cols, b.Rows)
	at := len(a.types)
	for i, g := range a.aggs {
		state := make([]*expr.Column, len(g.StateTypes))
		for j := range state {
			state[j] = &b.Cols[at+j]
		}
		at += len(state)
		a.folded[i].Merge(a.ids, state)
		if err := a.folded[i].Err(); err != nil {
			return err
		}
	}
	return nil
}

// spill writes all groups' states to the file's buckets and empties the table.
func (a *aggregator) spill(f *bucketFile, depth int) error {
	if a.groups.Len() == 0 {
		return nil
	}
	a.spilledMemory += a.size()
	var failed error
	err := a.emit(func(b *expr.Batch, _ error) bool {
		cols := make([]*expr.Column, len(a.types))
		for i := range cols {
			cols[i] = &b.Cols[i]
		}
		var n int64
		n, failed = f.write(b, cols, depth)
		a.spilledDisk += n
		return failed == nil
	}, true)
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	a.reset()
	return a.memory.Resize(0)
}
