package profiler

import (
	"slices"
	"time"

	"stagecoach/engine/event"
)

// A Segment is one piece of the critical path.
type Segment struct {
	Kind     SegmentKind
	From, To event.Millis
	Stage    *Stage // of Run and Queue; nil for Driver
}

// Duration is the wall time of the segment.
func (s Segment) Duration() time.Duration { return span{s.From, s.To}.duration() }

// A SegmentKind says what the application waited for.
type SegmentKind uint8

const (
	Driver SegmentKind = iota // no stage it could have waited for: planning, collecting, idling
	Queue                     // a stage was submitted and had no task running yet
	Run                       // a stage ran tasks
)

// String names the kind as reports print it.
func (k SegmentKind) String() string { return [...]string{"driver", "queue", "stage"}[k] }

// CriticalPath returns the chain of stages and driver gaps that the
// application's wall time consists of, from start to end. Segments adjoin, so
// their durations sum to the wall time.
//
// The path is found backwards. At each moment the application waited for the
// stage that ended last before it; that stage could start when the last of its
// parents had ended, and one without parents when the driver asked for it, which
// is after whatever ended last before:
//
//	start ──driver──┤scan├┤queue┤join├──driver──┤sum├──driver── end
func (p *Profile) CriticalPath() []Segment {
	ends := make([]stageEnd, 0, len(p.Stages))
	for _, s := range p.Stages {
		if e := p.endOf(s); s.Submitted != 0 && e > 0 {
			ends = append(ends, stageEnd{s, e})
		}
	}
	slices.SortStableFunc(ends, func(a, b stageEnd) int { return int(a.end - b.end) })
	var path []Segment
	at := p.end()
	cut := func(kind SegmentKind, from event.Millis, s *Stage) {
		from = max(from, p.App.Start)
		if from < at {
			path = append(path, Segment{kind, from, at, s})
			at = from
		}
	}
	next := lastBefore(ends, at)
	for next != nil && at > p.App.Start {
		s := next.stage
		cut(Driver, next.end, nil)
		if s.FirstLaunch > s.Submitted {
			cut(Run, s.FirstLaunch, s)
			cut(Queue, s.Submitted, s)
		} else {
			cut(Run, s.Submitted, s)
		}
		before := lastBefore(ends[:slices.Index(ends, *next)], at)
		if parent := p.lastParent(s, ends, at); parent != nil {
			before = parent
		}
		next = before
	}
	cut(Driver, p.App.Start, nil)
	slices.Reverse(path)
	return path
}

type stageEnd struct {
	stage *Stage
	end   event.Millis
}

// endOf is when the stage ended, or the last time seen while it runs.
func (p *Profile) endOf(s *Stage) event.Millis {
	if s.Status == Running {
		return p.end()
	}
	return s.Completed
}

// lastBefore returns the stage that ended last, not after t, and did take time.
func lastBefore(ends []stageEnd, t event.Millis) *stageEnd {
	for i := len(ends) - 1; i >= 0; i-- {
		if ends[i].end <= t && ends[i].stage.Submitted < ends[i].end {
			return &ends[i]
		}
	}
	return nil
}

// lastParent returns the parent that held s up: the one that ended last before
// s was submitted.
func (p *Profile) lastParent(s *Stage, ends []stageEnd, t event.Millis) *stageEnd {
	for i := len(ends) - 1; i >= 0; i-- {
		e := &ends[i]
		if slices.Contains(s.Parents, e.stage.ID) && e.end <= t && e.stage.Submitted < e.end {
			return e
		}
	}
	return nil
}
