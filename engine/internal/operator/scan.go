package operator

import (
	"context"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// scan reads a split of a source.
func scan(ctx context.Context, n *plan.Scan, part *stage.Part, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		read := source.Read{Columns: n.Columns.Names(), Predicates: n.Predicates, BatchRows: t.BatchRows}
		set := t.Node(n)
		var nanos int64
		defer func() {
			c := &read.Counters
			t.Metrics.Record(metric.InputBytes, c.BytesRead)
			t.Metrics.Record(metric.InputRecords, c.RecordsRead)
			set.Record(metric.NumFiles, c.Files)
			set.Record(metric.FilesSize, c.FilesSize)
			set.Record(metric.NumRowGroups, c.RowGroups)
			set.Record(metric.NumRowGroupsSkipped, c.RowGroupsSkipped)
			set.Record(metric.MetadataTime, c.MetadataNanos)
			set.Record(metric.ScanTime, nanos)
		}()
		start := time.Now()
		for b, err := range n.Source.Read(ctx, part.Split, &read) {
			nanos += int64(time.Since(start))
			if err == nil && b.Rows == 0 {
				continue
			}
			if err == nil {
				b = &expr.Batch{Schema: n.Columns, Rows: b.Rows, Cols: b.Cols}
				err = ctx.Err()
			}
			if !yield(b, err) || err != nil {
				return
			}
			start = time.Now()
		}
		nanos += int64(time.Since(start))
	}
}
