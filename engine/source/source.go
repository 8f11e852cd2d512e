// Package source is where rows come from and where they go: Parquet, CSV, JSON,
// Arrow, text and memory, each read behind Source; a Sink writes all but the last.
//
// A scan asks a Source for its splits once, on the driver, and then reads each
// split in a task of its own. Readers fill the same buffers again for every
// batch; nothing here knows of plans, tasks or memory budgets.
package source

import (
	"context"
	"iter"

	"stagecoach/engine/expr"
)

// A Source is a table that can be read in splits. It is safe for concurrent use.
type Source interface {
	// Schema is the table's logical schema; known without reading rows.
	Schema() expr.Schema
	// Format is Spark's name of the format: "parquet", "csv", "memory".
	Format() string
	// Location names what is read, for EXPLAIN: "[a.parquet, ... 3 files]".
	Location() string
	// Stats is what is known of the table without reading it.
	Stats() Stats
	// Splits cuts the table into the parts that tasks read, largest first as in
	// Spark's FilePartition. It leaves out nothing but files whose values of the
	// partition columns do not meet the conditions: other pruning is Read's affair.
	Splits(SplitOptions) ([]Split, error)
	// Read yields the split's rows. The batches hold the columns of r.Columns in
	// that order. After an error nothing follows. Leaving the loop releases
	// everything. A corrupt file is an error that names the file and the column
	// chunk, never a panic and never silently fewer rows.
	Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error]
}

// Stats is the size of a table. A negative number is not known.
type Stats struct {
	Rows  int64
	Bytes int64 // as stored
	Files int
}

// SplitOptions are the parameters of Spark's split formula:
// maxSplitBytes = min(MaxPartitionBytes, max(OpenCost, total/Parallelism)),
// where total counts OpenCost once per file.
type SplitOptions struct {
	MaxPartitionBytes int64 // spark.sql.files.maxPartitionBytes
	OpenCost          int64 // spark.sql.files.openCostInBytes
	Parallelism       int   // spark.sql.files.minPartitionNum: the slots

	Folders []expr.Expr // conditions over PartitionColumns alone that rows must meet all

	keep func(file int) bool // nil keeps all
}

// A Split is what one task reads: pieces of files (or of memory).
type Split struct {
	Pieces []Piece
}

// A Piece is a range of one file. A format that cannot be cut anywhere assigns
// each unit (a Parquet row group, a CSV line) to the piece its middle (its
// start) falls in, so that pieces cover every row exactly once.
type Piece struct {
	Path           string
	Offset, Length int64
	Index          int // which file or which memory batch
}

// Bytes is the size of the split.
func (s Split) Bytes() int64 {
	var n int64
	for _, p := range s.Pieces {
		n += p.Length
	}
	return n
}

// Read says what to read of a split, and collects what reading did.
type Read struct {
	Columns    []string    // columns wanted, in this order; none means rows only (Batch.Rows)
	Predicates []Predicate // conditions that rows must meet all; a reader may use them to skip and may ignore them
	BatchRows  int         // most rows in a batch
	Counters   Counters
}

// Counters are what reading a split did so far. They belong to the reader until
// the loop ends; between batches the consumer may look.
type Counters struct {
	BytesRead        int64 // bytes taken from storage
	RecordsRead      int64 // rows decoded, before any predicate
	Files            int64
	FilesSize        int64 // whole size of the files opened
	RowGroups        int64
	RowGroupsSkipped int64
	MetadataNanos    int64 // footers and headers
	Malformed        int64 // rows of text that did not fit the schema and were mended with nulls
}

// An Op is a comparison of a pushed predicate.
type Op uint8

const (
	Equal Op = iota
	Less
	LessEqual
	Greater
	GreaterEqual
	IsNotNull // Value is not used
)

// String is the name that Spark gives filters of sources.
func (o Op) String() string {
	return [...]string{"EqualTo", "LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual", "IsNotNull"}[o]
}

// Table is the table behind a source whose columns go by other names in one use of
// it; any other source is its own.
func Table(s Source) Source {
	for {
		r, ok := s.(interface{ Table() Source })
		if !ok {
			return s
		}
		s = r.Table()
	}
}

// A Predicate compares a column with a constant: Column Op Value. A null never
// meets a comparison.
type Predicate struct {
	Column string
	Op     Op
	Value  expr.Value // of the column's type
}
