package sparklog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// A stream reads a log with several goroutines and hands its records to one
// consumer in their order:
//
//	one        read, decompress, cut into batches     ─► work
//	several    decode batches                          work ─► decoded
//	the caller takes batches in the order they were cut, and yields
//
// Decompressing and decoding take about the same time, so that a log is read
// about twice as fast as by one goroutine, and by three where there are more
// processors. Batches that were yielded are filled again: memory does not grow
// with the log.
type stream struct {
	parts []part
	yield func(*Record, *Error) bool
	keep  bool       // the consumer may keep what records point to
	at    *bookmarks // how far an earlier reading of a growing log came; nil: none

	quit    chan struct{}
	free    chan *batch
	work    chan *batch
	ordered chan *batch

	next    int // number of the next line of the file
	events  int // records that are events
	lines   int // read, blank ones left out
	bad     int // lines that are no event
	badAt   *Error
	ignored map[string]int
}

// run yields every record, and an error where something is wrong. It returns
// when the log ends or the consumer wants no more.
func (s *stream) run(name string) {
	decoders := min(max(1, runtime.GOMAXPROCS(0)-1), 4)
	all := 2*decoders + 2
	s.quit = make(chan struct{})
	s.free, s.work, s.ordered = make(chan *batch, all), make(chan *batch, all), make(chan *batch, all)
	s.ignored = map[string]int{}
	for range all {
		s.free <- newBatch()
	}
	for range decoders {
		go func() {
			d := newDecoder()
			for b := range s.work {
				d.decode(b)
				b.decoded <- struct{}{}
			}
		}()
	}
	go s.cut()
	defer func() { // the cutter ends by itself or is told to; nobody reads on behind our back
		close(s.quit)
		for b := range s.ordered {
			<-b.decoded
		}
	}()
	for b := range s.ordered {
		<-b.decoded
		if !s.batch(b) {
			return
		}
		s.at.move(b)
		b.clear(s.keep)
		s.free <- b
	}
	if s.at == nil {
		s.finish(name)
	}
}

// cut reads all parts and hands out their text.
func (s *stream) cut() {
	defer close(s.ordered)
	defer close(s.work)
	for _, p := range s.parts {
		if !s.cutPart(p) {
			return
		}
	}
}

func (s *stream) cutPart(p part) bool {
	file, err := p.open()
	if err != nil {
		return s.send(&batch{file: p.name, err: &Error{File: p.name, Msg: "cannot be read", Err: err, Loss: "parts"}, decoded: make(chan struct{}, 1)})
	}
	defer file.Close()
	raw := &counter{r: file}
	buffered := bufio.NewReaderSize(raw, 64<<10)
	text, done, err := decompress(buffered)
	if err != nil {
		return s.send(&batch{file: p.name, err: &Error{File: p.name, Msg: "not an event log", Err: err, fatal: true}, decoded: make(chan struct{}, 1)})
	}
	defer done()
	plain := text == io.Reader(buffered)
	c := &cutter{r: text, name: p.name, begin: 1, whole: s.at.whole()}
	if plain {
		if err := s.at.skip(c, file, buffered); err != nil {
			return s.send(&batch{file: p.name, err: &Error{File: p.name, Msg: "cannot be read on", Err: err, Loss: "parts"}, decoded: make(chan struct{}, 1)})
		}
	}
	var size int64
	for {
		var b *batch
		select {
		case b = <-s.free:
		case <-s.quit:
			return false
		}
		if !c.fill(b) {
			s.free <- b
			return true
		}
		if size += int64(len(b.text)); !plain && tooLarge(raw.n, size) {
			b.err = &Error{File: p.name, Msg: "reading stopped", Err: errExpansion, Loss: "tail"}
			c.ended = true
		}
		if !s.send(b) {
			return false
		}
	}
}

// send hands b to the decoders and, in its place, to the consumer.
func (s *stream) send(b *batch) bool {
	select {
	case <-s.quit:
		return false
	default:
	}
	s.work <- b // both have room for every batch there is, but for those that report an error alone
	select {
	case s.ordered <- b:
		return true
	case <-s.quit:
		return false
	}
}

// batch yields what b holds and reports whether to go on.
func (s *stream) batch(b *batch) bool {
	s.next = b.renumber(s.next)
	s.lines += b.lines
	for i := range b.records {
		r := &b.records[i]
		if s.at.had(r) {
			continue
		}
		if r.Name != "" {
			s.events++
		}
		if !s.yield(r, nil) {
			return false
		}
	}
	for name, n := range b.ignored {
		s.ignored[name] += n
	}
	for _, bad := range b.bad {
		switch {
		case !bad.torn:
			s.bad++
			if s.badAt == nil {
				s.badAt = &Error{File: b.file, Place: fmt.Sprintf("line %d", bad.number), Msg: bad.what}
			}
		case b.err == nil: // otherwise the warning about the container says it
			if !s.warn(&Error{File: b.file, Place: fmt.Sprintf("line %d", bad.number), Loss: "tail",
				Msg: "the last line is torn and left out: the application was killed, is still running, or the file was cut"}) {
				return false
			}
		}
	}
	if s.lines >= 1000 && s.events == 0 {
		s.finish(b.file) // this is something else
		return false
	}
	return b.err == nil || s.at.whole() || s.broken(b)
}

// broken tells what ended a file before its time.
func (s *stream) broken(b *batch) bool {
	if b.err.fatal {
		s.yield(nil, b.err)
		return false
	}
	if b.err.Msg == "" {
		b.err.Place = fmt.Sprintf("after line %d", b.first+max(0, b.lines-1))
		b.err.Msg, b.err.Loss = "the compressed data is damaged; what came before it was read", "tail"
		if errors.Is(b.err.Err, io.ErrUnexpectedEOF) {
			b.err.Msg = "the compressed data ends in the middle; what came before it was read"
		}
	}
	return s.warn(b.err)
}

func (s *stream) warn(e *Error) bool {
	e.Skipped = true
	return s.yield(nil, e)
}

// finish ends the log: what was skipped is told in one warning of each kind,
// and a log without any event is none.
func (s *stream) finish(name string) {
	if s.events == 0 {
		msg := "not a Spark event log: no line holds an event; give the file that spark.eventLog.dir received"
		if s.lines == 0 {
			msg = "the file is empty: the application wrote no event, or its log was not flushed yet"
		}
		s.yield(nil, &Error{File: name, Msg: msg})
		return
	}
	if s.bad > 0 {
		s.badAt.Msg = fmt.Sprintf("no event can be read from it (%s); it was skipped, as were %d more lines of the kind; what they held is missing from all numbers",
			s.badAt.Msg, s.bad-1)
		s.badAt.Loss, s.badAt.Count = "lines", s.bad
		if !s.warn(s.badAt) {
			return
		}
	}
	var unknown []string
	total := 0
	for _, n := range slices.Sorted(maps.Keys(s.ignored)) {
		if !strings.HasPrefix(n, "org.apache.spark.") && !slices.Contains(unused, n) {
			unknown = append(unknown, fmt.Sprintf("%s × %d", n, s.ignored[n]))
			total += s.ignored[n]
		}
	}
	if total > 0 {
		s.warn(&Error{File: name, Msg: fmt.Sprintf("%d events of unknown kinds were skipped: %s", total, shorten(unknown))})
	}
}

// unused are Spark's own events that a profile is not made of.
var unused = []string{"SparkListenerExecutorMetricsUpdate"}

// A counter counts what was read.
type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
