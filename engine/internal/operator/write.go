package operator

import (
	"fmt"
	"path/filepath"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// write writes a partition to files below a folder of the attempt's own, and
// yields their names: the driver moves those of successful attempts into place.
// The first partition leaves a file even without rows. Where several files may be
// open at a time, rows that belong into none of these are sorted and come last.
func write(n *plan.Write, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		folder := fmt.Sprint(t.ID)
		w, err := n.Sink.Task(filepath.Join(n.Staging, folder), fmt.Sprintf("part-%05d-%s", t.Partition, n.Job), n.Concurrent)
		if err != nil {
			yield(nil, err)
			return
		}
		var files []source.Written
		if n.Concurrent == 0 {
			err = writeSorted(w, in)
		} else {
			err = writeSpread(w, in, n, t)
		}
		if err == nil {
			files, err = w.Close(t.Partition == 0)
		}
		if err != nil {
			w.Abort()
			yield(nil, err)
			return
		}
		names, rows, bytes := expr.NewBuilder(expr.String), expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.Int64)
		for _, f := range files {
			names.AppendBytes([]byte(folder + "/" + f.Name))
			rows.AppendValue(expr.Value{I: f.Rows})
			bytes.AppendValue(expr.Value{I: f.Bytes})
			t.Metrics.Record(metric.OutputBytes, f.Bytes)
			t.Metrics.Record(metric.OutputRecords, f.Rows)
		}
		if len(files) > 0 {
			yield(&expr.Batch{Schema: plan.WrittenFiles, Rows: len(files), Cols: []expr.Column{names.Take(), rows.Take(), bytes.Take()}}, nil)
		}
	}
}

func writeSorted(w *source.TaskWriter, in Batches) error {
	for b, err := range in {
		if err == nil {
			err = w.Sorted(b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeSpread writes rows that are in no order.
func writeSpread(w *source.TaskWriter, in Batches, n *plan.Write, t *Task) error {
	s := newSorter(n, n.Input.Schema(), plan.Ascending(n.Sink.Keys()), t)
	defer s.close()
	for b, err := range in {
		if err != nil {
			return err
		}
		rest, err := w.Write(b)
		if err == nil && rest != nil {
			err = s.add(rest)
		}
		if err != nil {
			return err
		}
	}
	return writeSorted(w, s.sorted)
}
