package sql

import "slices"

const (
	// maxGroupingSets bounds what ROLLUP and CUBE may be spelled out to.
	maxGroupingSets = 4096
	// maxGroupingKeys is Spark's: the sets of a row are the bits of a number.
	maxGroupingKeys = 64
)

// groupings is a GROUP BY while it is read. Grouping sets name their keys again
// and again, so keys are told apart by their text.
type groupings struct {
	p     *parser
	by    *GroupBy
	index map[string]int // position in by.Keys by canonical text
}

// groupBy reads what follows GROUP BY. Every element is a list of sets, an
// expression one set of one; the elements together mean every combination.
func (p *parser) groupBy(pos Pos) *GroupBy {
	g := &groupings{p: p, by: &GroupBy{Pos: pos}, index: map[string]int{}}
	if p.accept("ALL") {
		g.by.All = true
		return g.by
	}
	sets, plain, analytic := [][]int{{}}, []int{}, false
	for {
		if element, ok := g.analytics(); ok {
			analytic = true
			sets = g.product(sets, element)
		} else {
			plain = append(plain, g.add(p.expression()))
		}
		if !p.accept(",") {
			break
		}
	}
	if len(g.by.Keys) > maxGroupingKeys && (analytic || p.atAny("WITH", "GROUPING")) {
		p.fail(pos, "grouping sets have at most %d keys", maxGroupingKeys)
		return g.by
	}
	// GROUP BY a, b WITH ROLLUP and GROUP BY a, b GROUPING SETS (...) are about
	// the keys before them.
	all := singles(len(g.by.Keys))
	switch {
	case analytic:
		g.by.Sets = g.product(sets, [][]int{plain})
	case p.accept("WITH", "ROLLUP"):
		g.by.Sets = g.rollup(all)
	case p.accept("WITH", "CUBE"):
		g.by.Sets = g.cube(all)
	case p.at("GROUPING", "SETS"):
		g.by.Sets, _ = g.analytics()
	}
	for _, set := range g.by.Sets {
		slices.Sort(set)
	}
	return g.by
}

// add returns the position of e among the keys; a new one becomes the last.
func (g *groupings) add(e Expr) int {
	text := canonical(e)
	i, ok := g.index[text]
	if !ok {
		i = len(g.by.Keys)
		g.by.Keys = append(g.by.Keys, e)
		g.index[text] = i
	}
	return i
}

// analytics reads ROLLUP, CUBE or GROUPING SETS, if one is next.
func (g *groupings) analytics() (sets [][]int, ok bool) {
	p := g.p
	switch {
	case p.accept("ROLLUP", "("):
		sets = g.rollup(list(p, g.set))
	case p.accept("CUBE", "("):
		sets = g.cube(list(p, g.set))
	case p.accept("GROUPING", "SETS"):
		p.expect("(")
		p.enter()
		defer func() { p.depth-- }()
		for {
			if more, ok := g.analytics(); ok {
				sets = append(sets, more...)
			} else {
				sets = append(sets, g.set())
			}
			if !p.accept(",") {
				break
			}
		}
		g.limit(len(sets))
	default:
		return nil, false
	}
	p.closeList()
	return sets, true
}

// set reads (a, b), () or an expression and returns their positions.
func (g *groupings) set() []int {
	if g.p.accept("(", ")") {
		return []int{}
	}
	set := []int{}
	for _, e := range g.p.row(g.p.expression()) {
		i := g.add(e)
		if i >= maxGroupingKeys {
			g.p.fail(e.At(), "grouping sets have at most %d keys", maxGroupingKeys)
		}
		set = union(set, []int{i})
	}
	return set
}

// limit refuses more sets than anybody can have meant.
func (g *groupings) limit(n int) bool {
	if n > maxGroupingSets {
		g.p.fail(g.by.Pos, "GROUP BY spells out to more than %d grouping sets; name those that are needed with GROUPING SETS", maxGroupingSets)
	}
	return n <= maxGroupingSets
}

// product combines every set of a with every one of b.
func (g *groupings) product(a, b [][]int) [][]int {
	if !g.limit(len(a) * len(b)) {
		return nil
	}
	all := make([][]int, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			all = append(all, union(x, y))
		}
	}
	return all
}

// cube is every choice of elements, all of them first.
func (g *groupings) cube(elements [][]int) [][]int {
	if len(elements) > 12 {
		g.limit(maxGroupingSets + 1)
		return nil
	}
	sets := [][]int{{}}
	for _, e := range elements {
		sets = g.product(sets, [][]int{e, nil})
	}
	return sets
}

// rollup is all elements, all but the last, and so on to none.
func (g *groupings) rollup(elements [][]int) [][]int {
	if !g.limit(len(elements) + 1) {
		return nil
	}
	set := []int{}
	sets := [][]int{set}
	for _, e := range elements {
		set = union(set, e)
		sets = append(sets, set)
	}
	slices.Reverse(sets)
	return sets
}

// singles is every one of n positions by itself.
func singles(n int) [][]int {
	sets := make([][]int, n)
	for i := range sets {
		sets[i] = []int{i}
	}
	return sets
}

// union is a with what of b it lacks.
func union(a, b []int) []int {
	all := append([]int{}, a...)
	for _, i := range b {
		if !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	return all
}
