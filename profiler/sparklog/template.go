package sparklog

import "bytes"

// A template is the text of an object of numbers that was read before. Task
// Metrics of one log differ in their numbers alone, and in half of those seldom: so
// the text is compared in pieces that reach from one number that differs to the
// next, which takes an eighth of the time of looking at each key. It is learned
// from one object and holds until the text between the numbers of another is not
// the same. That one is then read key by key and learned.
type template struct {
	text    []byte   // the object that was learned
	numbers []number // all of it has
	pieces  []piece  // the text before each number that was seen to differ
	tail    []byte   // the text behind the last of them
	seen    uint64   // slots of all numbers
	steady  [numSlots]int64
	misses  int // objects that did not fit, since one did
}

// A number is one of the object that was learned.
type number struct {
	from, to int // in the text
	slot     int // where it is kept, -1 for nowhere
	scale    int64
	value    int64
	differs  bool // in another object that fitted otherwise
}

type piece struct {
	text  []byte
	slot  int
	scale int64
}

// read reads the object that comes next into values, one for each slot, if it
// fits; then seen marks those that it has. Otherwise nothing is consumed and
// values hold nothing of use.
func (t *template) read(s *scanner, values *[numSlots]int64) (seen uint64, ok bool) {
	end, ok := t.fit(s.b, s.i, values)
	if !ok && t.loosen(s.b[s.i:]) {
		end, ok = t.fit(s.b, s.i, values)
	}
	if !ok {
		t.misses++
		return 0, false
	}
	s.i = end
	t.misses = 0
	return t.seen, true
}

// fit reads the object at b[i:] and returns where it ends.
func (t *template) fit(b []byte, i int, values *[numSlots]int64) (end int, ok bool) {
	*values = t.steady
	for k := range t.pieces {
		p := &t.pieces[k]
		if !bytes.HasPrefix(b[i:], p.text) {
			return 0, false
		}
		i += len(p.text)
		v, end := whole(b, i)
		if end < 0 {
			return 0, false
		}
		i = end
		if p.slot >= 0 {
			values[p.slot] = v * p.scale
		}
	}
	if t.text == nil || !bytes.HasPrefix(b[i:], t.tail) {
		return 0, false
	}
	return i + len(t.tail), true
}

// loosen makes pieces end at the numbers in which an object differs from what
// was learned, and reports whether there is one more of them.
func (t *template) loosen(object []byte) (more bool) {
	i, at := 0, 0
	for k := range t.numbers {
		n := &t.numbers[k]
		if !bytes.HasPrefix(object[i:], t.text[at:n.from]) {
			return false
		}
		from := i + n.from - at
		_, end := whole(object, from)
		if end < 0 {
			return false
		}
		if !n.differs && !bytes.Equal(object[from:end], t.text[n.from:n.to]) {
			n.differs, more = true, true
		}
		i, at = end, n.to
	}
	if more {
		t.cut()
	}
	return more
}

// cut makes the pieces of the numbers that differ.
func (t *template) cut() {
	t.pieces, t.steady = t.pieces[:0], [numSlots]int64{}
	at := 0
	for _, n := range t.numbers {
		switch {
		case n.differs:
			t.pieces = append(t.pieces, piece{t.text[at:n.from], n.slot, n.scale})
			at = n.to
		case n.slot >= 0:
			t.steady[n.slot] = n.value * n.scale
		}
	}
	t.tail = t.text[at:]
}

// learn makes a template of an object that could be read. Where objects differ
// more often than not it learns seldom.
func (t *template) learn(object []byte) {
	if t.misses > 8 && t.misses%64 != 0 {
		return
	}
	l := learner{scanner: scanner{b: bytes.Clone(object)}}
	l.members(top, true)
	*t = template{misses: t.misses, pieces: t.pieces[:0]}
	if l.failed != "" {
		return
	}
	t.text, t.numbers, t.seen = l.b, l.numbers, l.seen
	t.cut()
}

// A learner walks over an object and collects its numbers.
type learner struct {
	scanner
	numbers []number
	seen    uint64
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
			n := number{from: l.i, slot: -1, scale: 1}
			if kept {
				n.slot, n.scale = slotOf(of, key)
			}
			l.number(n)
		default:
			l.skip()
		}
	}
}

// number consumes a number and keeps what is known of it. The same key must not
// come twice, for the last one counts.
func (l *learner) number(n number) {
	n.value, _ = l.int()
	n.to = l.i
	if n.slot >= 0 {
		if l.seen&(1<<n.slot) != 0 {
			l.fail("a key comes twice")
		}
		l.seen |= 1 << n.slot
	}
	l.numbers = append(l.numbers, n)
}
