package sparklog

import "stagecoach/engine/event"

// What the Thrift server and Spark Connect log, key by key, for both directions.

const (
	thriftPrefix  = "org.apache.spark.sql.hive.thriftserver.ui.SparkListenerThriftServer"
	connectPrefix = "org.apache.spark.sql.connect.service.SparkListenerConnect"
)

func sessionStarted(e *event.SessionStarted) (name string, list []member) {
	if e.Server == event.Connect {
		return connectPrefix + "SessionStarted", []member{{"sessionId", &e.ID}, {"userId", &e.User}, {"eventTime", &e.Time}, {"extraTags", noTags}}
	}
	return thriftPrefix + "SessionCreated", []member{{"ip", &e.IP}, {"sessionId", &e.ID}, {"userName", &e.User}, {"startTime", &e.Time}}
}

func sessionClosed(e *event.SessionClosed) (name string, list []member) {
	if e.Server == event.Connect {
		return connectPrefix + "SessionClosed", []member{{"sessionId", &e.ID}, {"userId", &e.User}, {"eventTime", &e.Time}, {"extraTags", noTags}}
	}
	return thriftPrefix + "SessionClosed", []member{{"sessionId", &e.ID}, {"finishTime", &e.Time}}
}

func operationStarted(e *event.OperationStarted) (name string, list []member) {
	if e.Server == event.Connect {
		return connectPrefix + "OperationStarted", []member{{"jobTag", &e.JobTag}, {"operationId", &e.ID}, {"eventTime", &e.Time},
			{"sessionId", &e.SessionID}, {"userId", &e.User}, {"userName", &e.UserName}, {"statementText", &e.Statement},
			{"sparkSessionTags", &e.SessionTags}, {"extraTags", noTags}}
	}
	return thriftPrefix + "OperationStart", []member{{"id", &e.ID}, {"sessionId", &e.SessionID}, {"statement", &e.Statement},
		{"groupId", &e.JobGroup}, {"startTime", &e.Time}, {"userName", &e.User}}
}

// noTags stands for an object that tools beside Spark may fill.
var noTags = object{}

// operationChanges are the names of event.OperationChanged.
var operationChanges = []struct {
	name   string
	server event.StatementServer
	state  event.OperationState
}{
	{thriftPrefix + "OperationParsed", event.ThriftServer, event.OperationCompiled},
	{thriftPrefix + "OperationCanceled", event.ThriftServer, event.OperationCanceled},
	{thriftPrefix + "OperationTimeout", event.ThriftServer, event.OperationTimedOut},
	{thriftPrefix + "OperationError", event.ThriftServer, event.OperationFailed},
	{thriftPrefix + "OperationFinish", event.ThriftServer, event.OperationFinished},
	{thriftPrefix + "OperationClosed", event.ThriftServer, event.OperationClosed},
	{connectPrefix + "OperationAnalyzed", event.Connect, event.OperationCompiled},
	{connectPrefix + "OperationReadyForExecution", event.Connect, event.OperationReady},
	{connectPrefix + "OperationCanceled", event.Connect, event.OperationCanceled},
	{connectPrefix + "OperationFailed", event.Connect, event.OperationFailed},
	{connectPrefix + "OperationFinished", event.Connect, event.OperationFinished},
	{connectPrefix + "OperationClosed", event.Connect, event.OperationClosed},
}

func operationChanged(e *event.OperationChanged) (name string, list []member) {
	for _, c := range operationChanges {
		if c.server == e.Server && c.state == e.State {
			name = c.name
		}
	}
	if e.Server == event.Connect {
		list = []member{{"jobTag", &e.JobTag}, {"operationId", &e.ID}, {"eventTime", &e.Time}, {"extraTags", noTags}}
		switch e.State {
		case event.OperationFailed:
			list = append(list, member{"errorMessage", &e.Error})
		case event.OperationFinished:
			list = append(list, member{"producedRowCount", optional{&e.Rows}})
		}
		return name, list
	}
	list = []member{{"id", &e.ID}}
	switch e.State {
	case event.OperationCompiled:
		return name, append(list, member{"executionPlan", &e.Plan})
	case event.OperationFailed:
		list = append(list, member{"errorMsg", &e.Error}, member{"errorTrace", &e.Trace})
	case event.OperationClosed:
		return name, append(list, member{"closeTime", &e.Time})
	}
	return name, append(list, member{"finishTime", &e.Time})
}

// statementReaders read the events of both servers.
func statementReaders() (out []reader) {
	for _, server := range []event.StatementServer{event.ThriftServer, event.Connect} {
		out = append(out, statementReader(event.SessionStarted{Server: server}, sessionStarted),
			statementReader(event.SessionClosed{Server: server}, sessionClosed),
			statementReader(event.OperationStarted{Server: server}, operationStarted))
	}
	for _, c := range operationChanges {
		out = append(out, statementReader(event.OperationChanged{Server: c.server, State: c.state, Rows: -1}, operationChanged))
	}
	return out
}

// statementReader reads events that begin as blank does, by the list of members
// that writes them too.
func statementReader[E event.Event](blank E, spell func(*E) (string, []member)) reader {
	name, _ := spell(&blank)
	return reader{name, func(d *decoder) event.Event {
		e := blank
		_, list := spell(&e)
		d.members(list)
		return e
	}}
}
