package whatif

import (
	"fmt"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// A Choice is a number of shuffle partitions with the reason for it.
type Choice struct {
	Partitions int
	Why        string
}

// targetBytes is the shuffle bytes that a partition should not exceed. Advisors
// agree on 128 MB (NVIDIA's AutoTuner keeps 128-256 MB, DataFlint 128 MB).
const targetBytes = 128 << 20

// ChoosePartitions chooses spark.sql.shuffle.partitions for the run. It starts
// from the least number that holds the largest stage's shuffle,
//
//	max(ceil(bytes·expansion / task memory), ceil(bytes/128 MiB), slots)
//
// rounded up to whole waves, with expansion measured as what tasks held and
// spilled over the bytes they were sent, and takes whichever of one to four
// times that replays fastest; a gain below one percent does not buy more
// partitions. It returns false when no stage obeys the parameter.
func (m *Model) ChoosePartitions() (Choice, bool) {
	slots := max(1, m.peak())
	least, reason := slots, ""
	var largest int64
	for _, id := range m.ConfiguredPartitions() {
		i := m.Find(id)
		if i < 0 {
			continue
		}
		s := &m.Stages[i]
		var bytes, held int64
		for _, t := range s.Tasks.All {
			bytes += t.Shuffled
			data, _ := t.memory()
			held += data
		}
		if bytes > largest {
			largest = bytes
			reason = fmt.Sprintf("stage %d reads the largest shuffle, %s, on %d slots", id, metric.FormatBytes(bytes), slots)
		}
		least = max(least, ceil(bytes, targetBytes))
		if limit := m.spiller(i).limit; limit > 0 {
			least = max(least, ceil(held, limit))
		}
	}
	if largest == 0 {
		return Choice{}, false
	}
	least = ceil(int64(least), int64(slots)) * slots
	var after [4]time.Duration // by waves; 0 where that cannot be replayed
	var replays errgroup.Group
	replays.SetLimit(runtime.GOMAXPROCS(0))
	for i := range after {
		replays.Go(func() error {
			changed := m.clone()
			Changes(config.Change{Key: config.ShufflePartitions, To: strconv.Itoa(least * (i + 1))})(changed)
			if changed.refused == "" {
				after[i] = simulate(changed).wall
			}
			return nil
		})
	}
	_ = replays.Wait()
	var best Choice
	var fastest time.Duration
	for i, wall := range after {
		if wall > 0 && (best.Partitions == 0 || float64(wall) < 0.99*float64(fastest)) {
			best, fastest = Choice{Partitions: least * (i + 1)}, wall
		}
	}
	best.Why = fmt.Sprintf("%s; %d is the fastest in replay of one to four times %d", reason, best.Partitions, least)
	return best, best.Partitions > 0
}

func ceil(a, b int64) int { return int((a + b - 1) / b) }
