package shuffle

import (
	"sort"

	"stagecoach/engine/expr"
)

// A Partitioner gives every row of a batch its partition, below n. The slice is
// valid until the next call. It belongs to one goroutine.
type Partitioner func(b *expr.Batch) []int32

// Hash spreads rows as Spark's HashPartitioning does: pmod(murmur3(keys), n).
func Hash(keys []int, n int) Partitioner {
	cols := make([]*expr.Column, len(keys))
	var out []int32
	return func(b *expr.Batch) []int32 {
		for i, k := range keys {
			cols[i] = &b.Cols[k]
		}
		out = expr.HashRows(cols, b.Rows, out)
		for i, h := range out {
			out[i] = expr.Pmod(h, n)
		}
		return out
	}
}

// Single sends every row to partition 0.
func Single() Partitioner {
	var out []int32
	return func(b *expr.Batch) []int32 {
		if len(out) < b.Rows {
			out = make([]int32, b.Rows)
		}
		return out[:b.Rows]
	}
}

// RoundRobin deals rows out in turn, the first to partition start.
func RoundRobin(start, n int) Partitioner {
	next := int32(start % n)
	var out []int32
	return func(b *expr.Batch) []int32 {
		if cap(out) < b.Rows {
			out = make([]int32, b.Rows)
		}
		out = out[:b.Rows]
		for i := range out {
			out[i] = next
			if next++; int(next) == n {
				next = 0
			}
		}
		return out
	}
}

// Range sends a row to the partition between whose bounds it lies: the rows of
// bounds are the greatest rows of partitions 0, 1, ... in the order of the keys,
// as in Spark.
// columns are the keys' positions in the batch; in bounds they are 0, 1, ....
func Range(bounds *expr.Batch, columns []int, order []expr.Order) Partitioner {
	var out []int32
	view := &expr.Batch{Cols: make([]expr.Column, len(columns))}
	return func(b *expr.Batch) []int32 {
		if cap(out) < b.Rows {
			out = make([]int32, b.Rows)
		}
		out = out[:b.Rows]
		for i, c := range columns {
			view.Cols[i] = b.Cols[c]
		}
		for i := range out {
			out[i] = int32(sort.Search(bounds.Rows, func(j int) bool {
				return expr.CompareRows(view, i, bounds, j, order) <= 0
			}))
		}
		return out
	}
}

// Bounds places n-1 bounds (fewer when the sample has fewer distinct rows) so
// that the partitions between them weigh the same. Row i of the sample stands
// for weights[i] rows.
func Bounds(sample *expr.Batch, weights []float64, n int, order []expr.Order) *expr.Batch {
	index := expr.SortIndex(sample, order)
	var total float64
	for _, w := range weights {
		total += w
	}
	step := total / float64(n)
	var pick []int32
	sum, target := 0.0, step
	for _, i := range index {
		sum += weights[i]
		if sum < target || len(pick) == n-1 {
			continue
		}
		if len(pick) == 0 || expr.CompareRows(sample, int(pick[len(pick)-1]), sample, int(i), order) < 0 {
			pick = append(pick, i)
			target += step
		}
	}
	var g expr.Gatherer
	return g.Gather(sample, pick).Copy()
}
