package whatif

// A fanout lists for each of n things those that wait for it, ascending: all in
// one list, with where each one's part begins. A replay asks it at every end, and
// looking through all stages for those that wait is quadratic.
type fanout struct{ from, list []int32 }

// fanoutOf turns round what the things wait for.
func fanoutOf(n int, waitsFor func(i int) []int) fanout {
	f := fanout{from: make([]int32, n+2)}
	for i := range n {
		for _, p := range waitsFor(i) {
			f.from[p+2]++
		}
	}
	for i := 2; i < len(f.from); i++ {
		f.from[i] += f.from[i-1]
	}
	f.list = make([]int32, f.from[n+1])
	for i := range n {
		for _, p := range waitsFor(i) {
			f.list[f.from[p+1]] = int32(i)
			f.from[p+1]++
		}
	}
	return f
}

// of returns those that wait for i.
func (f fanout) of(i int) []int32 { return f.list[f.from[i]:f.from[i+1]] }
