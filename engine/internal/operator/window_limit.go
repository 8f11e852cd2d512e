package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// limitWindow keeps the rows of each partition whose rank is at most the limit.
// Its rows come sorted by partition and order.
func limitWindow(n *plan.WindowGroupLimit, in Batches) Batches {
	orders := plan.Orders(n.OrderBy, n.Schema())
	var keys []expr.Order
	for _, k := range n.PartitionBy {
		keys = append(keys, expr.Order{Col: n.Schema().Index(k)})
	}
	return func(yield func(*expr.Batch, error) bool) {
		var begins, differs []bool
		var last *expr.Batch
		var sel []int32
		var g expr.Gatherer
		rows, rank := 0, 0
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Rows == 0 {
				continue
			}
			begins, differs = changes(b, keys, begins), changes(b, orders, differs)
			begins[0] = last == nil || expr.CompareRows(last, 0, b, 0, keys) != 0
			differs[0] = begins[0] || expr.CompareRows(last, 0, b, 0, orders) != 0
			sel = sel[:0]
			for i, first := range begins {
				if first {
					rows, rank = 0, 0
				}
				rows++
				switch {
				case n.Rank == "row_number":
					rank = rows
				case !first && !differs[i]:
				case n.Rank == "rank":
					rank = rows
				default:
					rank++
				}
				if rank <= n.Limit {
					sel = append(sel, int32(i))
				}
			}
			last = b.Slice(b.Rows-1, b.Rows).Copy()
			if len(sel) > 0 && !yield(g.Gather(b, sel), nil) {
				return
			}
		}
	}
}
