package schedule

import (
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
)

// preference is the executor that holds what a task reads: a cached partition,
// or the largest part of its shuffle input.
func (r *stageRun) preference(n plan.Node, p *stage.Part) string {
	if r.Cluster.Master.Local || p == nil {
		return ""
	}
	switch n := n.(type) {
	case *plan.Cached:
		return r.Cluster.cachedOn(block.ID{RDD: n.Relation.ID, Partition: p.Index})
	case *plan.Exchange:
		if o := r.outputsOf(n); o != nil {
			return o.Locality(p.From, p.To)
		}
		return ""
	case *plan.Union:
		return r.preference(n.All[p.Index], p.In[0])
	case *plan.Join:
		if e := r.preference(n.Left, p.In[0]); e != "" {
			return e
		}
		return r.preference(n.Right, p.In[1])
	case *plan.Sample, *plan.Coalesce:
		return r.preference(n.Inputs()[0], p.In[0])
	case *plan.Scan:
		return ""
	}
	return r.preference(n.Inputs()[0], p)
}
