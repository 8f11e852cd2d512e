package sparklog

import "errors"

// A rewriter copies a line of JSON and changes texts in it. Blanks between
// tokens go, numbers stay as they are written.
type rewriter struct {
	scanner
	out []byte

	// text returns what stands for v, a text under key in an object under parent;
	// elements of a list are under the key of the list.
	text func(parent, key, v string) string
	// name returns what stands for a key of the object under parent.
	name func(parent, key string) string
}

// line returns line with changed texts, valid until the next call.
func (w *rewriter) line(line []byte) ([]byte, error) {
	w.reset(line)
	w.out = w.out[:0]
	w.value("", "")
	if w.failed == "" && w.peek() != 0 {
		w.fail("text behind the event")
	}
	if w.failed != "" {
		return nil, errors.New(w.failed)
	}
	return w.out, nil
}

func (w *rewriter) value(parent, key string) {
	switch w.peek() {
	case '{':
		w.members(key)
	case '[':
		w.out = append(w.out, '[')
		first := true
		w.array(func() {
			if !first {
				w.out = append(w.out, ',')
			}
			first = false
			w.value(parent, key)
		})
		w.out = append(w.out, ']')
	case '"':
		w.out = appendQuoted(w.out, w.text(parent, key, string(w.raw())))
	default:
		w.out = append(w.out, w.rawValue()...)
	}
}

// members copies an object, whose members are under key.
func (w *rewriter) members(key string) {
	w.i++
	if w.depth++; w.depth > maxDepth {
		w.fail("nested too deep")
	}
	w.out = append(w.out, '{')
	for first := true; w.failed == ""; first = false {
		switch c := w.peek(); {
		case c == '}':
			w.i++
			w.depth--
			w.out = append(w.out, '}')
			return
		case c == ',' && !first:
			w.i++
			w.out = append(w.out, ',')
		case !first:
			w.fail("expected , or }")
			return
		}
		name := string(w.raw())
		if !w.take(':') {
			w.fail("expected : after a key")
			return
		}
		w.out = append(appendQuoted(w.out, w.name(key, name)), ':')
		w.value(key, name)
	}
}
