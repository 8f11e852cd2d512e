// Package engine is an in-process engine for partitioned data: Spark's model of
// driver, executors, stages, tasks, shuffle, memory and caching, in one
// process, recording what every stage and task did.
//
//	s, err := engine.NewSession(conf)
//	trips := s.Read(source)
//	result, err := trips.Where(expr.Gt(expr.Col("fare"), 0)).GroupBy(expr.Col("pu")).
//		Agg(expr.Count("n")).Collect(ctx)
//
// A Session is an application; a Frame is a lazy query of it. What happens
// leaves as events (WithListener); nothing else is kept.
package engine

import (
	"context"
	"fmt"
	"os/user"
	"runtime"
	"strings"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/optimize"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/schedule"
	"stagecoach/engine/source"
)

// SparkVersion is the version of Spark whose defaults and formulas the engine
// follows, and which its event logs name.
const SparkVersion = "4.0.1"

// A Session is one application: executors, cached frames and a configuration.
// It is safe for concurrent use. Close it.
type Session struct {
	ID      string // application id
	initial config.Config

	cluster *schedule.Cluster
	runner  *schedule.Runner

	functions *expr.UserFunctions

	limited bool  // the process keeps to the session's memory
	own     int64 // bytes of it that are the program's
	closing sync.Once

	emitting sync.Mutex
	listener event.Listener

	mu        sync.Mutex
	conf      config.Config             // initial, with what was set since
	mode      expr.Mode                 // as conf says
	views     map[string]view           // by lower name
	relations map[string]*plan.Relation // cached frames by what they compute
	nextRDD   int
}

// An Option changes how a session begins.
type Option func(*Session)

// WithListener sends the session's events to l, in order, one at a time.
func WithListener(l event.Listener) Option {
	return func(s *Session) { s.listener = event.Tee(s.listener, l) }
}

// WithID sets the application id, which otherwise is made of the time.
func WithID(id string) Option { return func(s *Session) { s.ID = id } }

// NewSession starts the executors that the configuration asks for.
func NewSession(conf config.Config, options ...Option) (*Session, error) {
	s := &Session{initial: conf, functions: &expr.UserFunctions{}, views: map[string]view{}, relations: map[string]*plan.Relation{}, ID: NewID()}
	for _, o := range options {
		o(s)
	}
	err := s.setConfig(conf)
	if err != nil {
		return nil, err
	}
	if s.cluster, err = schedule.NewCluster(conf, s.emit); err != nil {
		return nil, err
	}
	s.runner = schedule.NewRunner(s.cluster, s.emit)
	if s.limited {
		s.own += s.cluster.Budget() / 2 * 3
		limitMemory(1, s.own)
	}
	s.announce()
	return s, nil
}

// NewID makes an application id of the form Spark gives local applications.
func NewID() string { return fmt.Sprintf("local-%d", time.Now().UnixMilli()) }

func (s *Session) emit(e event.Event) {
	if s.listener == nil {
		return
	}
	s.emitting.Lock()
	defer s.emitting.Unlock()
	s.listener(e)
}

func (s *Session) announce() {
	now := event.Millis(time.Now().UnixMilli())
	onHeap, offHeap := s.cluster.DriverMemory()
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	properties := s.initial.Map()
	properties["spark.app.id"] = s.ID
	s.emit(event.LogStart{Version: SparkVersion})
	s.emit(event.BlockManagerAdded{Time: now, ExecutorID: "driver", Host: "localhost", Port: 7100, MaxMemory: onHeap + offHeap, MaxOnHeap: onHeap, OffHeap: offHeap})
	s.emit(event.EnvironmentUpdate{
		JVM:   map[string]string{"Java Version": runtime.Version() + " (no JVM)", "Java Home": "", "Scala Version": "none"},
		Spark: properties, Hadoop: map[string]string{}, System: map[string]string{"os.name": runtime.GOOS, "os.arch": runtime.GOARCH},
		Classpath: map[string]string{}, MetricConf: map[string]string{},
	})
	s.emit(event.ApplicationStart{Time: now, Name: s.initial.Text(config.AppName), ID: s.ID, User: name})
	s.cluster.Announce()
}

// Close ends the application and deletes its files. Running queries end with an
// error.
func (s *Session) Close() error {
	s.cluster.Close()
	s.closing.Do(func() {
		if s.limited {
			limitMemory(-1, s.own)
		}
	})
	s.emit(event.ApplicationEnd{Time: event.Millis(time.Now().UnixMilli())})
	return nil
}

// Config returns the session's configuration as it is now.
func (s *Session) Config() config.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conf
}

// Set changes a parameter for the queries to come. What the executors were
// started with cannot change any more.
func (s *Session) Set(key, value string) error {
	if !strings.HasPrefix(key, "spark.sql.") && !strings.HasPrefix(key, "stagecoach.") && !strings.HasPrefix(key, "spark.scheduler.") {
		if _, known := config.Lookup(key); known {
			return fmt.Errorf("[CANNOT_MODIFY_CONFIG] %s is fixed when the session starts; give it with --conf", key)
		}
	}
	next, err := s.Config().With(key, value)
	if err != nil {
		return err
	}
	return s.setConfig(next)
}

