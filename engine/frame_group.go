package engine

import (
	"errors"
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// GroupingSets groups rows several times, by some of the keys each: a set lists
// positions in keys. The keys that a set leaves out are null in its groups; ID
// tells those nulls from the rows' own.
func (f *Frame) GroupingSets(keys []expr.Expr, sets ...[]int) *Grouped {
	return &Grouped{frame: f, keys: keys, sets: append([][]int{}, sets...)}
}

// Rollup groups by all keys, then by all but the last, and so on to one group of
// all rows.
func (f *Frame) Rollup(keys ...expr.Expr) *Grouped {
	var sets [][]int
	for n := len(keys); n >= 0; n-- {
		sets = append(sets, positions(n, func(int) bool { return true }))
	}
	return f.GroupingSets(keys, sets...)
}

// Cube groups by every choice of the keys.
func (f *Frame) Cube(keys ...expr.Expr) *Grouped {
	var sets [][]int
	for left := range 1 << min(len(keys), maxCube) {
		sets = append(sets, positions(len(keys), func(i int) bool { return left>>(len(keys)-1-i)&1 == 0 }))
	}
	return f.GroupingSets(keys, sets...)
}

// maxCube is the most keys of a cube: 4096 groupings of every row.
const maxCube = 12

func positions(n int, in func(i int) bool) []int {
	set := []int{}
	for i := range n {
		if in(i) {
			set = append(set, i)
		}
	}
	return set
}

// ID adds a column behind the keys that says which set a group is of, as Spark's
// grouping_id(): a bit for every key, the first key's the highest, set where the
// set leaves the key out.
func (g *Grouped) ID(name string) *Grouped {
	c := *g
	c.id = name
	if c.sets == nil {
		c.sets = [][]int{positions(len(g.keys), func(int) bool { return true })}
	}
	return &c
}

// Names that no column has: of a set's keys, its id and its place in the list.
const (
	setKey   = "grouping#%d"
	setID    = "grouping#id"
	setPlace = "grouping#place"
)

// expanded aggregates over the sets: a row of the input becomes one for each
// set, which groups by its place too, as equal sets count each for itself.
func (g *Grouped) expanded(n plan.Node, keys []expr.Expr, aggs []expr.Aggregate) (plan.Node, error) {
	if len(keys) > 62 || len(g.sets) >= 1<<maxCube && len(keys) > maxCube {
		return nil, fmt.Errorf("grouping sets of %d keys; a cube has %d at most, other sets 62", len(keys), maxCube)
	}
	if len(g.sets) == 0 {
		return nil, errors.New("grouping sets need one set at least; an empty one groups all rows")
	}
	projections := make([][]expr.Expr, len(g.sets))
	for place, set := range g.sets {
		var list []expr.Expr
		for _, f := range n.Schema() {
			list = append(list, expr.Col(f.Name))
		}
		within := map[int]bool{}
		for _, k := range set {
			if k < 0 || k >= len(keys) {
				return nil, fmt.Errorf("grouping set %v: there are %d keys, counted from 0", set, len(keys))
			}
			within[k] = true
		}
		id := int64(0)
		for i, k := range keys {
			t, err := expr.TypeOf(k, n.Schema())
			if err != nil {
				return nil, err
			}
			x := expr.Unalias(k)
			if !within[i] {
				x, id = expr.Lit(expr.Value{Type: t, IsNull: true}), id|1<<(len(keys)-1-i)
			}
			list = append(list, expr.As{X: x, Name: fmt.Sprintf(setKey, i)})
		}
		projections[place] = append(list, expr.As{X: expr.Lit(expr.Value{Type: expr.Int64, I: id}), Name: setID},
			expr.As{X: expr.Lit(place), Name: setPlace})
	}
	in, err := plan.NewExpand(n, projections)
	if err != nil {
		return nil, err
	}
	var by, list []expr.Expr
	for i, k := range keys {
		name := fmt.Sprintf(setKey, i)
		by, list = append(by, expr.Col(name)), append(list, expr.As{X: expr.Col(name), Name: expr.Name(k)})
	}
	if g.id != "" {
		list = append(list, expr.As{X: expr.Col(setID), Name: g.id})
	}
	grouped, err := plan.NewAggregate(in, append(by, expr.Col(setID), expr.Col(setPlace)), aggs)
	if err != nil {
		return nil, err
	}
	for _, a := range aggs {
		list = append(list, expr.Col(a.Name))
	}
	return plan.NewProject(grouped, list)
}
