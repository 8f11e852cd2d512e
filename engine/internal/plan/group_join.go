package plan

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A Phase says which half of an aggregation a node is.
type Phase uint8

const (
	Complete Phase = iota // not split yet
	Partial               // folds rows into states, before the exchange
	Final                 // folds states into results, after it
)

// An Aggregate groups rows by keys. Its columns are the keys, then the
// aggregates; of a Partial one the keys, then the states.
type Aggregate struct {
	Input  Node
	Keys   []expr.Expr
	Aggs   []expr.Aggregate
	Phase  Phase
	Origin expr.Schema // of a Final one: the schema that the aggregates were written against
	schema expr.Schema
}

// A JoinType is SQL's.
type JoinType uint8

const (
	Inner JoinType = iota
	LeftOuter
	RightOuter
	FullOuter
	LeftSemi
	LeftAnti
	Existence // left rows, with a column that says whether there is a match
)

// String is Spark's word for the join type.
func (t JoinType) String() string {
	return [...]string{"Inner", "LeftOuter", "RightOuter", "FullOuter", "LeftSemi", "LeftAnti", "ExistenceJoin"}[t]
}

// A Strategy says how a join is computed.
type Strategy uint8

const (
	Undecided Strategy = iota
	BroadcastHash
	ShuffledHash
	SortMerge
	NestedLoop // every row of one side with every broadcast row of the other
	Cartesian  // every partition of one side with every partition of the other
)

// A Join matches rows whose keys are equal and for which Where is true; a null
// key matches nothing. Its columns are the left ones, then (but for semi, anti
// and existence joins) the right ones.
type Join struct {
	Left, Right         Node
	LeftKeys, RightKeys []string  // none: Where alone decides, or every pair matches
	Where               expr.Expr // over the columns of both sides; nil is true
	Type                JoinType
	// NullAware makes a LeftAnti join that of NOT IN: no row passes when the right
	// side has a null key, and one with a null key passes only when the right side
	// is empty. It has one key and no Where.
	NullAware bool
	Exists    string // of an Existence join: the name of its column
	Strategy  Strategy
	BuildLeft bool // which side a hash join builds its table from
	Hinted    bool // the query says how: adaptive execution leaves it
	// LeftHint and RightHint are what the query says of the sides; see Hint.
	LeftHint, RightHint string
	schema              expr.Schema
}

// NewAggregate groups an input; the error names what is unknown.
func NewAggregate(in Node, keys []expr.Expr, aggs []expr.Aggregate) (*Aggregate, error) {
	a := &Aggregate{Input: in, Keys: keys, Aggs: aggs}
	for _, k := range keys {
		t, err := expr.TypeOf(k, in.Schema())
		if err != nil {
			return nil, err
		}
		a.schema = append(a.schema, expr.Field{Name: expr.Name(k), Type: t})
	}
	for _, g := range aggs {
		b, err := expr.BindAggregate(g, in.Schema())
		if err != nil {
			return nil, err
		}
		a.schema = append(a.schema, expr.Field{Name: g.Name, Type: b.Type})
	}
	return a, nil
}

// Split returns the aggregation as a Partial and a Final half; the caller puts
// an exchange between them with Final.With.
func (a *Aggregate) Split() (partial, final *Aggregate) {
	partial = &Aggregate{Input: a.Input, Keys: a.Keys, Aggs: a.Aggs, Phase: Partial}
	partial.schema = append(partial.schema, a.schema[:len(a.Keys)]...)
	for i, g := range a.Aggs {
		b, _ := expr.BindAggregate(g, a.Input.Schema()) // bound before, by NewAggregate
		for s, t := range b.StateTypes {
			partial.schema = append(partial.schema, expr.Field{Name: fmt.Sprintf("state_%d_%d", i, s), Type: t})
		}
	}
	keys := make([]expr.Expr, len(a.Keys))
	for i, k := range a.Keys {
		keys[i] = expr.Col(expr.Name(k))
	}
	final = &Aggregate{Input: partial, Keys: keys, Aggs: a.Aggs, Phase: Final, Origin: a.Input.Schema(), schema: a.schema}
	return partial, final
}

