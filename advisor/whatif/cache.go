package whatif

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// Rates at which cached rows are stored and read back, in bytes in memory per
// second and task. Spark turns rows into compressed columns and back. The
// embedded engine keeps the columns as they are, which takes next to nothing, and
// copies them to disk.
const (
	sparkCacheWrite = 60e6
	sparkCacheRead  = 250e6
	arrowCacheWrite = 4e9
	arrowCacheRead  = 6e9
	arrowDiskRead   = 800e6
)

// The share of a dataset's computing that goes by the columns it reads. In the
// embedded engine a fourth column of 8 bytes made scanning, shuffling, sorting and
// ranking 4 M rows 3 % longer.
const (
	sparkColumns = 0.5
	arrowColumns = 0.1
)

// Reuse lets every occurrence of the group after the first read a cached copy:
// what it recomputed goes, reading comes, and the first one pays for storing,
//
//	gain = (n-1)·(recompute - read) - write
//
// A copy beyond the storage memory is read from disk when the level allows it
// and computed again otherwise.
func Reuse(g Group, level string) Edit {
	return func(m *Model) {
		if len(g.Occurrences) < 2 || level == "NONE" {
			return
		}
		write, read, reading := sparkCacheWrite, sparkCacheRead, sparkColumns
		if m.Embedded() {
			write, read, reading = arrowCacheWrite, arrowCacheRead, arrowColumns
		}
		storage := m.StorageMemory()
		kept := 1.0
		if storage > 0 && g.Bytes > storage {
			kept = float64(storage) / float64(g.Bytes)
			if level == "MEMORY_AND_DISK" || level == "MEMORY_AND_DISK_SER" || level == "DISK_ONLY" {
				read, kept = min(read, arrowDiskRead)/2, 1
			} else {
				m.Assume(fmt.Sprintf("%.0f %% of the copy stay in memory and the rest is computed again", 100*kept))
			}
		}
		seconds := func(rate float64) time.Duration { return time.Duration(float64(g.Bytes) / rate * 1e9) }
		for i, o := range g.Occurrences {
			total := o.Time()
			if i > 0 && kept == 1 {
				total -= m.skip(o)
			}
			for _, id := range o.StageIDs() {
				s := m.Stage(id)
				if s == nil || total <= 0 {
					continue
				}
				share := time.Duration(float64(seconds(write)) * float64(o.Work[id]) / float64(total))
				if i == 0 && o.Columns > 0 {
					share += time.Duration(reading * float64(o.Work[id]) * float64(g.Columns-o.Columns) / float64(o.Columns))
				} else if i > 0 {
					share = time.Duration(float64(seconds(read)) * float64(o.Work[id]) / float64(total))
					s.scale(1 - kept*min(1, float64(o.Work[id])/float64(max(1, s.Work()))))
				}
				s.edit(func(_ int, t *Task) { t.Cost[Compute] += share / time.Duration(s.Tasks.Len()) })
			}
		}
		m.spread = max(m.spread, 0.25)
		if g.Shuffled && !m.Embedded() {
			m.Doubt(uncoalesced(g))
		}
		if g.Bytes > 0 {
			m.Assume(fmt.Sprintf("the cached copy takes %s in memory, estimated from rows and columns", metric.FormatBytes(g.Bytes)))
		} else {
			m.Assume("storing and reading the cached copy cost nothing: its size is not known")
		}
		if !g.Measured {
			m.Assume("of a stage that does more than the repeated part, only the time measured in the part's own operators is saved")
		}
		m.Assume(fmt.Sprintf("the first computation reads the columns that all the others read, and no more; %.0f %% of its time goes by their number", 100*reading))
	}
}

// skip takes out the stages that do nothing but compute the part, where another
// stage is there to read the copy, and returns what of the part they did.
func (m *Model) skip(o Occurrence) (gone time.Duration) {
	if len(o.Whole) == len(o.Work) {
		return 0
	}
	for _, id := range o.Whole {
		if s := m.Stage(id); s != nil {
			s.Tasks, s.Lead, s.Tail = nil, 0, 0
			gone += o.Work[id]
		}
	}
	return gone
}

