package expr_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
)

// byArrival reports whether the result follows the order of the rows.
func byArrival(a expr.Aggregate) bool {
	switch a.Fn {
	case "first", "last":
		return true
	case "listagg":
		return len(a.OrderBy) == 0
	case "min_by", "max_by":
		return a.Args[1].String() != "y" // equal keys
	}
	return false
}

// unordered holds the aggregates whose arrays have no order.
var unordered = map[string]bool{"collect_list": true, "collect_set": true}

// candidates are the ways to call an aggregate; those that its arity and types
// allow are tested.
func candidates(fn string) []expr.Aggregate {
	if fn == "histogram_numeric" {
		return []expr.Aggregate{agg(fn, "x", 50)} // as many bins as values
	}
	return []expr.Aggregate{
		agg(fn), agg(fn, "x"), agg(fn, "x", "y"), agg(fn, "x", true), agg(fn, "x", 0.3), agg(fn, "x", arrayOf(expr.Float64, 0.1, 0.9)), agg(fn, "x", 0.3, "y"),
		within(agg(fn), down("x")), within(agg(fn, 0.3), down("x")), within(agg(fn, "x", expr.Lit(",")), down("y"), up("x")),
	}
}

// Every aggregate, with and without DISTINCT and FILTER, of every type that it
// takes, gives from states over parts of the rows, exported, written, read and
// merged, what one state over all rows gives: with nulls, a group of no rows and
// one of nulls alone.
func TestMergedStatesAreOneState(t *testing.T) {
	const seed = 31
	r := rand.New(rand.NewPCG(seed, seed))
	for title, rows := range expr.Functions {
		if title != "Aggregates" {
			continue
		}
		for names := range rows {
			fn, _, _ := strings.Cut(names, " ")
			tested := 0
			for _, typ := range append([]expr.Type{expr.Null}, everyType...) {
				in := manyGroups(r, typ)
				if typ == expr.Binary {
					in.Cols[0] = dictionary(in.Cols[0]) // so that texts come in both forms
				}
				for _, a := range candidates(fn) {
					for _, a := range []expr.Aggregate{a, unique(a), only(a, expr.Gt(expr.Col("y"), 100)), only(unique(a), expr.Gt(expr.Col("y"), 100))} {
						bound, err := expr.BindAggregate(a, in.Schema)
						if err != nil {
							continue
						}
						tested++
						mergeParts(t, r, bound, a, in)
					}
				}
			}
			if tested == 0 {
				t.Errorf("%s was not tested", fn)
			}
		}
	}
}

const groupsOfParts = 12

// manyGroups makes rows of x, a value, y, a number that no two rows share, and the
// group: group 3 has no rows and group 5 no values.
func manyGroups(r *rand.Rand, typ expr.Type) *expr.Batch {
	const rows = 240
	x, y, group := expr.NewBuilder(typ), expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.Int32)
	for _, i := range r.Perm(rows) {
		g := r.IntN(groupsOfParts)
		if g == 3 {
			g = 4
		}
		v := finite(randomValue(r, typ))
		v.IsNull = v.IsNull || g == 5 || typ == expr.Null
		x.AppendValue(v)
		y.AppendValue(expr.Value{Type: expr.Int32, I: int64(i), IsNull: i%11 == 0})
		group.AppendValue(expr.Value{Type: expr.Int32, I: int64(g)})
	}
	return batchOf([]expr.Column{x.Take(), y.Take(), group.Take()})
}

// dictionary is texts by their codes in a dictionary.
func dictionary(c expr.Column) expr.Column {
	groups := expr.NewGroups([]expr.Type{c.Type})
	ids := groups.Assign([]*expr.Column{&c}, c.Len, nil)
	var out expr.Column
	expr.Take(&out, &groups.Keys()[0], ids)
	return out
}

// finite makes doubles such that sums of them are what they are in any order.
func finite(v expr.Value) expr.Value {
	if math.IsNaN(v.F) || math.IsInf(v.F, 0) {
		v.F = 7.25
	}
	return v
}

