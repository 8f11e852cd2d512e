package stage

import (
	"fmt"
	"strings"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// shuffledJoin is a sort-merge join of two exchanges of n partitions.
func shuffledJoin(t *testing.T, kind plan.JoinType, n int) (j *plan.Join, left, right *plan.Exchange) {
	t.Helper()
	side := func(key string) (plan.Node, *plan.Exchange) {
		scan := plan.NewScan(source.Memory(expr.Schema{{Name: key, Type: expr.Int32}}, nil))
		e := &plan.Exchange{Input: scan, Kind: plan.HashPartitioning, Keys: []string{key}, N: n}
		return &plan.Sort{Input: e, Keys: []plan.SortKey{{Column: key}}}, e
	}
	l, left := side("l")
	r, right := side("r")
	j, err := plan.NewJoin(l, r, []string{"l"}, []string{"r"}, kind)
	if err != nil {
		t.Fatal(err)
	}
	j.Strategy = plan.SortMerge
	return j, left, right
}

// even is a partition written by maps map tasks alike.
func even(maps int, partitions ...int64) Sizes {
	return Sizes{Partitions: partitions, Maps: func(p int) []int64 {
		list := make([]int64, maps)
		for i := range list {
			list[i] = partitions[p] / int64(maps)
		}
		return list
	}}
}

func settings(t *testing.T, list ...string) config.Config {
	t.Helper()
	c, err := config.Parse(append([]string{"spark.sql.autoBroadcastJoinThreshold=-1", "spark.sql.adaptive.coalescePartitions.enabled=false",
		"spark.sql.adaptive.advisoryPartitionSizeInBytes=100", "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes=300"}, list...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// text prints how an exchange is read: partitions, and map tasks where not all.
func text(ranges []Range) string {
	var parts []string
	for _, r := range ranges {
		part := fmt.Sprint(r.From)
		if r.To > r.From+1 {
			part = fmt.Sprintf("%d-%d", r.From, r.To-1)
		}
		if r.MapTo > 0 {
			part += fmt.Sprintf("/%d-%d", r.MapFrom, r.MapTo-1)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// A partition above the threshold and five times the median is read in pieces of
// the advisory size, the other side once for each; just at a limit it is not, nor
// on a side whose rows need all partners.
func TestSkew(t *testing.T) {
	for _, c := range []struct {
		what        string
		kind        plan.JoinType
		conf        string
		left, right Sizes
		wantL       string
		wantR       string
	}{
		{"left side", plan.Inner, "", even(4, 80, 410, 80), even(4, 80, 80, 80), "0 1/0-0 1/1-1 1/2-2 1/3-3 2", "0 1 1 1 1 2"},
		{"at five times the median", plan.Inner, "", even(4, 80, 400, 80), even(4, 80, 80, 80), "", ""},
		{"at the threshold", plan.Inner, "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes=400", even(4, 70, 400, 70), even(4, 70, 70, 70), "", ""},
		{"turned off", plan.Inner, "spark.sql.adaptive.skewJoin.enabled=false", even(4, 80, 500, 80), even(4, 80, 80, 80), "", ""},
		{"both sides", plan.Inner, "", even(2, 50, 400, 50), even(2, 50, 400, 50), "0 1/0-0 1/0-0 1/1-1 1/1-1 2", "0 1/0-0 1/1-1 1/0-0 1/1-1 2"},
		{"right side of a left outer join", plan.LeftOuter, "", even(4, 80, 80, 80), even(4, 80, 500, 80), "", ""},
		{"left side of a left outer join", plan.LeftOuter, "", even(2, 80, 500, 80), even(4, 80, 80, 80), "0 1/0-0 1/1-1 2", "0 1 1 2"},
		{"full outer join", plan.FullOuter, "", even(4, 80, 500, 80), even(4, 80, 80, 80), "", ""},
		{"one map task cannot be divided", plan.Inner, "", even(1, 80, 500, 80), even(1, 80, 80, 80), "", ""},
		{"small partitions around are joined", plan.Inner, "spark.sql.adaptive.coalescePartitions.enabled=true spark.sql.adaptive.coalescePartitions.minPartitionSize=1 spark.sql.adaptive.coalescePartitions.parallelismFirst=false",
			even(2, 20, 20, 400, 20, 20), even(2, 20, 20, 20, 20, 20), "0-1 2/0-0 2/1-1 3-4", "0-1 2 2 3-4"},
	} {
		j, left, right := shuffledJoin(t, c.kind, len(c.left.Partitions))
		got := SplitSkew(j, map[*plan.Exchange]Sizes{left: c.left, right: c.right}, settings(t, strings.Fields(c.conf)...), 2)
		if l, r := text(got[left]), text(got[right]); l != c.wantL || r != c.wantR {
			t.Errorf("%s:\n  left  %q, want %q\n  right %q, want %q", c.what, l, c.wantL, r, c.wantR)
		}
	}
}

// A join under a step that relies on where rows are is left alone.
func TestSkewBelowAnAggregate(t *testing.T) {
	j, left, right := shuffledJoin(t, plan.Inner, 3)
	a, err := plan.NewAggregate(j, []expr.Expr{expr.Col("l")}, []expr.Aggregate{expr.Count("n")})
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[*plan.Exchange]Sizes{left: even(4, 80, 500, 80), right: even(4, 80, 80, 80)}
	partial, final := a.Split()
	if got := SplitSkew(partial, sizes, settings(t), 2); got == nil {
		t.Error("a partial aggregate takes rows as they come")
	}
	if got := SplitSkew(final.With([]plan.Node{j}), sizes, settings(t), 2); got != nil {
		t.Error("a final aggregate needs all rows of a key in one task")
	}
}

// A side that turned out small is broadcast, and the other one is read where it
// lies; an empty side ends an inner join; a hint and a size above the threshold
// leave the join as it is.
func TestRejoin(t *testing.T) {
	for _, c := range []struct {
		what        string
		kind        plan.JoinType
		conf        string
		hinted      bool
		left, right Sizes
		want        string
	}{
		{"small right side", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=240", false, even(2, 500, 500, 500), even(1, 80, 80, 80), "BroadcastHashJoin BuildRight 0-2/0-0 0-2/1-1"},
		{"above the threshold", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=239", false, even(1, 500, 500, 500), even(1, 80, 80, 80), "SortMergeJoin"},
		{"a threshold of its own", plan.Inner, "spark.sql.adaptive.autoBroadcastJoinThreshold=240", false, even(1, 500, 500, 500), even(1, 80, 80, 80), "BroadcastHashJoin BuildRight 0/0-0 1/0-0 2/0-0"},
		{"small left side", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=240", false, even(1, 80, 80, 80), even(1, 500, 500, 500), "BroadcastHashJoin BuildLeft 0/0-0 1/0-0 2/0-0"},
		{"small side that must be streamed", plan.LeftOuter, "spark.sql.autoBroadcastJoinThreshold=240", false, even(1, 80, 80, 80), even(1, 500, 500, 500), "SortMergeJoin"},
		{"hinted", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=240", true, even(1, 500, 500, 500), even(1, 80, 80, 80), "SortMergeJoin"},
		{"few partitions have rows", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=240", false, even(1, 9, 9, 9, 9, 9, 9), even(1, 99, 0, 0, 0, 0, 0), "BroadcastHashJoin BuildLeft 0/0-0 1/0-0 2/0-0 3/0-0 4/0-0 5/0-0"},
		{"local reads turned off", plan.Inner, "spark.sql.autoBroadcastJoinThreshold=240 spark.sql.adaptive.localShuffleReader.enabled=false", false, even(2, 500, 500, 500), even(1, 80, 80, 80), "BroadcastHashJoin BuildRight"},
		{"partitions for hash tables", plan.Inner, "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold=80 spark.sql.adaptive.advisoryPartitionSizeInBytes=80", false, even(1, 500, 500, 500), even(1, 80, 80, 80), "ShuffledHashJoin BuildRight"},
		{"both small, the left smaller", plan.FullOuter, "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold=80 spark.sql.adaptive.advisoryPartitionSizeInBytes=80", false, even(1, 60, 80, 60), even(1, 80, 80, 80), "ShuffledHashJoin BuildLeft"},
		{"one partition above", plan.Inner, "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold=80 spark.sql.adaptive.advisoryPartitionSizeInBytes=80", false, even(1, 500, 500, 500), even(1, 80, 81, 80), "SortMergeJoin"},
		{"hash tables below the advisory size", plan.Inner, "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold=80 spark.sql.adaptive.advisoryPartitionSizeInBytes=81", false, even(1, 500, 500, 500), even(1, 80, 80, 80), "SortMergeJoin"},
		{"empty side", plan.Inner, "", false, even(1, 500, 500, 500), even(1, 0, 0, 0), "Scan memory"},
		{"empty side of an outer join", plan.LeftOuter, "", false, even(1, 500, 500, 500), even(1, 0, 0, 0), "SortMergeJoin"},
	} {
		j, left, right := shuffledJoin(t, c.kind, len(c.left.Partitions))
		j.Hinted = c.hinted
		a := Adapt(&Stage{Root: j, Reads: []*plan.Exchange{left, right}}, map[*plan.Exchange]Sizes{left: c.left, right: c.right}, settings(t, strings.Fields(c.conf)...), 2)
		got := a.Root.Name()
		if now, ok := a.Root.(*plan.Join); ok && now.Strategy == plan.ShuffledHash {
			got += map[bool]string{true: " BuildLeft", false: " BuildRight"}[now.BuildLeft]
		} else if ok && now.Strategy == plan.BroadcastHash {
			streamed := left
			got += " BuildRight"
			if now.BuildLeft {
				streamed, got = right, now.Name()+" BuildLeft"
			}
			got = strings.TrimSpace(got + " " + text(a.Ranges[streamed]))
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.what, got, c.want, a.Reasons)
		}
		if len(a.Reasons) == 0 != (got == "SortMergeJoin") {
			t.Errorf("%s: the reasons are %q", c.what, a.Reasons)
		}
	}
}
