package sparkrest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// seenStage is what was told of an attempt of a stage.
type seenStage struct {
	submitted, completed bool
	done                 bool           // completed, and no task of it runs
	tasks                map[int64]bool // attempts of tasks that were told; true: and their end
	ended                int            // first tasks, in the order of ids, that have ended: they are not asked for again
}

func compareStages(x, y StageData) int {
	return cmp.Or(cmp.Compare(x.StageID, y.StageID), cmp.Compare(x.AttemptID, y.AttemptID))
}

func (a *Application) stage(s *StageData) *seenStage {
	key := [2]int{s.StageID, s.AttemptID}
	if a.stages[key] == nil {
		a.stages[key] = &seenStage{tasks: map[int64]bool{}}
	}
	return a.stages[key]
}

// stageInfo is what the API says of a stage.
func (a *Application) stageInfo(s *StageData) event.StageInfo {
	info := event.StageInfo{StageID: s.StageID, AttemptID: s.AttemptID, Name: s.Name, Details: s.Details, NumTasks: s.NumTasks,
		SubmissionTime: event.Millis(s.SubmissionTime), CompletionTime: event.Millis(s.CompletionTime), FailureReason: s.FailureReason,
		ResourceProfile: s.ResourceProfileID, PushEnabled: s.IsShufflePushEnabled, PushMergers: s.ShuffleMergersCount}
	for _, id := range s.RDDIDs {
		r, isCached := a.cached[id]
		if !isCached {
			r = event.RDDInfo{ID: id}
		}
		info.RDDs = append(info.RDDs, r)
	}
	return info
}

// taskPage is how many tasks are asked for at once.
const taskPage = 5000

// askTasks asks for the tasks of stages that run, and once more for those of
// stages that have ended since the look before.
func (a *Application) askTasks(ctx context.Context, stages []StageData) (map[[2]int][]TaskData, *sparklog.Error) {
	out := map[[2]int][]TaskData{}
	for i := range stages {
		s := &stages[i]
		seen := a.stage(s)
		if seen.done || s.SubmissionTime == 0 {
			continue
		}
		if over(s) && !seen.completed { // once more, in case that some were not in the order of ids
			seen.ended = 0
		}
		from := seen.ended
		for {
			var page []TaskData
			err := a.of(ctx, fmt.Sprintf("/stages/%d/%d/taskList?offset=%d&length=%d&sortBy=ID", s.StageID, s.AttemptID, from, taskPage), &page)
			if err != nil {
				return nil, err
			}
			key := [2]int{s.StageID, s.AttemptID}
			had := out[key]
			if len(had) > 0 && len(page) > 0 && page[0].TaskID <= had[len(had)-1].TaskID { // the server does not know pages
				break
			}
			out[key] = append(had, page...)
			if from += len(page); len(page) < taskPage {
				break
			}
		}
	}
	return out, nil
}

func over(s *StageData) bool { return s.Status == "COMPLETE" || s.Status == "FAILED" }

// stageEvents tells stages, and what their tasks have done.
func (a *Application) stageEvents(stages []StageData, tasks map[[2]int][]TaskData) (out []event.Event) {
	for i := range stages {
		s := &stages[i]
		seen := a.stage(s)
		if seen.done || s.SubmissionTime == 0 || a.waiting[s.StageID] {
			continue
		}
		if !seen.submitted {
			seen.submitted = true
			info := a.stageInfo(s)
			a.register(info.RDDs)
			info.CompletionTime, info.FailureReason = 0, ""
			e := event.StageSubmitted{Info: info, Properties: map[string]string{}}
			if s.Description != "" {
				e.Properties[event.PropertyDescription] = s.Description
			}
			out = append(out, e)
		}
		out = append(out, seen.taskEvents(s, tasks[[2]int{s.StageID, s.AttemptID}])...)
		if !over(s) {
			continue
		}
		if !seen.completed {
			seen.completed = true
			info := a.stageInfo(s)
			a.register(info.RDDs)
			out = append(out, event.StageCompleted{Info: info})
			if gone := s.NumCompletedIndices - len(seen.tasks); gone > 0 {
				a.problem("forgotten", "the application has let go of %d tasks of stage %d (spark.ui.retainedTasks); its event log has them", gone, s.StageID)
			}
		}
		if seen.done = !slices.Contains(slices.Collect(maps.Values(seen.tasks)), false); seen.done {
			seen.tasks = nil
		}
	}
	return out
}

// taskEvents tells the starts and ends of tasks that are new. Tasks are those
// behind the first ones that are known to have ended.
func (seen *seenStage) taskEvents(s *StageData, tasks []TaskData) (out []event.Event) {
	slices.SortFunc(tasks, func(x, y TaskData) int { return cmp.Compare(x.TaskID, y.TaskID) })
	for i := range tasks {
		if _, known := seen.tasks[tasks[i].TaskID]; !known {
			seen.tasks[tasks[i].TaskID] = false
			out = append(out, event.TaskStart{StageID: s.StageID, StageAttempt: s.AttemptID, Info: startOf(&tasks[i])})
		}
	}
	inRow := true
	for i := range tasks {
		t := &tasks[i]
		if t.Status == "RUNNING" || t.Status == "GET RESULT" {
			inRow = false
			continue
		}
		if inRow {
			seen.ended++
		}
		if !seen.tasks[t.TaskID] {
			seen.tasks[t.TaskID] = true
			out = append(out, endOf(s, t))
		}
	}
	return out
}
