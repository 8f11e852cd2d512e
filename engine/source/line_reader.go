package source

import (
	"bytes"
	"fmt"
	"io"
)

// maxLine is the longest line that is read.
const maxLine = 64 << 20

// A lineReader yields the lines that start before end.
type lineReader struct {
	r        io.Reader
	buf      []byte
	from, to int
	at       int64 // of buf[from] in the file
	end      int64
	err      error
}

// next is the next line, without its end, and where it starts; io.EOF after the
// last. The line is valid until the next call.
func (l *lineReader) next() (line []byte, at int64, err error) {
	if l.at >= l.end {
		return nil, 0, io.EOF
	}
	seen := 0
	for {
		if i := bytes.IndexByte(l.buf[l.from+seen:l.to], '\n'); i >= 0 {
			return l.take(seen+i, seen+i+1)
		}
		seen = l.to - l.from
		if l.err != nil {
			if l.err != io.EOF || seen == 0 {
				return nil, 0, l.err
			}
			return l.take(seen, seen)
		}
		if l.from > 0 {
			copy(l.buf, l.buf[l.from:l.to])
			l.from, l.to = 0, seen
		}
		if l.to == len(l.buf) {
			if len(l.buf) >= maxLine {
				return nil, 0, fmt.Errorf("a line of more than %d MiB at byte %d", maxLine>>20, l.at)
			}
			l.buf = append(l.buf, make([]byte, len(l.buf))...)
		}
		var n int
		n, l.err = l.r.Read(l.buf[l.to:])
		l.to += n
	}
}

// take hands out the first length bytes and passes over n.
func (l *lineReader) take(length, n int) ([]byte, int64, error) {
	line, at := l.buf[l.from:l.from+length], l.at
	l.from += n
	l.at += int64(n)
	if length > 0 && line[length-1] == '\r' {
		line = line[:length-1]
	}
	return line, at, nil
}
