package sparklog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A decoder turns the lines of one log, over all its files, into events.
type decoder struct {
	scanner
	yield   func(event.Event, error) bool
	stopped bool // the consumer wants no more

	events  int            // yielded
	lines   int            // read, empty ones left out
	bad     int            // lines that were no event
	firsts  *Error         // the first of them
	ignored map[string]int // events by name that nothing here is made of

	shape  metric.Set          // zeros for the metrics that tasks of this log usually have
	shapeM uint64              // the same, as a mask over fields
	list   []event.Accumulable // of the task that is being read
}

func newDecoder(yield func(event.Event, error) bool) *decoder {
	return &decoder{scanner: scanner{names: map[string]string{}}, yield: yield, ignored: map[string]int{}}
}

func (d *decoder) emit(e event.Event) {
	d.events++
	if !d.yield(e, nil) {
		d.stopped = true
	}
}

func (d *decoder) warn(e *Error) bool {
	e.Skipped = true
	if !d.stopped && !d.yield(nil, e) {
		d.stopped = true
	}
	return !d.stopped
}

// open reads one file and reports whether to go on.
func (d *decoder) open(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return d.warn(&Error{File: path, Msg: "cannot be read", Err: err})
	}
	defer f.Close()
	return d.file(f, path)
}

// file reads one file's content and reports whether to go on. What can be
// decoded before a mistake is.
func (d *decoder) file(r io.Reader, name string) bool {
	raw := bufio.NewReaderSize(r, 64<<10)
	text, done, err := decompress(raw)
	if err != nil {
		d.yield(nil, &Error{File: name, Msg: "not an event log", Err: err})
		return false
	}
	defer done()
	in := newLines(text)
	for !d.stopped {
		line, ok := in.next()
		if !ok {
			break
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		d.lines++
		e := d.event(line)
		switch {
		case d.failed == "" && e != nil:
			d.emit(e)
		case d.failed == "":
		case in.torn && in.err == nil:
			d.warn(&Error{File: name, Place: fmt.Sprintf("line %d", in.number),
				Msg: "the last line is torn and left out: the application was killed, is still running, or the file was cut"})
		case in.torn: // the warning about the container says it
		default:
			d.badLine(name, in.number)
		}
		if d.lines == 1000 && d.events == 0 {
			break // this is something else
		}
	}
	if in.err != nil && !d.stopped {
		msg := "the compressed data is damaged; what came before it was read"
		if errors.Is(in.err, io.ErrUnexpectedEOF) {
			msg = "the compressed data ends in the middle; what came before it was read"
		}
		d.warn(&Error{File: name, Place: fmt.Sprintf("after line %d", in.number), Msg: msg, Err: in.err})
	}
	return !d.stopped
}

func (d *decoder) badLine(name string, number int) {
	d.bad++
	if d.firsts == nil {
		d.firsts = &Error{File: name, Place: fmt.Sprintf("line %d", number), Msg: d.failed}
	}
}

// finish ends the log: what was skipped is told in one warning of each kind,
// and a log without any event is none.
func (d *decoder) finish(name string) {
	if d.stopped {
		return
	}
	if d.events == 0 && len(d.ignored) == 0 {
		msg := "not a Spark event log: no line holds an event; give the file that spark.eventLog.dir received"
		if d.lines == 0 {
			msg = "the file is empty: the application wrote no event, or its log was not flushed yet"
		}
		d.yield(nil, &Error{File: name, Msg: msg})
		return
	}
	if d.bad > 0 {
		d.firsts.Msg = fmt.Sprintf("no event can be read from it (%s); it was skipped, as were %d more lines of the kind; what they held is missing from all numbers",
			d.firsts.Msg, d.bad-1)
		d.warn(d.firsts)
	}
	var unknown []string
	total := 0
	for _, n := range slices.Sorted(maps.Keys(d.ignored)) {
		if !strings.HasPrefix(n, "org.apache.spark.") && !slices.Contains(unused, n) {
			unknown = append(unknown, fmt.Sprintf("%s × %d", n, d.ignored[n]))
			total += d.ignored[n]
		}
	}
	if total > 0 {
		d.warn(&Error{File: name, Msg: fmt.Sprintf("%d events of unknown kinds were skipped: %s", total, shorten(unknown))})
	}
}

// unused are Spark's own events that a profile is not made of.
var unused = []string{"SparkListenerResourceProfileAdded", "SparkListenerExecutorMetricsUpdate",
	"SparkListenerStageExecutorMetrics"}
