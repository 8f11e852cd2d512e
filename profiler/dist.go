package profiler

import (
	"math/bits"
	"slices"

	"stagecoach/engine/metric"
)

// A Dist is the values of one metric over tasks, ascending. Its methods return
// zero when it is empty. The unit is the metric's.
type Dist []int64

// Quantile returns the value at q of 0 to 1 by Spark's rule: the element at
// min(trunc(q*n), n-1), without interpolation.
func (d Dist) Quantile(q float64) int64 {
	if len(d) == 0 {
		return 0
	}
	return d[quantileIndex(q, len(d), len(d))]
}

// Min returns the least value.
func (d Dist) Min() int64 { return d.Quantile(0) }

// Median returns the upper middle value.
func (d Dist) Median() int64 { return d.Quantile(0.5) }

// Max returns the greatest value.
func (d Dist) Max() int64 { return d.Quantile(1) }

// Len returns the number of values.
func (d Dist) Len() int { return len(d) }

// Sum returns the sum of the values.
func (d Dist) Sum() int64 {
	var sum int64
	for _, v := range d {
		sum += v
	}
	return sum
}

// Mean returns the arithmetic mean.
func (d Dist) Mean() float64 {
	if len(d) == 0 {
		return 0
	}
	return float64(d.Sum()) / float64(len(d))
}

// Skew returns Max over Median, or 0 when the median is 0.
func (d Dist) Skew() float64 {
	if d.Median() == 0 {
		return 0
	}
	return float64(d.Max()) / float64(d.Median())
}

func quantileIndex(q float64, n, have int) int {
	return max(0, min(int(q*float64(n)), n-1, have-1))
}

// Dist returns the values of id over the tasks that succeeded and left
// metrics. Tasks that did not record id are left out. Each call sorts anew, and
// the caller owns the result.
func (s *Stage) Dist(id metric.ID) Dist {
	if s.sketch != nil && !id.SQL() {
		return slices.Clone(s.sketch.dists[id])
	}
	return s.DistOf(func(row int) (int64, bool) { return s.Tasks.Metric(row, id) })
}

// DistOf returns the values that value has for the rows of s.Tasks that
// succeeded and left metrics; rows for which it returns false are left out.
func (s *Stage) DistOf(value func(row int) (int64, bool)) Dist {
	d := make(Dist, 0, s.Complete)
	for row := range s.Tasks.Len() {
		if s.Tasks.Status(row) != Succeeded || !s.Tasks.Measured(row) {
			continue
		}
		if v, ok := value(row); ok {
			d = append(d, v)
		}
	}
	return ascend(d)
}

// ascend sorts d. Of many values their order is found by counting digits, from the
// lowest up, in the range that they span: two or three passes over them, which is
// three times as fast as comparing.
func ascend(d Dist) Dist {
	const digit = 11 // bits: counts that stay in the nearest cache
	if len(d) < 1<<digit/4 {
		slices.Sort(d)
		return d
	}
	least := slices.Min(d)
	span := uint64(slices.Max(d)) - uint64(least)
	other := make(Dist, len(d))
	for shift := 0; shift < bits.Len64(span); shift += digit {
		var starts [1 << digit]int
		at := func(v int64) uint64 { return (uint64(v) - uint64(least)) >> shift & (1<<digit - 1) }
		for _, v := range d {
			starts[at(v)]++
		}
		sum := 0
		for i, n := range starts {
			starts[i], sum = sum, sum+n
		}
		for _, v := range d {
			i := at(v)
			other[starts[i]] = v
			starts[i]++
		}
		d, other = other, d
	}
	return d
}

// ShuffleReadDist returns bytes read from shuffles, local and remote together,
// over the tasks that succeeded.
func (s *Stage) ShuffleReadDist() Dist {
	if s.sketch != nil {
		return slices.Clone(s.sketch.read)
	}
	return s.DistOf(func(row int) (int64, bool) {
		local, ok := s.Tasks.Metric(row, metric.ShuffleLocalBytesRead)
		remote, okRemote := s.Tasks.Metric(row, metric.ShuffleRemoteBytesRead)
		return local + remote, ok || okRemote
	})
}

// SparkQuantiles returns what Spark's taskSummary has for id (AppStatusStore),
// in the metric's unit, for ascending qs; nil when no task succeeded. It differs
// from Dist: what was not recorded is zero, durations, scheduler delay and getting
// result time are taken over all attempts that ended, failed ones too, and yet the
// number of successes chooses the position.
func (s *Stage) SparkQuantiles(id metric.ID, qs []float64) []int64 {
	if s.sketch != nil && len(s.sketch.spark[id]) > 0 {
		out := make([]int64, len(qs))
		for i, q := range qs {
			out[i] = s.sketch.spark[id].Quantile(q)
		}
		return out
	}
	var values Dist
	n := 0
	for row := range s.Tasks.Len() {
		status := s.Tasks.Status(row)
		if status == Running {
			continue
		}
		if status == Succeeded {
			n++
		}
		v, ok := s.Tasks.Metric(row, id)
		switch id {
		case metric.TaskDuration, metric.GettingResultTime:
		case metric.SchedulerDelay:
			if !ok { // an attempt without metrics did nothing but wait, to Spark
				v = s.Tasks.duration(row)
			}
		default:
			if status != Succeeded {
				continue
			}
		}
		values = append(values, v)
	}
	if n == 0 || len(values) == 0 {
		return nil
	}
	values = ascend(values)
	out := make([]int64, len(qs))
	for i, q := range qs {
		out[i] = values[quantileIndex(q, n, len(values))]
	}
	return out
}
