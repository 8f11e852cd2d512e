package event

// StreamingQueryStarted says that a query over a stream begins to run. ID stays
// over restarts from a checkpoint; RunID is of this run alone.
type StreamingQueryStarted struct {
	Time            Millis
	ID, RunID, Name string // Name is "" when the query has none
}

// StreamingQueryProgress says what one trigger of a streaming query did: mostly
// one batch. Triggers that found nothing repeat the number of a batch.
type StreamingQueryProgress struct {
	Time            Millis // when the trigger began
	ID, RunID, Name string
	BatchID         int64
	Duration        int64            // of the batch, milliseconds
	Phases          map[string]int64 // milliseconds by Spark's name of the phase: addBatch, triggerExecution, ...
	EventTime       EventTime
	State           []StateOperator
	Sources         []StreamSource
	Sink            StreamSink
}

// EventTime is what the rows of a batch say of time. Zero is not known.
type EventTime struct{ Max, Min, Avg, Watermark Millis }

// StateOperator is an operator that keeps rows from batch to batch. Numbers that
// a version of Spark does not write are zero.
type StateOperator struct {
	Name                      string
	Rows, Updated, Removed    int64 // rows: kept now, changed, dropped
	UpdateTime, RemovalTime   int64 // milliseconds
	CommitTime                int64 // milliseconds
	Memory                    int64 // bytes
	Late                      int64 // rows that came behind the watermark
	Partitions, StoreInstance int64
	Custom                    map[string]int64
}

// StreamSource is what a batch read of one source. Offsets are what the source
// makes of them, often JSON, and "" when there is none.
type StreamSource struct {
	Name                   string
	Start, End, Latest     string
	Rows                   int64
	InputRate, ProcessRate float64 // rows a second; NaN or infinite where the first batch has no time before it
	Metrics                map[string]string
}

// StreamSink is what a batch wrote.
type StreamSink struct {
	Name    string
	Rows    int64 // -1: not known
	Metrics map[string]string
}

// StreamingQueryIdle says that a trigger found nothing to do.
type StreamingQueryIdle struct {
	Time      Millis
	ID, RunID string
}

// StreamingQueryTerminated ends a run of a streaming query. Error is empty when
// it was stopped. Spark does not say when.
type StreamingQueryTerminated struct {
	ID, RunID         string
	Error, ErrorClass string
}

func (StreamingQueryStarted) event()    {}
func (StreamingQueryProgress) event()   {}
func (StreamingQueryIdle) event()       {}
func (StreamingQueryTerminated) event() {}
