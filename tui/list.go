package tui

import (
	"cmp"
	"slices"
)

// A list is how somebody looks at a grid: order, filter and cursor. Each place
// has one, so that coming back finds everything as it was left.
type list struct {
	cursor, top int // positions in order
	sort        int // column, or -1 for the grid's own order
	descending  bool
	pan         int // columns, of those that may leave, that were moved out to the left
	query       query

	order []int32  // rows to show
	made  arranged // what order was made from
}

type arranged struct {
	source     any // what the grid was made from
	sort       int
	descending bool
	query      string
	done       bool
}

func newList() *list { return &list{sort: -1} }

// arrange brings the order up to date with the grid, which was made from
// source. The cursor stays on its row. It costs nothing when neither source nor
// choices have changed. With fixed set, all rows stay in the grid's own order.
func (l *list) arrange(g grid, source any, fixed bool) {
	want := arranged{source, l.sort, l.descending, l.query.source, true}
	if l.made == want {
		return
	}
	held := l.row()
	l.order = l.order[:0]
	heads := g.headings()
	for row := range g.size() {
		if fixed || l.query.match(g, row, heads) {
			l.order = append(l.order, int32(row))
		}
	}
	if !fixed && l.sort >= 0 && l.sort < len(heads) {
		l.arrangeBy(g)
	}
	l.made = want
	if held >= 0 && (l.cursor > 0 || l.top > 0) {
		if at := slices.Index(l.order, int32(held)); at >= 0 {
			l.cursor = at
		}
	}
	l.clamp()
}

func (l *list) arrangeBy(g grid) {
	keys := make([]value, g.size())
	for _, row := range l.order {
		keys[row] = g.at(int(row), l.sort)
	}
	slices.SortStableFunc(l.order, func(a, b int32) int {
		x, y := &keys[a], &keys[b]
		if l.descending && x.kind != absent && y.kind != absent {
			return cmp.Or(y.compare(*x), cmp.Compare(a, b))
		}
		return cmp.Or(x.compare(*y), cmp.Compare(a, b))
	})
}

// row is the row under the cursor, or -1 when there is none.
func (l *list) row() int {
	if l.cursor < 0 || l.cursor >= len(l.order) {
		return -1
	}
	return int(l.order[l.cursor])
}

func (l *list) clamp() {
	l.cursor = max(0, min(l.cursor, len(l.order)-1))
	l.top = max(0, min(l.top, len(l.order)-1))
}

// move takes the cursor by n.
func (l *list) move(n int) {
	l.cursor += n
	l.clamp()
}

// reveal scrolls as little as needed to show the cursor.
func (l *list) reveal(height int) {
	height = max(1, height)
	if l.cursor < l.top {
		l.top = l.cursor
	}
	if l.cursor >= l.top+height {
		l.top = l.cursor - height + 1
	}
	l.top = max(0, min(l.top, len(l.order)-height))
}

// jump takes the cursor to the next row that matches the query, forward (1) or
// back (-1), around the ends, and reports whether there is one.
func (l *list) jump(g grid, step int) bool {
	n := len(l.order)
	heads := g.headings()
	for i := 1; i <= n; i++ {
		at := ((l.cursor+i*step)%n + n) % n
		if l.query.match(g, int(l.order[at]), heads) {
			l.cursor = at
			return true
		}
	}
	return false
}
