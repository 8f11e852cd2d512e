package engine

import (
	"context"
	"strings"

	"stagecoach/engine/config"
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

// Explain returns the plan as it would run.
func (f *Frame) Explain() (string, error) {
	if f.err != nil {
		return "", f.err
	}
	n, err := f.session.prepare(f.node)
	if err != nil {
		return "", err
	}
	text := plan.Print(n)
	if f.session.conf.Bool(config.AdaptiveEnabled) {
		text = "AdaptiveSparkPlan isFinalPlan=false\n+- " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n   ") + "\n"
	}
	return "== Physical Plan ==\n" + text, nil
}
