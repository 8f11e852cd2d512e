package profiler

import (
	"maps"
	"math"
	"slices"

	"stagecoach/engine/event"
)

// A Stream is one run of a streaming query.
type Stream struct {
	ID, RunID  string // ID stays when the query is started again from its checkpoint
	Name       string // "" when the query has none
	Start      event.Millis
	End        event.Millis // 0 while it runs; Spark does not say when, so the last event seen before
	Status     Status
	Error      string
	ErrorClass string
	Batches    []Batch // triggers that did something, in the order of the log
	Idle       int     // triggers that found nothing
	JobIDs     []int
}

// A Batch is what one trigger of a streaming query did, as Spark tells it. Rates
// that are no numbers are 0.
type Batch struct{ event.StreamingQueryProgress }

// Rows is how many rows the batch read.
func (b *Batch) Rows() (n int64) {
	for _, s := range b.Sources {
		n += s.Rows
	}
	return n
}

// Rates are the rows a second that came since the batch before, and that the
// batch dealt with while it ran.
func (b *Batch) Rates() (input, processed float64) {
	for _, s := range b.Sources {
		input += s.InputRate
		processed += s.ProcessRate
	}
	return input, processed
}

// Kept is how many rows the query's operators keep after the batch, and in how
// many bytes.
func (b *Batch) Kept() (rows, bytes int64) {
	for _, s := range b.State {
		rows += s.Rows
		bytes += s.Memory
	}
	return rows, bytes
}

// Late is how many rows came behind the watermark and were dropped.
func (b *Batch) Late() (n int64) {
	for _, s := range b.State {
		n += s.Late
	}
	return n
}

func (p *Profile) startStream(e event.StreamingQueryStarted) {
	p.seen(e.Time)
	s := p.stream(e.ID, e.RunID, e.Name)
	s.Start = e.Time
}

// stream returns a run of a query, made when it is new: the log may begin late.
func (p *Profile) stream(id, run, name string) *Stream {
	at := slices.IndexFunc(p.Streams, func(s *Stream) bool { return s.RunID == run })
	if at < 0 {
		at = len(p.Streams)
		p.Streams = append(p.Streams, &Stream{ID: id, RunID: run, Name: name, Status: Running})
	}
	return p.Streams[at]
}

func (p *Profile) progressStream(e event.StreamingQueryProgress) {
	p.seen(e.Time + event.Millis(max(0, e.Duration)))
	s := p.stream(e.ID, e.RunID, e.Name)
	e.Phases, e.State, e.Sources = maps.Clone(e.Phases), slices.Clone(e.State), slices.Clone(e.Sources)
	for i := range e.Sources {
		for _, rate := range []*float64{&e.Sources[i].InputRate, &e.Sources[i].ProcessRate} {
			if math.IsNaN(*rate) || math.IsInf(*rate, 0) {
				*rate = 0
			}
		}
	}
	s.Batches = append(s.Batches, Batch{e})
}

func (p *Profile) endStream(e event.StreamingQueryTerminated) {
	s := p.stream(e.ID, e.RunID, "")
	s.End, s.Status, s.Error, s.ErrorClass = p.App.LastEvent, Succeeded, e.Error, e.ErrorClass
	if e.Error != "" {
		s.Status = Failed
	}
}

// jobOfStream ties a job to the newest run of the query that started it.
func (p *Profile) jobOfStream(j *Job, properties map[string]string) {
	id := properties[event.PropertyStreamID]
	for _, s := range slices.Backward(p.Streams) {
		if id != "" && s.ID == id {
			s.JobIDs = append(s.JobIDs, j.ID)
			return
		}
	}
}

func (s *Stream) clone() *Stream {
	c := *s
	c.Batches, c.JobIDs = slices.Clip(s.Batches), slices.Clip(s.JobIDs) // both only grow
	return &c
}
