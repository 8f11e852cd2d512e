package sparklog

import (
	"bytes"
	"io"
)

// lines cuts a stream at line ends. Lines are as long as they are: plans and
// accumulator lists have no bound, so the buffer grows with them. A line is
// valid until the next one.
type lines struct {
	r      io.Reader
	buf    []byte
	from   int // unread part of buf
	to     int
	number int
	torn   bool // the last line had no end
	err    error
}

const bufferSize = 256 << 10

func newLines(r io.Reader) *lines { return &lines{r: r, buf: make([]byte, bufferSize)} }

// next returns the next line without its end, or false when there is none; err
// then says why, nil at a clean end.
func (l *lines) next() ([]byte, bool) {
	scanned := 0
	for {
		if end := bytes.IndexByte(l.buf[l.from+scanned:l.to], '\n'); end >= 0 {
			line := l.buf[l.from : l.from+scanned+end]
			l.from += scanned + end + 1
			l.number++
			return line, true
		}
		scanned = l.to - l.from
		if l.r == nil {
			if scanned == 0 {
				return nil, false
			}
			line := l.buf[l.from:l.to]
			l.from = l.to
			l.number++
			l.torn = true
			return line, true
		}
		l.fill()
	}
}

// fill makes room and reads once. At the end or a mistake it lets the reader go.
func (l *lines) fill() {
	if l.from > 0 {
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	if l.to == len(l.buf) {
		grown := make([]byte, 2*len(l.buf))
		copy(grown, l.buf[:l.to])
		l.buf = grown
	}
	for range 100 {
		n, err := l.r.Read(l.buf[l.to:])
		l.to += n
		if err != nil {
			l.r = nil
			if err != io.EOF {
				l.err = err
			}
			return
		}
		if n > 0 {
			return
		}
	}
	l.r, l.err = nil, io.ErrNoProgress
}
