package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor/size"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// A Simulated run is one setting and what the replay predicts for it.
type Simulated struct {
	Changes     []config.Change   `json:"-"`
	Without     []string          `json:"without,omitempty"`      // what was taken out besides
	Storage     float64           `json:"storageSpeed,omitempty"` // how many times as fast it is; 0 as it was
	Settings    map[string]string `json:"settings"`
	Prediction  whatif.Prediction `json:"prediction"`
	Utilisation float64           `json:"utilisation"` // predicted, 0 to 1
	CoreHours   float64           `json:"coreHours"`   // predicted
	Cost        float64           `json:"cost"`        // predicted, of the core-hours
	Currency    string            `json:"currency"`
	Node        string            `json:"node"` // type of machine that the cores are priced as
}

// A Hypothesis is what a run is replayed with besides settings, and what a core costs.
type Hypothesis struct {
	Without []string      // of whatif.Reasons
	Storage float64       // how many times as fast it is; 0 as it was
	Edits   []whatif.Edit // which do that
	Node    size.Node
	Prices  size.Prices
}

// Simulate replays the run under the changes. Without any, and with an empty
// hypothesis, it is the run as the replay sees it.
func Simulate(m *whatif.Model, h Hypothesis, changes ...config.Change) Simulated {
	edits := slices.Clone(h.Edits)
	if len(changes) > 0 {
		edits = append(edits, whatif.Changes(changes...))
	}
	p := m.Predict(edits...)
	s := Simulated{Changes: changes, Without: h.Without, Storage: h.Storage, Settings: map[string]string{}, Prediction: p, Currency: h.Prices.Currency, Node: h.Node.Type}
	for _, c := range changes {
		s.Settings[c.Key] = c.To
	}
	if p.Refused == "" {
		s.Utilisation, s.CoreHours = p.Utilisation(), p.CoreHours()
		s.Cost = s.CoreHours * h.Node.CoreHourly()
	}
	return s
}

// SimulationJSON prints the simulated runs as a list.
func SimulationJSON(w io.Writer, runs []Simulated) error { return encode(w, runs) }

// SimulationText prints one simulated run with the stages that it changes most,
// or several as a table with a bar for each wall time.
func SimulationText(w io.Writer, runs []Simulated) error {
	p := &printer{w: w}
	if len(runs) == 1 {
		p.simulated(runs[0])
		return p.err
	}
	longest := time.Duration(1)
	for _, r := range runs {
		longest = max(longest, r.Prediction.After, r.Prediction.Before)
	}
	var rows [][]string
	for _, r := range runs {
		x := r.Prediction
		if x.Refused != "" {
			rows = append(rows, []string{setting(r), "-", "", "", "", "", "not predicted: " + x.Refused})
			continue
		}
		rows = append(rows, []string{setting(r), duration(x.After), duration(x.Low) + " to " + duration(x.High),
			strconv.FormatFloat(r.CoreHours, 'f', 3, 64), r.cost(), fmt.Sprintf("%.0f %%", 100*r.Utilisation), bar(x.After, longest)})
	}
	p.line("Measured: %s.", duration(runs[0].Prediction.Before))
	p.table([]string{"setting", "wall", "range", "core-hours", "cost", "busy", ""}, rows, 7)
	p.notes(runs)
	return p.err
}

// bar draws d as a part of the longest, forty columns wide.
func bar(d, longest time.Duration) string {
	return strings.Repeat("█", max(1, int(40*d/longest)))
}

// cost is what the core-hours cost: "-" without a price.
func (s *Simulated) cost() string {
	if s.Node == "" {
		return "-"
	}
	return strconv.FormatFloat(s.Cost, 'f', 4, 64) + " " + s.Currency
}

// setting is changes as a sweep names them, key=value without Spark's prefix, and
// what was taken out.
func setting(s Simulated) string {
	var names []string
	for _, w := range s.Without {
		names = append(names, "without "+w)
	}
	if s.Storage > 0 {
		names = append(names, fmt.Sprintf("storage %g times as fast", s.Storage))
	}
	for _, c := range s.Changes {
		names = append(names, strings.TrimPrefix(c.String(), "spark."))
	}
	if len(names) == 0 {
		return "as it was"
	}
	return strings.Join(names, " ")
}

func (p *printer) simulated(r Simulated) {
	x := r.Prediction
	p.line("%s: %s", setting(r), saving(x))
	if x.Refused != "" {
		return
	}
	p.line("wall %s (%s to %s), %.3f core-hours, %s, slots busy for %.0f %% of the time, %.1f core-seconds saved",
		duration(x.After), duration(x.Low), duration(x.High), r.CoreHours, r.cost(), 100*r.Utilisation, x.CoreSecondsSaved)
	changed := slices.DeleteFunc(slices.Clone(x.Stages), func(s whatif.StagePrediction) bool { return (s.Before - s.After).Abs() < s.Before/100 })
	slices.SortStableFunc(changed, func(a, b whatif.StagePrediction) int {
		return cmp.Compare((b.Before - b.After).Abs(), (a.Before - a.After).Abs())
	})
	var rows [][]string
	for _, s := range changed[:min(len(changed), 15)] {
		rows = append(rows, []string{strconv.Itoa(s.StageID), cut(printable(site(s.Name)), 40), duration(s.Before), duration(s.After), strconv.Itoa(s.Tasks)})
	}
	p.line("")
	p.table([]string{"stage", "name", "measured", "predicted", "tasks"}, rows, 2)
	p.notes([]Simulated{r})
}

// notes prints what the predictions take for granted, each text once, and how
// far the replay can be trusted.
func (p *printer) notes(runs []Simulated) {
	var told []string
	for _, r := range runs {
		for _, a := range r.Prediction.Assumptions {
			if !slices.Contains(told, a) {
				told = append(told, a)
				p.line("assuming that %s", printable(a))
			}
		}
	}
	if runs[0].Node != "" {
		p.line("assuming that a core costs what it does in a %s under EMR, without the driver's node and storage", runs[0].Node)
	}
	p.line("The model: %s.", selfError(runs[0].Prediction.SelfError))
}
