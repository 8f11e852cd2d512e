package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var wastedSpeculation = advisor.Rule{
	Name:  "wasted-speculation",
	Title: "Speculative copies of tasks are started and thrown away",
	Cause: "speculation-waste",
	Doc: `
With speculation, a task that takes longer than its peers is started once more,
and the attempt that ends first counts. Where tasks differ because their data
does, the copy takes as long as the original: a slot's time for nothing.

On the stage screen: attempts marked speculative that were killed.

Let fewer tasks count as slow: raise spark.speculation.quantile and
spark.speculation.multiplier, or set spark.speculation.minTaskRuntime. If single
partitions are heavy, mend the skew.

Ignore it where copies usually win: then it does what it is for.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.05, Doc: "least part of all task time that copies thrown away take; COMPASS counts copies, twenty a stage, which large stages always exceed"},
		{Name: "lost", Default: 0.5, Doc: "least part of the copies that were thrown away; below, they win more often than not"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		f := advisor.Finding{Confidence: advisor.High}
		var all, spent time.Duration
		var copies, lost int64
		var stages []int
		for _, s := range run.Stages {
			all += taskTime(s)
			before := spent
			if s.Tasks.Len() <= s.NumTasks {
				continue // no task has a second attempt
			}
			for _, t := range s.Tasks.All {
				if !t.Speculative {
					continue
				}
				copies++
				if t.Status == profiler.Succeeded {
					continue
				}
				lost++
				spent += time.Duration(max(0, t.Finish-t.Launch)) * time.Millisecond
			}
			if spent > before {
				stages = append(stages, s.ID)
				f.Also = append(f.Also, advisor.AtStage(s))
			}
		}
		if lost == 0 || float64(spent) < limit("share")*float64(all) || float64(lost) < limit("lost")*float64(copies) {
			return nil
		}
		f.Where, f.Also = f.Also[0], f.Also[1:]
		f.Summary = fmt.Sprintf("%d of %d speculative copies were thrown away after %s of task time", lost, copies, metric.FormatDuration(spent))
		f.Evidence = []advisor.Evidence{
			{Name: "speculative copies", Value: copies},
			{Name: "copies thrown away", Value: lost},
			{Name: "their time", Unit: metric.Duration, Value: int64(spent)},
		}
		f.Waste, f.CoreSeconds = spent/time.Duration(slots(run)), spent.Seconds()
		f.Changes = []config.Change{{Key: "spark.speculation.quantile", To: "0.9"}, {Key: "spark.speculation.multiplier", To: "3"}}
		f.Edits = []whatif.Edit{whatif.Reclaim(stages, spent)}
		return []advisor.Finding{f}
	},
}
