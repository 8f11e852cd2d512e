package whatif

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// MaxSelfError is the replay's error on the observed run above which nothing
// is predicted.
const MaxSelfError = 0.15

// RunNoise is the share of its wall by which a run of a job differs from another
// that nothing was changed for: ranges hold at least that. (Of pairs of Spark runs
// one after another on an idle machine, differences below a tenth meant nothing;
// runs of the engine of half a second differ by that much, too.)
const RunNoise = 0.10

// A Prediction says what a change would do to a run's wall time.
type Prediction struct {
	Before           time.Duration     `json:"beforeNanos"` // measured
	After            time.Duration     `json:"afterNanos"`  // predicted
	Low              time.Duration     `json:"lowNanos"`    // least that After may be
	High             time.Duration     `json:"highNanos"`   // most that After may be
	CoreSecondsSaved float64           `json:"coreSecondsSaved"`
	Slots            int               `json:"slots"`     // predicted: the most at once
	SlotTime         time.Duration     `json:"slotNanos"` // predicted: for how long each slot is there, summed
	Work             time.Duration     `json:"workNanos"` // predicted: sum of all task times
	SelfError        float64           `json:"selfError"` // |measured - replayed| / measured, of the untouched run
	Stages           []StagePrediction `json:"stages,omitempty"`
	Assumptions      []string          `json:"assumptions,omitempty"`
	Refused          string            `json:"refused,omitempty"` // why there is no prediction; After is then Before
}

// A StagePrediction is one stage's share of a Prediction: its time from the
// first launch to its end.
type StagePrediction struct {
	StageID int           `json:"stageId"`
	Attempt int           `json:"attempt"`
	Name    string        `json:"name"`
	Before  time.Duration `json:"beforeNanos"` // measured
	After   time.Duration `json:"afterNanos"`  // predicted; 0 for a stage that is no longer needed
	Tasks   int           `json:"tasks"`       // predicted
}

// Utilisation is the part of the slots' time in which they had tasks, 0 to 1.
func (p Prediction) Utilisation() float64 {
	if p.SlotTime <= 0 {
		return 0
	}
	return min(1, float64(p.Work)/float64(p.SlotTime))
}

// CoreHours are the slots for as long as they are predicted to be there.
func (p Prediction) CoreHours() float64 { return p.SlotTime.Hours() }

// Saved is the wall time saved, as far as the prediction goes.
func (p Prediction) Saved() time.Duration { return p.Before - p.After }

// SavedRange is the range of the wall time saved.
func (p Prediction) SavedRange() (low, high time.Duration) {
	return p.Before - p.High, p.Before - p.Low
}

// An Edit changes a model as a change of parameters or of code would change
// the run. It may record assumptions, widen the range, or refuse.
type Edit func(*Model)

// Predict replays the profile under the changes.
func Predict(p *profiler.Profile, changes ...config.Change) Prediction {
	return NewModel(p).Predict(Changes(changes...))
}

