package sparkrest

import (
	"stagecoach/profiler"
)

// JobData is a job. Counts are of attempts of tasks.
type JobData struct {
	JobID               int            `json:"jobId"`
	Name                string         `json:"name"`
	Description         string         `json:"description,omitempty"`
	SubmissionTime      Date           `json:"submissionTime,omitzero"`
	CompletionTime      Date           `json:"completionTime,omitzero"`
	StageIDs            []int          `json:"stageIds"`
	JobGroup            string         `json:"jobGroup,omitempty"`
	JobTags             []string       `json:"jobTags,omitzero"`
	Status              string         `json:"status"`
	NumTasks            int            `json:"numTasks"` // skipped ones included
	NumActiveTasks      int            `json:"numActiveTasks"`
	NumCompletedTasks   int            `json:"numCompletedTasks"`
	NumSkippedTasks     int            `json:"numSkippedTasks"`
	NumFailedTasks      int            `json:"numFailedTasks"`
	NumKilledTasks      int            `json:"numKilledTasks"`
	NumCompletedIndices int            `json:"numCompletedIndices"` // tasks of which an attempt succeeded
	NumActiveStages     int            `json:"numActiveStages"`
	NumCompletedStages  int            `json:"numCompletedStages"`
	NumSkippedStages    int            `json:"numSkippedStages"`
	NumFailedStages     int            `json:"numFailedStages"`
	KilledTasksSummary  map[string]int `json:"killedTasksSummary"` // reason → tasks
}

// Job shows a job.
func (v *View) Job(j *profiler.Job) JobData {
	d := JobData{JobID: j.ID, Name: j.Name, Description: j.Description, SubmissionTime: Date(j.Start), CompletionTime: Date(j.End),
		StageIDs: append([]int{}, j.StageIDs...), JobGroup: j.Group, Status: j.Status.String(), NumTasks: j.NumTasks,
		NumActiveTasks: j.Active, NumCompletedTasks: j.Completed, NumSkippedTasks: j.SkippedTasks, NumFailedTasks: j.Failures,
		NumKilledTasks: j.Killed, NumCompletedIndices: j.Indices, NumActiveStages: j.ActiveStages, NumCompletedStages: j.CompletedStages,
		NumSkippedStages: j.SkippedStages, NumFailedStages: j.FailedStages, KilledTasksSummary: map[string]int{}}
	if v.Details != nil {
		d.JobTags = v.Details.tags(j.ID)
	}
	if j.Killed > 0 {
		for _, id := range j.StageIDs {
			for _, s := range v.Attempts(id) {
				for reason, n := range v.killed(s) {
					d.KilledTasksSummary[reason] += n
				}
			}
		}
	}
	return d
}

// killed counts the killed tasks of a stage by their reason.
func (v *View) killed(s *profiler.Stage) map[string]int {
	out := map[string]int{}
	if s.Killed == 0 {
		return out
	}
	for row := range s.Tasks.Len() {
		if s.Tasks.Status(row) == profiler.Killed {
			task := s.Tasks.At(row)
			out[v.taskError(s, &task)]++
		}
	}
	return out
}
