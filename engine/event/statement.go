package event

// A StatementServer runs statements of others inside the driver. Spark has two,
// whose listener events say the same with other words.
type StatementServer string

const (
	ThriftServer StatementServer = "thrift"  // JDBC and ODBC
	Connect      StatementServer = "connect" // Spark Connect
)

// SessionStarted says that somebody has connected.
type SessionStarted struct {
	Time     Millis
	Server   StatementServer
	ID, User string
	IP       string // of the client; only the Thrift server says it
}

// SessionClosed ends a session.
type SessionClosed struct {
	Time     Millis
	Server   StatementServer
	ID, User string // only Connect says whose it was
}

// OperationStarted says that a statement was received.
type OperationStarted struct {
	Time           Millis
	Server         StatementServer
	ID, SessionID  string
	User, UserName string // only Connect tells them apart
	Statement      string
	JobGroup       string   // of its jobs: the Thrift server's way to tell which they are
	JobTag         string   // among the tags of its jobs: Connect's way
	SessionTags    []string // only Connect has them
}

// OperationChanged says how far a statement is.
type OperationChanged struct {
	Time         Millis // 0 where the Thrift server does not say it
	Server       StatementServer
	ID, JobTag   string
	State        OperationState
	Plan         string // of a compiled one, Thrift server only
	Error, Trace string // of a failed one; only the Thrift server has the trace
	Rows         int64  // that a finished one handed out; -1: not known
}

// An OperationState is Spark's word for where a statement stands.
type OperationState string

const (
	OperationCompiled OperationState = "COMPILED"
	OperationReady    OperationState = "READY" // Connect only
	OperationCanceled OperationState = "CANCELED"
	OperationTimedOut OperationState = "TIMEDOUT" // Thrift server only
	OperationFailed   OperationState = "FAILED"
	OperationFinished OperationState = "FINISHED"
	OperationClosed   OperationState = "CLOSED" // its result was fetched or given up
)

func (SessionStarted) event()   {}
func (SessionClosed) event()    {}
func (OperationStarted) event() {}
func (OperationChanged) event() {}
