package sparkrest

import (
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

// seenJob is what was told of a job.
type seenJob struct {
	waited, started, ended bool
}

// jobStarts tells the jobs that are new. A job that no execution names yet may
// be named a moment later: Spark writes jobs down sooner than executions. While
// more looks follow, such a job waits for the next one.
func (a *Application) jobStarts(jobs []JobData, stages []StageData, executions []ExecutionData, follow bool) (out []event.Event) {
	of := map[int]int64{}
	for _, x := range executions {
		for _, list := range [][]int{x.RunningJobIDs, x.SuccessJobIDs, x.FailedJobIDs} {
			for _, id := range list {
				of[id] = x.ID
			}
		}
	}
	first := map[int]*StageData{}
	for i := range stages {
		if first[stages[i].StageID] == nil {
			first[stages[i].StageID] = &stages[i]
		}
	}
	a.waiting = map[int]bool{}
	for _, j := range jobs {
		seen := a.jobs[j.JobID]
		if seen == nil {
			seen = &seenJob{}
			a.jobs[j.JobID] = seen
		}
		execution, named := of[j.JobID]
		switch {
		case seen.started:
			continue
		case !named && follow && !seen.waited && len(executions) > 0:
			seen.waited = true
			for _, id := range j.StageIDs {
				a.waiting[id] = true
			}
			continue
		}
		seen.started = true
		e := event.JobStart{Time: event.Millis(j.SubmissionTime), JobID: j.JobID, Properties: map[string]string{}}
		for key, v := range map[string]string{event.PropertyDescription: j.Description, event.PropertyJobGroup: j.JobGroup, event.PropertyJobTags: strings.Join(j.JobTags, ",")} {
			if v != "" {
				e.Properties[key] = v
			}
		}
		if named {
			e.Properties[event.PropertyExecutionID] = strconv.FormatInt(execution, 10)
		}
		for _, id := range j.StageIDs {
			s := first[id]
			if s == nil { // the application has let go of it
				e.Stages = append(e.Stages, event.StageInfo{StageID: id, Name: "unknown", Details: "unknown"})
				continue
			}
			info := a.stageInfo(s)
			info.SubmissionTime, info.CompletionTime, info.FailureReason = 0, 0, ""
			if s.CompletionTime != 0 && s.CompletionTime < j.SubmissionTime {
				info.CompletionTime = event.Millis(s.CompletionTime)
			}
			e.Stages = append(e.Stages, info)
		}
		out = append(out, e)
	}
	return out
}

// jobEnds tells the jobs that have ended.
func (a *Application) jobEnds(jobs []JobData, stages []StageData) (out []event.Event) {
	for _, j := range jobs {
		seen := a.jobs[j.JobID]
		if !seen.started || seen.ended || j.Status != "SUCCEEDED" && j.Status != "FAILED" {
			continue
		}
		seen.ended = true
		e := event.JobEnd{Time: event.Millis(j.CompletionTime), JobID: j.JobID}
		if j.Status == "FAILED" {
			e.Error = "failed"
			for _, id := range j.StageIDs {
				for i := range stages {
					if stages[i].StageID == id && stages[i].FailureReason != "" {
						e.Error = stages[i].FailureReason
					}
				}
			}
		}
		out = append(out, e)
	}
	return out
}
