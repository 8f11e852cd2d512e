package sparklog

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A batch is a piece of a log's text, whole lines of it, and then what they
// hold. Batches are filled by one goroutine, decoded by another and handed to
// the consumer by a third; they go round.
type batch struct {
	file  string
	begin int   // number of the file's first line that is read, in the first batch of it
	first int   // number of the first line: past the batch before, and from renumber on in the file
	end   int64 // where the text ends, in bytes of the file's text
	text  []byte
	torn  bool   // the last line has no end
	err   *Error // what ended the file behind this text, nil for its end
	last  bool   // of the file

	records []Record
	bad     []badLine
	ignored map[string]int // events by name that nothing here is made of
	lines   int            // blank ones left out
	count   int            // blank ones too
	decoded chan struct{}

	// What the records point to. It is used again only where nobody keeps it.
	ends   []event.TaskEnd
	starts []event.TaskStart
	lists  []event.Accumulable
	sets   []metric.Set
	values []int64
}

type badLine struct {
	number int
	torn   bool
	what   string
}

const (
	batchSize = 512 << 10
	// maxLine is the longest line that is read: plans and accumulator lists have
	// no bound, but memory has.
	maxLine = 256 << 20
)

func newBatch() *batch { return &batch{decoded: make(chan struct{}, 1)} }

// clear makes the batch ready for other text. keep says that somebody may hold
// what its records point to.
func (b *batch) clear(keep bool) {
	clear(b.records)
	*b = batch{text: b.text[:0], records: b.records[:0], bad: b.bad[:0], decoded: b.decoded,
		ends: b.ends[:0], starts: b.starts[:0], lists: b.lists[:0], sets: b.sets[:0], values: b.values[:0]}
	if keep {
		b.ends, b.starts, b.lists, b.sets, b.values = nil, nil, nil, nil, nil
	}
	if cap(b.text) > 8*batchSize {
		b.text = nil
	}
}

// set returns a set of the metrics that shape has and the place of its values, in
// the order of their ids, both in the batch. What grows out of its place there
// stays valid where it was.
func (b *batch) set(shape *metric.Set) (*metric.Set, []int64) {
	if len(b.sets) == cap(b.sets) {
		b.sets = make([]metric.Set, 0, max(64, 2*cap(b.sets)))
	}
	if cap(b.values)-len(b.values) < shape.Len() {
		b.values = make([]int64, 0, max(1024, 2*cap(b.values), shape.Len()))
	}
	at := len(b.values)
	b.values = b.values[:at+shape.Len()]
	b.sets = append(b.sets, shape.With(b.values[at:]))
	return &b.sets[len(b.sets)-1], b.values[at:]
}

// list returns a copy of like that lives in the batch.
func (b *batch) list(like []event.Accumulable) []event.Accumulable {
	if len(like) == 0 {
		return nil
	}
	at := len(b.lists)
	b.lists = append(b.lists, like...)
	return slices.Clip(b.lists[at:])
}

// A cutter cuts the text of one file into batches at line ends.
type cutter struct {
	r     io.Reader
	name  string
	rest  []byte // begun line
	begin int    // number of the first line
	from  int64  // where the text begins that was not read yet, in bytes of text
	most  int    // longest line, maxLine unless a test says less
	whole bool   // a line without end is still being written, and is left for later
	ended bool
}

// fill reads the next whole lines into b. It reports false when there was
// nothing left; b.err is then set if the file did not end well.
func (c *cutter) fill(b *batch) bool {
	b.file, b.first, b.begin, c.begin = c.name, 1, c.begin, 0
	b.text = append(b.text, c.rest...)
	c.rest = c.rest[:0]
	scanned := 0
	for !c.ended {
		if len(b.text) == cap(b.text) {
			grown := make([]byte, len(b.text), max(batchSize, 2*cap(b.text)))
			copy(grown, b.text)
			b.text = grown
		}
		n, err := c.r.Read(b.text[len(b.text):cap(b.text)])
		b.text = b.text[:len(b.text)+n]
		if err != nil {
			c.ended, b.last = true, true
			if !errors.Is(err, io.EOF) {
				b.err = &Error{File: c.name, Err: err}
			}
			break
		}
		if len(b.text) < batchSize {
			continue
		}
		if end := bytes.LastIndexByte(b.text[scanned:], '\n'); end >= 0 {
			c.rest = append(c.rest, b.text[scanned+end+1:]...)
			b.text = b.text[:scanned+end+1]
			break
		}
		if scanned = len(b.text); scanned > cmp.Or(c.most, maxLine) {
			c.skipLine(b)
			scanned = 0
		}
	}
	if c.whole && c.ended {
		b.text = b.text[:bytes.LastIndexByte(b.text, '\n')+1]
	}
	c.from += int64(len(b.text))
	b.end = c.from
	b.torn = c.ended && len(b.text) > 0 && b.text[len(b.text)-1] != '\n'
	return len(b.text) > 0 || len(b.bad) > 0 || b.err != nil
}

// skipLine drops the line that b begins with, which has no end so far.
func (c *cutter) skipLine(b *batch) {
	b.bad = append(b.bad, badLine{number: b.first, what: "the line is longer than 256 MiB"})
	for !c.ended {
		c.from += int64(len(b.text))
		b.text = b.text[:cap(b.text)]
		n, err := c.r.Read(b.text)
		b.text = b.text[:n]
		if err != nil {
			c.ended, b.last = true, true
		}
		if end := bytes.IndexByte(b.text, '\n'); end >= 0 {
			c.from += int64(end + 1)
			b.text = append(b.text[:0], b.text[end+1:]...)
			b.first++
			return
		}
	}
	b.text = b.text[:0]
}

// renumber makes the numbers of b's lines those of the file, of which the next
// one is given, and returns the one behind them. Who cuts does not count: that
// would be one more pass over the text.
func (b *batch) renumber(next int) int {
	if b.first == 0 { // it reports an error alone
		return next
	}
	if b.begin > 0 {
		next = b.begin
	}
	b.first += next - 1
	for i := range b.records {
		b.records[i].Number += next - 1
	}
	for i := range b.bad {
		b.bad[i].number += next - 1
	}
	return b.first + b.count
}

// decode reads the lines of b.
func (d *decoder) decode(b *batch) {
	d.batch = b
	number := b.first
	for rest := b.text; len(rest) > 0; number++ {
		end := bytes.IndexByte(rest, '\n')
		line := rest
		if end >= 0 {
			line, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		b.lines++
		r := Record{Line: line, File: b.file, Number: number}
		if d.event(&r); d.failed != "" {
			b.bad = append(b.bad, badLine{number: number, torn: end < 0, what: d.failed})
			r = Record{Line: line, File: b.file, Number: number}
		}
		b.records = append(b.records, r)
	}
	b.count = number - b.first
}
