package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor/iterative"
)

// Measured is what the engine took for the rounds of a loop.
type Measured struct {
	Loop      string          `json:"loop"`
	Title     string          `json:"title"`
	Rereading []time.Duration `json:"rereadingNanos"` // each round
	Cached    []time.Duration `json:"cachedNanos"`
	Rows      int64           `json:"rows"`
	Answer    string          `json:"answer"`
}

// IterationsJSON prints the costs by strategy and part, in seconds.
func IterationsJSON(w io.Writer, j iterative.Job, costs []iterative.Cost, measured []Measured) error {
	type strategy struct {
		Strategy string             `json:"strategy"`
		Doc      string             `json:"doc"`
		Seconds  float64            `json:"seconds"`
		Parts    map[string]float64 `json:"parts"`
		After    []float64          `json:"secondsAfterRound"`
	}
	out := struct {
		Job        iterative.Job `json:"job"`
		Cached     float64       `json:"cachedShare"`
		Checkpoint int           `json:"roundsBetweenCheckpoints"`
		Strategies []strategy    `json:"strategies"`
		Measured   []Measured    `json:"measured"`
	}{j, j.Cached(), j.Interval(), nil, append([]Measured{}, measured...)}
	for _, c := range costs {
		s := strategy{c.Strategy, c.Doc, c.Total(), map[string]float64{}, c.After}
		for p, v := range c.Parts {
			s.Parts[iterative.Part(p).String()] = v
		}
		out.Strategies = append(out.Strategies, s)
	}
	return encode(w, out)
}

// partMarks draw the parts of a bar.
var partMarks = [iterative.NumParts]string{"s", "R", "m", "d", "█", "x", "w", "l", "f"}

// IterationsText prints the costs as bars, and what the engine took beside them.
func IterationsText(w io.Writer, j iterative.Job, costs []iterative.Cost, measured []Measured) error {
	p := &printer{w: w}
	best := slices.MinFunc(costs, func(a, b iterative.Cost) int { return compareFloat(a.Total(), b.Total()) })
	p.line("%d rounds over %s on %d nodes: %s takes least, %s. Memory holds %.0f %% of the decoded input.", j.Rounds, gibs(j.Input), j.Nodes, best.Strategy, elapsed(best.Total()), 100*j.Cached())
	p.line("")
	longest := 0.0
	for _, c := range costs {
		longest = max(longest, c.Total())
	}
	for _, c := range costs {
		p.line("%-12s %9s  %s", c.Strategy, elapsed(c.Total()), stacked(c, longest))
	}
	var legend []string
	for part, mark := range partMarks {
		legend = append(legend, mark+" "+iterative.Part(part).String())
	}
	p.line("\n  %s\n", strings.Join(legend, "  "))
	for _, c := range costs {
		p.line("  %-12s %s", c.Strategy, c.Doc)
	}
	p.line("  A checkpoint is written every %d rounds.\n", j.Interval())
	p.rounds(costs, j.Rounds)
	for _, m := range measured {
		p.measuredLoop(m)
	}
	return p.err
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func gibs(bytes float64) string { return fmt.Sprintf("%.1f GiB", bytes/(1<<30)) }

// stacked draws a strategy's parts as one bar of at most sixty columns.
func stacked(c iterative.Cost, longest float64) string {
	var b strings.Builder
	drawn, sum := 0, 0.0
	for part, v := range c.Parts {
		sum += v
		for upto := int(60*sum/longest + 0.5); drawn < upto; drawn++ {
			b.WriteString(partMarks[part])
		}
	}
	return b.String()
}

// rounds prints the time after a few numbers of rounds.
func (p *printer) rounds(costs []iterative.Cost, rounds int) {
	head := []string{"after rounds"}
	var at []int
	for _, n := range []int{1, 2, 3, 5, 10, 20, 50, 100, 1000, 10_000, rounds} {
		if n <= rounds && !slices.Contains(at, n) {
			at = append(at, n)
			head = append(head, fmt.Sprint(n))
		}
	}
	var rows [][]string
	for _, c := range costs {
		row := []string{c.Strategy}
		for _, n := range at {
			row = append(row, elapsed(c.After[n-1]))
		}
		rows = append(rows, row)
	}
	p.table(head, rows, 1)
}

// measuredLoop puts the engine's rounds beside the model's shape: the first two
// rounds of each way give its costs, and the rest must follow.
func (p *printer) measuredLoop(m Measured) {
	reread, cached := total(m.Rereading), total(m.Cached)
	p.line("\nMeasured on the engine, %s (%d rows, %d rounds): %s", m.Title, m.Rows, len(m.Cached), m.Answer)
	var rows [][]string
	for _, w := range []struct {
		name   string
		rounds []time.Duration
	}{{"re-read", m.Rereading}, {"memory", m.Cached}} {
		first, second := w.rounds[0], w.rounds[min(1, len(w.rounds)-1)]
		modelled := first + time.Duration(len(w.rounds)-1)*second
		rows = append(rows, []string{w.name, duration(first), duration(second), duration(total(w.rounds)), duration(modelled),
			fmt.Sprintf("%+.0f %%", 100*(float64(modelled)/float64(max(1, total(w.rounds)))-1))})
	}
	p.table([]string{"way", "first round", "second", "all, measured", "all, by the first two", "off by"}, rows, 1)
	p.line("Caching made it %.1f times as fast.", float64(reread)/float64(max(1, cached)))
}

func total(rounds []time.Duration) (sum time.Duration) {
	for _, d := range rounds {
		sum += d
	}
	return sum
}
