package sparklog

import (
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

var mergedNames = keys(mergedKeys[:]...)

// maxFields is how many numbers of Task Metrics are kept at most.
const maxFields = 24

// taskMetrics reads the numbers in whatever order and with whatever else.
func (d *decoder) taskMetrics() {
	if d.null() {
		return
	}
	d.own.measured = true
	keep := func(slot int, scale int64) {
		if d.number(metricSlot+slot, scale) {
			d.own.seen |= 1 << slot
		}
	}
	read := func(s section, k int) {
		switch own := len(sectionFields[s]); k {
		default:
			at := sectionFields[s][k]
			keep(at, fields[at].scale)
		case own: // of shuffleRead alone
			keep(requestsSlot, 1)
		case own + 1:
			d.object(mergedNames, func(k int) { keep(requestsSlot+1+k, 1) })
		}
	}
	d.object(sectionNames[top], func(k int) {
		if k < len(sectionFields[top]) {
			read(top, k)
			return
		}
		s := shuffleRead + section(k-len(sectionFields[top]))
		d.object(sectionNames[s], func(k int) { read(s, k) })
	})
}

// metricsOf gives e the metrics of the line. Tasks of one log record the same
// ones almost always, so the set begins as a copy of the last one's shape.
func (d *decoder) metricsOf(e *event.TaskEnd) {
	values := d.line.numbers[metricSlot:listSlot]
	e.RemoteRequests = values[requestsSlot]
	if numbers := values[requestsSlot+1:]; slices.ContainsFunc(numbers, func(v int64) bool { return v != 0 }) {
		e.Merged = &event.MergedReads{}
		for i, to := range mergedNumbers(e.Merged) {
			*to = numbers[i]
		}
	}
	seen := d.line.seen & (1<<maxFields - 1)
	if seen != d.shapeM || seen == 0 {
		d.reshape(seen)
	}
	set, numbers := d.batch.set(&d.shape)
	for i, slot := range d.slots {
		numbers[i] = values[slot]
	}
	e.Metrics = set
	if peak := d.line.numbers[peakSlot]; peak >= 0 { // before Spark 3.0 only an accumulable had it
		if _, ok := set.Get(metric.PeakExecutionMemory); !ok {
			set.Record(metric.PeakExecutionMemory, peak)
		}
	}
}

// reshape prepares for tasks that have the metrics of some slots.
func (d *decoder) reshape(seen uint64) {
	d.shape, d.shapeM, d.slots = metric.Set{}, seen, d.slots[:0]
	for at, f := range fields {
		if seen&(1<<at) != 0 {
			d.shape.Record(f.id, 0)
		}
	}
	for id := range d.shape.All {
		d.slots = append(d.slots, slices.IndexFunc(fields, func(f field) bool { return f.id == id }))
	}
}
