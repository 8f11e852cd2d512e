package expr

// A Runner is a State that gives its result after every row, as windows need it
// whose frames grow by one row at a time.
type Runner interface {
	State
	// Run is Update; it returns for each row the result of the row's group
	// as it is after the row. The column is the caller's.
	Run(groups []int32, args []*Column) Column
}

// Run counts and returns the counts.
func (s *counts) Run(groups []int32, args []*Column) Column {
	out, n := make([]int64, len(groups)), s.n
	for i, g := range groups {
		if s.what == countRows || !HasNull(args, i) && (s.what == countKnown || args[0].Bools[i] != 0) {
			n[g]++
		}
		out[i] = n[g]
	}
	return Column{Type: Int64, Len: len(out), I64: out}
}

// Run adds and returns the sums, or means.
func (s *sums[T]) Run(groups []int32, args []*Column) Column {
	r := *s
	r.sum, r.n = make([]T, len(groups)), make([]int64, len(groups))
	switch c := args[0]; c.Type.Layout() {
	case Int32:
		runSum(s, &r, groups, c.I32, c.Valid)
	case Int64:
		runSum(s, &r, groups, c.I64, c.Valid)
	case Float64:
		runSum(s, &r, groups, c.F64, c.Valid)
	}
	return r.Final()
}

func runSum[T int64 | float64, V number](s, r *sums[T], groups []int32, v []V, valid []byte) {
	exact := s.policy != wraps
	for i, g := range groups {
		if valid == nil || valid[i>>3]>>(i&7)&1 != 0 {
			old, x := s.sum[g], T(v[i])
			next := old + x
			s.sum[g] = next
			s.n[g]++
			if exact && (old < 0) == (x < 0) && (next < 0) != (x < 0) {
				s.leave(int(g))
			}
		}
		r.sum[i], r.n[i] = s.sum[g], s.n[g]
	}
}

// Run folds and returns the least or greatest values.
func (s *extremes[T]) Run(groups []int32, args []*Column) Column {
	c := args[0]
	in, valid := machineValues[T](c), c.Valid
	r := *s
	r.v, r.set = make([]T, len(groups)), make([]bool, len(groups))
	for i, g := range groups {
		if x := in[i]; valid == nil || valid[i>>3]>>(i&7)&1 != 0 {
			best := s.v[g]
			// NaN is greater than all.
			less := x < best || best != best && x == x
			if !s.set[g] || less == (s.sign < 0) {
				s.v[g], s.set[g] = x, true
			}
		}
		r.v[i], r.set[i] = s.v[g], s.set[g]
	}
	return r.Final()
}
