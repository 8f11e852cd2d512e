package sparklog

import (
	"strings"

	"stagecoach/engine/event"
)

var (
	reasonKeys = keys("Reason", "Class Name", "Description", "Stack Trace", "Full Stack Trace", "Kill Reason",
		"Executor ID", "Exit Caused By App", "Loss Reason", "Block Manager Address", "Shuffle ID", "Map Index",
		"Reduce ID", "Message")
	frameKeys = keys("Declaring Class", "Method Name", "File Name", "Line Number")
)

func (d *decoder) endReason() event.EndReason {
	r := event.EndReason{ByApp: true, MapIndex: -1}
	var lost, message, kill, description, full string
	d.object(reasonKeys, func(k int) {
		switch k {
		case 0:
			r.Kind = endKind(d.raw())
		case 1:
			r.Class = d.name()
		case 2:
			description = d.text()
		case 3:
			r.Stack = d.stack()
		case 4:
			full = d.text()
		case 5:
			kill = d.text()
		case 6:
			r.ExecutorID = d.name()
		case 7:
			r.ByApp = d.bool()
		case 8:
			lost = d.text()
		case 9:
			r.ExecutorID, _, _ = d.blockManager()
		case 10:
			r.ShuffleID = d.small()
		case 11:
			r.MapIndex = d.small()
		case 12:
			r.ReduceID = d.small()
		case 13:
			message = d.text()
		}
	})
	if r.Kind != event.ExecutorLostFailure {
		r.ByApp = false
	}
	if r.Kind != event.FetchFailed || r.MapIndex < -1 {
		r.MapIndex = 0
		if r.Kind == event.FetchFailed {
			r.MapIndex = -1
		}
	}
	switch r.Kind {
	case event.ExceptionFailure:
		r.Message = description
		if len(r.Stack) == 0 && full != "" {
			r.Stack = frames(full)
		}
	case event.FetchFailed:
		r.Message = message
	case event.TaskKilled:
		r.Message = kill
	case event.ExecutorLostFailure:
		r.Message = lost
	}
	return r
}

var endKinds = []event.EndKind{event.Success, event.TaskKilled, event.ExceptionFailure, event.FetchFailed,
	event.ExecutorLostFailure, event.Resubmitted, event.TaskCommitDenied, event.TaskResultLost, event.UnknownReason}

func endKind(name []byte) event.EndKind {
	for _, k := range endKinds {
		if string(name) == string(k) {
			return k
		}
	}
	return event.UnknownReason
}

// stack reads frames as texts: Class.method(File:line).
func (d *decoder) stack() (out []string) {
	d.array(func() {
		var class, method, file string
		line := int64(-1)
		d.object(frameKeys, func(k int) {
			switch k {
			case 0:
				class = d.name()
			case 1:
				method = d.name()
			case 2:
				file = d.name()
			case 3:
				line = d.long()
			}
		})
		out = append(out, frame{class, method, file, line}.String())
	})
	return out
}

// frames takes the "at" lines out of a printed stack trace.
func frames(trace string) (out []string) {
	for line := range strings.Lines(trace) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "at "); ok {
			out = append(out, text)
		}
	}
	return out
}
