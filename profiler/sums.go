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

// add folds v into the sum of id, which is a task metric.
func (s *sums) add(id metric.ID, v int64) {
	s.seen |= 1 << id
	if id == metric.PeakExecutionMemory { // the one that folds by maximum
		s.values[id] = max(s.values[id], v)
	} else {
		s.values[id] += v
	}
}

func (s *sums) merge(o *sums) {
	for left := o.seen; left != 0; left &= left - 1 {
		id := metric.ID(bits.TrailingZeros64(left))
		s.add(id, o.values[id])
	}
}

// sumsOf goes on from what others read: a stage that was over is tried again
// under the same number only in odd logs.
func sumsOf(set *metric.Set) *sums {
	s := &sums{}
	for id, v := range set.All {
		if !id.SQL() {
			s.add(id, v)
		}
	}
	return s
}

// set returns the sums as others read them.
func (s *sums) set() (out metric.Set) {
	for left := s.seen; left != 0; left &= left - 1 {
		id := metric.ID(bits.TrailingZeros64(left))
		out.Record(id, s.values[id])
	}
	return out
}
