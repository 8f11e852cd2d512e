package sparklog

import "bytes"

// A template is the text of an object of numbers with the numbers taken out.
// Task Metrics of one log differ in their numbers alone: forty of them between
// the same forty pieces of text, so that comparing the pieces and reading the
// digits between them is four times as fast as looking at each key. It is learned
// from one object and holds until another does not fit, which is then read key by
// key and learned.
type template struct {
	pieces []piece
	tail   []byte
	misses int // objects that did not fit, since one did
}

// A piece is the text before a number.
type piece struct {
	text  []byte
	field int // slot of the number, -1 for one that is not kept
	scale int64
}

// read reads the object that comes next into values, one for each slot, if it
// fits; then seen marks those that it has. Otherwise nothing is consumed.
func (t *template) read(s *scanner, values *[numSlots]int64) (seen uint64, ok bool) {
	b, i := s.b, s.i
	for k := range t.pieces {
		p := &t.pieces[k]
		if len(b)-i < len(p.text) || !bytes.Equal(b[i:i+len(p.text)], p.text) {
			return 0, t.miss()
		}
		i += len(p.text)
		from, negative := i, i < len(b) && b[i] == '-'
		if negative {
			i++
		}
		var v int64
		for i < len(b) && b[i]-'0' <= 9 {
			v = v*10 + int64(b[i]-'0')
			i++
		}
		if i-from > 18 || i == from {
			return 0, t.miss()
		}
		if negative {
			v = -v
		}
		if p.field >= 0 {
			values[p.field] = v * p.scale
			seen |= 1 << p.field
		}
	}
	if t.pieces == nil || !bytes.HasPrefix(b[i:], t.tail) {
		return 0, t.miss()
	}
	s.i = i + len(t.tail)
	t.misses = 0
	return seen, true
}

func (t *template) miss() bool {
	t.misses++
	return false
}

// learn makes a template of an object that could be read. Where objects differ
// more often than not it learns seldom.
func (t *template) learn(object []byte) {
	if t.misses > 8 && t.misses%64 != 0 {
		return
	}
	l := learner{scanner: scanner{b: bytes.Clone(object)}}
	l.members(top, true)
	if l.failed != "" {
		t.pieces = nil
		return
	}
	t.pieces, t.tail = l.pieces, l.b[l.last:]
}

type learner struct {
	scanner
	pieces []piece
	last   int // where the text behind the last number begins
}

// members walks over the object of a section, or over one that is not kept.
func (l *learner) members(of section, kept bool) {
	if !l.take('{') {
		l.fail("expected an object")
	}
	for first := true; l.failed == ""; first = false {
		switch c := l.peek(); {
		case c == '}':
			l.i++
			return
		case c == ',' && !first:
			l.i++
		}
		key := string(l.raw())
		if !l.take(':') {
			l.fail("expected : after a key")
			return
		}
		switch c := l.peek(); {
		case c == '{':
			sub := sectionOf(of, key)
			l.members(sub, kept && sub != top)
		case c == '-' || c-'0' <= 9:
			p := piece{l.b[l.last:l.i], -1, 1}
			if kept {
				p.field, p.scale = slotOf(of, key)
			}
			l.pieces = append(l.pieces, p)
			l.skip()
			l.last = l.i
		default:
			l.skip()
		}
	}
}
