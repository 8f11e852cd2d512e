package profiler

import (
	"math/bits"

	"stagecoach/engine/metric"
)

// sums adds up task metrics while events come: a metric.Set with a place for
// every task metric, which is added to without looking for it. A log adds a
// hundred numbers a task.
type sums struct {
	seen   uint64
	values [metric.NumOutputRows]int64
}

// put sets the value of id, which is a task metric.
func (s *sums) put(id metric.ID, v int64) {
	s.seen |= 1 << id
	s.values[id] = v
}

// take puts the task metrics of set: of what one attempt left, or of what others
// read of a stage that was over and is tried again under the same number.
func (s *sums) take(set *metric.Set) {
	for id, v := range set.All {
		if !id.SQL() {
			s.put(id, v)
		}
	}
}

// merge adds o. To add the zeros of what o has not seen is faster than to leave
// them out.
func (s *sums) merge(o *sums) {
	s.seen |= o.seen
	const peak = metric.PeakExecutionMemory // the one that folds by maximum
	most := max(s.values[peak], o.values[peak])
	for id := range s.values {
		s.values[id] += o.values[id]
	}
	s.values[peak] = most
}

// set returns the sums as others read them.
func (s *sums) set() (out metric.Set) {
	for left := s.seen; left != 0; left &= left - 1 {
		id := metric.ID(bits.TrailingZeros64(left))
		out.Record(id, s.values[id])
	}
	return out
}
