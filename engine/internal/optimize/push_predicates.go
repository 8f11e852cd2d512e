package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// pushPredicates hands the comparisons of a filter right above a scan to the
// reader, and the conditions that are about partition columns alone to the
// listing of files. The filter stays: a reader only skips where it can.
func pushPredicates(root plan.Node, ctx *Context) plan.Node {
	push := ctx.Config.Bool("spark.sql.parquet.filterPushdown")
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n
		}
		scan, ok := f.Input.(*plan.Scan)
		if !ok {
			return n
		}
		pushed := *scan
		for _, c := range expr.Conjuncts(f.Where) {
			if onFolders(c, scan.Source) {
				pushed.Folders = append(pushed.Folders, c)
			} else if p, ok := predicate(c, scan.Columns); ok && push {
				pushed.Predicates = append(pushed.Predicates, p)
			}
		}
		return f.With([]plan.Node{&pushed})
	})
}

// onFolders reports whether a condition names columns, and all are partition
// columns.
func onFolders(e expr.Expr, s source.Source) bool {
	named, all := false, true
	folders := source.PartitionColumns(s)
	expr.Refs(e, func(name string) {
		named, all = true, all && slices.Contains(folders, name)
	})
	return named && all
}

var operators = map[string]source.Op{"=": source.Equal, "<": source.Less, "<=": source.LessEqual,
	">": source.Greater, ">=": source.GreaterEqual}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// predicate turns "column op constant" into what a reader understands.
func predicate(e expr.Expr, s expr.Schema) (source.Predicate, bool) {
	c, ok := e.(expr.Call)
	if !ok {
		return source.Predicate{}, false
	}
	if c.Fn == "isnotnull" {
		if r, ok := c.Args[0].(expr.Ref); ok {
			return source.Predicate{Column: s[s.Index(r.Name)].Name, Op: source.IsNotNull}, true
		}
	}
	fn := c.Fn
	if _, ok := operators[fn]; !ok || len(c.Args) != 2 {
		return source.Predicate{}, false
	}
	ref, isRef := c.Args[0].(expr.Ref)
	lit, isLit := c.Args[1].(expr.Literal)
	if !isRef {
		ref, isRef = c.Args[1].(expr.Ref)
		lit, isLit = c.Args[0].(expr.Literal)
		fn = mirrored[fn]
	}
	if !isRef || !isLit || lit.Value.IsNull {
		return source.Predicate{}, false
	}
	f := s[s.Index(ref.Name)]
	// Texts and decimals are compared as what stands beside them, by which several
	// of them can be equal: nothing that their bounds know of.
	if t := lit.Value.Type; t != f.Type && (f.Type == expr.String || f.Type.Kind() == expr.Decimal && (t == expr.Float32 || t == expr.Float64)) {
		return source.Predicate{}, false
	}
	v, err := expr.Constant(expr.CastTo{X: lit, To: f.Type, Mode: c.Mode})
	if err != nil || v.IsNull {
		return source.Predicate{}, false
	}
	// A constant that the column's type cannot hold exactly would change the bound.
	if back, err := expr.Constant(expr.CastTo{X: expr.Literal{Value: v}, To: lit.Value.Type, Mode: c.Mode}); err != nil || !back.Equal(lit.Value) {
		return source.Predicate{}, false
	}
	return source.Predicate{Column: f.Name, Op: operators[fn], Value: v}, true
}
