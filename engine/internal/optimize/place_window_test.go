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
		{"a rank that a condition bounds limits rows twice", "SELECT * FROM (SELECT k, x, rank() OVER (PARTITION BY k ORDER BY x) r FROM l) WHERE r <= 1000 AND 3 > r", `
Window
WindowGroupLimit [k], [x ASC NULLS FIRST], rank(), 2, Final
Sort [k ASC NULLS FIRST, x ASC NULLS FIRST]
Exchange hashpartitioning(k, 4)
WindowGroupLimit [k], [x ASC NULLS FIRST], rank(), 2, Partial
Sort [k ASC NULLS FIRST, x ASC NULLS FIRST]
Scan memory [k, x]`},
		{"and once where no row moves", "SELECT * FROM (SELECT k, dense_rank() OVER (PARTITION BY k ORDER BY count(*)) r FROM l GROUP BY k) WHERE r = 1", `
Window
WindowGroupLimit [k], [count ASC NULLS FIRST], dense_rank(), 1, Final
Sort
HashAggregate
Exchange
HashAggregate`},
		{"the first rows of all are a TopN", "SELECT * FROM (SELECT k, row_number() OVER (ORDER BY x) r FROM l) WHERE r < 3", `
Window
TakeOrderedAndProject(limit=2, orderBy=[x ASC NULLS FIRST])
Exchange SinglePartition
TakeOrderedAndProject(limit=2`},
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

// Windows keep all rows where a function looks at rows behind the current one,
// where a condition bounds no rank, or only one above the threshold.
func TestWindowsWithoutLimit(t *testing.T) {
	for _, where := range []string{
		"rank() OVER (PARTITION BY k ORDER BY x) r, sum(x) OVER (PARTITION BY k ORDER BY x) s FROM l) WHERE r = 1",
		"rank() OVER (PARTITION BY k ORDER BY x) r, lag(x) OVER (PARTITION BY k ORDER BY x) s FROM l) WHERE r = 1",
		"rank() OVER (PARTITION BY k ORDER BY x) r FROM l) WHERE r <= 1001",
		"rank() OVER (PARTITION BY k ORDER BY x) r FROM l) WHERE r > 1",
		"rank() OVER (PARTITION BY k ORDER BY x) r FROM l) WHERE r = x",
		"ntile(4) OVER (PARTITION BY k ORDER BY x) r FROM l) WHERE r = 1",
	} {
		if got := before(t, "", "SELECT * FROM (SELECT *, "+where); strings.Contains(got, "WindowGroupLimit") {
			t.Errorf("%s: limited in\n%s", where, got)
		}
	}
}
