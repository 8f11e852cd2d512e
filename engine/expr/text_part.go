package expr

import (
	"bytes"
	"math"
	"unicode/utf8"
)

// bindSubstring takes parts of a text by characters, of a binary by bytes.
func bindSubstring(m Mode, args []*Bound) (*Bound, error) {
	t, cut := String, substring
	if args[0].Type == Binary {
		t, cut = Binary, subarray
	}
	return typed(t, func(args []*Column, i int, to *Builder) error {
		count := int64(math.MaxInt32)
		if len(args) == 3 {
			count = int64(args[2].I32[i])
		}
		to.AppendBytes(cut(args[0].Str(i), int64(args[1].I32[i]), count))
		return nil
	}, t, Int32, Int32)(m, args)
}

// span is where, from 0, a part of n characters lies that begins at a position,
// which counts from 1 or back from the end; 0 means 1, as in Spark.
func span(n, from, count int64) (start, end int64) {
	start = max(from-1, 0)
	if from < 0 {
		start = n + from
	}
	end = min(start+max(count, 0), n)
	start = max(start, 0)
	return start, max(start, end)
}

func substring(text []byte, from, count int64) []byte {
	n := int64(utf8.RuneCount(text))
	start, end := span(n, from, count)
	if start >= end {
		return nil
	}
	if n == int64(len(text)) {
		return text[start:end]
	}
	first := byteOf(text, start)
	return text[first : first+byteOf(text[first:], end-start)]
}

func subarray(data []byte, from, count int64) []byte {
	start, end := span(int64(len(data)), from, count)
	if start >= end {
		return nil
	}
	return data[start:end]
}

// byteOf is the position of the n-th character, or the length of a shorter text.
func byteOf(text []byte, n int64) int {
	i := 0
	for ; n > 0 && i < len(text); n-- {
		_, width := utf8.DecodeRune(text[i:])
		i += width
	}
	return i
}

func left(args []*Column, i int, to *Builder) error {
	to.AppendBytes(substring(args[0].Str(i), 1, int64(args[1].I32[i])))
	return nil
}

func right(args []*Column, i int, to *Builder) error {
	text, n := args[0].Str(i), int64(args[1].I32[i])
	if n <= 0 {
		text = nil
	}
	to.AppendBytes(substring(text, max(-n, -int64(len(text))), n))
	return nil
}

// substringIndex searches on one byte after the last match, as Spark does:
// delimiters may overlap.
func substringIndex(args []*Column, i int, to *Builder) error {
	text, delimiter, count := args[0].Str(i), args[1].Str(i), int(args[2].I32[i])
	if len(delimiter) == 0 {
		text, count = nil, 0
	}
	at, end := -1, len(text)
	switch {
	case count > 0:
		for ; count > 0; count-- {
			next := bytes.Index(text[at+1:], delimiter)
			if next < 0 {
				to.AppendBytes(text)
				return nil
			}
			at += 1 + next
		}
		text = text[:at]
	case count < 0:
		for ; count < 0; count++ {
			if at = bytes.LastIndex(text[:end], delimiter); at < 0 {
				to.AppendBytes(text)
				return nil
			}
			end = at + len(delimiter) - 1
		}
		text = text[at+len(delimiter):]
	default:
		text = nil
	}
	to.AppendBytes(text)
	return nil
}

func splitPart(args []*Column, i int, to *Builder) error {
	text, delimiter, n := args[0].Str(i), args[1].Str(i), int(args[2].I32[i])
	if n == 0 {
		return errIndexOfZero()
	}
	parts := [][]byte{text}
	if len(delimiter) > 0 {
		parts = bytes.Split(text, delimiter)
	}
	if n < 0 {
		n += len(parts) + 1
	}
	if n < 1 || n > len(parts) {
		to.AppendBytes(nil)
	} else {
		to.AppendBytes(parts[n-1])
	}
	return nil
}

func overlay(args []*Column, i int, to *Builder) error {
	text, over, at := args[0].Str(i), args[1].Str(i), int64(args[2].I32[i])
	length := int64(-1)
	if len(args) == 4 {
		length = int64(args[3].I32[i])
	}
	if length < 0 {
		length = int64(utf8.RuneCount(over))
	}
	out := append([]byte(nil), substring(text, 1, at-1)...)
	out = append(out, over...)
	to.AppendBytes(append(out, substring(text, at+length, math.MaxInt32)...))
	return nil
}

// find is the position of sub in text from a character on, both counted from 1;
// 0 where it is not there.
func find(text, sub []byte, from int) int64 {
	switch {
	case from < 1:
		return 0
	case len(sub) == 0:
		return 1
	}
	start := byteOf(text, int64(from-1))
	at := bytes.Index(text[start:], sub)
	if at < 0 {
		return 0
	}
	return int64(utf8.RuneCount(text[:start+at])) + 1
}

func instr(args []*Column, i int, to *Builder) error {
	to.appendInt(find(args[0].Str(i), args[1].Str(i), 1))
	return nil
}

// bindLocate finds from a position, which is the only argument whose null means
// 0.
func bindLocate(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args, String, String, Int32); err != nil {
		return nil, err
	}
	return perRowNulls(Int32, args, func(args []*Column, i int, to *Builder) error {
		from := 1
		if len(args) == 3 {
			if args[2].IsNull(i) {
				to.appendInt(0)
				return nil
			}
			from = int(args[2].I32[i])
		}
		if args[0].IsNull(i) || args[1].IsNull(i) {
			to.AppendNull()
			return nil
		}
		to.appendInt(find(args[1].Str(i), args[0].Str(i), from))
		return nil
	}), nil
}

func findInSet(args []*Column, i int, to *Builder) error {
	text, n := args[0].Str(i), int64(0)
	if bytes.IndexByte(text, ',') < 0 {
		for part := range bytes.SplitSeq(args[1].Str(i), []byte(",")) {
			if n++; bytes.Equal(part, text) {
				to.appendInt(n)
				return nil
			}
		}
	}
	to.appendInt(0)
	return nil
}

func holds(f func(text, part []byte) bool) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		to.appendBool(f(args[0].Str(i), args[1].Str(i)))
		return nil
	}
}
