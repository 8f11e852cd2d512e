package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A Frame is a lazy query bound to a session. Building one never reads data.
// The first mistake is kept, with the line that made it; Err returns it and so
// does every action. Frames are immutable and may be shared.
type Frame struct {
	session     *Session
	node        plan.Node
	description string
	site        string // the line that made the last step
	// labels are the names of the columns for those who see the result, where the
	// plan's own are unique ones: of a frame that SQL made. They may repeat.
	labels []string
	err    error
}

// Join types, by SQL's names.
const (
	Inner      = plan.Inner
	LeftOuter  = plan.LeftOuter
	RightOuter = plan.RightOuter
	FullOuter  = plan.FullOuter
	LeftSemi   = plan.LeftSemi
	LeftAnti   = plan.LeftAnti
)

// A SortKey orders rows by a column.
type SortKey = plan.SortKey

// Asc and Desc order by a column. As in Spark, nulls come first when ascending
// and last when descending.
func Asc(column string) SortKey  { return SortKey{Column: column, NullsFirst: true} }
func Desc(column string) SortKey { return SortKey{Column: column, Desc: true} }

// NullsLast puts nulls at the end.
func NullsLast(k SortKey) SortKey { k.NullsFirst = false; return k }

// Err returns the first mistake made in building the frame, or nil.
func (f *Frame) Err() error { return f.err }

// Schema returns the columns of the frame's rows.
func (f *Frame) Schema() expr.Schema {
	if f.err != nil {
		return nil
	}
	return relabel(f.node.Schema(), f.labels)
}

// relabel is a schema under the names of labels; nil leaves it.
func relabel(s expr.Schema, labels []string) expr.Schema {
	if labels == nil {
		return s
	}
	s = append(expr.Schema{}, s...)
	for i := range s {
		s[i].Name = labels[i]
	}
	return s
}

// named is the frame's plan with its labels as the columns' names, which further
// steps refer to.
func (f *Frame) named() (plan.Node, error) {
	if f.labels == nil {
		return f.node, nil
	}
	exprs := make([]expr.Expr, len(f.labels))
	for i, c := range f.node.Schema() {
		if f.Schema()[:i].Index(f.labels[i]) >= 0 {
			return nil, fmt.Errorf("the query has two columns called %s; give one another name with AS", f.labels[i])
		}
		exprs[i] = expr.As{X: expr.Col(c.Name), Name: f.labels[i]}
	}
	return plan.NewProject(f.node, exprs)
}

// step makes the next frame; build gets the node and may fail. The line that
// called the frame's method goes into the error.
func (f *Frame) step(build func(plan.Node) (plan.Node, error)) *Frame {
	if f.err != nil {
		return f
	}
	site := callSite()
	n, err := f.named()
	if err == nil {
		from := n
		if n, err = build(n); err != nil {
			err = unread(from, err)
		}
	}
	if err != nil {
		return &Frame{session: f.session, err: fmt.Errorf("%s: %w", site, err)}
	}
	return &Frame{session: f.session, node: n, description: f.description, site: site}
}

// callSite is the first caller outside this package.
func callSite() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "stagecoach/engine.") || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return "unknown"
		}
	}
}

// unread is the error of a step that names a column which files have and which
// cannot be read, or else err.
func unread(n plan.Node, err error) error {
	var unknown *expr.UnknownColumn
	if !errors.As(err, &unknown) {
		return err
	}
	if why := plan.Unread(n, unknown.Name); why != nil {
		return why
	}
	return err
}

// resolve spells the columns of an expression as the schema does and puts it
// in the session's mode.
func (f *Frame) resolve(e expr.Expr, s expr.Schema) expr.Expr {
	return expr.In(expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		if r, ok := x.(expr.Ref); ok {
			if i := s.Index(r.Name); i >= 0 {
				return expr.Ref{Name: s[i].Name}
			}
		}
		return x
	}), f.session.Mode())
}

