package sparklog

import "stagecoach/engine/event"

// Resource profiles and copies of tasks, key by key, for both directions.

func resourceProfile(e *event.ResourceProfileAdded) []member {
	return []member{{"Resource Profile Id", &e.ID},
		{"Executor Resource Requests", mapOf[event.ResourceRequest]{&e.Executors, executorRequest}},
		{"Task Resource Requests", mapOf[event.ResourceRequest]{&e.Tasks, taskRequest}}}
}

func taskRequest(r *event.ResourceRequest) []member {
	return []member{{"Resource Name", &r.Name}, {"Amount", &r.Amount}}
}

func executorRequest(r *event.ResourceRequest) []member {
	return append(taskRequest(r), member{"Discovery Script", &r.DiscoveryScript}, member{"Vendor", &r.Vendor})
}

func speculative(e *event.SpeculativeTaskSubmitted) []member {
	return []member{{"stageId", &e.StageID}, {"stageAttemptId", &e.StageAttempt}, {"taskIndex", &e.Index}, {"partitionId", &e.PartitionID}}
}

const (
	profileName     = "SparkListenerResourceProfileAdded"
	speculativeName = schedulerPrefix + "SparkListenerSpeculativeTaskSubmitted"
)

var resourceReaders = []reader{
	{profileName, func(d *decoder) event.Event {
		var e event.ResourceProfileAdded
		d.members(resourceProfile(&e))
		return e
	}},
	{speculativeName, func(d *decoder) event.Event {
		e := event.SpeculativeTaskSubmitted{Index: -1, PartitionID: -1}
		d.members(speculative(&e))
		return e
	}},
}

// writeMembers writes the events that have a list of members.
func (w *Writer) writeMembers(e event.Event) {
	name, list := "", []member(nil)
	switch e := e.(type) {
	case event.ResourceProfileAdded:
		name, list = profileName, resourceProfile(&e)
	case event.SpeculativeTaskSubmitted:
		name, list = speculativeName, speculative(&e)
	case event.StreamingQueryStarted:
		name, list = streamingPrefix+"QueryStartedEvent", streamStarted(&e)
	case event.StreamingQueryProgress:
		name, list = streamingPrefix+"QueryProgressEvent", streamProgress(&e)
	case event.StreamingQueryIdle:
		name, list = streamingPrefix+"QueryIdleEvent", streamIdle(&e)
	case event.StreamingQueryTerminated:
		name, list = streamingPrefix+"QueryTerminatedEvent", streamTerminated(&e)
	case event.SessionStarted:
		name, list = sessionStarted(&e)
	case event.SessionClosed:
		name, list = sessionClosed(&e)
	case event.OperationStarted:
		name, list = operationStarted(&e)
	case event.OperationChanged:
		name, list = operationChanged(&e)
	}
	w.text.string("Event", name)
	w.text.members(list)
}
