package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// A Simulated run is one setting and what the replay predicts for it.
type Simulated struct {
	Changes     []config.Change   `json:"-"`
	Settings    map[string]string `json:"settings"`
	Prediction  whatif.Prediction `json:"prediction"`
	Utilisation float64           `json:"utilisation"` // predicted, 0 to 1
	CoreHours   float64           `json:"coreHours"`   // predicted
}

// Simulate replays the run under the changes. Without any it is the run as the
// replay sees it.
func Simulate(m *whatif.Model, changes ...config.Change) Simulated {
	var edits []whatif.Edit
	if len(changes) > 0 {
		edits = append(edits, whatif.Changes(changes...))
	}
	p := m.Predict(edits...)
	s := Simulated{Changes: changes, Settings: map[string]string{}, Prediction: p}
	for _, c := range changes {
		s.Settings[c.Key] = c.To
	}
	if p.Refused == "" {
		s.Utilisation, s.CoreHours = p.Utilisation(), p.CoreHours()
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
			rows = append(rows, []string{setting(r.Changes), "-", "", "", "", "not predicted: " + x.Refused})
			continue
		}
		rows = append(rows, []string{setting(r.Changes), duration(x.After), duration(x.Low) + " to " + duration(x.High),
			strconv.FormatFloat(r.CoreHours, 'f', 3, 64), fmt.Sprintf("%.0f %%", 100*r.Utilisation), bar(x.After, longest)})
	}
	p.line("Measured: %s.", duration(runs[0].Prediction.Before))
	p.table([]string{"setting", "wall", "range", "core-hours", "busy", ""}, rows, 6)
	p.notes(runs)
	return p.err
}

// bar draws d as a part of the longest, forty columns wide.
func bar(d, longest time.Duration) string {
	return strings.Repeat("█", max(1, int(40*d/longest)))
}

// setting is changes as a sweep names them: key=value, without Spark's prefix.
func setting(changes []config.Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, strings.TrimPrefix(c.String(), "spark."))
	}
	if len(names) == 0 {
		return "as it was"
	}
	return strings.Join(names, " ")
}

func (p *printer) simulated(r Simulated) {
	x := r.Prediction
	p.line("%s: %s", setting(r.Changes), saving(x))
	if x.Refused != "" {
		return
	}
	p.line("wall %s (%s to %s), %.3f core-hours, slots busy for %.0f %% of the time, %.1f core-seconds saved",
		duration(x.After), duration(x.Low), duration(x.High), r.CoreHours, 100*r.Utilisation, x.CoreSecondsSaved)
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
	p.line("The model: %s.", selfError(runs[0].Prediction.SelfError))
}
