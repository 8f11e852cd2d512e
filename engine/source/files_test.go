package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// Splits are those of Spark's FilePartition. Each case gives the sizes of files
// (z: cannot be cut), the options, and the splits as offset+length of file.
func TestSplitsAreSparks(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name  string
		sizes []int64
		cut   bool
		o     SplitOptions
		want  string
	}{
		// 300 MiB over 2 slots: 128 MiB is less than 152.
		{"a large file", []int64{300 * mb}, true, SplitOptions{MaxPartitionBytes: 128 * mb, OpenCost: 4 * mb, Parallelism: 2}, "0:0+128 | 0:128+128 | 0:256+44"},
		// total/slots = (10+4+20+4+30+4)/4 = 18 MiB.
		{"many slots make small splits", []int64{10 * mb, 20 * mb, 30 * mb}, true, SplitOptions{MaxPartitionBytes: 128 * mb, OpenCost: 4 * mb, Parallelism: 4}, "1:0+18 | 2:0+18 | 2:18+12 | 0:0+10 1:18+2"},
		// Small files are packed with the cost of opening each.
		{"small files", []int64{5 * mb, 5 * mb, 5 * mb, 5 * mb}, true, SplitOptions{MaxPartitionBytes: 20 * mb, OpenCost: 4 * mb, Parallelism: 1}, "0:0+5 1:0+5 | 2:0+5 3:0+5"},
		{"files that cannot be cut", []int64{50 * mb, 90 * mb}, false, SplitOptions{MaxPartitionBytes: 20 * mb, OpenCost: 4 * mb, Parallelism: 1}, "1:0+90 | 0:0+50"},
		// Next fit: a split is closed for good once a piece did not fit.
		{"the open cost is the least", []int64{3 * mb, 3 * mb, 1 * mb}, true, SplitOptions{MaxPartitionBytes: 128 * mb, OpenCost: 4 * mb, Parallelism: 100}, "0:0+3 | 1:0+3 | 2:0+1"},
		{"an empty file", []int64{0, 1 * mb}, true, SplitOptions{MaxPartitionBytes: 128 * mb, OpenCost: 4 * mb, Parallelism: 1}, "1:0+1"},
	} {
		var files []dataFile
		for i, size := range c.sizes {
			files = append(files, dataFile{path: fmt.Sprint(i), size: size, cut: c.cut})
		}
		var splits []string
		for _, s := range packSplits(files, c.o) {
			var pieces []string
			for _, p := range s.Pieces {
				pieces = append(pieces, fmt.Sprintf("%d:%d+%d", p.Index, p.Offset/mb, p.Length/mb))
			}
			splits = append(splits, strings.Join(pieces, " "))
		}
		if diff := cmp.Diff(c.want, strings.Join(splits, " | ")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Splits of batches in memory hold each row once, in order, and no more groups
// than slots.
func TestMemory(t *testing.T) {
	var batches []*expr.Batch
	var want strings.Builder
	schema := expr.Schema{{Name: "a", Type: expr.Int32}, {Name: "s", Type: expr.String}}
	want.WriteString("s a\n")
	for i := range 7 {
		b := &expr.Batch{Schema: schema, Rows: i * 5, Cols: []expr.Column{{Type: expr.Int32, Len: i * 5, Valid: make([]byte, 8)}, {Type: expr.String, Len: i * 5, Offsets: []int32{0}}}}
		for r := range b.Rows {
			b.Cols[0].I32 = append(b.Cols[0].I32, int32(i*100+r))
			b.Cols[0].Valid[r/8] |= 1 << (r % 8)
			b.Cols[1].Bytes = fmt.Append(b.Cols[1].Bytes, "x", r)
			b.Cols[1].Offsets = append(b.Cols[1].Offsets, int32(len(b.Cols[1].Bytes)))
			fmt.Fprintf(&want, "x%d|%d\n", r, i*100+r)
		}
		batches = append(batches, b)
	}
	s := Memory(schema, batches)
	for slots := 1; slots < 10; slots++ {
		splits, err := s.Splits(SplitOptions{Parallelism: slots})
		if err != nil || len(splits) > slots {
			t.Errorf("%d splits for %d slots: %v", len(splits), slots, err)
		}
		var got strings.Builder
		got.WriteString("s a\n")
		for _, split := range splits {
			r := Read{Columns: []string{"s", "a"}, BatchRows: 6}
			for b, err := range s.Read(t.Context(), split, &r) {
				if err != nil {
					t.Fatal(err)
				}
				writeRows(&got, b)
			}
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%d slots: %s", slots, diff)
		}
	}
	if _, err := readOnce(s, Read{Columns: []string{"z"}}); err == nil {
		t.Error("a column that is not there was read")
	}
}