func mergeParts(t *testing.T, r *rand.Rand, bound *expr.BoundAggregate, a expr.Aggregate, in *expr.Batch) {
	t.Helper()
	typ := in.Schema[0].Type
	whole := bound.NewState()
	whole.Grow(groupsOfParts)
	wholeErr := update(whole, bound, in.Cols[2].I32, in)
	want := whole.Final()
	if wholeErr == nil {
		wholeErr = whole.Err()
	}
	for _, ordered := range []bool{true, false} {
		if !ordered && byArrival(a) {
			continue
		}
		final := bound.NewState()
		final.Grow(groupsOfParts)
		err := mergeInto(final, bound, in, split(r, in.Rows, ordered))
		got := final.Final()
		if err == nil {
			err = final.Err()
		}
		if (err == nil) != (wholeErr == nil) {
			t.Fatalf("%s of %v: one state says %v, merged states %v", a, typ, wholeErr, err)
		}
		if err != nil {
			continue
		}
		got.Check()
		if got.Type != bound.Type || got.Len < groupsOfParts {
			t.Fatalf("%s of %v is %v of %d groups, and was said to be %v", a, typ, got.Type, got.Len, bound.Type)
		}
		for g := range groupsOfParts {
			if v, w := got.Value(g), want.Value(g); !near(v, w, unordered[a.Fn] && !ordered) {
				t.Fatalf("%s of %v, ordered %t, group %d: one state has %s, merged states %s", a, typ, ordered, g, plain(w), plain(v))
			}
		}
	}
}

// split deals rows out to parts, in order or not; a part may be empty.
func split(r *rand.Rand, rows int, ordered bool) [][]int32 {
	parts := make([][]int32, 4)
	if ordered {
		from := 0
		for p := range parts {
			to := min(rows, from+r.IntN(rows/2))
			if p == len(parts)-1 {
				to = rows
			}
			for i := from; i < to; i++ {
				parts[p] = append(parts[p], int32(i))
			}
			from = to
		}
		return parts
	}
	for i := range rows {
		p := r.IntN(len(parts))
		parts[p] = append(parts[p], int32(i))
	}
	return parts
}

// mergeInto folds each part in two batches into a state that numbers groups as it
// meets them, and merges what is read of what is written of its export.
func mergeInto(final expr.State, bound *expr.BoundAggregate, in *expr.Batch, parts [][]int32) error {
	var g expr.Gatherer
	var schema expr.Schema
	for i, t := range bound.StateTypes {
		schema = append(schema, expr.Field{Name: fmt.Sprint(i), Type: t})
	}
	for _, rows := range parts {
		s := bound.NewState()
		var numbers [groupsOfParts]int32 // of a group here, from 1
		var groups []int32               // by number here
		for _, half := range [][]int32{rows[:len(rows)/3], rows[len(rows)/3:]} {
			b := g.Gather(in, half)
			ids := make([]int32, len(half))
			for i, group := range b.Cols[2].I32[:b.Rows] {
				if numbers[group] == 0 {
					groups = append(groups, group)
					numbers[group] = int32(len(groups))
				}
				ids[i] = numbers[group] - 1
			}
			s.Grow(len(groups))
			if err := update(s, bound, ids, b); err != nil {
				return err
			}
		}
		state := s.Export()
		written := block.Encode(nil, &expr.Batch{Schema: schema, Rows: len(groups), Cols: state})
		for len(groups) > 0 {
			b, rest, err := block.Decode(schema, written)
			if err != nil {
				return err
			}
			merge(final, groups[:b.Rows], b.Cols)
			groups, written = groups[b.Rows:], rest
		}
		if err := final.Err(); err != nil {
			return err
		}
	}
	return nil
}

// near compares values, doubles within a relative 1e-9, of arrays without order
// the sorted elements.
func near(v, w expr.Value, unordered bool) bool {
	switch {
	case v.IsNull || w.IsNull || v.Type != w.Type:
		return v.Equal(w)
	case v.Type.Kind() == expr.Array || v.Type.Kind() == expr.Struct:
		if unordered {
			byText := func(a, b expr.Value) int { return strings.Compare(fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)) }
			slices.SortFunc(v.List, byText)
			slices.SortFunc(w.List, byText)
		}
		return slices.EqualFunc(v.List, w.List, func(a, b expr.Value) bool { return near(a, b, false) })
	case v.Type.Layout() == expr.Float64:
		return v.F == w.F || math.Abs(v.F-w.F) <= 1e-9*max(math.Abs(v.F), math.Abs(w.F), 1e-3)
	}
	return v.Equal(w)
}
