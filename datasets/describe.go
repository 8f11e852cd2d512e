package datasets

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A Summary is what one scan of a table found.
type Summary struct {
	Format    string
	Location  string
	Files     int
	Bytes     int64 // as stored
	Rows      int64
	RowGroups int64 // 0 in formats without
	Malformed int64 // rows of text mended with nulls
	Columns   []ColumnSummary
}

// A ColumnSummary is the values of one column. Min and Max leave NaN out and
// are null when there is no value.
type ColumnSummary struct {
	Name     string
	Type     expr.Type
	Nulls    int64
	Min, Max expr.Value
	Distinct int   // distinct values without null; -1 when there are more than MaxDistinct
	Top      []Key // the most frequent values, at most five; none when there are too many
}

// A Key is a value and the rows it has.
type Key struct {
	Value expr.Value
	Rows  int64
}

// MaxDistinct is up to how many values of a column are counted one by one.
const MaxDistinct = 4096

// Describe reads the table once, with GOMAXPROCS goroutines.
func Describe(ctx context.Context, s source.Source) (*Summary, error) {
	workers := runtime.GOMAXPROCS(0)
	splits, err := s.Splits(source.SplitOptions{MaxPartitionBytes: 32 << 20, OpenCost: 1 << 20, Parallelism: workers})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	schema := s.Schema()
	found := make([]description, workers)
	next := make(chan source.Split, len(splits))
	for _, split := range splits {
		next <- split
	}
	close(next)
	var wait sync.WaitGroup
	for w := range found {
		d := &found[w]
		d.columns = make([]columnTally, len(schema))
		for i, f := range schema {
			d.columns[i].typ = f.Type
		}
		wait.Go(func() {
			for split := range next {
				if d.err = d.read(ctx, s, split, schema.Names()); d.err != nil {
					stop()
					return
				}
			}
		})
	}
	wait.Wait()
	all := &found[0]
	for w := range found[1:] {
		all.merge(&found[w+1])
	}
	if all.err != nil {
		return nil, all.err
	}
	stats := s.Stats()
	out := &Summary{Format: s.Format(), Location: s.Location(), Files: stats.Files, Bytes: stats.Bytes,
		Rows: all.rows, RowGroups: all.rowGroups, Malformed: all.malformed}
	for i, f := range schema {
		out.Columns = append(out.Columns, all.columns[i].summary(f))
	}
	return out, nil
}

// A description is what one goroutine has seen.
type description struct {
	rows, rowGroups, malformed int64
	columns                    []columnTally
	err                        error
}

func (d *description) read(ctx context.Context, s source.Source, split source.Split, names []string) error {
	r := source.Read{Columns: names, BatchRows: 16 << 10}
	for b, err := range s.Read(ctx, split, &r) {
		if err != nil {
			return err
		}
		d.rows += int64(b.Rows)
		for i := range b.Cols {
			d.columns[i].add(&b.Cols[i])
		}
	}
	d.rowGroups += r.Counters.RowGroups
	d.malformed += r.Counters.Malformed
	return nil
}

func (d *description) merge(o *description) {
	d.rows += o.rows
	d.rowGroups += o.rowGroups
	d.malformed += o.malformed
	// The first fault stops the others; theirs is only that they were stopped.
	if o.err != nil && (d.err == nil || d.err == context.Canceled) {
		d.err = o.err
	}
	for i := range d.columns {
		d.columns[i].merge(&o.columns[i])
	}
}

// A columnTally is the running summary of a column. Numbers of every kind are
// kept as 64-bit words; see word.
type columnTally struct {
	typ      expr.Type
	nulls    int64
	any      bool
	min, max expr.Value
	words    wordCounts
	texts    map[string]int64
	many     bool
	perCode  []int64
}

func (t *columnTally) add(c *expr.Column) {
	t.nulls += int64(c.Nulls())
	switch c.Type.Layout() {
	case expr.Bool:
		addWords(t, c, c.Bools[:c.Len], func(v uint8) int64 { return int64(v) })
	case expr.Int32:
		addWords(t, c, c.I32[:c.Len], func(v int32) int64 { return int64(v) })
	case expr.Int64:
		addWords(t, c, c.I64[:c.Len], func(v int64) int64 { return v })
	case expr.Float64:
		addWords(t, c, c.F64[:c.Len], func(v float64) int64 { return int64(math.Float64bits(v)) })
	case expr.String:
		t.addTexts(c)
	}
}

// addWords widens the bounds and counts the values.
func addWords[T uint8 | int32 | int64 | float64](t *columnTally, c *expr.Column, values []T, word func(T) int64) {
	var low, high T
	any := false
	for i, v := range values {
		if c.Valid != nil && c.IsNull(i) || v != v {
			continue
		}
		if !any {
			low, high, any = v, v, true
		}
		low, high = min(low, v), max(high, v)
	}
	if any {
		t.widen(value(t.typ, word(low)))
		t.widen(value(t.typ, word(high)))
	}
	for i, v := range values {
		if t.many {
			return
		}
		if c.Valid == nil || !c.IsNull(i) {
			t.many = !t.words.add(word(v), 1)
		}
	}
}