// NewJoin matches two inputs on equal columns. Two columns of one name are an
// error, as the result could not tell them apart.
func NewJoin(left, right Node, leftKeys, rightKeys []string, t JoinType) (*Join, error) {
	j := &Join{Left: left, Right: right, LeftKeys: leftKeys, RightKeys: rightKeys, Type: t}
	if j.keepsRight() {
		for _, f := range right.Schema() {
			if left.Schema().Index(f.Name) >= 0 {
				return nil, fmt.Errorf("both sides of the join have a column %q; rename one with Select and As", f.Name)
			}
		}
	}
	j.schema = j.columns()
	for i := range leftKeys {
		lt, err := expr.TypeOf(expr.Col(leftKeys[i]), left.Schema())
		if err != nil {
			return nil, fmt.Errorf("left side: %w", err)
		}
		rt, err := expr.TypeOf(expr.Col(rightKeys[i]), right.Schema())
		if err != nil {
			return nil, fmt.Errorf("right side: %w", err)
		}
		if lt != rt {
			return nil, fmt.Errorf("join keys %s (%v) and %s (%v) differ in type; cast one", leftKeys[i], lt, rightKeys[i], rt)
		}
	}
	return j, nil
}

// NewExistence adds to the left rows a column called name that says whether a
// right row matches.
func NewExistence(left, right Node, leftKeys, rightKeys []string, where expr.Expr, name string) (*Join, error) {
	j, err := NewJoin(left, right, leftKeys, rightKeys, Existence)
	if err != nil {
		return nil, err
	}
	j.Where, j.Exists = where, name
	j.schema = j.columns()
	return j, nil
}

func (n *Aggregate) Schema() expr.Schema { return n.schema }

func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }

func (n *Aggregate) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}

func (n *Aggregate) Name() string { return "HashAggregate" }

func (n *Aggregate) Detail() string {
	prefix := [...]string{"", "partial_", ""}[n.Phase]
	fns := make([]string, len(n.Aggs))
	for i, a := range n.Aggs {
		fns[i] = prefix + a.String()
	}
	return "(keys=" + list(n.Keys) + ", functions=[" + strings.Join(fns, ", ") + "])"
}

func (*Aggregate) node() {}

func (n *Join) Schema() expr.Schema { return n.schema }

func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

func (n *Join) With(in []Node) Node {
	c := *n
	c.Left, c.Right = in[0], in[1]
	c.schema = c.columns()
	return &c
}

// Shuffled reports whether both sides are spread by their keys first.
func (n *Join) Shuffled() bool { return n.Strategy == SortMerge || n.Strategy == ShuffledHash }

// KeepsBuilt reports whether rows of the build side come out by whether they
// have a match with any row of the other side, so that who joins must know all
// of that.
func (n *Join) KeepsBuilt() bool {
	if n.BuildLeft {
		return n.Type != Inner && n.Type != RightOuter
	}
	return n.Type == RightOuter || n.Type == FullOuter
}

// keepsRight reports whether the right side's columns are in the result.
func (n *Join) keepsRight() bool { return n.Type <= FullOuter }

func (n *Join) columns() expr.Schema {
	s := append(expr.Schema{}, n.Left.Schema()...)
	switch {
	case n.keepsRight():
		s = append(s, n.Right.Schema()...)
	case n.Type == Existence:
		s = append(s, expr.Field{Name: n.Exists, Type: expr.Bool, NotNull: true})
	}
	return s
}

func (n *Join) Name() string {
	return [...]string{"Join", "BroadcastHashJoin", "ShuffledHashJoin", "SortMergeJoin", "BroadcastNestedLoopJoin", "CartesianProduct"}[n.Strategy]
}

func (n *Join) build() string {
	if n.BuildLeft {
		return "BuildLeft"
	}
	return "BuildRight"
}

func (n *Join) Detail() string {
	build := n.build()
	keys := "[" + strings.Join(n.LeftKeys, ", ") + "], [" + strings.Join(n.RightKeys, ", ") + "], "
	var parts []string
	switch n.Strategy {
	case NestedLoop:
		parts = []string{build, n.Type.String()}
	case Cartesian:
	case BroadcastHash, ShuffledHash:
		parts = []string{keys + n.Type.String(), build}
	default:
		parts = []string{keys + n.Type.String()}
	}
	if n.Where != nil {
		parts = append(parts, n.Where.String())
	}
	if n.NullAware {
		parts = append(parts, "true")
	}
	return strings.Join(parts, ", ")
}

func (*Join) node() {}
