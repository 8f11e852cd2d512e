package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/operator"
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

// WriteParquet runs the frame and writes its rows as Parquet files into a new
// folder, a file per partition. The files appear together, once all are
// written; after an error there are none.
func (f *Frame) WriteParquet(ctx context.Context, path string) error {
	if f.err != nil {
		return f.err
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s exists already", path)
	}
	temporary := filepath.Join(path, operator.TemporaryFolder)
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		return err
	}
	_, err := f.action(ctx, "parquet", &plan.Write{Input: f.node, Path: path, Format: "parquet",
		Codec: f.session.conf.Text(config.ParquetCodec)})
	if err != nil {
		os.RemoveAll(path)
		return err
	}
	files, err := os.ReadDir(temporary)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Rename(filepath.Join(temporary, file.Name()), filepath.Join(path, file.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(temporary); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(path, "_SUCCESS"), nil, 0o644)
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
