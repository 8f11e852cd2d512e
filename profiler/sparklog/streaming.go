package sparklog

import "stagecoach/engine/event"

// What Structured Streaming logs, key by key, for both directions.

const streamingPrefix = "org.apache.spark.sql.streaming.StreamingQueryListener$"

func streamStarted(e *event.StreamingQueryStarted) []member {
	return []member{{"id", &e.ID}, {"runId", &e.RunID}, {"name", nullable{&e.Name}}, {"timestamp", isoTime{&e.Time}}}
}

func streamIdle(e *event.StreamingQueryIdle) []member {
	return []member{{"id", &e.ID}, {"runId", &e.RunID}, {"timestamp", isoTime{&e.Time}}}
}

func streamTerminated(e *event.StreamingQueryTerminated) []member {
	return []member{{"id", &e.ID}, {"runId", &e.RunID}, {"exception", nullable{&e.Error}}, {"errorClassOnException", nullable{&e.ErrorClass}}}
}

func streamProgress(e *event.StreamingQueryProgress) []member {
	return []member{{"progress", object{
		{"id", &e.ID}, {"runId", &e.RunID}, {"name", nullable{&e.Name}}, {"timestamp", isoTime{&e.Time}},
		{"batchId", &e.BatchID}, {"batchDuration", &e.Duration}, {"durationMs", &e.Phases},
		{"eventTime", object{{"max", isoTime{&e.EventTime.Max}}, {"min", isoTime{&e.EventTime.Min}},
			{"avg", isoTime{&e.EventTime.Avg}}, {"watermark", isoTime{&e.EventTime.Watermark}}}},
		{"stateOperators", listOf[event.StateOperator]{&e.State, stateOperator}},
		{"sources", listOf[event.StreamSource]{&e.Sources, streamSource}},
		{"sink", object{{"description", &e.Sink.Name}, {"numOutputRows", &e.Sink.Rows}, {"metrics", &e.Sink.Metrics}}},
	}}}
}

func stateOperator(s *event.StateOperator) []member {
	return []member{{"operatorName", &s.Name}, {"numRowsTotal", &s.Rows}, {"numRowsUpdated", &s.Updated}, {"allUpdatesTimeMs", &s.UpdateTime},
		{"numRowsRemoved", &s.Removed}, {"allRemovalsTimeMs", &s.RemovalTime}, {"commitTimeMs", &s.CommitTime}, {"memoryUsedBytes", &s.Memory},
		{"numRowsDroppedByWatermark", &s.Late}, {"numShufflePartitions", &s.Partitions}, {"numStateStoreInstances", &s.StoreInstance},
		{"customMetrics", &s.Custom}}
}

func streamSource(s *event.StreamSource) []member {
	return []member{{"description", &s.Name}, {"startOffset", nullable{&s.Start}}, {"endOffset", nullable{&s.End}},
		{"latestOffset", nullable{&s.Latest}}, {"numInputRows", &s.Rows}, {"inputRowsPerSecond", &s.InputRate},
		{"processedRowsPerSecond", &s.ProcessRate}, {"metrics", &s.Metrics}}
}

// streamReaders read all of them.
var streamReaders = []reader{
	{streamingPrefix + "QueryProgressEvent", func(d *decoder) event.Event {
		e := event.StreamingQueryProgress{Sink: event.StreamSink{Rows: -1}}
		d.members(streamProgress(&e))
		if e.Duration == 0 { // before Spark 3.0
			e.Duration = e.Phases["triggerExecution"]
		}
		return e
	}},
	{streamingPrefix + "QueryIdleEvent", func(d *decoder) event.Event {
		var e event.StreamingQueryIdle
		d.members(streamIdle(&e))
		return e
	}},
	{streamingPrefix + "QueryStartedEvent", func(d *decoder) event.Event {
		var e event.StreamingQueryStarted
		d.members(streamStarted(&e))
		return e
	}},
	{streamingPrefix + "QueryTerminatedEvent", func(d *decoder) event.Event {
		var e event.StreamingQueryTerminated
		d.members(streamTerminated(&e))
		return e
	}},
}
