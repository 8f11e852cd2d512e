package operator

import (
	"fmt"
	"os"
	"path/filepath"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// TemporaryFolder is where the tasks of a write put their files until all have
// ended well; then the driver moves them into place.
const TemporaryFolder = "_temporary"

// write writes a partition to a file of its own in the temporary folder. It
// yields nothing.
func write(n *plan.Write, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		if err := writeFile(n, in, t); err != nil {
			yield(nil, err)
		}
	}
}

func writeFile(n *plan.Write, in Batches, t *Task) (err error) {
	codec, err := source.ParseCodec(n.Codec)
	if err != nil {
		return err
	}
	var f *os.File
	var w *source.ParquetWriter
	path := filepath.Join(n.Path, TemporaryFolder, fmt.Sprintf("part-%05d-%d.%s.parquet", t.Partition, t.ID, n.Codec))
	defer func() {
		if f != nil {
			f.Close()
		}
		if err != nil && f != nil {
			os.Remove(path)
		}
	}()
	var rows int64
	for b, err := range in {
		if err != nil {
			return err
		}
		if f == nil { // a partition without rows leaves no file
			if f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err != nil {
				return err
			}
			if w, err = source.NewParquetWriter(f, n.Input.Schema(), source.ParquetOptions{Codec: codec, Parallelism: 1}); err != nil {
				return err
			}
		}
		if err := w.Write(b); err != nil {
			return err
		}
		rows += int64(b.Rows)
	}
	if f == nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	t.Metrics.Record(metric.OutputBytes, info.Size())
	t.Metrics.Record(metric.OutputRecords, rows)
	t.Node(n).Record(metric.WrittenOutputBytes, info.Size())
	t.Node(n).Record(metric.NumFiles, 1)
	return nil
}