// Predict replays the model under the edits, together and in the given order.
// The model stays as it is. The range comes from replays of the run with its
// task times drawn again (bootstrap, 5th and 95th percentile, always the same
// draws), widened by the replay's own error, by the reach of the edits, by the
// other ways in which they may come out, and by what two runs differ anyway.
func (m *Model) Predict(edits ...Edit) Prediction {
	out := Prediction{Before: m.Wall, After: m.Wall, Low: m.Wall, High: m.Wall}
	if m.Wall <= 0 || len(m.Stages) == 0 {
		out.Refused = "the profile holds no finished work to replay"
		return out
	}
	plain := m.facts.replayed()
	out.SelfError = m.SelfError()
	if out.SelfError > MaxSelfError {
		out.Refused = "the replay misses the observed run by more than 15 %; executors that come and go, or jobs that wait for each other, are the usual reasons"
		return out
	}
	changed := m.clone()
	for _, e := range edits {
		e(changed)
	}
	changed.thin(m)
	out.Assumptions = changed.assumed
	if changed.refused != "" {
		out.Refused = changed.refused
		return out
	}
	after := simulate(changed)
	out.Slots = changed.peak()
	ratio := float64(after.wall) / float64(plain.wall)
	low, high := m.resampled(edits, ratio)
	for _, doubt := range changed.doubts {
		other := changed.clone()
		doubt(other)
		r := float64(simulate(other).wall) / float64(plain.wall)
		low, high = min(low, r), max(high, r)
	}
	scale := func(r float64) time.Duration { return time.Duration(r * float64(m.Wall)) }
	out.After = scale(ratio)
	out.SlotTime = held(changed.Slots, out.After)
	margin := RunNoise + out.SelfError*ratio + changed.spread*math.Abs(1-ratio)
	out.Low, out.High = max(0, scale(min(low, ratio)-margin)), scale(max(high, ratio)+margin)
	for i := range m.Stages {
		s := &changed.Stages[i]
		p := StagePrediction{StageID: s.ID, Attempt: s.Attempt, Name: s.Name, Before: s.Observed, Tasks: s.Tasks.Len()}
		if was := plain.stage(i); was > 0 && s.Tasks.Len() > 0 {
			p.After = time.Duration(float64(s.Observed) * float64(after.stage(i)) / float64(was))
		} else if s.Tasks.Len() > 0 {
			p.After = after.stage(i)
		}
		out.Stages = append(out.Stages, p)
		out.Work += s.Work()
		out.CoreSecondsSaved += (m.Stages[i].Work() - s.Work()).Seconds()
	}
	return out
}

// After is the wall time under the edits, as Predict has it, without a range. It is
// not ok where Predict refuses.
func (m *Model) After(edits ...Edit) (after time.Duration, ok bool) {
	plain := m.facts.replayed().wall
	if m.Wall <= 0 || plain <= 0 || math.Abs(float64(plain-m.Wall)) > MaxSelfError*float64(m.Wall) {
		return m.Wall, false
	}
	changed := m.clone()
	for _, e := range edits {
		e(changed)
	}
	changed.thin(m)
	if changed.refused != "" {
		return m.Wall, false
	}
	return time.Duration(float64(simulate(changed).wall) / float64(plain) * float64(m.Wall)), true
}

// SelfError is the replay's relative error on the observed run.
func (m *Model) SelfError() float64 {
	if m.Wall <= 0 {
		return 0
	}
	return math.Abs(float64(m.facts.replayed().wall-m.Wall)) / float64(m.Wall)
}

// resampled returns the 5th and 95th percentile of after/before over replays
// with resampled task times. Large runs get fewer draws, and above a hundred thousand
// tasks none: there they differ by less than a percent.
func (m *Model) resampled(edits []Edit, ratio float64) (low, high float64) {
	tasks := 0
	for i := range m.Stages {
		tasks += m.Stages[i].Tasks.Len()
	}
	if tasks > 100_000 {
		return ratio, ratio
	}
	draws := min(60, max(4, 60_000/max(1, tasks)))
	rng := rand.New(rand.NewPCG(1, 2))
	ratios := make([]float64, 0, draws)
	for range draws {
		before := m.clone()
		before.resample(rng)
		after := before.clone()
		for _, e := range edits {
			e(after)
		}
		after.thin(before)
		if b := simulate(before).wall; b > 0 && after.refused == "" {
			ratios = append(ratios, float64(simulate(after).wall)/float64(b))
		}
	}
	if len(ratios) == 0 {
		return ratio, ratio
	}
	slices.Sort(ratios)
	return stat.Quantile(0.05, stat.LinInterp, ratios, nil), stat.Quantile(0.95, stat.LinInterp, ratios, nil)
}

// resample draws each stage's tasks again, with replacement. A drawn task
// keeps the index of the place that it fills, so that partitions still meet
// the partitions they would be joined with.
func (m *Model) resample(rng *rand.Rand) {
	for i := range m.Stages {
		tasks := m.Stages[i].Tasks
		m.Stages[i].Tasks = tabulate(tasks.Len(), func(k int) Task {
			drawn := tasks.At(rng.IntN(tasks.Len()))
			drawn.Index = tasks.At(k).Index
			return drawn
		})
	}
}
