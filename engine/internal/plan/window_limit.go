package plan

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A WindowGroupLimit keeps of each partition of a window the rows whose rank is
// at most Limit: what a condition on the rank above the window leaves of it. As
// in Spark a Partial one drops rows before they move and a Final one after it;
// the optimizer's Complete one becomes both.
type WindowGroupLimit struct {
	Input       Node
	PartitionBy []string
	OrderBy     []SortKey
	Rank        string // row_number, rank or dense_rank
	Limit       int
	Phase       Phase
}

func (n *WindowGroupLimit) Schema() expr.Schema { return n.Input.Schema() }
func (n *WindowGroupLimit) Inputs() []Node      { return []Node{n.Input} }
func (n *WindowGroupLimit) With(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}

func (n *WindowGroupLimit) Name() string { return "WindowGroupLimit" }
func (n *WindowGroupLimit) Detail() string {
	return fmt.Sprintf("[%s], %s, %s(), %d, %s", strings.Join(n.PartitionBy, ", "), list(n.OrderBy), n.Rank, n.Limit,
		[...]string{"Complete", "Partial", "Final"}[n.Phase])
}
func (*WindowGroupLimit) node() {}
