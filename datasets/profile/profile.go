// Package profile looks at a table before a job reads it: how wide its rows are,
// what its columns hold, whose keys are skewed, and which types are wider than
// their values. The engine computes it, so that a table may be larger than memory.
//
//	table ─► one pass over all columns ─► a count by key for each ─► Table
package profile

import (
	"context"
	"fmt"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// A Table is what there is to know of one.
type Table struct {
	Rows    int64    `json:"rows"`
	Width   float64  `json:"bytesPerRow"` // in memory, as columns: see Column.Width
	Columns []Column `json:"columns"`
	Saved   int64    `json:"savedBytes"` // by all downcasts
}

// A Column is one of its columns.
type Column struct {
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	Nulls     int64   `json:"nulls"`
	NullShare float64 `json:"nullShare"`
	Width     float64 `json:"bytesPerValue"` // in memory as a column (Arrow, Spark's cache): the type's, or the mean length of a text and its offset
	Min       string  `json:"min,omitempty"`
	Max       string  `json:"max,omitempty"`
	Keys      *Keys   `json:"keys,omitempty"` // none of arrays, structs and binaries
	Narrower  *Narrow `json:"downcast,omitempty"`
	full      expr.Type
	kind      expr.Type        // of full
	exact     map[string]int64 // by the name of a check, the values that pass it
	min, max  expr.Value
	values    int64
}

// Keys say what grouping or joining by a column would meet.
type Keys struct {
	Distinct  int64   `json:"distinct"`
	Median    float64 `json:"medianRows"` // of a key
	Largest   int64   `json:"largestRows"`
	Top       string  `json:"largestKey"`
	Share     float64 `json:"largestShare"` // of the rows that have a key
	Imbalance float64 `json:"imbalance"`    // rows of the fullest of so many partitions over their mean; 1 is even
	Skewed    bool    `json:"skewed"`       // the largest key alone fills more than twice a mean partition
}

// Partitions is into how many a shuffle by a key is thought to be cut, Spark's
// default.
const Partitions = 200

// Of profiles a frame. Every value is read: once for all columns, and once more for
// the keys of each.
func Of(ctx context.Context, s *engine.Session, f *engine.Frame) (*Table, error) {
	const view = "profiled_table"
	if err := s.CreateView(view, f); err != nil {
		return nil, err
	}
	t := &Table{}
	for _, c := range f.Schema() {
		t.Columns = append(t.Columns, Column{Name: c.Name, Type: c.Type.String(), full: c.Type, kind: c.Type.Kind(), exact: map[string]int64{}})
	}
	if err := t.scan(ctx, s, view); err != nil {
		return nil, err
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.values > 0 && groups(c.kind) {
			if err := c.count(ctx, s, view); err != nil {
				return nil, fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		c.narrow()
		t.Width += c.Width
		if c.Narrower != nil {
			t.Saved += c.Narrower.Saved
		}
	}
	return t, nil
}

// groups reports whether keys of the kind can be counted.
func groups(k expr.Type) bool {
	return k != expr.Array && k != expr.Struct && k != expr.Binary
}

func (c *Column) texts() bool { return c.kind == expr.String || c.kind == expr.Binary }

// scan reads every column once: counts, bounds, lengths, and which values a
// narrower type would hold.
func (t *Table) scan(ctx context.Context, s *engine.Session, view string) error {
	items := []string{"count(*)"}
	read := []func(expr.Value){func(v expr.Value) { t.Rows = v.I }}
	for i := range t.Columns {
		c := &t.Columns[i]
		items, read = append(items, "count("+quoted(c.Name)+")"), append(read, func(v expr.Value) { c.values = v.I })
		if groups(c.kind) {
			items = append(items, "min("+quoted(c.Name)+")", "max("+quoted(c.Name)+")")
			read = append(read, func(v expr.Value) { c.min, c.Min = v, short(v) }, func(v expr.Value) { c.max, c.Max = v, short(v) })
		}
		if c.texts() {
			items, read = append(items, "avg(octet_length("+quoted(c.Name)+"))"), append(read, func(v expr.Value) { c.Width = v.F })
		}
		for _, check := range checks(c.kind) {
			items = append(items, "count_if("+strings.ReplaceAll(check.holds, "$", quoted(c.Name))+")")
			read = append(read, func(v expr.Value) { c.exact[check.to] = v.I })
		}
	}
	r, err := one(ctx, s, "SELECT "+strings.Join(items, ", ")+" FROM "+view)
	if err != nil {
		return err
	}
	for i, set := range read {
		set(r[i])
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		c.Nulls = t.Rows - c.values
		if t.Rows > 0 {
			c.NullShare = float64(c.Nulls) / float64(t.Rows)
		}
		if c.texts() {
			c.Width += 4 // its offset
		} else {
			c.Width = width(c.full)
		}
	}
	return nil
}

// count groups the table by the column.
func (c *Column) count(ctx context.Context, s *engine.Session, view string) error {
	key := quoted(c.Name)
	grouped := "(SELECT " + key + " AS k, count(*) AS n FROM " + view + " WHERE " + key + " IS NOT NULL GROUP BY " + key + ")"
	r, err := one(ctx, s, "SELECT count(*), max(n), median(n), max_by(k, n) FROM "+grouped)
	if err != nil {
		return err
	}
	k := &Keys{Distinct: r[0].I, Largest: r[1].I, Median: r[2].F, Top: short(r[3])}
	k.Share = float64(k.Largest) / float64(c.values)
	filled := float64(min(Partitions, k.Distinct))
	mean := float64(c.values) / filled
	// The fullest partition holds the largest key and its part of the others.
	k.Imbalance = (float64(k.Largest) + float64(c.values-k.Largest)/filled) / mean
	k.Skewed = k.Distinct > 1 && float64(k.Largest) > 2*mean
	c.Keys = k
	return nil
}

// one collects the single row of a query.
func one(ctx context.Context, s *engine.Session, text string) ([]expr.Value, error) {
	f, err := s.SQL(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := f.Collect(ctx)
	if err != nil {
		return nil, err
	}
	if r.Len() != 1 {
		return nil, fmt.Errorf("%d rows for one", r.Len())
	}
	return r.Rows()[0], nil
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// short prints a value in at most 40 characters.
func short(v expr.Value) string {
	if v.IsNull {
		return ""
	}
	text := []rune(v.String())
	if len(text) > 40 {
		return string(text[:39]) + "…"
	}
	return string(text)
}
