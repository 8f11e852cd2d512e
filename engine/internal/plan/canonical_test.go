package plan

import (
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// Two plans have one canonical text when they differ in nothing but what their
// columns are called; a text that looks like a column's name is no name.
func TestCanonical(t *testing.T) {
	table := source.Memory(expr.Schema{{Name: "a", Type: expr.Int64}, {Name: "b", Type: expr.Int64}, {Name: "s", Type: expr.String}}, nil)
	project := func(in Node, list ...expr.Expr) Node {
		p, err := NewProject(in, list)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	scan := NewScan(table)
	named := func(x expr.Expr, name string) expr.Expr { return expr.As{X: x, Name: name} }
	less := func(x any) Node { return &Filter{Input: scan, Where: expr.Lt(expr.Col("a"), x)} }
	hashed := func(in Node, n int) Node {
		return &Exchange{Input: in, Kind: HashPartitioning, Keys: []string{in.Schema()[0].Name}, N: n}
	}
	relation := &Relation{Plan: scan}
	cached := func(columns ...string) Node {
		var s expr.Schema
		for _, name := range columns {
			s = append(s, scan.Columns[scan.Columns.Index(name)])
		}
		return NewCached(relation).Narrow(s)
	}
	sum := func(x string) Node {
		a, err := NewAggregate(project(scan, named(expr.Col(x), x+"#7")), []expr.Expr{expr.Col(x + "#7")}, []expr.Aggregate{expr.Sum(expr.Col(x+"#7"), "sum#"+x)})
		if err != nil {
			t.Fatal(err)
		}
		_, final := a.Split()
		return final
	}
	for _, c := range []struct {
		what  string
		a, b  Node
		equal bool
	}{
		{"names", project(scan, named(expr.Col("a"), "x#1")), project(scan, named(expr.Col("a"), "x#2")), true},
		{"a name that stays", project(scan, named(expr.Col("a"), "a")), project(scan, named(expr.Col("a"), "c")), true},
		{"names in two steps", hashed(project(scan, named(expr.Col("a"), "x")), 3), hashed(project(scan, named(expr.Col("a"), "y")), 3), true},
		{"names without case", &Filter{Input: scan, Where: expr.IsNull(expr.Col("A"))}, &Filter{Input: scan, Where: expr.IsNull(expr.Col("a"))}, true},
		{"columns", project(scan, named(expr.Col("a"), "x")), project(scan, named(expr.Col("b"), "x")), false},
		{"the order of columns", project(scan, expr.Col("a"), expr.Col("b")), project(scan, expr.Col("b"), expr.Col("a")), false},
		{"which of two columns a key is", hashed(project(scan, named(expr.Col("a"), "x"), named(expr.Col("b"), "y")), 3),
			&Exchange{Input: project(scan, named(expr.Col("a"), "x"), named(expr.Col("b"), "y")), Kind: HashPartitioning, Keys: []string{"y"}, N: 3}, false},
		{"columns of a cached frame", cached("a"), cached("b"), false},
		{"nothing of a cached frame", cached("a", "s"), cached("a", "s"), true},
		{"what is summed", sum("a"), sum("b"), false},
		{"partitions", hashed(scan, 3), hashed(scan, 4), false},
		{"constants", less(1), less(2), false},
		{"types of constants", less(1), less(int64(1)), false},
		{"texts like names", &Filter{Input: scan, Where: expr.Lt(expr.Col("s"), "a")}, &Filter{Input: scan, Where: expr.Lt(expr.Col("s"), "b")}, false},
		{"functions called like columns", project(scan, named(expr.Fn("upper", expr.Col("s")), "upper")), project(scan, named(expr.Fn("lower", expr.Col("s")), "lower")), false},
		{"sources", scan, NewScan(source.Memory(table.Schema(), nil)), false},
		{"what a filter keeps", &Filter{Input: scan, Where: expr.Lit(true), Keep: table.Schema()[:1]}, &Filter{Input: scan, Where: expr.Lit(true), Keep: table.Schema()[1:2]}, false},
		{"reuse", hashed(scan, 3), &Exchange{Input: scan, Kind: HashPartitioning, Keys: []string{"a"}, N: 3, Of: hashed(scan, 3).(*Exchange)}, true},
	} {
		if got := Canonical(c.a) == Canonical(c.b); got != c.equal {
			t.Errorf("plans that differ in %s: equal is %v", c.what, got)
		}
	}
}
