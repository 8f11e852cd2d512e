package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
)

var growingLineage = advisor.Rule{
	Name:     "growing-lineage",
	Title:    "Each round of a loop carries all rounds before it",
	Cause:    "iterative-growing-lineage",
	Explains: []string{"iterative-no-cache", "recompute-no-cache", "driver-bound", "duplicate-exchange"},
	Doc: `
A loop that builds its next data from the last (PageRank, label propagation)
hands Spark a plan that grows with every round. Planning it takes longer each
time, and what was not kept is computed again from the first round on.

Compare the queries or jobs of the loop: the plan's nodes, or the job's stages,
grow from round to round, and so does the time.

Cut the lineage every few rounds: df.localCheckpoint() (fast, lost with the
executor) or df.checkpoint() (to reliable storage). A cache alone keeps the data
and leaves the plan as long as it was.

Ignore it in loops of a few rounds.`,
	Limits: []advisor.Limit{
		{Name: "rounds", Default: 4, Doc: "least rounds; with fewer, two queries of one place may differ by chance"},
		{Name: "growth", Default: 2, Doc: "least size of the last round's plan over the first one's"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that rounds take beyond the shorter of the first two"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		loops := loopsOf(run)
		for _, place := range sortedKeys(loops) {
			rounds := loops[place]
			first, last := rounds[0], rounds[len(rounds)-1]
			if float64(len(rounds)) < limit("rounds") || float64(last.size) < limit("growth")*float64(first.size) || !grows(rounds) {
				continue
			}
			least := min(first.time, rounds[1].time)
			var beyond, all time.Duration
			var ids []int
			for _, r := range rounds {
				beyond += max(0, r.time-least)
				all += r.time
				ids = append(ids, r.stages...)
			}
			if share(run, beyond) < limit("share") {
				continue
			}
			found = append(found, advisor.Finding{
				Where:   advisor.Where{Name: place, Stages: ids},
				Summary: fmt.Sprintf("%d rounds, from %d steps in %s to %d steps in %s", len(rounds), first.size, metric.FormatDuration(first.time), last.size, metric.FormatDuration(last.time)),
				Evidence: []advisor.Evidence{
					{Name: "rounds", Value: int64(len(rounds))},
					{Name: "steps of the first round", Value: int64(first.size)},
					{Name: "steps of the last round", Value: int64(last.size)},
					{Name: "time of all rounds", Unit: metric.Duration, Value: int64(all)},
				},
				// Later rounds of a warm program take less than the first ones, too: how
				// much, a run in which they grow does not tell.
				Waste:       (beyond + all - first.time) / 2,
				Most:        all - first.time,
				CoreSeconds: beyond.Seconds(),
				Confidence:  advisor.High,
				CodeChange:  "df = df.localCheckpoint() every few rounds, or df.checkpoint() where executors may be lost",
			})
		}
		return found
	},
}

// A round is one query or job of a loop: how large what it asked for was, and
// how long it took.
type round struct {
	size   int
	time   time.Duration
	stages []int // that ran
}

// loopsOf are the queries by the place in the program that asked for them, and
// the jobs that belong to no query, each in order of time.
func loopsOf(run *advisor.Run) map[string][]round {
	loops := map[string][]round{}
	ran := map[int64][]int{}
	byJob := map[int][]int{}
	for s := range done(run) {
		if s.ExecutionID >= 0 {
			ran[s.ExecutionID] = append(ran[s.ExecutionID], s.ID)
		}
		for _, j := range s.JobIDs {
			byJob[j] = append(byJob[j], s.ID)
		}
	}
	for _, x := range run.Executions {
		if len(x.JobIDs) > 0 {
			loops[x.Description] = append(loops[x.Description], round{len(x.Nodes), x.Duration(), ran[x.ID]})
		}
	}
	for _, j := range run.Jobs {
		if j.ExecutionID < 0 {
			loops[j.Name] = append(loops[j.Name], round{len(j.StageIDs), j.Duration(), byJob[j.ID]})
		}
	}
	return loops
}

// grows reports whether four of five rounds are larger than the one before.
func grows(rounds []round) bool {
	larger := 0
	for i := 1; i < len(rounds); i++ {
		if rounds[i].size > rounds[i-1].size {
			larger++
		}
	}
	return larger*5 >= (len(rounds)-1)*4
}
