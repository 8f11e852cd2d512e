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
// is optimistic. Where the size stays, so do the tasks.
func (m *Model) rescan(was config.Config) {
	sizes := func(c config.Config, total int64) int64 {
		return min(c.Int(config.MaxPartitionBytes), max(c.Int(config.OpenCost), total/int64(max(1, m.peak()))))
	}
	for i := range m.Stages {
		s := &m.Stages[i]
		total := s.Bytes()
		if s.shuffled() || total == 0 || s.Tasks.Len() == 0 {
			continue
		}
		size := sizes(m.Config, total)
		if size == sizes(was, total) {
			continue
		}
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
				m.combine(i, old)
			}
		}
	}
}
