package shuffle

import (
	"slices"
	"testing"
)

// An output that is lost is missing and preferred by nobody, but its sizes are still
// known: a join must not take a side for empty because an executor went away.
func TestLostOutputKeepsSizes(t *testing.T) {
	for _, lose := range []func(*Outputs){
		func(o *Outputs) { o.Lose("1") },
		func(o *Outputs) { o.LoseMap(0, 1) },
	} {
		o := NewOutputs(0, nil, 2, 1)
		o.Add(0, "1", []Run{{Index: []int64{0, 10, 30}}})
		lose(o)
		if !slices.Equal(o.Missing(), []int{0}) || o.Locality(0, 2) != "" {
			t.Errorf("missing %v, at %q", o.Missing(), o.Locality(0, 2))
		}
		if !slices.Equal(o.Sizes(), []int64{10, 20}) || !slices.Equal(o.MapSizes(1), []int64{20}) {
			t.Errorf("want sizes 10 and 20, got %v and %v", o.Sizes(), o.MapSizes(1))
		}
	}
}
