package sparklog

import "bytes"

// skip consumes one value of any kind.
func (s *scanner) skip() {
	c := s.peek()
	if s.noting {
		from := s.i
		defer func() { s.notes = append(s.notes, note{from: from, to: s.i, skipped: true}) }()
	}
	switch c {
	case '"':
		s.skipText()
	case '{', '[':
		s.skipNested()
	case 0:
		s.fail("expected a value")
	default:
		from := s.i
		for s.i < len(s.b) && s.b[s.i] != ',' && s.b[s.i] != '}' && s.b[s.i] != ']' && s.b[s.i] > ' ' {
			s.i++
		}
		if s.i == from {
			s.fail("expected a value")
		}
	}
}

func (s *scanner) skipText() {
	s.i++
	for {
		end := bytes.IndexByte(s.b[s.i:], '"')
		if end < 0 {
			s.fail("a text is not closed")
			return
		}
		slashes := 0
		for k := s.i + end - 1; k >= s.i && s.b[k] == '\\'; k-- {
			slashes++
		}
		s.to = s.i + end
		s.i += end + 1
		if slashes%2 == 0 {
			return
		}
	}
}

func (s *scanner) skipNested() {
	depth := 0
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case '"':
			s.skipText()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.i++
		if depth == 0 {
			return
		}
	}
	s.fail("a value is not closed")
}
