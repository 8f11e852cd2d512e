package sparklog

import (
	"bytes"
	"slices"
)

const (
	maxForms  = 8        // an executor's stages have a few kinds of tasks at a time
	maxFormed = 64 << 10 // bytes of a line that is learned
)

// forms are those that lines of one event had lately, the last one first.
type forms struct {
	list           []*form
	lines, learned int
}

// find returns the form that the line of s has, into which it was read; nil if it
// has none of them.
func (fs *forms) find(s *scanner) *form {
	fs.lines++
	for i, f := range fs.list {
		if f.fit(s) {
			return fs.first(i)
		}
	}
	for i, f := range fs.list {
		if f.loosen(s.b) && f.fit(s) {
			return fs.first(i)
		}
	}
	return nil
}

// first moves a form to the front.
func (fs *forms) first(i int) *form {
	f := fs.list[i]
	copy(fs.list[1:], fs.list[:i])
	fs.list[0] = f
	return f
}

// learns reports whether the line that is read next is to be learned: one in
// sixteen at most where lines have no form in common.
func (fs *forms) learns(line []byte) bool {
	return len(line) <= maxFormed && fs.learned < 16+fs.lines/16
}

// learn adds the form of a line that was read key by key: f is what was read, and
// notes say where each value came from.
func (fs *forms) learn(line []byte, notes []note, f *form) {
	fs.learned++
	f.text = bytes.Clone(line)
	f.line.numbers = slices.Clone(f.line.numbers)
	f.info.Accumulables = slices.Clone(f.info.Accumulables)
	taken := make([]bool, len(f.line.numbers)+numTexts)
	for _, n := range notes {
		if n.skipped {
			f.markAll(n.from, n.to)
			continue
		}
		if n.slot >= 0 {
			key := n.slot
			if n.text {
				key += len(f.line.numbers)
			} else if key >= len(f.line.numbers) {
				return // of a list that comes twice
			}
			if taken[key] { // it comes twice, and the last one counts
				return
			}
			taken[key] = true
		}
		f.mark(n.from, n.to, n.value)
	}
	f.cut()
	if len(fs.list) < maxForms {
		fs.list = append(fs.list, nil)
	}
	fs.list[len(fs.list)-1] = f
	fs.first(len(fs.list) - 1)
}

// mark marks a value, unless it is spelled in another way than usual: then it is
// text like any other.
func (f *form) mark(from, to int, v value) {
	if v.end(f.text, from) == to {
		f.marks = append(f.marks, mark{from: from, to: to, value: v})
	}
}

// markAll marks the values in a part of the line that was skipped. There only
// quotes and brackets matter, so that any digits and any text are as good.
func (f *form) markAll(from, to int) {
	s := scanner{b: f.text[:to], i: from}
	for s.peek() != 0 {
		from := s.i
		switch c := s.b[s.i]; {
		case c == '"':
			if s.skipText(); s.peek() != ':' {
				f.mark(from+1, s.to, value{slot: -1, text: true})
			}
		case c-'0' <= 9:
			for s.i < to && s.b[s.i]-'0' <= 9 {
				s.i++
			}
			f.mark(from, s.i, value{slot: -1})
		default:
			s.i++
		}
	}
}
