package main

import (
	"strings"

	"stagecoach/profiler"
	"stagecoach/profiler/sparkrest"
)

// jsonSession is a connection to the Thrift server or to Spark Connect. Spark's
// REST API has none; names are those of its pages' SessionInfo.
type jsonSession struct {
	Server     string         `json:"server" doc:"thrift or connect"`
	ID         string         `json:"sessionId"`
	User       string         `json:"userName"`
	IP         string         `json:"ip,omitempty"`
	Start      sparkrest.Date `json:"startTimestamp,omitzero"`
	Finish     sparkrest.Date `json:"finishTimestamp,omitzero"`
	Operations int            `json:"totalExecution" doc:"statements received"`
}

// jsonOperation is a statement. Names are those of Spark's ExecutionInfo.
type jsonOperation struct {
	Server    string         `json:"server" doc:"thrift or connect"`
	ID        string         `json:"operationId"`
	SessionID string         `json:"sessionId"`
	User      string         `json:"userName"`
	Statement string         `json:"statement"`
	State     string         `json:"state" doc:"STARTED, COMPILED, READY, CANCELED, TIMEDOUT, FAILED, FINISHED or CLOSED"`
	Detail    string         `json:"detail,omitempty" doc:"why it failed"`
	Plan      string         `json:"executePlan,omitempty"`
	GroupID   string         `json:"groupId,omitempty" doc:"group of its jobs"`
	JobTag    string         `json:"jobTag,omitempty" doc:"tag of its jobs"`
	Tags      []string       `json:"sparkSessionTags,omitempty"`
	Start     sparkrest.Date `json:"startTimestamp,omitzero"`
	Finish    sparkrest.Date `json:"finishTimestamp,omitzero"`
	Close     sparkrest.Date `json:"closeTimestamp,omitzero"`
	Rows      *int64         `json:"producedRowCount,omitempty"`
	JobIDs    []int          `json:"jobId"`
}

func sessionsJSON(p *profiler.Profile) []jsonSession {
	out := []jsonSession{}
	for _, s := range p.Sessions {
		out = append(out, jsonSession{string(s.Server), s.ID, s.User, s.IP, sparkrest.Date(s.Start), sparkrest.Date(s.End), s.Operations})
	}
	return out
}

func operationsJSON(p *profiler.Profile) []jsonOperation {
	out := []jsonOperation{}
	for _, o := range p.Operations {
		j := jsonOperation{string(o.Server), o.ID, o.SessionID, o.User, o.Statement, string(o.State), o.Error, o.Plan, o.JobGroup, o.JobTag,
			o.SessionTags, sparkrest.Date(o.Start), sparkrest.Date(o.Finish), sparkrest.Date(o.Close), nil, append([]int{}, o.JobIDs...)}
		if o.Rows >= 0 {
			j.Rows = &o.Rows
		}
		out = append(out, j)
	}
	return out
}

func sessionSection(p *profiler.Profile) section {
	s := section{title: "Sessions", header: []string{"server", "session", "user", "client", "started", "ended", "statements"}}
	for _, x := range p.Sessions {
		s.add(x.Server, oneLine(x.ID, 40), x.User, x.IP, clock(x.Start), clock(x.End), x.Operations)
	}
	return s
}

func operationSection(p *profiler.Profile) section {
	s := section{title: "Statements", header: []string{"server", "statement", "user", "state", "started", "wall", "jobs", "error"}}
	for _, o := range p.Operations {
		wall := "not ended"
		if end := max(o.Finish, o.Close); end != 0 && o.Start != 0 {
			wall = milliseconds(int64(max(0, end-o.Start)))
		}
		s.add(o.Server, oneLine(strings.TrimSpace(o.Statement), 60), o.User, o.State, clock(o.Start), wall, len(o.JobIDs), oneLine(o.Error, 60))
	}
	return s
}
