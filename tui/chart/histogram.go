package chart

import (
	"math"
	"slices"
)

// A Bin counts the values from From up to, but without, To; the last bin of a
// histogram holds its To as well.
type Bin struct {
	From, To int64
	Count    int
}

// Histogram sorts ascending values into at most bins ranges of equal width.
// When the greatest value is more than a hundred times the least, the ranges
// grow by a constant factor instead, so that a long tail does not press
// everything else into the first. It returns nil for no values.
func Histogram(values []int64, bins int) []Bin {
	if len(values) == 0 || bins <= 0 {
		return nil
	}
	least, most := values[0], values[len(values)-1]
	if least == most {
		return []Bin{{least, most, len(values)}}
	}
	if span := most - least; span > 0 && span < int64(bins) {
		bins = int(span)
	}
	edges := make([]int64, bins+1)
	factor := 0.0
	if least > 0 && most/least > 100 {
		factor = math.Pow(float64(most)/float64(least), 1/float64(bins))
	}
	for i := range edges {
		if factor > 0 {
			edges[i] = int64(float64(least) * math.Pow(factor, float64(i)))
		} else {
			edges[i] = least + int64(float64(most-least)*float64(i)/float64(bins))
		}
	}
	edges[0], edges[bins] = least, most
	edges = slices.Compact(edges)
	out := make([]Bin, len(edges)-1)
	at := 0
	for i := range out {
		out[i] = Bin{From: edges[i], To: edges[i+1]}
		from := at
		for at < len(values) && (values[at] < edges[i+1] || i == len(out)-1) {
			at++
		}
		out[i].Count = at - from
	}
	return out
}
