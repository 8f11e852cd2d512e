package plan

import (
	"fmt"

	"stagecoach/engine/expr"
)

// A Coalesce joins neighbouring partitions until there are N at most. Rows move
// to no other stage: a task reads several partitions one after the other.
type Coalesce struct {
	Input Node
	N     int
}

func (n *Coalesce) Schema() expr.Schema { return n.Input.Schema() }
func (n *Coalesce) Inputs() []Node      { return []Node{n.Input} }
func (n *Coalesce) With(in []Node) Node { return &Coalesce{in[0], n.N} }
func (n *Coalesce) Name() string        { return "Coalesce" }
func (n *Coalesce) Detail() string      { return fmt.Sprint(n.N) }
func (*Coalesce) node()                 {}
