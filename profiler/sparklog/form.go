package sparklog

import (
	"bytes"

	"stagecoach/engine/event"
)

// A form is a line of a task that was read key by key, with the values taken out.
// Nine in ten lines of a log are like one that came shortly before: the same keys
// in the same order with the same blanks, hosts, metrics and plan, so that they
// differ in some numbers and names alone. Of such a line the text between those
// is compared, and only they are read, which takes a quarter of the time of
// looking at each key:
//
//	learned   {"Task ID":7,"Index":3,"Attempt":0,"Launch Time":1700000000123,"Host":"a", …
//	pieces    {"Task ID": ▁ ,"Index": ▁ ,"Attempt":0,"Launch Time": ▁             ,"Host":"a", …
//
// A value that is the same in all of them is part of the text until a line comes
// that differs there. A line that differs in anything else is read key by key, and
// learned. What a form reads is thus what is read key by key, whatever the line.
type form struct {
	text   []byte // the line that was learned
	marks  []mark // its values that others may differ in
	pieces []piece
	tail   []byte // the text behind the last piece

	line   taskLine // what it says, or one that was read by it since: what is steady is in all
	info   event.TaskInfo
	reason event.EndReason
}

// A mark is where a value stands in the line that was learned.
type mark struct {
	from, to int
	value
	differs bool // in a line that was like it otherwise
}

// A value says what becomes of a number or text.
type value struct {
	slot  int // in the numbers or texts of taskLine, -1 for nowhere
	scale int64
	text  bool
}

// A piece is text that must be there, and the value behind it.
type piece struct {
	text []byte
	value
}

// fit reads the line of s into f.line if it is like the one that was learned;
// otherwise nothing is consumed.
func (f *form) fit(s *scanner) bool {
	b, i := s.b, 0
	for k := range f.pieces {
		p := &f.pieces[k]
		if !bytes.HasPrefix(b[i:], p.text) {
			return false
		}
		i += len(p.text)
		if p.value.text {
			end := plainText(b, i)
			if end < 0 {
				return false
			}
			if p.slot >= 0 {
				f.line.texts[p.slot] = s.intern(b[i:end])
			}
			i = end
			continue
		}
		v, end := plainNumber(b, i)
		if end < 0 {
			return false
		}
		if p.slot >= 0 {
			f.line.numbers[p.slot] = v * p.scale
		}
		i = end
	}
	if !bytes.Equal(b[i:], f.tail) {
		return false
	}
	s.i = len(b)
	return true
}

// loosen makes a piece end at each value in which a line differs that is like the
// one that was learned otherwise, and reports whether there are more of them now.
func (f *form) loosen(line []byte) bool {
	i, at, more := 0, 0, false
	for k := range f.marks {
		m := &f.marks[k]
		if !bytes.HasPrefix(line[i:], f.text[at:m.from]) {
			return false
		}
		i += m.from - at
		end := m.end(line, i)
		if end < 0 {
			return false
		}
		if !m.differs && !bytes.Equal(line[i:end], f.text[m.from:m.to]) {
			m.differs, more = true, true
		}
		i, at = end, m.to
	}
	if more {
		f.cut()
	}
	return more
}

// cut makes the pieces.
func (f *form) cut() {
	f.pieces = f.pieces[:0]
	at := 0
	for _, m := range f.marks {
		if m.differs {
			f.pieces = append(f.pieces, piece{f.text[at:m.from], m.value})
			at = m.to
		}
	}
	f.tail = f.text[at:]
}

// end returns where the value ends that begins at b[i:], -1 if none does that a
// form can read.
func (v *value) end(b []byte, i int) (end int) {
	if v.text {
		return plainText(b, i)
	}
	_, end = plainNumber(b, i)
	return end
}

// plainNumber reads the whole number at b[i:] and returns where it ends: -1 if
// there is none, or one of more digits than are sure to fit.
func plainNumber(b []byte, i int) (v int64, end int) {
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		v = v*10 + int64(b[i]-'0')
		i++
	}
	if i == from || i-from > 18 {
		return 0, -1
	}
	if negative {
		v = -v
	}
	return v, i
}

// plainText returns where the text ends that b[i:] begins with, behind its first
// quote: at the other one, -1 if it holds a backslash.
func plainText(b []byte, i int) (end int) {
	for ; i < len(b); i++ { // names of a few bytes: no call pays
		switch b[i] {
		case '"':
			return i
		case '\\':
			return -1
		}
	}
	return -1
}
