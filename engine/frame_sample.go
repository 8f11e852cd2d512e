package engine

import (
	"fmt"

	"stagecoach/engine/internal/plan"
)

// Sample keeps each row with a probability from 0 to 1. The same seed,
// partitions and rows give the same sample, which is Spark's.
func (f *Frame) Sample(fraction float64, seed int64) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		if !(fraction >= 0 && fraction <= 1) {
			return nil, fmt.Errorf("a sample of the fraction %g: ask for 0 to 1", fraction)
		}
		return &plan.Sample{Input: n, Fraction: fraction, Seed: seed}, nil
	})
}
