package profiler

import (
	"slices"
	"strings"

	"stagecoach/engine/event"
)

// A Session is somebody's connection to the Thrift server or to Spark Connect.
type Session struct {
	Server     event.StatementServer
	ID, User   string
	IP         string // of the client; only the Thrift server says it
	Start, End event.Millis
	Operations int // statements received
}

// An Operation is a statement that a session has sent.
type Operation struct {
	Server              event.StatementServer
	ID, SessionID, User string
	Statement           string
	JobGroup, JobTag    string // what its jobs bear: the group on the Thrift server, the tag on Connect
	SessionTags         []string
	Plan                string               // only the Thrift server says it
	State               event.OperationState // "STARTED" until it is compiled
	Error               string
	Start, Finish       event.Millis
	Close               event.Millis // when its result was fetched or given up
	Rows                int64        // handed out; -1: not known
	JobIDs              []int
}

func (p *Profile) startSession(e event.SessionStarted) {
	p.seen(e.Time)
	s := p.session(e.Server, e.ID)
	s.User, s.IP, s.Start = e.User, e.IP, e.Time
}

// session returns the session of this id, made when it is new.
func (p *Profile) session(server event.StatementServer, id string) *Session {
	key := [2]string{string(server), id}
	s := p.fold.sessions[key]
	if s == nil {
		s = &Session{Server: server, ID: id}
		if p.fold.sessions == nil {
			p.fold.sessions = map[[2]string]*Session{}
		}
		p.fold.sessions[key] = s
		p.Sessions = append(p.Sessions, s)
	}
	return s
}

func (p *Profile) closeSession(e event.SessionClosed) {
	p.seen(e.Time)
	p.session(e.Server, e.ID).End = e.Time
}

func (p *Profile) startOperation(e event.OperationStarted) {
	p.seen(e.Time)
	if e.SessionID != "" {
		p.session(e.Server, e.SessionID).Operations++
	}
	o := p.operation(e.Server, e.ID)
	o.SessionID, o.User, o.Statement, o.Start = e.SessionID, e.User, e.Statement, e.Time
	o.JobGroup, o.JobTag, o.SessionTags = e.JobGroup, e.JobTag, slices.Clone(e.SessionTags)
	for _, mark := range []string{e.JobGroup, e.JobTag} {
		if mark != "" {
			p.fold.marks[mark] = o
		}
	}
}

// operation returns the operation of this id, made when it is new.
func (p *Profile) operation(server event.StatementServer, id string) *Operation {
	key := [2]string{string(server), id}
	o := p.fold.operations[key]
	if o == nil {
		o = &Operation{Server: server, ID: id, State: "STARTED", Rows: -1}
		if p.fold.operations == nil {
			p.fold.operations, p.fold.marks = map[[2]string]*Operation{}, map[string]*Operation{}
		}
		p.fold.operations[key] = o
		p.Operations = append(p.Operations, o)
	}
	return o
}

func (p *Profile) changeOperation(e event.OperationChanged) {
	p.seen(e.Time)
	o := p.operation(e.Server, e.ID)
	o.State = e.State
	switch e.State {
	case event.OperationCompiled:
		o.Plan = e.Plan
	case event.OperationClosed:
		o.Close = e.Time
	case event.OperationFinished:
		o.Finish, o.Rows = e.Time, e.Rows
	case event.OperationCanceled, event.OperationTimedOut, event.OperationFailed:
		o.Finish, o.Error = e.Time, e.Error
	}
}

// jobOfOperation ties a job to the statement whose group or tag it bears.
func (p *Profile) jobOfOperation(j *Job, properties map[string]string) {
	if len(p.fold.marks) == 0 {
		return
	}
	for mark := range strings.SplitSeq(j.Group+","+properties[event.PropertyJobTags], ",") {
		if o := p.fold.marks[mark]; o != nil && !slices.Contains(o.JobIDs, j.ID) {
			o.JobIDs = append(o.JobIDs, j.ID)
		}
	}
}

func (s *Session) clone() *Session {
	c := *s
	return &c
}

func (o *Operation) clone() *Operation {
	c := *o
	c.JobIDs = slices.Clip(o.JobIDs) // it only grows
	return &c
}
