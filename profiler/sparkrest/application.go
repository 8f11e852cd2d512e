package sparkrest

import (
	"cmp"
	"slices"

	"stagecoach/engine/event"
)

// ApplicationInfo is an application with its attempts, the newest first.
type ApplicationInfo struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Attempts []AttemptInfo `json:"attempts"`
}

// AttemptInfo is one attempt of an application. One that has not ended has the
// end -1 and no duration.
type AttemptInfo struct {
	AttemptID        string       `json:"attemptId,omitempty"`
	StartTime        Date         `json:"startTime"`
	EndTime          Date         `json:"endTime"`
	LastUpdated      Date         `json:"lastUpdated"`
	Duration         int64        `json:"duration"` // milliseconds
	SparkUser        string       `json:"sparkUser"`
	Completed        bool         `json:"completed"`
	AppSparkVersion  string       `json:"appSparkVersion"`
	StartTimeEpoch   event.Millis `json:"startTimeEpoch"`
	EndTimeEpoch     event.Millis `json:"endTimeEpoch"`
	LastUpdatedEpoch event.Millis `json:"lastUpdatedEpoch"`
}

// Attempt shows the application attempt itself.
func (v *View) Attempt() AttemptInfo {
	a := AttemptInfo{AttemptID: v.App.AttemptID, StartTimeEpoch: v.App.Start, EndTimeEpoch: -1, LastUpdatedEpoch: v.Updated,
		SparkUser: v.App.User, AppSparkVersion: v.App.SparkVersion}
	if v.App.End != 0 {
		a.EndTimeEpoch, a.Completed = v.App.End, true
		a.Duration = int64(max(0, v.App.End-v.App.Start))
	}
	a.StartTime, a.EndTime, a.LastUpdated = Date(a.StartTimeEpoch), Date(a.EndTimeEpoch), Date(a.LastUpdatedEpoch)
	return a
}

// group puts attempts of the same application together: newest attempt first,
// applications that ended last first, those that run at the end.
func group(attempts []*entry) (apps []ApplicationInfo) {
	at := map[string]int{}
	for _, e := range attempts {
		i, known := at[e.id]
		if !known {
			i = len(apps)
			at[e.id] = i
			apps = append(apps, ApplicationInfo{ID: e.id, Name: e.name})
		}
		apps[i].Attempts = append(apps[i].Attempts, e.info)
	}
	for i := range apps {
		slices.SortStableFunc(apps[i].Attempts, func(a, b AttemptInfo) int { return cmp.Compare(b.StartTimeEpoch, a.StartTimeEpoch) })
	}
	slices.SortStableFunc(apps, func(a, b ApplicationInfo) int {
		return cmp.Or(cmp.Compare(b.Attempts[0].EndTimeEpoch, a.Attempts[0].EndTimeEpoch),
			cmp.Compare(b.Attempts[0].StartTimeEpoch, a.Attempts[0].StartTimeEpoch))
	})
	return apps
}
