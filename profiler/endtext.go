package profiler

import (
	"fmt"
	"strings"

	"stagecoach/engine/event"
)

// errorText is what Spark's UI shows for the way an attempt ended
// (TaskEndReason.toErrorString): empty for a success.
func errorText(r *event.EndReason) string {
	switch r.Kind {
	case event.Success:
		return ""
	case event.Resubmitted:
		return "Resubmitted (resubmitted due to lost executor)"
	case event.FetchFailed:
		return fmt.Sprintf("FetchFailed(executor %s, shuffleId=%d, mapIndex=%d, reduceId=%d, message=\n%s\n)",
			r.ExecutorID, r.ShuffleID, r.MapIndex, r.ReduceID, r.Message)
	case event.ExceptionFailure:
		head := r.Class
		if r.Message != "" {
			head += ": " + r.Message
		}
		if len(r.Stack) == 0 {
			return head
		}
		return head + "\n\tat " + strings.Join(r.Stack, "\n\tat ")
	case event.TaskResultLost:
		return "TaskResultLost (result lost from block manager)"
	case event.TaskKilled:
		return r.Message
	case event.TaskCommitDenied:
		return "TaskCommitDenied (Driver denied task commit)"
	case event.ExecutorLostFailure:
		cause := "unrelated to the running tasks"
		if r.ByApp {
			cause = "caused by one of the running tasks"
		}
		text := fmt.Sprintf("ExecutorLostFailure (executor %s exited %s)", r.ExecutorID, cause)
		if r.Message != "" {
			text += " Reason: " + r.Message
		}
		return text
	default:
		return string(r.Kind)
	}
}
