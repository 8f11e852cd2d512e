package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// placeWindow puts the rows of a partition together and sorts them by partition
// and order, as Spark's WindowExec asks for, where they are not so already.
func placeWindow(in plan.Node, partitionBy []string, orderBy []plan.SortKey, n int) plan.Node {
	return sorted(together(in, partitionBy, n), partitionBy, orderBy)
}

// together moves the rows of each partition of a window to one place.
func together(in plan.Node, partitionBy []string, n int) plan.Node {
	if len(partitionBy) == 0 || isSingle(in) {
		return single(in)
	}
	return hashed(in, partitionBy, n, false)
}

// placeWindowLimit lets no more rows move than can be among the first, and
// none below the limit where no row must move.
func placeWindowLimit(x *plan.WindowGroupLimit, n int) plan.Node {
	final := *x
	final.Phase = plan.Final
	if together(x.Input, x.PartitionBy, n) != x.Input {
		partial := *x
		partial.Phase = plan.Partial
		final.Input = partial.With([]plan.Node{sorted(x.Input, x.PartitionBy, x.OrderBy)})
	}
	final.Input = placeWindow(final.Input, x.PartitionBy, x.OrderBy, n)
	return &final
}

// sorted sorts each partition of rows by keys, then an order, unless it is
// sorted so.
func sorted(in plan.Node, keys []string, order []plan.SortKey) plan.Node {
	var want []plan.SortKey
	for _, k := range keys {
		want = append(want, plan.SortKey{Column: k, NullsFirst: true})
	}
	for _, k := range order { // a key that stands before says nothing new
		if !slices.ContainsFunc(want, func(w plan.SortKey) bool { return w.Column == k.Column }) {
			want = append(want, k)
		}
	}
	if have := sortedBy(in); len(have) >= len(want) && slices.Equal(have[:len(want)], want) {
		return in
	}
	return &plan.Sort{Input: in, Keys: want}
}

// sortedBy is the order of the rows within each partition.
func sortedBy(n plan.Node) []plan.SortKey {
	switch n := n.(type) {
	case *plan.Sort:
		return n.Keys
	case *plan.TopN:
		return n.Keys
	case *plan.Window, *plan.WindowGroupLimit, *plan.Named, *plan.Sample:
		return sortedBy(n.Inputs()[0])
	case *plan.Filter:
		return among(sortedBy(n.Input), func(k string) string {
			if n.Schema().Index(k) < 0 {
				return ""
			}
			return k
		})
	case *plan.Project:
		return among(sortedBy(n.Input), func(k string) string {
			for _, e := range n.Exprs {
				if r, plain := expr.Unalias(e).(expr.Ref); plain && r.Name == k {
					return expr.Name(e)
				}
			}
			return ""
		})
	}
	return nil
}

// among is the first keys that have a new name.
func among(keys []plan.SortKey, rename func(string) string) []plan.SortKey {
	var out []plan.SortKey
	for _, k := range keys {
		if k.Column = rename(k.Column); k.Column == "" {
			break
		}
		out = append(out, k)
	}
	return out
}
