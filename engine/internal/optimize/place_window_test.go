package optimize_test

import (
	"strings"
	"testing"
)

// The rows of a window are spread by its partition and sorted by partition and
// order, unless they are so already; functions that nobody asks for are gone.
func TestPlaceWindow(t *testing.T) {
	for _, c := range []struct{ claim, query, want string }{
		{"spread and sorted", "SELECT k, rank() OVER (PARTITION BY k ORDER BY x DESC) FROM l", `
Project [k, w AS rank() OVER (PARTITION BY k ORDER BY x DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)]
+- Window [rank() specifiedwindowframe(RowFrame, unboundedpreceding$(), currentrow$()) AS w], [k], [x DESC NULLS LAST]
   +- Sort [k ASC NULLS FIRST, x DESC NULLS LAST], false, 0
      +- Exchange hashpartitioning(k, 4), ENSURE_REQUIREMENTS
         +- Scan memory [k, x]`},
		{"one partition without keys", "SELECT row_number() OVER (ORDER BY x) FROM l", `
+- Sort [x ASC NULLS FIRST], false, 0
+- Exchange SinglePartition, ENSURE_REQUIREMENTS
+- Scan memory [x]`},
		{"two orders share the exchange", "SELECT sum(x) OVER (PARTITION BY k ORDER BY x), sum(x) OVER (PARTITION BY k ORDER BY a) FROM l", `
Sort [k ASC NULLS FIRST, a ASC NULLS FIRST]
Sort [k ASC NULLS FIRST, x ASC NULLS FIRST]
Exchange`},
		{"an order within an order needs no sort", "SELECT sum(x) OVER (PARTITION BY k ORDER BY x, a), count(*) OVER (PARTITION BY k ORDER BY x) FROM l", `
Window
Window
Sort [k ASC NULLS FIRST, x ASC NULLS FIRST, a ASC NULLS FIRST]
Exchange`},
		{"spread by the aggregation below", "SELECT k, rank() OVER (PARTITION BY k ORDER BY sum(x)) FROM l GROUP BY k", `
Window
Sort
HashAggregate
Exchange
HashAggregate`},
		{"unused functions go", "SELECT k, r FROM (SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY x) r, sum(x) OVER (PARTITION BY a) s FROM l)", `
Window [row_number()
Sort
Exchange hashpartitioning(k, 4)
Scan memory [k, x]`},
	} {
		got := before(t, "", c.query)
		rest := got
		for _, part := range strings.Split(strings.TrimSpace(c.want), "\n") {
			part = strings.TrimLeft(part, " +-:")
			_, after, found := strings.Cut(rest, strings.TrimPrefix(part, "Scan memory "))
			if !found {
				t.Errorf("%s: no %q in\n%s", c.claim, part, got)
				break
			}
			rest = after
		}
		if n := strings.Count(c.want, "Exchange"); strings.Count(got, "Exchange") != n {
			t.Errorf("%s: not %d exchanges in\n%s", c.claim, n, got)
		}
		if n := strings.Count(c.want, "Sort "); n > 0 && strings.Count(got, "Sort ") != n {
			t.Errorf("%s: not %d sorts in\n%s", c.claim, n, got)
		}
	}
}
