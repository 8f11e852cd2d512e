package schedule

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

type fetchError = shuffle.FetchError

// A Runner runs the queries of one session on a cluster. It is safe for
// concurrent use; queries share the slots as spark.scheduler.mode says.
type Runner struct {
	Cluster *Cluster
	Emit    func(event.Event)

	jobs, stages, shuffles, executions atomic.Int64
	tasks, accumulators                atomic.Int64

	mu        sync.Mutex
	outputs   map[*plan.Exchange]*shuffle.Outputs
	origins   map[*plan.Exchange]*origin // of the outputs
	relations map[*plan.Relation][]*stage.Part
}

// NewRunner returns a runner without history.
func NewRunner(c *Cluster, emit func(event.Event)) *Runner {
	r := &Runner{Cluster: c, Emit: emit, outputs: map[*plan.Exchange]*shuffle.Outputs{}, origins: map[*plan.Exchange]*origin{}, relations: map[*plan.Relation][]*stage.Part{}}
	c.forget = r.loseOutputs
	return r
}

// loseOutputs forgets the shuffle outputs of an executor that is gone.
func (r *Runner) loseOutputs(executor string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.outputs {
		o.Lose(executor)
	}
}

// A Query is a finished plan to be run.
type Query struct {
	Plan        plan.Node
	Config      config.Config
	Action      string // "collect at revenue.go:12": the name of its stages
	Description string
}

// A Result is the rows of a query, by partition, in order.
type Result struct {
	Execution int64
	Batches   []*expr.Batch
}

// execution is one run of a query.
type execution struct {
	*Runner
	query   Query
	id      int64
	ctx     context.Context
	cutter  *stage.Cutter
	metrics map[plan.Node][]declared

	mu     sync.Mutex
	states map[*stage.Stage]*stageState
	tables map[*plan.Exchange]*operator.Table
	bounds map[*plan.Exchange]*expr.Batch
	ranges map[*plan.Exchange][]stage.Range
	// replaced are the nodes of the plan that adaptive execution put others for.
	replaced map[plan.Node]plan.Node
	reasons  []string        // of all adaptations
	totals   map[int64]int64 // by accumulator
}

// stageState is a stage in one execution.
type stageState struct {
	*stage.Stage
	mu      sync.Mutex // held while the stage is being materialized
	id      int
	job     int
	attempt int
	parts   []*stage.Part
	results [][]*expr.Batch // of the last stage, by partition
	done    []bool
	begun   bool // a graph that it is in has been begun
	adapted bool
	builds  []*plan.Exchange // broadcasts that adapting put in
	sampler *sampling        // of a sampling job's stage
}

// Run runs a query to its end. Its events come in order; after an error the
// stages that ran are in them all the same.
func (r *Runner) Run(ctx context.Context, q Query) (*Result, error) {
	if err := r.Cluster.enter(); err != nil {
		return nil, err
	}
	defer r.Cluster.queries.Done()
	x := &execution{Runner: r, query: q, id: r.executions.Add(1) - 1, ctx: ctx, cutter: &stage.Cutter{Ready: r.ready},
		metrics: map[plan.Node][]declared{}, states: map[*stage.Stage]*stageState{},
		tables: map[*plan.Exchange]*operator.Table{}, bounds: map[*plan.Exchange]*expr.Batch{},
		ranges: map[*plan.Exchange][]stage.Range{}, replaced: map[plan.Node]plan.Node{}, totals: map[int64]int64{}}
	x.declare()
	description := q.Description
	if description == "" {
		description = q.Action
	}
	r.Emit(event.SQLExecutionStart{Time: now(), ID: x.id, RootID: x.id, Description: description, Details: q.Action,
		PhysicalPlan: x.planText(atStart), Plan: x.planInfo(atStart), ModifiedConfigs: modified(q.Config)})
	x.scanMetrics(false)
	batches, err := x.run(x.cutter.Cut(q.Plan), q.Action)
	text := ""
	if err != nil {
		text = err.Error()
	}
	x.scanMetrics(true)
	if x.adaptive() {
		r.Emit(event.SQLAdaptiveExecutionUpdate{ID: x.id, PhysicalPlan: x.planText(atEnd), Plan: x.planInfo(atEnd)})
		x.shuffleReads()
	}
	if w, ok := q.Plan.(*plan.Write); ok && err == nil {
		x.writeMetrics(w, batches)
	}
	r.Emit(event.SQLExecutionEnd{Time: now(), ID: x.id, Error: text})
	x.forget()
	if err != nil {
		return nil, err
	}
	return &Result{x.id, batches}, nil
}

func modified(c config.Config) map[string]string {
	m := map[string]string{}
	for k, v := range c.All {
		m[k] = v
	}
	return m
}

func (x *execution) adaptive() bool { return x.query.Config.Bool(config.AdaptiveEnabled) }

// ready reports whether all partitions of a cached frame are stored.
func (r *Runner) ready(rel *plan.Relation) bool {
	r.mu.Lock()
	parts, ok := r.relations[rel]
	r.mu.Unlock()
	if !ok {
		return false
	}
	for p := range parts {
		if r.Cluster.cachedOn(block.ID{RDD: rel.ID, Partition: p}) == "" {
			return false
		}
	}
	return true
}

