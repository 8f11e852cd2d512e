package engine

import (
	"errors"
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A Partitioner is a way to spread rows over partitions: Grid, Periods, what
// PartitionFunc makes, or one of a program's own.
type Partitioner = plan.Partitioner

// PartitionFunc spreads rows over n partitions by a Go function: it sets out[i]
// to the partition of row i, from 0 to n-1. It is called for a batch of rows at a
// time, by several tasks at once; the columns are its own until it returns. Plans
// show the name.
func PartitionFunc(name string, n int, place func(columns []*expr.Column, rows int, out []int32) error) Partitioner {
	return &partitionFunc{name, n, place}
}

type partitionFunc struct {
	name  string
	n     int
	place func(columns []*expr.Column, rows int, out []int32) error
}

func (p *partitionFunc) Partitions() int          { return p.n }
func (p *partitionFunc) Check(expr.Schema) error  { return nil }
func (p *partitionFunc) Describe([]string) string { return fmt.Sprintf("%s(%d)", p.name, p.n) }
func (p *partitionFunc) Place(columns []*expr.Column, rows int, out []int32) error {
	if err := p.place(columns, rows, out); err != nil {
		return fmt.Errorf("partitioner %s: %w", p.name, err)
	}
	return nil
}

// RepartitionBy spreads rows over partitions by a partitioner of some columns.
func (f *Frame) RepartitionBy(p Partitioner, columns ...string) *Frame {
	return f.step(func(in plan.Node) (plan.Node, error) {
		if p == nil {
			return nil, errors.New("there is no partitioner")
		}
		e := &plan.Exchange{Input: in, Kind: plan.CustomPartitioning, By: p, Origin: plan.RepartitionByNum}
		var schema expr.Schema
		for _, c := range columns {
			at := in.Schema().Index(c)
			if at < 0 {
				_, err := expr.TypeOf(expr.Col(c), in.Schema())
				return nil, err
			}
			e.Keys = append(e.Keys, in.Schema()[at].Name)
			schema = append(schema, in.Schema()[at])
		}
		if err := p.Check(schema); err != nil {
			return nil, err
		}
		if e.N = p.Partitions(); e.N < 1 {
			return nil, fmt.Errorf("%d partitions; there must be one at least", e.N)
		}
		return e, nil
	})
}
