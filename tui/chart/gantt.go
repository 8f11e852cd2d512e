package chart

import "slices"

// A Span is a piece of time with a kind, which is any number above zero.
type Span struct {
	From, To int64
	Kind     int
}

// Gantt returns the kind that each of width cells shows of the time from from
// to to; 0 where nothing happened. A span that is shorter than a cell still
// takes the one it begins in. Where spans meet in one cell, the later in the
// list wins.
func Gantt(width int, from, to int64, spans []Span) []int {
	cells := make([]int, max(0, width))
	if width <= 0 || to <= from {
		return cells
	}
	scale := float64(width) / float64(to-from)
	for _, s := range spans {
		if s.To < from || s.From > to || s.To < s.From {
			continue
		}
		a := int(float64(max(s.From, from)-from) * scale)
		b := int(float64(min(s.To, to)-from)*scale + 0.5)
		a = min(a, width-1)
		for i := a; i < max(a+1, min(b, width)); i++ {
			cells[i] = s.Kind
		}
	}
	return cells
}

// Lanes places spans that may overlap in as few rows as possible, first come,
// first served, and returns the row of each. A task slot works like that, but a
// log does not say which slot a task had: rows are a possible assignment.
func Lanes(spans []Span) (rows []int, count int) {
	order := make([]int, len(spans))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case spans[a].From < spans[b].From:
			return -1
		case spans[a].From > spans[b].From:
			return 1
		}
		return 0
	})
	rows = make([]int, len(spans))
	var free []int64 // by row: when it is free again
	for _, i := range order {
		row := slices.IndexFunc(free, func(t int64) bool { return t <= spans[i].From })
		if row < 0 {
			row = len(free)
			free = append(free, 0)
		}
		rows[i] = row
		free[row] = spans[i].To
	}
	return rows, len(free)
}
