package plan

import "stagecoach/engine/expr"

// A RuntimeFilter drops rows whose Key is certainly not among the keys of a join's
// other side: their Bloom filter is the only value of From (Spark:
// InjectRuntimeFilter).
type RuntimeFilter struct {
	Input Node
	Key   expr.Expr
	From  *KeySet
}

func (n *RuntimeFilter) Schema() expr.Schema { return n.Input.Schema() }
func (n *RuntimeFilter) Inputs() []Node      { return []Node{n.Input, n.From} }
func (n *RuntimeFilter) With(in []Node) Node { return &RuntimeFilter{in[0], n.Key, in[1].(*KeySet)} }
func (n *RuntimeFilter) Name() string        { return "Filter" }
func (n *RuntimeFilter) Detail() string {
	return "might_contain(" + n.From.Name() + " " + n.From.Label + ", xxhash64(" + n.Key.String() + "))"
}

func (*RuntimeFilter) node() {}
