package engine

import (
	"errors"
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// JoinOn matches the rows of both frames for which a condition over the columns
// of both is true. The columns of the two frames must differ in name.
func (f *Frame) JoinOn(right *Frame, t plan.JoinType, cond expr.Expr) *Frame {
	return f.beside(right, func(n, other plan.Node) (plan.Node, error) {
		for _, c := range other.Schema() {
			if n.Schema().Index(c.Name) >= 0 {
				return nil, fmt.Errorf("both sides of the join have a column %q; rename one with Select and As", c.Name)
			}
		}
		both := append(append(expr.Schema{}, n.Schema()...), other.Schema()...)
		cond = f.resolve(cond, both)
		ct, err := expr.TypeOf(cond, both)
		if err != nil {
			return nil, err
		}
		if ct != expr.Bool {
			return nil, fmt.Errorf("condition %s is %v, not boolean", cond, ct)
		}
		j, err := plan.NewJoin(n, other, nil, nil, t)
		if err != nil {
			return nil, err
		}
		j.Where = cond
		return j, nil
	})
}

// CrossJoin puts every row beside every row of another frame.
func (f *Frame) CrossJoin(right *Frame) *Frame {
	return f.beside(right, func(n, other plan.Node) (plan.Node, error) {
		return plan.NewJoin(n, other, nil, nil, plan.Inner)
	})
}

// Matched adds a boolean column that says whether a row of the other frame has
// the same values in the columns of on and, beside this one, fulfils the
// condition; nil is no condition.
func (f *Frame) Matched(right *Frame, name string, cond expr.Expr, on ...On) *Frame {
	return f.beside(right, func(n, other plan.Node) (plan.Node, error) {
		l, r, err := pairs(n, other, on)
		if err != nil {
			return nil, err
		}
		if cond != nil {
			cond = f.resolve(cond, append(append(expr.Schema{}, n.Schema()...), other.Schema()...))
		}
		return plan.NewExistence(n, other, l, r, cond, name)
	})
}

// NotIn keeps the rows whose value in a column is none of those in the other
// frame's column, as SQL's NOT IN decides it: none when those hold a null, and
// one whose own value is null only when there are none of them.
func (f *Frame) NotIn(right *Frame, on On) *Frame {
	return f.beside(right, func(n, other plan.Node) (plan.Node, error) {
		l, r, err := pairs(n, other, []On{on})
		if err != nil {
			return nil, err
		}
		j, err := plan.NewJoin(n, other, l, r, plan.LeftAnti)
		if err != nil {
			return nil, err
		}
		j.NullAware = true
		return j, nil
	})
}

// SaltedJoin is Join for keys of which a few have most of the left rows, so that
// one task would get them all: left rows of a key are spread over so many salts,
// by the hash of all their columns, and each right row is there once for every
// salt. A right row that matches nothing would come out several times: the join
// types that keep those are refused.
func (f *Frame) SaltedJoin(right *Frame, t plan.JoinType, salts int, on ...On) *Frame {
	const left, other = "salt#left", "salt#right" // no column has these names
	return f.beside(right, func(n, r plan.Node) (plan.Node, error) {
		switch {
		case t == plan.RightOuter || t == plan.FullOuter:
			return nil, fmt.Errorf("a salted join cannot be %s: it has right rows several times; swap the sides", t)
		case salts < 1 || salts > maxSalts:
			return nil, fmt.Errorf("%d salts; there are 1 to %d", salts, maxSalts)
		case len(on) == 0:
			return nil, errors.New("a join needs at least one pair of columns")
		}
		plain, err := plan.NewJoin(n, r, nil, nil, t)
		if err != nil {
			return nil, err
		}
		l, k, err := pairs(n, r, on)
		if err != nil {
			return nil, err
		}
		salt := expr.CastTo{X: expr.Fn("pmod", expr.Call{Fn: "xxhash64", Args: plainColumns(n.Schema())}, expr.Lit(int64(salts))), To: expr.Int32}
		salted, err := plan.NewProject(n, append(plainColumns(n.Schema()), expr.As{X: salt, Name: left}))
		if err != nil {
			return nil, err
		}
		copies := make([][]expr.Expr, salts)
		for i := range copies {
			copies[i] = append(plainColumns(r.Schema()), expr.As{X: expr.Lit(int32(i)), Name: other})
		}
		spread, err := plan.NewExpand(r, copies)
		if err != nil {
			return nil, err
		}
		j, err := plan.NewJoin(salted, spread, append(l, left), append(k, other), t)
		if err != nil {
			return nil, err
		}
		return plan.NewProject(j, plainColumns(plain.Schema()))
	})
}

// maxSalts bounds how often a salted join has each right row.
const maxSalts = 1000

// Hint asks that a join reading this frame be computed in a way:
// BROADCAST, MERGE, SHUFFLE_HASH or SHUFFLE_REPLICATE_NL.
func (f *Frame) Hint(kind string) *Frame {
	return f.step(func(n plan.Node) (plan.Node, error) {
		switch kind {
		case "BROADCAST", "MERGE", "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL":
			return &plan.Hint{Input: n, Kind: kind}, nil
		}
		return nil, fmt.Errorf("no hint %q; there are BROADCAST, MERGE, SHUFFLE_HASH and SHUFFLE_REPLICATE_NL", kind)
	})
}

// beside is step for what reads a second frame.
func (f *Frame) beside(right *Frame, build func(n, other plan.Node) (plan.Node, error)) *Frame {
	if right.err != nil {
		return right
	}
	return f.step(func(n plan.Node) (plan.Node, error) {
		if right.session != f.session {
			return nil, errors.New("the frames belong to different sessions")
		}
		other, err := right.named()
		if err != nil {
			return nil, err
		}
		return build(n, other)
	})
}

// pairs resolves the columns that a join compares.
func pairs(left, right plan.Node, on []On) (l, r []string, err error) {
	for _, o := range on {
		li, ri := left.Schema().Index(o.Left), right.Schema().Index(o.Right)
		if li < 0 || ri < 0 {
			_, lerr := expr.TypeOf(expr.Col(o.Left), left.Schema())
			_, rerr := expr.TypeOf(expr.Col(o.Right), right.Schema())
			return nil, nil, errors.Join(lerr, rerr)
		}
		l, r = append(l, left.Schema()[li].Name), append(r, right.Schema()[ri].Name)
	}
	return l, r, nil
}
