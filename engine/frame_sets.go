package engine

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// Intersect keeps the rows that another frame has too, one of equal ones.
// Columns match by position; nulls are equal here.
func (f *Frame) Intersect(other *Frame) *Frame {
	return f.combine(other, false, expr.Fn("least", inLeft, inRight))
}

// IntersectAll keeps every row as often as both frames have it.
func (f *Frame) IntersectAll(other *Frame) *Frame {
	return f.combine(other, true, expr.Fn("least", inLeft, inRight))
}

// Except keeps the rows that another frame does not have, one of equal ones.
// Columns match by position; nulls are equal here.
func (f *Frame) Except(other *Frame) *Frame {
	return f.combine(other, false, expr.Case([]expr.Expr{expr.Eq(inRight, expr.Lit(int64(0))), inLeft}, expr.Lit(int64(0))))
}

// ExceptAll keeps every row as often as this frame has it more than the other.
func (f *Frame) ExceptAll(other *Frame) *Frame {
	return f.combine(other, true, expr.Sub(inLeft, inRight))
}

// How often each frame has a row, in columns of names that no other has.
const leftRows, rightRows = "rows#left", "rows#right"

var inLeft, inRight = expr.Col(leftRows), expr.Col(rightRows)

// combine counts equal rows of both frames and keeps those whose number, made
// of both counts, is not below one: so often, or once.
func (f *Frame) combine(other *Frame, all bool, number expr.Expr) *Frame {
	return f.beside(other, func(n, other plan.Node) (plan.Node, error) {
		if _, err := plan.NewUnion([]plan.Node{n, other}); err != nil {
			return nil, err
		}
		left, err := counted(n, 1, 0)
		if err != nil {
			return nil, err
		}
		right, err := counted(other, 0, 1)
		if err != nil {
			return nil, err
		}
		both, err := plan.NewUnion([]plan.Node{left, right})
		if err != nil {
			return nil, err
		}
		columns := plainColumns(n.Schema())
		groups, err := plan.NewAggregate(both, columns, []expr.Aggregate{expr.Sum(inLeft, leftRows), expr.Sum(inRight, rightRows)})
		if err != nil {
			return nil, err
		}
		kept := &plan.Filter{Input: groups, Where: expr.Gt(number, expr.Lit(int64(0)))}
		if !all {
			return plan.NewProject(kept, columns)
		}
		copies := expr.Fn("array_repeat", expr.Lit(true), expr.CastTo{X: number, To: expr.Int32})
		return plan.NewProject(&plan.Generate{Input: kept, Generator: "explode", Args: []expr.Expr{copies},
			Columns: expr.Schema{{Name: "rows#copy", Type: expr.Bool}}}, columns)
	})
}

// counted adds to rows how often each stands for one of the left frame and one
// of the right.
func counted(n plan.Node, left, right int64) (plan.Node, error) {
	return plan.NewProject(n, append(plainColumns(n.Schema()),
		expr.As{X: expr.Lit(left), Name: leftRows}, expr.As{X: expr.Lit(right), Name: rightRows}))
}

func plainColumns(s expr.Schema) []expr.Expr {
	list := make([]expr.Expr, len(s))
	for i, c := range s {
		list[i] = expr.Col(c.Name)
	}
	return list
}
