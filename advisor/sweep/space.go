package sweep

import (
	"fmt"
	"strings"

	"stagecoach/engine/config"
)

// An Axis is a parameter and the values to try.
type Axis struct {
	Key    string
	Values []string
}

// ParseAxis reads key=a,b,c and checks every value. A value may itself hold
// commas inside brackets: spark.master=local[2],local-cluster[2,1,512].
func ParseAxis(text string) (Axis, error) {
	key, list, ok := strings.Cut(text, "=")
	if !ok || list == "" {
		return Axis{}, fmt.Errorf("axis %q: write key=a,b,c", text)
	}
	a := Axis{Key: strings.TrimSpace(key)}
	depth, from := 0, 0
	for i, r := range list + "," {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case r == ',' && depth <= 0:
			value := strings.TrimSpace(list[from:i])
			if _, err := (config.Config{}).With(a.Key, value); err != nil {
				return Axis{}, err
			}
			a.Values = append(a.Values, value)
			from = i + 1
		}
	}
	if len(a.Values) == 0 {
		return Axis{}, fmt.Errorf("axis %q: a bracket is not closed", text)
	}
	return a, nil
}

// Grid lists every combination of the axes, the last axis fastest.
func Grid(axes []Axis) [][]config.Change {
	n := 1
	for _, a := range axes {
		n *= len(a.Values)
	}
	points := make([][]config.Change, n)
	for i := range points {
		at := place(axes, i)
		for a, axis := range axes {
			points[i] = append(points[i], config.Change{Key: axis.Key, To: axis.Values[at[a]]})
		}
	}
	return points
}

// place says which value of each axis point i of the grid has.
func place(axes []Axis, i int) []int {
	at := make([]int, len(axes))
	for a := len(axes) - 1; a >= 0; a-- {
		at[a] = i % len(axes[a].Values)
		i /= len(axes[a].Values)
	}
	return at
}