func (f *Frame) resolveAll(list []expr.Expr, s expr.Schema) []expr.Expr {
	out := make([]expr.Expr, len(list))
	for i, e := range list {
		name := expr.Name(e)
		out[i] = f.resolve(e, s)
		if expr.Name(out[i]) != name {
			out[i] = expr.As{X: expr.Unalias(out[i]), Name: name}
		}
	}
	return out
}

// Select computes columns.
func (f *Frame) Select(exprs ...expr.Expr) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) { return plan.NewProject(n, f.resolveAll(exprs, n.Schema())) })
}

// With adds a computed column, or replaces the one of that name.
func (f *Frame) With(name string, e expr.Expr) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		var list []expr.Expr
		replaced := false
		for _, c := range n.Schema() {
			if c.Name == name {
				list, replaced = append(list, expr.As{X: e, Name: name}), true
			} else {
				list = append(list, expr.Col(c.Name))
			}
		}
		if !replaced {
			list = append(list, expr.As{X: e, Name: name})
		}
		return plan.NewProject(n, f.resolveAll(list, n.Schema()))
	})
}

// Where keeps the rows for which the condition is true.
func (f *Frame) Where(cond expr.Expr) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		cond = f.resolve(cond, n.Schema())
		t, err := expr.TypeOf(cond, n.Schema())
		if err != nil {
			return nil, err
		}
		if t != expr.Bool {
			return nil, fmt.Errorf("condition %s is %v, not boolean", cond, t)
		}
		return &plan.Filter{Input: n, Where: cond}, nil
	})
}

// Grouped is a frame with keys, waiting for its aggregates.
type Grouped struct {
	frame *Frame
	keys  []expr.Expr
	sets  [][]int // of keys, by position; nil groups by all
	id    string  // the column that says which set; "" is none
}

// GroupBy groups rows by keys; without keys all rows are one group.
func (f *Frame) GroupBy(keys ...expr.Expr) *Grouped { return &Grouped{frame: f, keys: keys} }

// Agg computes aggregates for every group. The columns are the keys, then the
// aggregates.
func (g *Grouped) Agg(aggs ...expr.Aggregate) *Frame {
	return g.frame.step(func(n plan.Node) (plan.Node, error) {
		list := make([]expr.Aggregate, len(aggs))
		for i, a := range aggs {
			children := a.Children()
			for j, x := range children {
				children[j] = g.frame.resolve(x, n.Schema())
			}
			list[i] = a.With(children).In(g.frame.session.Mode())
			if a.Name == "" {
				list[i].Name = a.String()
			}
		}
		keys := g.frame.resolveAll(g.keys, n.Schema())
		if g.sets != nil {
			return g.expanded(n, keys, list)
		}
		return plan.NewAggregate(n, keys, list)
	})
}

// Agg computes aggregates over all rows.
func (f *Frame) Agg(aggs ...expr.Aggregate) *Frame { return f.GroupBy().Agg(aggs...) }

// Distinct keeps one of equal rows.
func (f *Frame) Distinct() *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		var keys []expr.Expr
		for _, c := range n.Schema() {
			keys = append(keys, expr.Col(c.Name))
		}
		return plan.NewAggregate(n, keys, nil)
	})
}

// On is a pair of columns that a join compares.
type On struct{ Left, Right string }

// Join matches rows of both frames whose columns are equal. The result has the
// left columns, then (but for semi and anti joins) the right ones.
func (f *Frame) Join(right *Frame, t plan.JoinType, on ...On) *Frame {
	return f.beside(right, func(n, other plan.Node) (plan.Node, error) {
		if len(on) == 0 {
			return nil, errors.New("a join needs at least one pair of columns")
		}
		l, r, err := pairs(n, other, on)
		if err != nil {
			return nil, err
		}
		return plan.NewJoin(n, other, l, r, t)
	})
}

