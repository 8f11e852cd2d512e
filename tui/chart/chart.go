// Package chart turns numbers into runes: bars, sparklines, histograms and
// Gantt rows. It knows neither colours nor terminals. What is to be coloured
// comes back as numbers of cells, and the caller paints them.
//
//	Bar        ██████▍         one value against a maximum
//	Split      ███▓▓░░░░       parts of a whole, in cells that sum to the width
//	Sparkline  ▁▂▅█▇▃▁         values in order
//	Histogram  how many values lie in which range
//	Gantt      ··▒▒███  ██     what happened in which piece of time
package chart

import (
	"math"
	"strings"
)

var eighths = []rune(" ▏▎▍▌▋▊▉█")

// Bar draws value as a bar in width cells, of which limit fills all. A value
// above zero shows at least the thinnest bar. The result is width cells wide.
func Bar(width int, value, limit float64) string {
	if width <= 0 {
		return ""
	}
	if limit <= 0 || value <= 0 || math.IsNaN(value) {
		return strings.Repeat(" ", width)
	}
	steps := int(math.Round(min(1, value/limit) * float64(8*width)))
	steps = max(1, steps)
	bar := strings.Repeat("█", steps/8)
	used := steps / 8
	if steps%8 > 0 {
		bar += string(eighths[steps%8])
		used++
	}
	return bar + strings.Repeat(" ", width-used)
}

// Split divides width cells among the parts, so that the cells sum to width
// and each is as near to its share as whole cells allow (largest remainders; of
// equal ones the first wins). Parts of zero or less get nothing. When all are,
// so does everybody.
func Split(width int, parts []int64) []int {
	cells := make([]int, len(parts))
	var total float64
	for _, p := range parts {
		total += float64(max(0, p))
	}
	if total <= 0 || width <= 0 {
		return cells
	}
	rest := make([]float64, len(parts))
	left := width
	for i, p := range parts {
		exact := float64(max(0, p)) / total * float64(width)
		cells[i] = int(exact)
		rest[i] = exact - float64(cells[i])
		left -= cells[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		cells[best]++
		rest[best] = -1
	}
	return cells
}

var levels = []rune("▁▂▃▄▅▆▇█")

// Sparkline draws values as one row of runes, each between 0 and limit; width
// cells take the values in equal shares, as their means. Zero is a blank.
func Sparkline(width int, values []float64, limit float64) string {
	if width <= 0 {
		return ""
	}
	if len(values) == 0 || limit <= 0 {
		return strings.Repeat(" ", width)
	}
	var b strings.Builder
	for cell := range width {
		from := cell * len(values) / width
		to := max(from+1, (cell+1)*len(values)/width)
		sum := 0.0
		for _, v := range values[from:to] {
			sum += v
		}
		mean := sum / float64(to-from)
		if mean <= 0 || math.IsNaN(mean) {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(levels[min(len(levels)-1, int(mean/limit*float64(len(levels))))])
	}
	return b.String()
}
