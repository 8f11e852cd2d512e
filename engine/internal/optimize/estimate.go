package optimize

import (
	"math"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// Estimate is the size of a node's rows in bytes as Spark estimates it without
// column statistics (SizeInBytesOnlyStatsPlanVisitor): a scan is as large as
// its files, a projection scales by the width of its rows, a join is the
// product of its sides, anything else as large as its inputs.
func Estimate(n plan.Node) int64 {
	switch n := n.(type) {
	case *plan.Scan:
		st := n.Source.Stats()
		if st.Bytes < 0 {
			return math.MaxInt64
		}
		return scale(st.Bytes, rowWidth(n.Columns), rowWidth(n.Source.Schema()))
	case *plan.Project:
		return scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema()))
	case *plan.Aggregate:
		if len(n.Keys) == 0 {
			return rowWidth(n.Schema())
		}
		return scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema()))
	case *plan.Window:
		return scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema()))
	case *plan.Expand:
		size, copies := scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema())), int64(len(n.Projections))
		if size > math.MaxInt64/copies {
			return math.MaxInt64
		}
		return size * copies
	case *plan.OneRow:
		return rowWidth(n.Schema())
	case *plan.Sample:
		if size := Estimate(n.Input); size < math.MaxInt64 {
			return max(int64(float64(size)*n.Fraction), 1)
		}
		return math.MaxInt64
	case *plan.Limit:
		if n.N < 0 {
			return Estimate(n.Input)
		}
		return min(Estimate(n.Input), int64(n.N)*rowWidth(n.Schema()))
	case *plan.TopN:
		return min(Estimate(n.Input), int64(n.N)*rowWidth(n.Schema()))
	case *plan.Join:
		left := Estimate(n.Left)
		if n.Type == plan.LeftSemi || n.Type == plan.LeftAnti {
			return left
		}
		right := max(Estimate(n.Right), 1)
		if left > math.MaxInt64/right {
			return math.MaxInt64
		}
		return left * right
	case *plan.Cached:
		return Estimate(n.Relation.Plan)
	case *plan.Exchange:
		return Estimate(n.Input)
	case *plan.RuntimeFilter:
		return Estimate(n.Input)
	}
	var sum int64
	for _, in := range n.Inputs() {
		e := Estimate(in)
		if e > math.MaxInt64-sum {
			return math.MaxInt64
		}
		sum += e
	}
	return sum
}

// Rows is how many rows a node gives, where that is known without running it: of
// what is read, of the one group without keys, and below a limit; else -1.
func Rows(n plan.Node) int64 {
	switch n := n.(type) {
	case *plan.Scan:
		return n.Source.Stats().Rows
	case *plan.Aggregate:
		if len(n.Keys) == 0 {
			return 1
		}
	case *plan.Limit:
		if below := Rows(n.Input); n.N >= 0 && below >= 0 {
			return min(below, int64(n.N))
		} else if n.N >= 0 {
			return int64(n.N)
		}
	}
	return -1
}

func scale(bytes, width, of int64) int64 {
	if of == 0 || bytes == math.MaxInt64 {
		return bytes
	}
	return max(int64(float64(bytes)*float64(width)/float64(of)), 1)
}

// rowWidth is Spark's estimate of a row's size: 8 bytes and the default size of
// each column's type.
func rowWidth(s expr.Schema) int64 {
	n := int64(8)
	for _, f := range s {
		n += defaultSize(f.Type)
	}
	return n
}

// defaultSize is Spark's DataType.defaultSize.
func defaultSize(t expr.Type) int64 {
	switch t.Kind() {
	case expr.String:
		return 20
	case expr.Binary:
		return 100
	case expr.Array:
		return defaultSize(t.Elem())
	case expr.Struct:
		n := int64(0)
		for _, f := range t.Fields() {
			n += defaultSize(f.Type)
		}
		return n
	}
	return int64(t.Width())
}