func (f *Frame) sortKeys(n plan.Node, keys []SortKey) ([]SortKey, error) {
	out := make([]SortKey, len(keys))
	for i, k := range keys {
		at := n.Schema().Index(k.Column)
		if at < 0 {
			_, err := expr.TypeOf(expr.Col(k.Column), n.Schema())
			return nil, err
		}
		out[i] = k
		out[i].Column = n.Schema()[at].Name
	}
	return out, nil
}

// OrderBy sorts all rows.
func (f *Frame) OrderBy(keys ...SortKey) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		keys, err := f.sortKeys(n, keys)
		return &plan.Sort{Input: n, Keys: keys, Global: true}, err
	})
}

// Limit keeps the first n rows.
func (f *Frame) Limit(n int) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		if n < 0 {
			return nil, fmt.Errorf("limit %d is negative", n)
		}
		if skip, ok := in.(*plan.Limit); ok && skip.N < 0 {
			return &plan.Limit{Input: skip.Input, N: n, Offset: skip.Offset}, nil
		}
		return &plan.Limit{Input: in, N: n}, nil
	})
}

// Union adds the rows of other frames; columns match by position, and duplicate
// rows stay.
func (f *Frame) Union(others ...*Frame) *Frame {
	for _, o := range others {
		if o.err != nil {
			return o
		}
	}
	return f.step(func(n plan.Node) (plan.Node, error) {
		all := []plan.Node{n}
		for _, o := range others {
			all = append(all, o.node)
		}
		return plan.NewUnion(all)
	})
}

// Repartition spreads rows over n partitions: by the hash of columns, in turn
// when none are named.
func (f *Frame) Repartition(n int, columns ...string) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		if n < 1 {
			return nil, fmt.Errorf("%d partitions; there must be one at least", n)
		}
		e := &plan.Exchange{Input: in, Kind: plan.RoundRobin, N: n, Origin: plan.RepartitionByNum}
		for _, c := range columns {
			at := in.Schema().Index(c)
			if at < 0 {
				_, err := expr.TypeOf(expr.Col(c), in.Schema())
				return nil, err
			}
			e.Kind = plan.HashPartitioning
			e.Keys = append(e.Keys, in.Schema()[at].Name)
		}
		if n == 1 {
			e.Kind, e.Keys = plan.SinglePartition, nil
		}
		return e, nil
	})
}

// RepartitionByRange spreads rows over n partitions of neighbouring keys.
func (f *Frame) RepartitionByRange(n int, keys ...SortKey) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		keys, err := f.sortKeys(in, keys)
		if err == nil && (n < 1 || len(keys) == 0) {
			err = errors.New("repartitioning by range needs a partition and a key at least")
		}
		return &plan.Exchange{Input: in, Kind: plan.RangePartitioning, Order: keys, N: n, Origin: plan.RepartitionByNum}, err
	})
}

// Coalesce joins neighbouring partitions until there are n at most, without
// moving rows to another stage.
func (f *Frame) Coalesce(n int) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		if n < 1 {
			return nil, fmt.Errorf("%d partitions; there must be one at least", n)
		}
		return &plan.Coalesce{Input: in, N: n}, nil
	})
}

// Named gives the frame a name. Its storage level is what the parameter
// stagecoach.storageLevel.<name> says, so that caching is a setting and no
// change of the program.
func (f *Frame) Named(name string) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) { return &plan.Named{Input: n, Label: name}, nil })
}

// Persist keeps the frame's rows at a storage level, by Spark's name, once they
// have been computed.
func (f *Frame) Persist(name, level string) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		if _, err := (config.Config{}).With(config.StorageLevelPrefix+"x", level); err != nil {
			return nil, fmt.Errorf("storage level %s: accepts %s", level, strings.Join(config.StorageLevels, ", "))
		}
		return &plan.Named{Input: n, Label: name, Level: level}, nil
	})
}

// Describe sets the text under which the frame's execution is shown.
func (f *Frame) Describe(text string) *Frame {
	c := *f
	c.description = text
	return &c
}
