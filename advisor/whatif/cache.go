package whatif

import (
	"fmt"
	"regexp"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// Rates at which cached rows are stored and read back, in bytes in memory per
// second and task. Spark turns rows into compressed columns and back. The
// embedded engine keeps the columns as they are, and copies them to disk.
const (
	sparkCacheWrite = 60e6
	sparkCacheRead  = 250e6
	arrowCacheWrite = 1e9
	arrowCacheRead  = 4e9
	arrowDiskRead   = 800e6
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
		write, read := sparkCacheWrite, sparkCacheRead
		if m.Embedded() {
			write, read = arrowCacheWrite, arrowCacheRead
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
			for _, id := range o.StageIDs() {
				s := m.Stage(id)
				if s == nil || total <= 0 {
					continue
				}
				share := time.Duration(float64(seconds(write)) * float64(o.Work[id]) / float64(total))
				if i > 0 {
					share = time.Duration(float64(seconds(read)) * float64(o.Work[id]) / float64(total))
					s.shrink(1 - kept*min(1, float64(o.Work[id])/float64(max(1, s.Work()))))
				}
				for k := range s.Tasks {
					s.Tasks[k].Cost[Compute] += share / time.Duration(len(s.Tasks))
				}
			}
		}
		m.spread = max(m.spread, 0.25)
		if g.Bytes > 0 {
			m.Assume(fmt.Sprintf("the cached copy takes %s in memory, estimated from rows and columns", metric.FormatBytes(g.Bytes)))
		} else {
			m.Assume("storing and reading the cached copy cost nothing: its size is not known")
		}
		if !g.Measured {
			m.Assume("of a stage that does more than the repeated part, only the time measured in the part's own operators is saved")
		}
		m.Assume("the first computation reads the same columns as before")
	}
}

// shrink leaves the share keep of every part but the fixed one.
func (s *Stage) shrink(keep float64) {
	for k := range s.Tasks {
		for p := range numParts {
			if p != Fixed {
				s.Tasks[k].Cost[p] = time.Duration(keep * float64(s.Tasks[k].Cost[p]))
			}
		}
	}
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

// cachedBytes estimates the size of the part's rows: rows times Spark's width
// of a row (EstimationUtils.getSizePerRow: 8 bytes and each column's default
// size), the columns being those of the widest scan. Without a schema it is
// three times the file bytes, a usual expansion of Parquet.
func (m *Model) cachedBytes(t *tree, n *profiler.Node, occurrences []Occurrence) int64 {
	var width, files, rows int64
	for _, d := range t.below(n) {
		if schema := d.Metadata["ReadSchema"]; schema != "" {
			width = max(width, rowWidth(schema))
		}
		if f, ok := d.Metric(metric.FilesSize.String()); ok {
			files += f.Total
		}
	}
	for _, o := range occurrences {
		rows = max(rows, o.Rows)
	}
	if width > 0 && rows > 0 {
		return width * rows
	}
	return 3 * files
}

var columnType = regexp.MustCompile(`:(\w+)`)

func rowWidth(schema string) int64 {
	width := int64(8)
	for _, c := range columnType.FindAllStringSubmatch(schema, -1) {
		switch c[1] {
		case "boolean", "tinyint", "byte":
			width++
		case "smallint", "short":
			width += 2
		case "int", "integer", "float", "date":
			width += 4
		case "string", "binary", "varchar", "utf8":
			width += 20
		case "struct", "array", "map":
		default:
			width += 8
		}
	}
	return width
}
