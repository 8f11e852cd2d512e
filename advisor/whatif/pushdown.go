package whatif

import (
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// pushdown lets readers of Parquet skip row groups in which no row fulfils the
// filter above the scan, or takes that from them. How much they can skip depends
// on the order of the rows, which the run does not tell: nothing is expected where
// rows lie anyhow, and the range reaches to where all rows of a group are kept or
// dropped together.
func (m *Model) pushdown(on bool) {
	for _, x := range m.Profile.Executions {
		t := newTree(x)
		for _, n := range x.Nodes {
			if !isScan(n) || len(t.parents[n.ID]) != 1 || t.parents[n.ID][0].Name != "Filter" {
				continue
			}
			read, kept := rowsOut(n), rowsOut(t.parents[n.ID][0])
			if kept >= read || !on && n.Metadata["PushedFilters"] == "[]" {
				continue
			}
			if !on {
				m.Refuse("the run does not tell what its readers skipped; run a trial")
				return
			}
			spared := 1 - float64(kept)/float64(read)
			for _, id := range n.Stages {
				if s := m.Stage(id); s != nil {
					work := time.Duration(spared * float64(s.Work()))
					m.Doubt(Reclaim([]int{id}, work))
				}
			}
			m.Assume("row groups of any filter hold rows that are kept, so that none is skipped; where rows are in order, the range says what is")
		}
	}
}

// rowsOut is what the node counted as its output; 0 when it did not.
func rowsOut(n *profiler.Node) int64 {
	r, _ := n.Metric(metric.NumOutputRows.String())
	return r.Total
}
