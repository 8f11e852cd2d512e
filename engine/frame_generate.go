package engine

import (
	"fmt"
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// Explode makes a row for every element of an array, in a column that is added
// or, as with With, replaces the one of that name. A row whose array is empty or
// null has none.
func (f *Frame) Explode(name string, array expr.Expr) *Frame {
	return f.generate("explode", false, array, name)
}

// ExplodeOuter is Explode that keeps a row whose array is empty or null, with a
// null.
func (f *Frame) ExplodeOuter(name string, array expr.Expr) *Frame {
	return f.generate("explode", true, array, name)
}

// PosExplode is Explode with a second column, pos: the element's place in its
// array, from 0.
func (f *Frame) PosExplode(pos, name string, array expr.Expr) *Frame {
	return f.generate("posexplode", false, array, pos, name)
}

// PosExplodeOuter is PosExplode that keeps a row whose array is empty or null,
// with nulls.
func (f *Frame) PosExplodeOuter(pos, name string, array expr.Expr) *Frame {
	return f.generate("posexplode", true, array, pos, name)
}

func (f *Frame) generate(fn string, outer bool, array expr.Expr, names ...string) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		array = f.resolve(array, n.Schema())
		t, err := expr.TypeOf(array, n.Schema())
		if err != nil {
			return nil, err
		}
		if t.Kind() != expr.Array {
			return nil, fmt.Errorf("%s of %s, which is %v: it takes an array", fn, array, t)
		}
		g := &plan.Generate{Input: n, Generator: fn, Args: []expr.Expr{array}, Outer: outer}
		types := []expr.Type{expr.Int32, t.Elem()}[2-len(names):]
		var added []expr.Expr
		for i, name := range names {
			g.Columns = append(g.Columns, expr.Field{Name: "generated#" + name, Type: types[i]})
			added = append(added, expr.As{X: expr.Col("generated#" + name), Name: name})
		}
		var list []expr.Expr
		for _, c := range n.Schema() {
			if at := slices.Index(names, c.Name); at >= 0 {
				list, added[at] = append(list, added[at]), nil
			} else {
				list = append(list, expr.Col(c.Name))
			}
		}
		for _, x := range added {
			if x != nil {
				list = append(list, x)
			}
		}
		return plan.NewProject(g, list)
	})
}
