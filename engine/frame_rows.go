package engine

import (
	"fmt"

	"stagecoach/engine/internal/plan"
)

// Offset passes over the first n rows. A Limit right after it makes both one
// step.
func (f *Frame) Offset(n int) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		if n < 0 {
			return nil, fmt.Errorf("offset %d is negative", n)
		}
		return &plan.Limit{Input: in, N: -1, Offset: n}, nil
	})
}
