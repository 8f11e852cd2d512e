package operator

import (
	"stagecoach/engine/expr"
)

// A Table is the build side of a hash join: all its rows, and for every key the
// rows that have it. It is read by many tasks at once once it is built.
type Table struct {
	Rows  *expr.Batch
	Size  int64 // memory in bytes
	keys  []int
	types []expr.Type

	groups *expr.Groups // only the builder's; probing needs scratch of its own
	first  []int32      // first row of a group
	next   []int32      // next row with the same key; -1 at the end
	unique bool
	// nullKey says that a row has a null key.
	nullKey bool
	dense   []int32 // row by key where keys are few small numbers and unique; -1: none
	base    int64

	shared []expr.Column // string columns without nulls, as dictionaries of the output
	codes  []int32       // 0, 1, 2, ...: the codes of the rows in those dictionaries
}

// denseLimit is how far apart the keys of a table by number may lie.
const denseLimit = 1 << 20

// NewTable builds a table over the rows; keys are the positions of the key
// columns; without any it is only rows. Rows with a null key are found by
// nobody.
func NewTable(rows *expr.Batch, keys []int) *Table {
	t := &Table{Rows: rows, keys: keys, unique: true, Size: rows.Size()}
	if len(keys) == 0 {
		return t
	}
	cols := make([]*expr.Column, len(keys))
	for i, k := range keys {
		cols[i] = &rows.Cols[k]
		t.types = append(t.types, rows.Schema[k].Type)
	}
	t.next = make([]int32, rows.Rows)
	t.groups = expr.NewGroups(t.types)
	t.groups.Reserve(rows.Rows / 4) // keys may repeat
	ids := t.groups.Assign(cols, rows.Rows, nil)
	last := make([]int32, t.groups.Len())
	t.first = make([]int32, t.groups.Len())
	for g := range t.first {
		t.first[g] = -1
	}
	for i, g := range ids {
		t.next[i] = -1
		if expr.HasNull(cols, i) {
			t.nullKey = true
			continue
		}
		if t.first[g] < 0 {
			t.first[g] = int32(i)
		} else {
			t.next[last[g]] = int32(i)
			t.unique = false
		}
		last[g] = int32(i)
	}
	t.Size += t.groups.Size() + int64(len(t.next)+len(t.first))*4
	if t.unique && len(keys) == 1 {
		t.makeDense(cols[0])
	}
	t.shared = make([]expr.Column, len(rows.Cols))
	t.codes = make([]int32, rows.Rows)
	for i := range t.codes {
		t.codes[i] = int32(i)
	}
	for i := range rows.Cols {
		if c := rows.Cols[i]; c.Type == expr.String && rows.Rows <= 1<<16 {
			c = c.Flatten()
			c.Valid = nil
			t.shared[i] = c
		}
	}
	return t
}

// makeDense indexes the rows by number when the keys lie close together.
func (t *Table) makeDense(key *expr.Column) {
	if key.Len == 0 || key.Type.Width() == 0 || key.Type == expr.Float64 || key.Type == expr.Bool {
		return
	}
	low, high, any := int64(0), int64(0), false
	for i := range key.Len {
		if key.IsNull(i) {
			continue
		}
		v := key.Value(i).I
		if !any || v < low {
			low = v
		}
		if !any || v > high {
			high = v
		}
		any = true
	}
	if !any || high-low < 0 || high-low >= denseLimit {
		return
	}
	t.base = low
	t.dense = make([]int32, high-low+1)
	for i := range t.dense {
		t.dense[i] = -1
	}
	for i := range key.Len {
		if !key.IsNull(i) {
			t.dense[key.Value(i).I-low] = int32(i)
		}
	}
}

// A prober looks batches up in a table. It belongs to one task.
type prober struct {
	table  *Table
	groups expr.Groups
	ids    []int32
}

func newProber(t *Table) *prober {
	p := &prober{table: t}
	if t.dense == nil {
		p.groups = *t.groups.Reader()
	}
	return p
}

// find returns for every row the first build row with its key, or -1. The slice
// is valid until the next call.
func (p *prober) find(cols []*expr.Column, rows int) []int32 {
	t := p.table
	if cap(p.ids) < rows {
		p.ids = make([]int32, rows)
	}
	if t.dense != nil {
		out := p.ids[:rows]
		switch c := cols[0]; c.Type.Layout() {
		case expr.Int32:
			lookup(out, c.I32, t.dense, t.base)
		default:
			lookup(out, c.I64, t.dense, t.base)
		}
		p.dropNulls(out, cols)
		return out
	}
	out := p.groups.Find(cols, rows, p.ids[:rows])
	for i, g := range out {
		if g >= 0 {
			out[i] = t.first[g]
		}
	}
	p.dropNulls(out, cols)
	return out
}

func (p *prober) dropNulls(out []int32, cols []*expr.Column) {
	for _, c := range cols {
		if c.Valid == nil && c.Type != expr.Null {
			continue
		}
		for i := range out {
			if c.IsNull(i) {
				out[i] = -1
			}
		}
	}
}

func lookup[T int32 | int64](out []int32, keys []T, dense []int32, base int64) {
	for i := range out {
		at := int64(keys[i]) - base
		if uint64(at) < uint64(len(dense)) {
			out[i] = dense[at]
		} else {
			out[i] = -1
		}
	}
}
