package engine

import "stagecoach/engine/expr"

// RegisterFunction gives the session a function of the program's own, for
// expr.Fn in frames and for SQL, under a name that no function has yet. Plan
// nodes count the rows it computes and the time it takes; its error, or panic,
// fails the query with the function's name and the row's values.
//
//	s.RegisterFunction("miles", expr.RowFunction1(func(km float64) (float64, error) { return km / 1.609344, nil }))
func (s *Session) RegisterFunction(name string, f expr.FunctionSpec) error {
	return s.functions.Add(name, f)
}
