package schedule

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
)

// An origin is how the tasks that fill an exchange were laid out when they first
// ran. An exchange below a cached frame outlives its query. When an executor
// takes some of its outputs along, a later query makes them again, and has to do
// so from the same splits, by the same plan and with the same bounds, whatever
// slots and settings there are by then: else rows would be in the frame twice or
// not at all.
type origin struct {
	parts  []*stage.Part
	root   plan.Node
	builds []*plan.Exchange // broadcasts that adaptive execution put into root
	bounds *expr.Batch      // of a range exchange
}

func (r *Runner) originOf(e *plan.Exchange) *origin {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.origins[e]
}

// restore lays a stage out as an earlier query did, if one did.
func (x *execution) restore(s *stageState) error {
	o := x.originOf(s.Output)
	if o == nil || x.complete(s.Stage) {
		return nil
	}
	s.Root, s.builds, s.adapted = o.root, o.builds, true
	x.mu.Lock()
	if o.bounds != nil {
		x.bounds[s.Output] = o.bounds
	}
	x.mu.Unlock()
	return x.broadcastAll(o.builds)
}
