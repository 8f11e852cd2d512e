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

// An Exchange moves rows between stages. Stages are cut here.
type Exchange struct {
	Input  Node
	Kind   Partitioning
	Keys   []string    // of HashPartitioning and CustomPartitioning
	Order  []SortKey   // of RangePartitioning
	By     Partitioner // of CustomPartitioning
	N      int         // partitions
	ByUser bool        // asked for by Repartition: adaptive execution leaves N alone
}

func (n *Exchange) Schema() expr.Schema { return n.Input.Schema() }
func (n *Exchange) Inputs() []Node      { return []Node{n.Input} }
func (n *Exchange) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}

func (n *Exchange) Name() string {
	if n.Kind == Broadcast {
		return "BroadcastExchange"
	}
	return "Exchange"
}

func (n *Exchange) Detail() string {
	origin := "ENSURE_REQUIREMENTS"
	if n.ByUser {
		origin = "REPARTITION_BY_NUM"
	}
	switch n.Kind {
	case HashPartitioning:
		return fmt.Sprintf("hashpartitioning(%s, %d), %s", strings.Join(n.Keys, ", "), n.N, origin)
	case RangePartitioning:
		return fmt.Sprintf("rangepartitioning(%s, %d), %s", strings.Trim(list(n.Order), "[]"), n.N, origin)
	case RoundRobin:
		return fmt.Sprintf("RoundRobinPartitioning(%d), %s", n.N, origin)
	case CustomPartitioning:
		return n.By.Describe(n.Keys) + ", " + origin
	case Broadcast:
		if len(n.Keys) == 0 {
			return "IdentityBroadcastMode"
		}
		return "HashedRelationBroadcastMode(" + strings.Join(n.Keys, ", ") + ")"
	}
	return "SinglePartition, " + origin
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
