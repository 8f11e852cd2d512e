package schedule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
	"stagecoach/engine/internal/stage"
)

// job runs a stage and what it needs. With adaptive execution every stage is a
// job of its own, as in Spark, and each begins when the sizes of what it reads
// are known; without, all are one job.
func (x *execution) job(last *stageState, action string) error {
	if x.adaptive() {
		if err := x.parents(last.Stage, func(p *stage.Stage) error { return x.job(x.state(p), action) }); err != nil {
			return err
		}
		last.mu.Lock()
		defer last.mu.Unlock()
		if x.complete(last.Stage) {
			return nil
		}
		if err := x.restore(last); err != nil {
			return err
		}
		if err := x.adapt(last); err != nil {
			return err
		}
		return x.runJob([]*stageState{last}, action)
	}
	return x.runJob(x.ancestry(last), action)
}

// parents calls run for every parent of s that is not complete, side by side.
func (x *execution) parents(s *stage.Stage, run func(*stage.Stage) error) error {
	var group sync.WaitGroup
	errs := make([]error, len(s.Parents))
	seen := map[*stage.Stage]bool{}
	for i, p := range s.Parents {
		if seen[p] || x.complete(p) {
			continue
		}
		seen[p] = true
		group.Add(1)
		go func() {
			defer group.Done()
			errs[i] = run(p)
		}()
	}
	group.Wait()
	return errors.Join(errs...)
}

// ancestry lists the stages that last needs and that are not complete, parents
// first, last included.
func (x *execution) ancestry(last *stageState) []*stageState {
	var list []*stageState
	seen := map[*stage.Stage]bool{}
	var visit func(s *stage.Stage)
	visit = func(s *stage.Stage) {
		if seen[s] || x.complete(s) {
			return
		}
		seen[s] = true
		for _, p := range s.Parents {
			visit(p)
		}
		list = append(list, x.state(s))
	}
	visit(last.Stage)
	return list
}

func (x *execution) runJob(list []*stageState, action string) error {
	job := int(x.jobs.Add(1) - 1)
	infos := make([]event.StageInfo, len(list))
	for i, s := range list {
		if err := x.layOut(s); err != nil {
			return err
		}
		s.job = job
		infos[i] = x.info(s, action)
	}
	x.Emit(event.JobStart{Time: now(), JobID: job, Stages: infos, Properties: x.properties()})
	err := x.materialize(list[len(list)-1], job, action, len(list) == 1)
	text := ""
	if err != nil {
		text = err.Error()
	}
	x.Emit(event.JobEnd{Time: now(), JobID: job, Error: text})
	return err
}

