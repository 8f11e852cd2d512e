package whatif

import (
	"fmt"

	"stagecoach/engine/config"
)

// rescan cuts the stages that read files by the configuration's
// maxPartitionBytes, as Spark's FilePartition.maxSplitBytes does:
//
//	min(maxPartitionBytes, max(openCostInBytes, total/slots))
//
// Neighbouring tasks are joined up to that size; larger ones are split evenly.
// A file's row groups cannot be split, so a split below what was read before
// is optimistic.
func (m *Model) rescan() {
	for i := range m.Stages {
		s := &m.Stages[i]
		total := s.Bytes()
		if s.shuffled() || total == 0 || s.Tasks.Len() == 0 {
			continue
		}
		share := total / int64(max(1, m.peak()))
		size := min(m.Config.Int(config.MaxPartitionBytes), max(m.Config.Int(config.OpenCost), share))
		old := s.Tasks.Len()
		n := ceil(total, max(1, size))
		switch {
		case n > old:
			m.split(i, n)
			m.Assume(fmt.Sprintf("stage %d: the files can be split into %d parts, which needs as many row groups", s.ID, n))
		case n < old:
			var groups [][]int
			var sum int64
			for k, t := range s.Tasks.All {
				if len(groups) == 0 || sum+t.Bytes > size && sum > 0 {
					groups, sum = append(groups, nil), 0
				}
				groups[len(groups)-1] = append(groups[len(groups)-1], k)
				sum += t.Bytes
			}
			if len(groups) < old {
				m.merge(i, groups, m.floor(i))
			}
		}
	}
}
