package sparklog

import "bytes"

// skip consumes one value of any kind.
func (s *scanner) skip() {
	switch c := s.peek(); c {
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

// skipFlat consumes an object that holds only numbers, which needs no look at
// its parts; any other is consumed part by part.
func (s *scanner) skipFlat() {
	if s.peek() == '{' {
		rest := s.b[s.i+1:]
		if end := bytes.IndexByte(rest, '}'); end >= 0 && bytes.IndexByte(rest[:end], '{') < 0 && bytes.IndexByte(rest[:end], '[') < 0 {
			s.i += end + 2
			return
		}
	}
	s.skip()
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
