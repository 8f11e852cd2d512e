package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
)

// buckets is how many parts a spilling aggregation makes; five bits of the hash
// a level.
const buckets = 32

// A bucketFile holds batches spread over buckets.
type bucketFile struct {
	file   *block.File
	pieces [buckets][]piece
}

type piece struct{ offset, length int64 }

func newBucketFile(dir *block.Dir) (*bucketFile, error) {
	f, err := dir.Create("spill")
	return &bucketFile{file: f}, err
}

func (f *bucketFile) write(b *expr.Batch, keys []*expr.Column, depth int) (written int64, err error) {
	hash := expr.HashRows(keys, b.Rows, nil)
	var rows [buckets][]int32
	for i, h := range hash {
		// Another multiplier each level: the rows of one bucket share the
		// bits that put them there.
		bucket := uint32(h) * (0x9e3779b1 + 2*uint32(depth)*0x85ebca6b) >> 27
		rows[bucket] = append(rows[bucket], int32(i))
	}
	var g expr.Gatherer
	for bucket, sel := range rows {
		if len(sel) == 0 {
			continue
		}
		data := block.Encode(nil, g.Gather(b, sel))
		offset, err := f.file.Append(data)
		if err != nil {
			return written, err
		}
		written += int64(len(data))
		f.pieces[bucket] = append(f.pieces[bucket], piece{offset, int64(len(data))})
	}
	return written, nil
}

func (f *bucketFile) read(bucket int, schema expr.Schema) Batches {
	return readPieces(f.file, f.pieces[bucket], schema)
}

// readPieces yields the batches of pieces of a file.
func readPieces(f *block.File, pieces []piece, schema expr.Schema) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		for _, p := range pieces {
			data, err := f.Read(p.offset, p.length)
			for err == nil && len(data) > 0 {
				var b *expr.Batch
				if b, data, err = block.Decode(schema, data); err == nil && !yield(b, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}
