package whatif

import (
	"slices"
	"time"

	"stagecoach/engine/config"
)

// Unskew cuts every task of the stage above factor times the median into
// pieces of about the median, as adaptive execution's skew join or a salted
// key would.
func Unskew(stageID int, factor float64) Edit {
	return func(m *Model) { m.unskew(stageID, factor, 0) }
}

// skewJoin applies adaptive execution's skew join to every shuffle join: it
// splits partitions above a number of bytes and a multiple of the median.
// (OptimizeSkewedJoin: 256 MB and five times, unless set otherwise. Partitions
// that were joined since count by their own median, so two is enough here.)
func (m *Model) skewJoin(changes []config.Change) {
	bytes := int64(256 << 20)
	for _, c := range append([]config.Change{{Key: skewBytes, To: m.Profile.Properties[skewBytes]}}, changes...) {
		if c.Key == skewBytes && c.To != "" {
			bytes = parseBytes(c.To)
		}
	}
	done := map[int]bool{}
	for _, j := range m.ShuffleJoins() {
		if !done[j.Stage] {
			done[j.Stage] = true
			m.unskew(j.Stage, 2, bytes)
		}
	}
}

const (
	skewEnabled = "spark.sql.adaptive.skewJoin.enabled"
	skewBytes   = "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes"
)

// heavier is how many times the median's bytes a task must have to be slow for its
// data, of which a heavy key's may be packed well. Tasks that are slow with no more,
// as the first ones on an executor, would not be quicker in pieces.
const heavier = 1.2

// unskew cuts tasks that take factor times the median and read at least so many
// bytes.
func (m *Model) unskew(stageID int, factor float64, bytes int64) {
	s := m.Stage(stageID)
	if s == nil {
		return
	}
	f := m.floor(m.Find(stageID))
	tasks := s.Tasks
	n := tasks.Len()
	times, read, written := make([]time.Duration, n), make([]int64, n), make([]int64, n)
	for k := range n {
		times[k], read[k], written[k] = tasks.Duration(k), tasks.Bytes(k), tasks.Written(k)
	}
	slices.Sort(times)
	slices.Sort(read)
	slices.Sort(written)
	usualRead, usualWritten := read[len(read)/2], written[len(written)/2]
	median := max(time.Millisecond, (times[(len(times)-1)/2]+times[len(times)/2])/2)
	from := make([]int32, 0, n) // by place: the task that is there, or of which a piece is
	cut := map[int32]int{}      // task → pieces, where there are several
	slots := m.peak()
	for k := range n {
		d, size := tasks.Duration(k), tasks.Bytes(k)
		pieces := min(int(d/median), max(2, 2*slots))
		heavy := heavier*float64(usualRead) <= float64(size) || usualWritten > 0 && heavier*float64(usualWritten) <= float64(tasks.Written(k))
		if float64(d) < factor*float64(median) || pieces < 2 || size < bytes || !heavy {
			from = append(from, int32(k))
			continue
		}
		cut[int32(k)] = pieces
		for range pieces {
			from = append(from, int32(k))
		}
	}
	if len(cut) > 0 {
		s.Tasks = tabulate(len(from), func(at int) Task {
			t := tasks.At(int(from[at]))
			pieces := cut[from[at]]
			if pieces == 0 {
				return t
			}
			piece := Task{Index: t.Index, Peak: t.Peak}
			piece.add(&t, 1/float64(pieces))
			piece.Cost[Fixed] = max(piece.Cost[Fixed], f.fixed)
			return piece
		})
	}
	m.spread = max(m.spread, 0.25)
	m.Assume("the heavy partition can be split into pieces as long as the median task")
}
