package size

import (
	"fmt"
	"strconv"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// knee replays the run on other numbers of executors and takes the one with the
// least product of time and cost, n x T x T; it reports whether the replay could
// tell. While twice the executors take half the time that product falls, and where
// they take as long it doubles: the knee is where more of them begin to cost more
// than they give. The replay is asked within four times of what was measured.
func (p *Plan) knee() bool {
	e := p.run
	if e.Executors < 1 || e.Cores < 1 {
		return false
	}
	most := 0
	var mostTime, best time.Duration
	product := func(n int, t time.Duration) float64 { return float64(n) * t.Seconds() * t.Seconds() }
	for _, f := range []float64{0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4} {
		n := int(f*float64(e.Executors*e.Cores)/float64(p.Cores) + 0.5)
		if n <= most || p.need.MaxExecutors > 0 && n > p.need.MaxExecutors {
			continue
		}
		x := e.model.Predict(whatif.Changes(
			config.Change{Key: instancesKey, To: strconv.Itoa(n)}, config.Change{Key: coresKey, To: strconv.Itoa(p.Cores)}))
		if x.Refused != "" || x.After <= 0 {
			continue
		}
		most, mostTime = n, x.After
		if best == 0 || product(n, x.After) < product(p.Executors, best) {
			p.Executors, best = n, x.After
		}
	}
	if best == 0 {
		return false
	}
	p.Elapsed = best.Seconds()
	beyond := fmt.Sprintf("where %d take %s", most, metric.FormatDuration(mostTime))
	if most == p.Executors {
		beyond = "the most that the replay reaches"
	}
	p.set(instancesKey, strconv.Itoa(p.Executors), "replay of the run",
		"the least time x cost: %s for %s, %s (the replay misses the run itself by %.1f %%); --within asks for a time instead",
		metric.FormatDuration(best), counted(p.Executors, "executor"), beyond, 100*e.model.SelfError())
	return true
}