// layOut lists a stage's tasks and gives it its number and a place for its
// outputs, unless that is done. Called with s.mu, or before the job has begun.
func (x *execution) layOut(s *stageState) error {
	if s.parts != nil {
		return nil
	}
	if err := x.restore(s); err != nil {
		return err
	}
	parts, err := x.partsOf(s.Stage)
	if err != nil {
		return err
	}
	s.results, s.done = make([][]*expr.Batch, len(parts)), make([]bool, len(parts))
	if s.Output != nil && x.outputsOf(s.Output) == nil {
		o := shuffle.NewOutputs(int(x.shuffles.Add(1)-1), s.Output.Schema(), s.Output.N, len(parts))
		o.Damage = x.Cluster.faults.damage(o.ID)
		x.mu.Lock()
		bounds := x.bounds[s.Output]
		x.mu.Unlock()
		x.Runner.mu.Lock()
		x.outputs[s.Output], x.origins[s.Output] = o, &origin{parts, s.Root, s.builds, bounds}
		x.Runner.mu.Unlock()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	s.parts, s.id = parts, int(x.stages.Add(1)-1)
	return nil
}

// state is what this execution knows of a stage.
func (x *execution) state(s *stage.Stage) *stageState {
	x.mu.Lock()
	defer x.mu.Unlock()
	st := x.states[s]
	if st == nil {
		st = &stageState{Stage: s}
		x.states[s] = st
	}
	return st
}

func (x *execution) properties() map[string]string {
	p := map[string]string{event.PropertyExecutionID: strconv.FormatInt(x.id, 10)}
	if x.query.Description != "" {
		p[event.PropertyDescription] = x.query.Description
	}
	maps.Copy(p, modified(x.query.Config))
	return p
}

// info describes the current attempt of a stage.
func (x *execution) info(s *stageState, action string) event.StageInfo {
	i := event.StageInfo{StageID: s.id, AttemptID: s.attempt, Name: action, NumTasks: len(s.parts), Details: plan.Print(s.Root)}
	for _, p := range s.Parents {
		st := x.state(p)
		x.mu.Lock()
		if st.parts != nil {
			i.ParentIDs = append(i.ParentIDs, st.id)
		}
		x.mu.Unlock()
	}
	plan.Walk(s.Root, func(n plan.Node) {
		if c, ok := n.(*plan.Cached); ok {
			i.RDDs = append(i.RDDs, x.rdd(c.Relation))
		}
	})
	return i
}

func (x *execution) rdd(rel *plan.Relation) event.RDDInfo {
	l, _ := block.ParseLevel(rel.Level)
	x.Runner.mu.Lock()
	n := len(x.relations[rel])
	x.Runner.mu.Unlock()
	return event.RDDInfo{ID: rel.ID, Name: rel.Label, NumPartitions: n,
		StorageLevel: storageLevel(l)}
}

// materialize makes a stage's outputs be there: it runs the parents whose
// outputs are missing, then the tasks whose outputs are, and begins again when
// a task finds outputs gone. locked says that the caller holds s.mu. A parent whose
// outputs an earlier query left, and that lost them since the job began, becomes
// part of the job.
func (x *execution) materialize(s *stageState, job int, action string, locked bool) error {
	if !locked {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if s.parts == nil {
		if err := x.layOut(s); err != nil {
			return err
		}
		s.job = job
	}
	for failures := 0; ; {
		if x.ctx.Err() != nil {
			return cancelled(x.ctx)
		}
		err := x.parents(s.Stage, func(p *stage.Stage) error { return x.materialize(x.state(p), job, action, false) })
		if err != nil {
			return err
		}
		missing := s.missing(x)
		if len(missing) == 0 {
			return nil
		}
		err = x.attemptStage(s, missing, action)
		s.attempt++
		if err == nil {
			continue // an executor may have been lost as the last task ended
		}
		if !inputGone(err) {
			return err
		}
		if failures++; failures == int(x.Cluster.conf.Int(config.StageAttempts)) {
			return fmt.Errorf("stage %d ran %d times and each time lost outputs: %w", s.id, failures, err)
		}
		if err := x.lookBelow(s); err != nil {
			return err
		}
	}
}

// inputGone reports whether a task failed for want of what other stages make.
func inputGone(err error) bool {
	return errors.As(err, new(*fetchError)) || errors.Is(err, operator.ErrNoTable)
}

// lookBelow cuts a stage's plan again. A cached frame that was there altogether
// when the query was cut has no stages below it; when an executor is lost or
// blocks are evicted then, some of it has to be computed after all.
func (x *execution) lookBelow(s *stageState) error {
	g := x.cutter.Cut(s.Root)
	for _, b := range g.Broadcasts {
		if err := x.broadcast(b); err != nil {
			return err
		}
	}
	now := *s.Stage
	for _, p := range g.Stages[len(g.Stages)-1].Parents {
		if !slices.ContainsFunc(now.Parents, func(q *stage.Stage) bool { return q.Output == p.Output }) {
			now.Parents = append(slices.Clip(now.Parents), p)
		}
	}
	s.Stage = &now
	return nil
}

func (s *stageState) missing(x *execution) []int {
	if s.Output != nil {
		return x.outputsOf(s.Output).Missing()
	}
	var list []int
	for p, done := range s.done {
		if !done {
			list = append(list, p)
		}
	}
	return list
}

// adapt changes a stage by the sizes of what it reads, now that they are there,
// and tells what it changed and why.
func (x *execution) adapt(s *stageState) error {
	sizes := map[*plan.Exchange]stage.Sizes{}
	for _, e := range s.Reads {
		o := x.outputsOf(e)
		if o == nil {
			return nil
		}
		sizes[e] = stage.Sizes{Partitions: o.Sizes(), Maps: o.MapSizes}
	}
	below := false
	plan.Walk(s.Root, func(n plan.Node) {
		if _, ok := n.(*plan.Cached); ok {
			below = true // its partitions are fixed
		}
	})
	if below || len(sizes) == 0 || s.adapted {
		return nil
	}
	a := stage.Adapt(s.Stage, sizes, x.query.Config, x.Cluster.Slots())
	s.adapted = true
	if len(a.Reasons) == 0 {
		return nil
	}
	s.Root = a.Root
	x.mu.Lock()
	maps.Copy(x.ranges, a.Ranges)
	maps.Copy(x.replaced, a.Replaced)
	x.mu.Unlock()
	for _, n := range a.Replaced {
		x.declareNode(n)
	}
	if s.sampler == nil {
		x.tell(a.Reasons)
	}
	s.builds = a.Builds
	return x.broadcastAll(a.Builds)
}

// broadcastAll computes build sides that adaptive execution wants.
func (x *execution) broadcastAll(builds []*plan.Exchange) error {
	for _, e := range builds {
		x.declareNode(e)
		if err := x.broadcast(&stage.Broadcast{Exchange: e, Graph: x.cutter.Cut(e.Input)}); err != nil {
			return err
		}
	}
	return nil
}

// broadcast computes the build side of a join and makes its table.
func (x *execution) broadcast(b *stage.Broadcast) error {
	if x.table(b.Exchange) != nil {
		return nil
	}
	start := time.Now()
	batches, err := x.run(b.Graph, x.query.Action)
	if err != nil {
		return err
	}
	collected := time.Since(start)
	size := int64(0)
	for _, b := range batches {
		size += b.Size()
	}
	if err := x.mayBroadcast(size); err != nil {
		if b.Spare {
			return nil
		}
		return err
	}
	rows := expr.Concat(b.Exchange.Schema(), batches)
	building := time.Now()
	table := operator.NewTable(rows, operator.KeyColumns(b.Exchange.Schema(), b.Exchange.Keys))
	x.mu.Lock()
	x.tables[b.Exchange] = table
	x.mu.Unlock()
	x.driverMetrics(b.Exchange, int64(rows.Rows), table.Size, collected, time.Since(building))
	return nil
}

// mayBroadcast refuses a table that is larger than what every executor can hold.
func (x *execution) mayBroadcast(size int64) error {
	if size > maxBroadcast {
		return fmt.Errorf("cannot broadcast a table that is larger than 8 GiB: %d bytes; set spark.sql.autoBroadcastJoinThreshold to less, or to -1, which turns broadcasting off", size)
	}
	for _, e := range x.Cluster.living() {
		if size > e.Memory.Total() {
			return fmt.Errorf("not enough memory to build and broadcast a table of %d bytes to all executors, which have %d each; as a workaround, disable broadcast by setting spark.sql.autoBroadcastJoinThreshold to -1 (and drop BROADCAST hints), or set spark.executor.memory to a higher value", size, e.Memory.Total())
		}
	}
	return nil
}

// maxBroadcast is Spark's limit (BroadcastExchangeExec.MAX_BROADCAST_TABLE_BYTES).
const maxBroadcast = 8 << 30

// placeBounds samples what a range exchange will move, in a job of its own, and
// places the bounds of its partitions.
func (x *execution) placeBounds(s *stage.Stage) error {
	sampler := &sampling{exchange: s.Output}
	sample := &stageState{Stage: &stage.Stage{Root: s.Root, Parents: s.Parents, Reads: s.Reads, Builds: s.Builds}, sampler: sampler}
	x.mu.Lock()
	x.states[sample.Stage] = sample
	x.mu.Unlock()
	if err := x.job(sample, "sample for "+x.query.Action); err != nil {
		return err
	}
	bounds := sampler.bounds()
	x.mu.Lock()
	x.bounds[s.Output] = bounds
	x.mu.Unlock()
	return nil
}

// sampleRows is how many rows each task of a sampling job keeps.
func (x *execution) sampleRows() int { return int(x.query.Config.Int(config.RangeSample)) }
