package stage

import (
	"slices"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// A partition above the advisory size is read in pieces where the exchange is
// there to even sizes out, and the small ones beside it are joined; where it is
// there for another reason, or nothing is so large, it is not.
func TestSplitLarge(t *testing.T) {
	conf, err := config.Parse("spark.sql.adaptive.advisoryPartitionSizeInBytes=100", "spark.sql.adaptive.coalescePartitions.minPartitionSize=1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		origin plan.Origin
		large  int64 // of each of four map tasks
		want   []Range
	}{
		{plan.RebalanceByCol, 50, []Range{{From: 0, To: 2}, {From: 2, To: 3, MapTo: 2}, {From: 2, To: 3, MapFrom: 2, MapTo: 4}, {From: 3, To: 4}}},
		{plan.RebalanceByNone, 25, nil},
		{plan.RepartitionByCol, 50, nil},
	} {
		e := &plan.Exchange{Kind: plan.HashPartitioning, N: 4, Origin: c.origin}
		sizes := map[*plan.Exchange]Sizes{e: {Partitions: []int64{10, 10, 4 * c.large, 10},
			Maps: func(int) []int64 { return []int64{c.large, c.large, c.large, c.large} }}}
		if got := SplitLarge([]*plan.Exchange{e}, sizes, conf, 1)[e]; !slices.Equal(got, c.want) {
			t.Errorf("%v, map tasks of %d bytes: want %v, got %v", c.origin, c.large, c.want, got)
		}
	}
}
