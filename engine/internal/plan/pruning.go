package plan

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A Pruning leaves out the files of a scan whose folders have no match among the
// keys of a join's other side, which are known when that has run (Spark:
// DynamicPruningExpression).
type Pruning struct {
	Key  expr.Expr // over partition columns, of the type of the keys
	From *KeySet
}

// A KeySet is the keys that files or rows may match: one column of rows that are
// broadcast, or their Bloom filter as a row of its own. Those of a scan are read on
// the driver, as splits are made.
type KeySet struct {
	Input Node     // in a finished plan a broadcast
	Label string   // dynamicpruning#1, bloomFilter#2
	Keys  []string // of the broadcast; none of a Bloom filter
	At    int      // which of Keys the set is
	Alone bool     // the broadcast is there for this alone; else a join builds from it
}

// String prints the condition as Spark does.
func (p Pruning) String() string {
	return "dynamicpruningexpression(" + p.Key.String() + " IN " + p.From.Label + ")"
}

func (n *KeySet) Schema() expr.Schema { return n.Input.Schema() }
func (n *KeySet) Inputs() []Node      { return []Node{n.Input} }
func (n *KeySet) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}

// Name is that of Spark, which runs what is there for the set alone as a query of
// its own.
func (n *KeySet) Name() string {
	if n.Alone {
		return "Subquery"
	}
	return "SubqueryBroadcast"
}

func (n *KeySet) Detail() string {
	if n.Alone {
		return n.Label
	}
	return fmt.Sprintf("%s, [%d], [%s]", n.Label, n.At, strings.Join(n.Keys, ", "))
}

func (*KeySet) node() {}
