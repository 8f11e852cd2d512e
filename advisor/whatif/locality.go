package whatif

import (
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/profiler"
)

// prompt is how long a slot stands empty between two tasks although one waits for
// it, because the driver has to hear of the first and send the second. Longer pauses
// are waits for a slot nearer to the data.
const prompt = 20 * time.Millisecond

// enoughPlaces is the least number of tasks that ran near their data, and of those
// that did not, for their times to be compared.
const enoughPlaces = 4

// wait lets tasks wait less for a slot near their data (spark.locality.wait): slots
// that stood empty meanwhile take tasks from elsewhere, which then take what such
// tasks of the stage took.
func (m *Model) wait(was config.Config) {
	before, now := was.Int(config.LocalityWait), m.Config.Int(config.LocalityWait)
	if now > before {
		m.Refuse("the run does not tell which tasks would have found a slot near their data by waiting longer; run a trial")
		return
	}
	waited := false
	for i := range m.Stages {
		s := &m.Stages[i]
		near, far := m.byPlace(s)
		if near.n+far.n == 0 {
			continue
		}
		if first := time.Duration(before) * time.Millisecond; far.n > 0 && s.Lead >= first && first > 0 {
			s.Lead -= time.Duration(before-now) * time.Millisecond
			waited = true
		}
		if near.n == 0 || s.Gap <= prompt {
			continue
		}
		gap := max(prompt, time.Duration(float64(s.Gap)*float64(now)/float64(before)))
		moved := float64(s.Gap-gap) / float64(s.Gap-gap+near.mean())
		s.Gap, waited = gap, true
		slower := 1.0
		if near.n >= enoughPlaces && far.n >= enoughPlaces {
			slower = max(1, float64(far.mean())/float64(max(1, near.mean())))
		} else {
			m.Doubt(func(o *Model) { o.Stages[i].scale(1 + moved) }) // twice as long elsewhere
		}
		s.scale(1 + moved*(slower-1))
	}
	if !waited {
		m.Assume("no task waited for a slot near its data")
		return
	}
	m.spread = max(m.spread, 0.25)
	m.Assume("pauses of more than 20 ms between tasks of a stage are waits for a slot near the data, and tasks that no longer wait take what those took that ran elsewhere")
}

// A placed sum is of tasks that ran near their data, or of those that did not.
type placed struct {
	n    int
	time time.Duration
}

func (p placed) mean() time.Duration { return p.time / time.Duration(max(1, p.n)) }

// byPlace are the stage's tasks that ran where their data was, and those that
// wanted to and did not.
func (m *Model) byPlace(s *Stage) (near, far placed) {
	p := m.Profile.Stage(s.ID, s.Attempt)
	if p == nil {
		return near, far
	}
	for k := range p.Tasks.Len() {
		launch, finish := p.Tasks.Times(k)
		to := &near
		switch p.Tasks.Locality(k) {
		case event.RackLocal, event.Any:
			to = &far
		case event.NoPref:
			continue
		}
		if p.Tasks.Status(k) == profiler.Succeeded {
			to.n++
			to.time += time.Duration(finish-launch) * time.Millisecond
		}
	}
	return near, far
}
