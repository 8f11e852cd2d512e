package plan

import "stagecoach/engine/expr"

// A Partitioner is a way to spread rows over partitions that a program brings
// along. It is safe for concurrent use: tasks share it.
type Partitioner interface {
	// Partitions is their number, one at least.
	Partitions() int
	// Check refuses columns that rows cannot be spread by, and settings that make
	// no sense.
	Check(columns expr.Schema) error
	// Place sets out[i], of rows elements, to the partition of row i, from 0. Equal
	// rows get equal partitions.
	Place(columns []*expr.Column, rows int, out []int32) error
	// Describe is what plans show of it: GridPartitioning(lat, lon, 0.1, 8).
	Describe(columns []string) string
}
