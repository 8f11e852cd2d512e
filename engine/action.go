package engine

import (
	"context"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// Collect runs the frame and returns all its rows.
func (f *Frame) Collect(ctx context.Context) (*Result, error) {
	return f.action(ctx, "collect", f.node)
}

func (f *Frame) action(ctx context.Context, name string, n plan.Node) (*Result, error) {
	if f.err != nil {
		return nil, f.err
	}
	site := f.site
	if site == "" {
		site = callSite()
	}
	r, err := f.session.run(ctx, n, name+" at "+site, f.description)
	if err == nil && n == f.node {
		r.Schema = relabel(r.Schema, f.labels)
	}
	return r, err
}

// Count runs the frame and counts its rows.
func (f *Frame) Count(ctx context.Context) (int64, error) {
	counted := f.Agg(expr.Count("count"))
	r, err := counted.action(ctx, "count", counted.node)
	if err != nil {
		return 0, err
	}
	return r.Rows()[0][0].I, nil
}