func value(typ expr.Type, word int64) expr.Value {
	if typ == expr.Float64 {
		return expr.Value{Type: typ, F: math.Float64frombits(uint64(word))}
	}
	return expr.Value{Type: typ, I: word}
}

func (t *columnTally) widen(v expr.Value) {
	if !t.any {
		t.any, t.min, t.max = true, v, v
		return
	}
	if compare(v, t.min) < 0 {
		t.min = v
	}
	if compare(v, t.max) > 0 {
		t.max = v
	}
}

func compare(a, b expr.Value) int {
	switch a.Type {
	case expr.Float64:
		return cmp.Compare(a.F, b.F)
	case expr.String:
		return strings.Compare(a.S, b.S)
	}
	return cmp.Compare(a.I, b.I)
}

// addTexts counts codes first where there are codes.
func (t *columnTally) addTexts(c *expr.Column) {
	if c.Dict == nil {
		for i := range c.Len {
			if !c.IsNull(i) {
				t.addText(c.Str(i), 1)
			}
		}
		return
	}
	if len(t.perCode) < c.Dict.Len {
		t.perCode = make([]int64, c.Dict.Len)
	}
	counts := t.perCode[:c.Dict.Len]
	clear(counts)
	for i, code := range c.Codes[:c.Len] {
		if c.Valid == nil || !c.IsNull(i) {
			counts[code]++
		}
	}
	for code, n := range counts {
		if n > 0 {
			t.addText(c.Dict.Str(code), n)
		}
	}
}

func (t *columnTally) addText(text []byte, n int64) {
	if !t.any || string(text) < t.min.S || string(text) > t.max.S {
		t.widen(expr.Value{Type: expr.String, S: string(text)})
	}
	if t.many {
		return
	}
	if _, ok := t.texts[string(text)]; !ok && len(t.texts) == MaxDistinct {
		t.many = true
		return
	}
	if t.texts == nil {
		t.texts = map[string]int64{}
	}
	t.texts[string(text)] += n
}

func (t *columnTally) merge(o *columnTally) {
	t.nulls += o.nulls
	if o.any {
		t.widen(o.min)
		t.widen(o.max)
	}
	t.many = t.many || o.many
	for i, n := range o.words.counts {
		if n > 0 && !t.many {
			t.many = !t.words.add(o.words.keys[i], n)
		}
	}
	for text, n := range o.texts {
		t.addText([]byte(text), n)
	}
}

func (t *columnTally) summary(f expr.Field) ColumnSummary {
	null := expr.Value{Type: f.Type, IsNull: true}
	out := ColumnSummary{Name: f.Name, Type: f.Type, Nulls: t.nulls, Min: null, Max: null, Distinct: -1}
	if t.any {
		out.Min, out.Max = t.min, t.max
	}
	if t.many {
		return out
	}
	var keys []Key
	for i, n := range t.words.counts {
		if n > 0 {
			keys = append(keys, Key{value(f.Type, t.words.keys[i]), n})
		}
	}
	for text, n := range t.texts {
		keys = append(keys, Key{expr.Value{Type: expr.String, S: text}, n})
	}
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), compare(a.Value, b.Value))
	})
	out.Distinct = len(keys)
	out.Top = keys[:min(len(keys), 5)]
	return out
}

// wordCounts counts words in an open table at most half full.
type wordCounts struct {
	keys   []int64
	counts []int64 // 0: free
	n      int
}

// add counts n more of key; false means that there are too many keys.
func (w *wordCounts) add(key, n int64) bool {
	if w.keys == nil {
		w.resize(64)
	}
	slot := w.find(key)
	if w.counts[slot] == 0 {
		if w.n == MaxDistinct {
			return false
		}
		if w.n++; w.n*2 > len(w.keys) {
			w.resize(len(w.keys) * 4)
			slot = w.find(key)
		}
		w.keys[slot] = key
	}
	w.counts[slot] += n
	return true
}

func (w *wordCounts) find(key int64) int {
	mask := len(w.keys) - 1
	slot := int(uint64(key)*0x9E3779B97F4A7C15>>40) & mask
	for w.counts[slot] != 0 && w.keys[slot] != key {
		slot = (slot + 1) & mask
	}
	return slot
}

func (w *wordCounts) resize(size int) {
	old := *w
	w.keys, w.counts = make([]int64, size), make([]int64, size)
	for i, n := range old.counts {
		if n > 0 {
			slot := w.find(old.keys[i])
			w.keys[slot], w.counts[slot] = old.keys[i], n
		}
	}
}
