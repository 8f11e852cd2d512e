package profiler

import (
	"cmp"
	"slices"

	"stagecoach/engine/metric"
)

// SketchedBeyond is how many attempts of tasks a stage keeps one by one in a
// sketched profile.
const SketchedBeyond = 1000

// outliers are the attempts that a sketch keeps: the longest, and of those that
// did not succeed the first.
const outliers = 100

// Sketch makes the profile keep little of stages that are over and have more
// than SketchedBeyond attempts: beside counts and sums, which are exact always,
// the quantiles of every metric at whole percents, where the time went, when
// tasks ran, and a hundred outliers of each kind as rows. All of that is exact,
// too; what looks at all rows sees the outliers alone, so that rules and
// predictions need a whole profile. It is called before the first event.
func (p *Profile) Sketch() { p.fold.sketch = true }

// A sketch is what is kept of the rows of a stage.
type sketch struct {
	dists     [metric.NumOutputRows]Dist // at whole percents; nil: nobody recorded it
	read      Dist                       // of bytes read from shuffles
	spark     [metric.NumOutputRows]Dist // SparkQuantiles at whole percents
	breakdown Breakdown
	busy      []span // times in which a task ran, apart and ascending
}

// percents are the places of a sketch's quantiles. A Dist of their values gives
// at each of them the value that the Dist of all values gives.
var percents = func() (qs []float64) {
	for i := range 101 {
		qs = append(qs, float64(i)/100)
	}
	return qs
}()

func (d Dist) atPercents() Dist {
	if len(d) == 0 {
		return nil
	}
	out := make(Dist, len(percents))
	for i, q := range percents {
		out[i] = d.Quantile(q)
	}
	return out
}

// thin replaces the rows of a stage that is over by a sketch of them.
func (s *Stage) thin() {
	if s.Tasks.Len() <= SketchedBeyond || s.sketch != nil {
		return
	}
	k := &sketch{breakdown: s.Breakdown(), busy: slices.Clone(merged(s.spans(nil, 0)))}
	for id := range metric.NumOutputRows {
		all := s.Dist(id)
		k.dists[id] = all.atPercents()
		switch {
		case id == metric.TaskDuration, id == metric.SchedulerDelay, id == metric.GettingResultTime, len(all) > 0 && len(all) != s.Complete:
			k.spark[id] = s.SparkQuantiles(id, percents)
		case len(all) > 0:
			k.spark[id] = k.dists[id]
		default:
			k.spark[id] = make(Dist, len(percents))
		}
	}
	k.read = s.ShuffleReadDist().atPercents()
	s.Tasks = s.Tasks.pick(s.outlying())
	s.Tasks.pack()
	s.sketch = k
}

// outlying returns the rows that a sketch keeps, ascending.
func (s *Stage) outlying() []int {
	var odd, all []int
	for row := range s.Tasks.Len() {
		all = append(all, row)
		if s.Tasks.Status(row) != Succeeded && len(odd) < outliers {
			odd = append(odd, row)
		}
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(s.Tasks.duration(b), s.Tasks.duration(a)) })
	rows := append(odd, all[:outliers]...)
	slices.Sort(rows)
	return slices.Compact(rows)
}

// pick returns a table of some rows.
func (t *Tasks) pick(rows []int) Tasks {
	out := Tasks{origin: t.origin, places: t.places, odd: map[int]oddEnd{}}
	for to, from := range rows {
		out.rows++
		out.state = append(out.state, t.state[from])
		for i, l := range t.lists() {
			out.lists()[i].put(to, l.at(from), len(rows))
		}
		for id := range metric.NumOutputRows {
			if id == metric.TaskDuration || id == metric.SchedulerDelay {
				continue
			}
			if v, ok := t.Metric(from, id); ok {
				out.record(to, id, v)
			}
		}
		if odd, ok := t.odd[from]; ok {
			out.odd[to] = odd
		}
	}
	return out
}
