package optimize

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// Joins are computed as Spark computes them, for every type, every pair of
// hints, with keys and without, and sizes on both sides of each threshold;
// testdata/joins.py says how Spark was asked.
func TestJoinsAsSpark(t *testing.T) {
	data, err := os.ReadFile("testdata/joins.txt")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]plan.JoinType{"inner": plan.Inner, "left": plan.LeftOuter, "right": plan.RightOuter,
		"full": plan.FullOuter, "semi": plan.LeftSemi, "anti": plan.LeftAnti}
	hints := []string{"", "BROADCAST", "MERGE", "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL"}
	cases := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var kind, keys, prefer string
		var left, right int64
		if _, err := fmt.Sscan(line, &kind, &keys, &prefer, &left, &right); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		conf, err := config.Parse("spark.sql.autoBroadcastJoinThreshold=100", "spark.sql.shuffle.partitions=4", "spark.sql.join.preferSortMergeJoin="+prefer)
		if err != nil {
			t.Fatal(err)
		}
		cond := expr.Lt(expr.Col("a"), expr.Col("b"))
		if keys == "keys" {
			cond = expr.Eq(expr.Col("a"), expr.Col("b"))
		}
		for i, want := range strings.Fields(line)[5:] {
			join, err := plan.NewJoin(ids(t, "a", left, hints[i/5]), ids(t, "b", right, hints[i%5]), nil, nil, types[kind])
			if err != nil {
				t.Fatal(err)
			}
			join.Where = cond
			if got := choiceOf(Run(join, &Context{Config: conf})); got != want {
				t.Errorf("%s join, %s, preferSortMergeJoin=%s, %d and %d rows, hints %q and %q: %s, in Spark %s",
					kind, keys, prefer, left, right, hints[i/5], hints[i%5], got, want)
			}
			cases++
		}
	}
	if cases != 6*2*2*8*25 {
		t.Errorf("%d cases", cases)
	}
}

// ids is the numbers up to rows in a column of that name, with a hint.
func ids(t *testing.T, name string, rows int64, hint string) plan.Node {
	t.Helper()
	s, err := source.Range(0, rows, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	var n plan.Node = project(plan.NewScan(s), []expr.Expr{expr.As{X: expr.Col("id"), Name: name}})
	if hint != "" {
		n = &plan.Hint{Input: n, Kind: hint}
	}
	return n
}

// choiceOf is the strategy of a plan's join as joins.py writes it.
func choiceOf(n plan.Node) string {
	text := "no join"
	plan.Walk(n, func(n plan.Node) {
		j, ok := n.(*plan.Join)
		if !ok {
			return
		}
		text = string("?BHMNC"[j.Strategy])
		if j.Strategy == plan.BroadcastHash || j.Strategy == plan.ShuffledHash || j.Strategy == plan.NestedLoop {
			text += string("RL"[map[bool]int{true: 1}[j.BuildLeft]])
		}
	})
	return text
}
