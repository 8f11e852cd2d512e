package sparklog

import "stagecoach/engine/metric"

// A decoder turns lines into events. Each of the goroutines that decode has its
// own.
type decoder struct {
	scanner
	batch *batch // where what is decoded goes

	template template   // of the metrics that tasks of this log usually have
	shape    metric.Set // zeros for the metrics that tasks of this log usually have
	shapeM   uint64     // the same, as a mask over fields
	slots    []int      // where in fields each of them is, in the order of the set
}
