package sparklog

import "stagecoach/engine/metric"

// A decoder turns lines into events. Each of the goroutines that decode has its
// own.
type decoder struct {
	scanner
	batch *batch // where what is decoded goes

	ends   forms // of the lines of tasks
	starts forms
	line   *taskLine // what the last of them said: own, or a form's
	own    taskLine  // of one that was read key by key

	shape  metric.Set // zeros for the metrics that tasks of this log usually have
	shapeM uint64     // the same, as a mask over fields
	slots  []int      // where in fields each of them is, in the order of the set
}

func newDecoder() *decoder {
	d := &decoder{scanner: scanner{names: map[string]string{}}}
	d.clear()
	return d
}
