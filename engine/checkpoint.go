package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// localLevel is where LocalCheckpoint keeps rows: nothing may be evicted that
// cannot be computed again (Spark: LocalRDDCheckpointData.DEFAULT_STORAGE_LEVEL).
const localLevel = "MEMORY_AND_DISK"

// Checkpoint runs the frame, writes its rows below spark.checkpoint.dir and
// returns a frame that reads them: it has the same rows and no lineage. The files
// outlive executors and the session; who set the folder deletes them.
func (f *Frame) Checkpoint(ctx context.Context) (*Frame, error) {
	if f.err != nil {
		return nil, f.err
	}
	s := f.session
	dir := s.Config().Text(config.CheckpointDir)
	if dir == "" {
		return nil, fmt.Errorf("no folder to write a checkpoint to: set %s", config.CheckpointDir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: %w", config.CheckpointDir, err)
	}
	folder, err := os.MkdirTemp(dir, s.ID+"-checkpoint-")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", config.CheckpointDir, err)
	}
	path := filepath.Join(folder, "rows")
	if _, err := f.Write(ctx, "arrow", path, WriteOptions{}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	read := s.Open("arrow", nil, f.Schema(), path)
	return read, read.Err()
}

// LocalCheckpoint runs the frame, keeps its rows on the executors that computed
// them and returns a frame that reads them: it has the same rows and no lineage.
// It is faster than Checkpoint, but with an executor its rows are lost for good,
// and a query that needs them fails. Session.Unpersist with the frame's name in
// the plan, "checkpoint N", frees them.
func (f *Frame) LocalCheckpoint(ctx context.Context) (*Frame, error) {
	if f.err != nil {
		return nil, f.err
	}
	s := f.session
	n, err := f.named()
	if err != nil {
		return nil, err
	}
	if n, err = s.prepare(n); err != nil {
		return nil, err
	}
	s.mu.Lock()
	r := &plan.Relation{ID: s.nextRDD, Label: fmt.Sprintf("checkpoint %d", s.nextRDD), Level: localLevel, Plan: n}
	s.nextRDD++
	s.mu.Unlock()
	kept := &Frame{session: s, node: plan.NewCached(r), description: f.description, site: callSite()}
	if _, err := kept.Count(ctx); err != nil {
		s.runner.Unpersist(r)
		return nil, err
	}
	if !s.runner.Seal(r) {
		s.runner.Unpersist(r)
		return nil, errors.New("local checkpoint: lost an executor and with it rows that it had just kept: try again, or use Checkpoint")
	}
	s.mu.Lock()
	s.relations[r.Label] = r
	s.mu.Unlock()
	return kept, nil
}
