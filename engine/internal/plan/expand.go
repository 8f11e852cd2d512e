package plan

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// An Expand makes several rows of each: one for every projection. Grouping sets
// are an Expand that puts nulls where a set does not group by a key, under an
// Aggregate that also groups by the set's number.
type Expand struct {
	Input       Node
	Projections [][]expr.Expr // of equal length; columns are named after the first one's
	schema      expr.Schema
}

// A Generate makes the rows of a generator for every row: its columns are those
// of the input in Keep (nil keeps all), then the generator's. With Outer a row
// without any keeps one with nulls.
type Generate struct {
	Input     Node
	Generator string      // explode, posexplode, inline, stack
	Args      []expr.Expr // an array; of stack the number of rows, then values
	Outer     bool
	Columns   expr.Schema // of the generator
	Keep      expr.Schema
}

// A Sample keeps each row with probability Fraction, the same rows for the same
// seed, partitioning and input.
type Sample struct {
	Input    Node
	Fraction float64
	Seed     int64
}

// A OneRow is the value of a scalar subquery: the only row of its input, a row
// of nulls where there is none; more are an error.
type OneRow struct{ Input Node }

// A Hint is what a query says about a relation that a join reads:
// BROADCAST, MERGE, SHUFFLE_HASH or SHUFFLE_REPLICATE_NL. It changes nothing else and is gone
// after joins have been chosen.
type Hint struct {
	Input Node
	Kind  string
}

// NewExpand makes the rows of several projections; the error names what is
// unknown or differs in type.
func NewExpand(in Node, projections [][]expr.Expr) (*Expand, error) {
	e := &Expand{Input: in, Projections: projections}
	for p, list := range projections {
		for i, x := range list {
			t, err := expr.TypeOf(x, in.Schema())
			switch {
			case err != nil:
				return nil, err
			case p == 0:
				e.schema = append(e.schema, expr.Field{Name: expr.Name(x), Type: t})
			case e.schema[i].Type == expr.Null:
				e.schema[i].Type = t
			case t != e.schema[i].Type && t != expr.Null:
				return nil, fmt.Errorf("expand: %s is %v and %v", e.schema[i].Name, e.schema[i].Type, t)
			}
		}
	}
	return e, nil
}

func (n *Expand) Schema() expr.Schema { return n.schema }
func (n *Generate) Schema() expr.Schema {
	kept := n.Keep
	if kept == nil {
		kept = n.Input.Schema()
	}
	return append(append(expr.Schema{}, kept...), n.Columns...)
}
func (n *Sample) Schema() expr.Schema { return n.Input.Schema() }
func (n *OneRow) Schema() expr.Schema { return n.Input.Schema() }
func (n *Hint) Schema() expr.Schema   { return n.Input.Schema() }

func (n *Expand) Inputs() []Node   { return []Node{n.Input} }
func (n *Generate) Inputs() []Node { return []Node{n.Input} }
func (n *Sample) Inputs() []Node   { return []Node{n.Input} }
func (n *OneRow) Inputs() []Node   { return []Node{n.Input} }
func (n *Hint) Inputs() []Node     { return []Node{n.Input} }

func (n *Expand) With(in []Node) Node { return &Expand{in[0], n.Projections, n.schema} }
func (n *Generate) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}
func (n *Sample) With(in []Node) Node { return &Sample{in[0], n.Fraction, n.Seed} }
func (n *OneRow) With(in []Node) Node { return &OneRow{in[0]} }
func (n *Hint) With(in []Node) Node   { return &Hint{in[0], n.Kind} }

func (n *Expand) Name() string   { return "Expand" }
func (n *Generate) Name() string { return "Generate" }
func (n *Sample) Name() string   { return "Sample" }
func (n *OneRow) Name() string   { return "ScalarSubquery" }
func (n *Hint) Name() string     { return "ResolvedHint" }

func (n *Expand) Detail() string {
	parts := make([]string, len(n.Projections))
	for i, p := range n.Projections {
		parts[i] = list(p)
	}
	return "[" + strings.Join(parts, ", ") + "], [" + strings.Join(n.schema.Names(), ", ") + "]"
}
func (n *Generate) Detail() string {
	return fmt.Sprintf("%s(%s), %t, [%s]", n.Generator, strings.Trim(list(n.Args), "[]"), n.Outer, strings.Join(n.Columns.Names(), ", "))
}
func (n *Sample) Detail() string { return fmt.Sprintf("0.0, %g, false, %d", n.Fraction, n.Seed) }
func (n *OneRow) Detail() string { return "" }
func (n *Hint) Detail() string   { return "(strategy=" + strings.ToLower(n.Kind) + ")" }

func (*Expand) node()   {}
func (*Generate) node() {}
func (*Sample) node()   {}
func (*OneRow) node()   {}
func (*Hint) node()     {}
