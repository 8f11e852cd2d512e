package shuffle

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// Custom spreads rows by what place says of some of their columns, which is
// checked: a partition that is not there is an error that shows the row.
func Custom(keys []int, n int, place func(columns []*expr.Column, rows int, out []int32) error) func(*expr.Batch) ([]int32, error) {
	cols := make([]*expr.Column, len(keys))
	var out []int32
	return func(b *expr.Batch) ([]int32, error) {
		for i, k := range keys {
			cols[i] = &b.Cols[k]
		}
		if cap(out) < b.Rows {
			out = make([]int32, b.Rows)
		}
		out = out[:b.Rows]
		if err := place(cols, b.Rows, out); err != nil {
			return nil, err
		}
		for i, p := range out {
			if uint32(p) >= uint32(n) {
				values := make([]string, len(cols))
				for c := range cols {
					values[c] = cols[c].Value(i).String()
				}
				return nil, fmt.Errorf("the row (%s) is sent to partition %d; there are 0 to %d", strings.Join(values, ", "), p, n-1)
			}
		}
		return out, nil
	}
}