// Unpersist drops a cached frame's partitions and the shuffles below it.
func (r *Runner) Unpersist(rel *plan.Relation) {
	for _, e := range r.Cluster.living() {
		e.Blocks.Drop(rel.ID)
	}
	r.mu.Lock()
	delete(r.relations, rel)
	r.mu.Unlock()
	r.dropBelow(rel.Plan)
	r.Emit(event.UnpersistRDD{RDDID: rel.ID})
}

// Seal cuts the lineage of a cached frame that nobody else reads yet, and drops
// the shuffles below it. It reports false, having done nothing, when a partition
// is not stored.
func (r *Runner) Seal(rel *plan.Relation) bool {
	if !r.ready(rel) {
		return false
	}
	rel.Sealed = true
	r.dropBelow(rel.Plan)
	return true
}

// forget deletes the shuffles of a query that has ended. Those below a cached
// frame stay: a partition that is evicted is computed from them.
func (x *execution) forget() { x.dropBelow(x.query.Plan) }

func (r *Runner) dropBelow(n plan.Node) {
	plan.Walk(n, func(n plan.Node) {
		if e, ok := n.(*plan.Exchange); ok {
			r.dropOutputs(e)
		}
	})
}

func (r *Runner) dropOutputs(e *plan.Exchange) {
	r.mu.Lock()
	o := r.outputs[e]
	delete(r.outputs, e)
	delete(r.origins, e)
	r.mu.Unlock()
	if o == nil {
		return
	}
	for _, ex := range r.Cluster.living() {
		ex.dropShuffle(o.ID)
	}
}

func (r *Runner) outputsOf(e *plan.Exchange) *shuffle.Outputs {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outputs[e.Mover()]
}

// complete reports whether all map outputs of a stage are there.
func (r *Runner) complete(s *stage.Stage) bool {
	if s.Output == nil {
		return false
	}
	o := r.outputsOf(s.Output)
	return o != nil && len(o.Missing()) == 0
}

// partsOf lists a stage's tasks; its parents have run when adaptive execution
// is on.
func (x *execution) partsOf(s *stage.Stage) ([]*stage.Part, error) {
	if o := x.originOf(s.Output); o != nil {
		return o.parts, nil
	}
	x.mu.Lock()
	ranges := map[*plan.Exchange][]stage.Range{}
	for _, e := range s.Reads {
		if r, ok := x.ranges[e]; ok {
			ranges[e] = r
		}
	}
	x.mu.Unlock()
	in := &stage.Inputs{
		Split: source.SplitOptions{MaxPartitionBytes: x.query.Config.Int(config.MaxPartitionBytes),
			OpenCost: x.query.Config.Int(config.OpenCost), Parallelism: cmp.Or(int(x.query.Config.Int(config.MinPartitionNum)), x.Cluster.Slots())},
		Ranges: ranges, Folders: x.folders,
	}
	in.Cached = func(rel *plan.Relation) ([]*stage.Part, error) {
		x.Runner.mu.Lock()
		parts, ok := x.relations[rel]
		x.Runner.mu.Unlock()
		if ok {
			return parts, nil
		}
		parts, err := stage.Parts(rel.Plan, &stage.Inputs{Split: in.Split, Folders: in.Folders, Cached: in.Cached})
		if err == nil {
			x.Runner.mu.Lock()
			x.relations[rel] = parts
			x.Runner.mu.Unlock()
		}
		return parts, err
	}
	parts, err := stage.Parts(s.Root, in)
	if err == nil && len(parts) == 0 {
		err = fmt.Errorf("%s has no partitions", s.Root.Name())
	}
	return parts, err
}

// run runs the graph's broadcasts, then its stages, and returns the rows.
func (x *execution) run(g *stage.Graph, action string) ([]*expr.Batch, error) {
	if x.ctx.Err() != nil {
		return nil, cancelled(x.ctx)
	}
	for _, b := range g.Broadcasts {
		if err := x.broadcast(b); err != nil {
			return nil, err
		}
	}
	for _, s := range g.Stages {
		if state := x.state(s); !state.begun {
			state.begun = true
			if err := x.restore(state); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range g.Stages {
		if s.Output != nil && s.Output.Kind == plan.RangePartitioning && !x.bounded(s.Output) && !x.complete(s) {
			if err := x.placeBounds(s); err != nil {
				return nil, err
			}
		}
	}
	last := x.state(g.Stages[len(g.Stages)-1])
	if err := x.job(last, action); err != nil {
		return nil, err
	}
	var all []*expr.Batch
	for _, r := range last.results {
		all = append(all, r...)
	}
	return all, nil
}

// bounded reports whether the bounds of a range exchange are known.
func (x *execution) bounded(e *plan.Exchange) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.bounds[e] != nil
}

// table is what a broadcast made, nil where it has not run.
func (x *execution) table(e *plan.Exchange) *operator.Table {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.tables[e.Mover()]
}

// newTask makes the task of one partition.
func (x *execution) newTask(id int64, partition int) *operator.Task {
	c := x.query.Config
	t := &operator.Task{
		ID: id, Partition: partition, BatchRows: int(c.Int(config.BatchRows)),
		Metering: c.Bool(config.Metering),
		Outputs:  x.outputsOf,
		Tables:   x.table,
		Level: func(rel *plan.Relation) block.Level {
			l, _ := block.ParseLevel(rel.Level) // checked when it was set
			return l
		},
		Nodes: map[plan.Node]*metric.Set{},
	}
	t.Peers = func(id block.ID) []*block.Store { return x.Cluster.peers(t.Executor, id) }
	return t
}
