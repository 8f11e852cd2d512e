package sparklog

import "stagecoach/engine/event"

// The keys of all events about exclusion. Exclusion was called
// blacklisting before Spark 3.1; since then a log says each fact under both
// names, so that a reader hears everything twice.
var (
	exclusionKeys     = keys("time", "executorId", "taskFailures", "stageId", "stageAttemptId")
	nodeExclusionKeys = keys("time", "hostId", "executorFailures")
)

func (d *decoder) excludedForStage() event.Event {
	var e event.ExecutorExcludedForStage
	d.object(exclusionKeys, func(k int) {
		switch k {
		case 0:
			e.Time = d.millis()
		case 1:
			e.ExecutorID = d.text()
		case 2:
			e.TaskFailures = d.small()
		case 3:
			e.StageID = d.small()
		case 4:
			e.StageAttempt = d.small()
		}
	})
	return e
}

func (d *decoder) excluded() event.Event {
	e := d.excludedForStage().(event.ExecutorExcludedForStage)
	return event.ExecutorExcluded{Time: e.Time, ExecutorID: e.ExecutorID, TaskFailures: e.TaskFailures}
}

func (d *decoder) unexcluded() event.Event {
	e := d.excludedForStage().(event.ExecutorExcludedForStage)
	return event.ExecutorUnexcluded{Time: e.Time, ExecutorID: e.ExecutorID}
}

func (d *decoder) nodeExcluded() event.Event {
	var e event.NodeExcluded
	d.object(nodeExclusionKeys, func(k int) {
		switch k {
		case 0:
			e.Time = d.millis()
		case 1:
			e.Host = d.text()
		case 2:
			e.ExecutorFailures = d.small()
		}
	})
	return e
}

func (d *decoder) nodeUnexcluded() event.Event {
	e := d.nodeExcluded().(event.NodeExcluded)
	return event.NodeUnexcluded{Time: e.Time, Host: e.Host}
}
