package operator

import "stagecoach/engine/internal/plan"

const TemporaryFolder = "_temporary"

func write(n *plan.Write, in Batches, t *Task) Batches { return in }
