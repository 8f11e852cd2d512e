package profiler

import (
	"cmp"
	"slices"
	"sort"
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
	w := p.waits()
	var path []Segment
	at := p.end()
	cut := func(kind SegmentKind, from event.Millis, s *Stage) {
		from = max(from, p.App.Start)
		if from < at {
			path = append(path, Segment{kind, from, at, s})
			at = from
		}
	}
	next := w.lastBefore(len(w.ends), at)
	for next >= 0 && at > p.App.Start {
		s := w.ends[next].stage
		cut(Driver, w.ends[next].end, nil)
		if s.FirstLaunch > s.Submitted {
			cut(Run, s.FirstLaunch, s)
			cut(Queue, s.Submitted, s)
		} else {
			cut(Run, s.Submitted, s)
		}
		if parent := w.lastParent(s, at); parent >= 0 {
			next = parent
		} else {
			next = w.lastBefore(next, at)
		}
	}
	cut(Driver, p.App.Start, nil)
	slices.Reverse(path)
	return path
}

// waits are the ends of stages that took time, ascending, and where each stage's
// are: an application has ten thousands of them.
type waits struct {
	ends []stageEnd
	of   map[int][]int // stage id → places in ends
}

type stageEnd struct {
	stage *Stage
	end   event.Millis
}

func (p *Profile) waits() *waits {
	w := &waits{of: map[int][]int{}}
	for _, s := range p.Stages {
		if e := p.endOf(s); s.Submitted != 0 && s.Submitted < e {
			w.ends = append(w.ends, stageEnd{s, e})
		}
	}
	slices.SortStableFunc(w.ends, func(a, b stageEnd) int { return cmp.Compare(a.end, b.end) })
	for i, e := range w.ends {
		w.of[e.stage.ID] = append(w.of[e.stage.ID], i)
	}
	return w
}

// endOf is when the stage ended, or the last time seen while it runs.
func (p *Profile) endOf(s *Stage) event.Millis {
	if s.Status == Running {
		return p.end()
	}
	return s.Completed
}

// lastBefore returns the place, below n, of the stage that ended last but not
// after t; -1 when there is none.
func (w *waits) lastBefore(n int, t event.Millis) int {
	return sort.Search(n, func(i int) bool { return w.ends[i].end > t }) - 1
}

// lastParent returns the place of the parent that held s up: the one that ended
// last, but not after t; -1 when there is none.
func (w *waits) lastParent(s *Stage, t event.Millis) int {
	last := -1
	for _, id := range s.Parents {
		for _, i := range w.of[id] {
			if w.ends[i].end <= t {
				last = max(last, i)
			}
		}
	}
	return last
}