// cachedTask is what a task of Spark costs beside its rows that reads a partition of
// a cached copy: tasks with next to nothing to do took 11 ms on an idle machine, and
// 10 to 50 ms are usual.
const cachedTask = 20 * time.Millisecond

// uncoalesced is what becomes of a copy that ends in a shuffle where adaptive
// execution does not join its partitions (Spark 3.2 to 3.5, unless
// spark.sql.optimizer.canChangeCachedPlanOutputPartitioning is set): each reader
// runs a task for each of them.
func uncoalesced(g Group) Edit {
	return func(m *Model) {
		n := int(m.Config.Int(config.ShufflePartitions))
		for _, o := range g.Occurrences {
			for _, id := range o.StageIDs() {
				s := m.Stage(id)
				if s == nil || s.Tasks.Len() >= n {
					continue
				}
				tasks := s.Tasks
				each := tasks.At(0)
				each.Cost[Fixed], each.Cost[Compute] = 0, cachedTask
				s.Tasks = tabulate(n, func(k int) Task {
					if k < tasks.Len() {
						return tasks.At(k)
					}
					return each
				})
				break // one stage of the query reads the copy
			}
		}
	}
}

// scale multiplies every part but the fixed one.
func (s *Stage) scale(by float64) {
	s.edit(func(_ int, t *Task) {
		for p := range numParts {
			if p != Fixed {
				t.Cost[p] = time.Duration(by * float64(t.Cost[p]))
			}
		}
	})
}

// cacheNamed applies a storage level to the frame of this name.
func (m *Model) cacheNamed(name, level string) {
	for _, g := range m.Repeated() {
		if g.Name == name {
			Reuse(g, level)(m)
			return
		}
	}
	m.Assume("no frame called " + name + " is computed more than once, so its storage level changes nothing")
}

// StorageMemory is the memory of all block stores together, in bytes; 0 when
// the profile does not tell.
func (m *Model) StorageMemory() (n int64) {
	for _, e := range m.Profile.Executors {
		if e.Removed == 0 {
			n += e.MaxMemory
		}
	}
	return n
}

// measure estimates the size of a copy of the group's rows: rows times Spark's
// width of a row (EstimationUtils.getSizePerRow: 8 bytes and each column's
// default size), the columns being all that some occurrence reads. Without a
// schema it is three times the file bytes, a usual expansion of Parquet.
func (g *Group) measure(sites []site) {
	all := map[string]int64{}
	var files, rows int64
	for i, s := range sites {
		own := map[string]int64{}
		for _, d := range s.t.below(s.n) {
			for name, width := range columns(d.Metadata["ReadSchema"]) {
				own[d.Metadata["Location"]+" "+name] = width
			}
			if f, ok := d.Metric(metric.FilesSize.String()); ok && i == 0 {
				files += f.Total
			}
		}
		g.Occurrences[i].Columns = len(own)
		for name, width := range own {
			all[name] = width
		}
		rows = max(rows, g.Occurrences[i].Rows)
	}
	g.Columns = len(all)
	width := int64(8)
	for _, w := range all {
		width += w
	}
	g.Bytes = width * rows
	if len(all) == 0 || rows == 0 {
		g.Bytes = 3 * files
	}
}

// columns reads a schema, Spark's struct<a:int,b:string> or the engine's
// "a int, b string", into the columns' widths.
func columns(schema string) map[string]int64 {
	out := map[string]int64{}
	schema = strings.TrimSuffix(strings.TrimPrefix(schema, "struct<"), ">")
	for _, field := range strings.Split(schema, ",") {
		name, kind, ok := strings.Cut(strings.TrimSpace(field), ":")
		if !ok {
			name, kind, ok = strings.Cut(strings.TrimSpace(field), " ")
		}
		if ok {
			out[name] = columnWidth(kind)
		}
	}
	return out
}

// columnWidth is Spark's default size of a type (DataType.defaultSize).
func columnWidth(kind string) int64 {
	switch strings.ToLower(kind) {
	case "boolean", "tinyint", "byte":
		return 1
	case "smallint", "short":
		return 2
	case "int", "integer", "float", "date":
		return 4
	case "string", "binary", "varchar":
		return 20
	}
	return 8
}
