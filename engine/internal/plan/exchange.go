package plan

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A Partitioning says how an exchange spreads rows.
type Partitioning uint8

const (
	HashPartitioning Partitioning = iota
	RangePartitioning
	RoundRobin
	SinglePartition
	Broadcast // every row to every executor
	CustomPartitioning
)

// An Exchange moves rows between stages. Stages are cut here. One that reuses
// another is a leaf of the tree: it reads the rows that the other moves, and keeps
// its input only to say what it would move by itself.
type Exchange struct {
	Input  Node
	Kind   Partitioning
	Keys   []string    // of HashPartitioning and CustomPartitioning
	Order  []SortKey   // of RangePartitioning
	By     Partitioner // of CustomPartitioning
	N      int         // partitions
	Origin Origin
	Of     *Exchange // the equal exchange that it reuses; nil for one that moves rows
}

// An Origin is why an exchange is there, by which adaptive execution knows what
// it may do with its partitions (Spark: ShuffleOrigin).
type Origin uint8

const (
	EnsureRequirements Origin = iota // a step needs it
	RepartitionByNum                 // asked for with a number, which stays
	RepartitionByCol                 // asked for without: partitions may be joined
	RebalanceByNone                  // asked for to even sizes out: they may be divided too
	RebalanceByCol
)

// String is Spark's name of the origin.
func (o Origin) String() string {
	return [...]string{"ENSURE_REQUIREMENTS", "REPARTITION_BY_NUM", "REPARTITION_BY_COL", "REBALANCE_PARTITIONS_BY_NONE", "REBALANCE_PARTITIONS_BY_COL"}[o]
}

// Rebalances reports whether the exchange is there to even sizes out.
func (n *Exchange) Rebalances() bool {
	return n.Origin == RebalanceByNone || n.Origin == RebalanceByCol
}

func (n *Exchange) Schema() expr.Schema { return n.Input.Schema() }
func (n *Exchange) Inputs() []Node {
	if n.Of != nil {
		return nil
	}
	return []Node{n.Input}
}
func (n *Exchange) With(in []Node) Node {
	if n.Of != nil {
		return n
	}
	c := *n
	c.Input = in[0]
	return &c
}

// Mover is the exchange that moves the rows which n gives: n, or the one that it
// reuses.
func (n *Exchange) Mover() *Exchange {
	if n.Of != nil {
		return n.Of
	}
	return n
}

// Unshared is the exchange as it would be without reuse.
func (n *Exchange) Unshared() *Exchange {
	if n.Of == nil {
		return n
	}
	c := *n
	c.Of = nil
	return &c
}

// Initial is a plan without reuse: what adaptive execution begins with, as Spark
// shows it.
func Initial(root Node) Node {
	return Rewrite(root, func(n Node) Node {
		if e, ok := n.(*Exchange); ok && e.Of != nil {
			return e.Unshared().With([]Node{Initial(e.Input)})
		}
		return n
	})
}

func (n *Exchange) Name() string {
	switch {
	case n.Of != nil:
		return "ReusedExchange"
	case n.Kind == Broadcast:
		return "BroadcastExchange"
	}
	return "Exchange"
}

func (n *Exchange) Detail() string {
	if n.Of != nil {
		return fmt.Sprintf("[%s], %s %s", strings.Join(n.Schema().Names(), ", "), n.Of.Name(), n.Of.Detail())
	}
	switch n.Kind {
	case HashPartitioning:
		return fmt.Sprintf("hashpartitioning(%s, %d), %s", strings.Join(n.Keys, ", "), n.N, n.Origin)
	case RangePartitioning:
		return fmt.Sprintf("rangepartitioning(%s, %d), %s", strings.Trim(list(n.Order), "[]"), n.N, n.Origin)
	case RoundRobin:
		return fmt.Sprintf("RoundRobinPartitioning(%d), %s", n.N, n.Origin)
	case CustomPartitioning:
		return n.By.Describe(n.Keys) + ", " + n.Origin.String()
	case Broadcast:
		if len(n.Keys) == 0 {
			return "IdentityBroadcastMode"
		}
		return "HashedRelationBroadcastMode(" + strings.Join(n.Keys, ", ") + ")"
	}
	return "SinglePartition, " + n.Origin.String()
}

// Ascending orders by columns as a sort-merge join needs it.
func Ascending(columns []string) []SortKey {
	keys := make([]SortKey, len(columns))
	for i, c := range columns {
		keys[i] = SortKey{Column: c, NullsFirst: true}
	}
	return keys
}

// Orders resolves sort keys to positions in a schema.
func Orders(keys []SortKey, schema expr.Schema) []expr.Order {
	out := make([]expr.Order, len(keys))
	for i, k := range keys {
		out[i] = expr.Order{Col: schema.Index(k.Column), Desc: k.Desc, NullsFirst: k.NullsFirst}
	}
	return out
}
