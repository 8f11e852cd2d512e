package sql

import (
	"strings"

	"stagecoach/engine/expr"
)

// walk calls visit for e and every expression in it. It does not enter
// subqueries.
func walk(e Expr, visit func(Expr)) {
	visit(e)
	each := func(list ...Expr) {
		for _, x := range list {
			if x != nil {
				walk(x, visit)
			}
		}
	}
	switch e := e.(type) {
	case *Interval:
		each(e.Values...)
	case *Call:
		each(e.Args...)
		each(e.Filter)
		for _, s := range e.WithinGroup {
			each(s.Expr)
		}
		if e.Over != nil {
			each(e.Over.PartitionBy...)
			for _, s := range e.Over.OrderBy {
				each(s.Expr)
			}
		}
	case *Cast:
		each(e.X)
	case *Case:
		each(e.Operand)
		each(e.When...)
		each(e.Then...)
		each(e.Else)
	case *In:
		each(e.X...)
		each(e.List...)
	case *Field:
		each(e.X)
	case *Named:
		each(e.X)
	case *Index:
		each(e.X, e.I)
	}
}

// hasAggregate reports whether e has an aggregate that is no window function.
func hasAggregate(e Expr) bool {
	found := false
	walk(e, func(x Expr) {
		if c, ok := x.(*Call); ok && c.Over == nil && expr.IsAggregate(c.Fn) {
			found = true
		}
	})
	return found
}

// nullsFirst is where nulls go: first when ascending, unless said otherwise.
func (s SortItem) nullsFirst() bool {
	return s.NullsFirst || !s.NullsLast && !s.Desc
}

// lower is the last part of a name in lower case, by which aliases are found.
func lower(n *Name) string { return strings.ToLower(n.Parts[len(n.Parts)-1].Name) }

var windowFunctions = map[string]string{"row_number": "row_number", "rank": "rank", "dense_rank": "dense_rank",
	"percent_rank": "percent_rank", "cume_dist": "cume_dist", "ntile": "ntile", "lag": "lag", "lead": "lead", "nth_value": "nth_value"}

// isWindowFunction reports whether a function has a meaning only over a window.
func isWindowFunction(fn string) bool { return windowFunctions[fn] != "" }

var generators = map[string]bool{"explode": true, "explode_outer": true, "posexplode": true, "posexplode_outer": true,
	"inline": true, "inline_outer": true, "stack": true}

// isGenerator reports whether a function makes rows.
func isGenerator(fn string) bool { return generators[fn] }
