package operator

import (
	"context"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
)

// coalesce reads several partitions of its input one after the other, each begun
// when its turn comes.
func coalesce(ctx context.Context, n *plan.Coalesce, part *stage.Part, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		for _, p := range part.In {
			in, err := Build(ctx, n.Input, p, t)
			if err != nil {
				yield(nil, err)
				return
			}
			for b, err := range in {
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
}