// setConfig makes c what the queries to come see.
func (s *Session) setConfig(c config.Config) error {
	zone, err := expr.Zone(c.Text(config.SessionTimeZone))
	if err != nil {
		return fmt.Errorf("%s: %w", config.SessionTimeZone, err)
	}
	ansi := c.Bool(config.ANSI)
	if c.Text(config.SparkVersion) == "3.5" && !c.IsSet(config.ANSI) {
		ansi = false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conf, s.mode = c, expr.Mode{ANSI: ansi, Zone: zone, User: s.functions}
	return nil
}

// Mode is how the session's expressions treat errors and time zones: what
// frames stamp on every expression they are given.
func (s *Session) Mode() expr.Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode
}

// LoseExecutor ends an executor as a crash would: tasks running there are tried
// elsewhere, its shuffle output is computed again.
func (s *Session) LoseExecutor(id string) error {
	return s.cluster.Lose(id, "lost on request")
}

// Read returns a frame of all rows of a source.
func (s *Session) Read(src source.Source) *Frame {
	return &Frame{session: s, node: plan.NewScan(src)}
}

// prepare turns a frame's plan into one that says how it is to be run: frames
// with a storage level become reads of the cache, then the optimizer runs.
func (s *Session) prepare(n plan.Node) (plan.Node, error) {
	n, err := s.useCache(n)
	if err != nil {
		return nil, err
	}
	return optimize.Run(n, s.planning()), nil
}

// planning is what the optimizer goes by.
func (s *Session) planning() *optimize.Context {
	return &optimize.Context{Config: s.Config(), Slots: s.cluster.Slots()}
}

func (s *Session) useCache(n plan.Node) (plan.Node, error) {
	var failed error
	out := plan.Rewrite(n, func(n plan.Node) plan.Node {
		named, ok := n.(*plan.Named)
		if !ok {
			return n
		}
		level := named.Level
		if level == "" {
			level = s.Config().Text(config.StorageLevelPrefix + named.Label)
		}
		if level == "NONE" {
			return n
		}
		r, err := s.relation(named, level)
		if err != nil {
			failed = err
			return n
		}
		return plan.NewCached(r)
	})
	return out, failed
}

// relation returns the cached frame that computes the same as named: queries
// that build the same frame anew share its partitions.
func (s *Session) relation(named *plan.Named, level string) (*plan.Relation, error) {
	key, ctx := level+"\n"+fingerprint(named), s.planning()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.relations[key]; r != nil {
		return r, nil
	}
	r := &plan.Relation{ID: s.nextRDD, Label: named.Label, Level: level}
	r.Plan = optimize.Run(named.Input, ctx)
	s.nextRDD++
	s.relations[key] = r
	return r, nil
}

// fingerprint is equal for plans that compute the same from the same sources.
func fingerprint(n plan.Node) string {
	var b strings.Builder
	b.WriteString(plan.Print(n))
	plan.Walk(n, func(n plan.Node) {
		if scan, ok := n.(*plan.Scan); ok {
			fmt.Fprintf(&b, "%p ", scan.Source)
		}
		if e, ok := n.(*plan.Exchange); ok && e.By != nil {
			fmt.Fprintf(&b, "%T %p ", e.By, e.By)
		}
	})
	return b.String()
}

// Unpersist drops every cached frame called name and returns whether there was
// one.
func (s *Session) Unpersist(name string) bool {
	s.mu.Lock()
	var gone []*plan.Relation
	for key, r := range s.relations {
		if r.Label == name {
			gone = append(gone, r)
			delete(s.relations, key)
		}
	}
	s.mu.Unlock()
	for _, r := range gone {
		s.runner.Unpersist(r)
	}
	return len(gone) > 0
}

// run runs a frame's plan as one SQL execution.
func (s *Session) run(ctx context.Context, n plan.Node, action, description string) (*Result, error) {
	prepared, err := s.prepare(n)
	if err != nil {
		return nil, err
	}
	r, err := s.runner.Run(ctx, schedule.Query{Plan: prepared, Config: s.Config(), Action: action, Description: description})
	if err != nil {
		return nil, err
	}
	return &Result{Schema: prepared.Schema(), Batches: r.Batches, Execution: r.Execution}, nil
}

// A Result is the rows of a query, in order.
type Result struct {
	Schema    expr.Schema
	Batches   []*expr.Batch
	Execution int64 // id of the SQL execution that computed it
}

// Len is the number of rows.
func (r *Result) Len() int {
	n := 0
	for _, b := range r.Batches {
		n += b.Rows
	}
	return n
}

// Rows returns every row as values: for small results, tests and printing.
func (r *Result) Rows() [][]expr.Value {
	rows := make([][]expr.Value, 0, r.Len())
	for _, b := range r.Batches {
		for i := range b.Rows {
			row := make([]expr.Value, len(b.Cols))
			for c := range b.Cols {
				row[c] = b.Cols[c].Value(i)
			}
			rows = append(rows, row)
		}
	}
	return rows
}
