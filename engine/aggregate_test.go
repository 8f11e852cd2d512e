package engine_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// Aggregates of every kind of state, with FILTER, DISTINCT and WITHIN GROUP over
// columns that nothing else reads, are the same whether their states spill or not.
func TestSpilledStates(t *testing.T) {
	group := expr.As{X: expr.Fn("%", expr.Col("n"), 5000), Name: "part"}
	few := expr.Lt(expr.Col("v"), 0.5)
	stat := func(fn, name string, args ...expr.Expr) expr.Aggregate { return expr.Stat(fn, name, args...) }
	joined := stat("listagg", "joined", expr.Col("g"), expr.Lit(","))
	joined.OrderBy = []expr.Ordering{{X: expr.Col("g"), Desc: true}}
	filtered := stat("sum", "filtered", expr.Col("n"))
	filtered.Filter = few
	distinct := stat("sum", "distinct", expr.Col("n"))
	distinct.Distinct = true
	aggs := []expr.Aggregate{joined, filtered, distinct, stat("max_by", "by", expr.Col("g"), expr.Col("n")), stat("min", "least", expr.Col("g")),
		expr.Percentile(expr.Col("n"), 0.25, "quarter"), stat("percentile_approx", "near", expr.Col("n"), expr.Lit(0.5)), stat("mode", "mode", expr.Col("n")),
		stat("approx_count_distinct", "about", expr.Col("n")), stat("kurtosis", "k", expr.Col("n"))}
	answer := func(memory string) (rows []string, spilled int64) {
		r := &recorder{}
		s := session(t, r, "spark.master=local[1]", "spark.executor.memory="+memory, "spark.sql.shuffle.partitions=2")
		got, err := s.Read(source.Memory(schema, wide(20000))).GroupBy(group).Agg(aggs...).Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range got.Rows() {
			rows = append(rows, fmt.Sprint(row))
		}
		slices.Sort(rows)
		return rows, r.total(metric.DiskBytesSpilled)
	}
	small, spilled := answer("2m")
	large, _ := answer("1g")
	if spilled == 0 {
		t.Error("nothing went to disk")
	}
	if len(large) != 5000 || !slices.Equal(small, large) {
		t.Errorf("%d groups with little memory, %d with much", len(small), len(large))
	}
}

// A sum that leaves its type fails the query in ANSI mode.
func TestOverflowFailsTheQuery(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	f := s.Read(source.Memory(schema, wide(10)))
	sum := expr.Sum(expr.Add(expr.Col("n"), expr.Lit(math.MaxInt64-10)), "s").In(expr.Mode{ANSI: true})
	if _, err := f.Agg(sum).Collect(context.Background()); err == nil || !strings.Contains(err.Error(), "[ARITHMETIC_OVERFLOW]") {
		t.Errorf("the sum of ten large numbers gave the error %v", err)
	}
}
