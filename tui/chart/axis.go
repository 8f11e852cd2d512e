package chart

import "strings"

// Axis labels the ends of width cells, and the quarters between them that have
// room: label returns the text for a position of 0 to 1.
func Axis(width int, label func(float64) string) string {
	line := []rune(strings.Repeat(" ", max(0, width)))
	put := func(at int, text string, least int) int {
		r := []rune(text)
		if at < least || at+len(r) > width {
			return least
		}
		copy(line[at:], r)
		return at + len(r) + 1
	}
	next := put(0, label(0), 0)
	end := []rune(label(1))
	last := width - len(end)
	for _, q := range []float64{0.25, 0.5, 0.75} {
		text := label(q)
		at := int(q * float64(width))
		if at+len([]rune(text))+1 <= last {
			next = put(at, text, next)
		}
	}
	put(last, string(end), next)
	return string(line)
}
