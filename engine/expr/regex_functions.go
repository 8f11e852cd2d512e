package expr

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A regexFunc is a rowFunc with the compiled pattern, its second argument.
type regexFunc func(re *regex, args []*Column, i int, to *Builder) error

func bindRegex(t Type, f regexFunc, types ...Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, types...); err != nil {
			return nil, err
		}
		patterns := cached[*regex]{make: compileRegex}
		if err := patterns.check(args[1]); err != nil {
			return nil, err
		}
		return perRow(t, args, func(args []*Column, i int, to *Builder) error {
			re, err := patterns.of(args[1].Str(i))
			if err != nil {
				return err
			}
			return f(re, args, i, to)
		}), nil
	}
}

func rlike(re *regex, args []*Column, i int, to *Builder) error {
	to.appendBool(re.Match(args[0].Str(i)))
	return nil
}

// regexpReplace begins at a character, which counts as the start of the text.
func regexpReplace(re *regex, args []*Column, i int, to *Builder) error {
	text, from := args[0].Str(i), int64(1)
	if len(args) == 4 {
		if from = int64(args[3].I32[i]); from < 1 {
			return fmt.Errorf("position %d: the first is 1", from)
		}
	}
	start := byteOf(text, from-1)
	out, rest, last := bytes.Clone(text[:start]), text[start:], 0
	if from > 1 && len(rest) == 0 {
		to.AppendBytes(text)
		return nil
	}
	for _, m := range re.all(rest) {
		out = append(out, rest[last:m[0]]...)
		var err error
		if out, err = re.expand(out, args[2].Str(i), rest, m); err != nil {
			return err
		}
		last = m[1]
	}
	to.AppendBytes(append(out, rest[last:]...))
	return nil
}

// expand appends a replacement of Java: $1 and ${name} are groups, a backslash
// takes the next character as it is.
func (re *regex) expand(dst, replacement, text []byte, m []int) ([]byte, error) {
	for k := 0; k < len(replacement); k++ {
		c := replacement[k]
		if c != '\\' && c != '$' {
			dst = append(dst, c)
			continue
		}
		if k++; k == len(replacement) {
			return nil, fmt.Errorf("replacement %q ends with %c; write \\%c for the character", replacement, c, c)
		}
		if c == '\\' {
			dst = append(dst, replacement[k])
			continue
		}
		group := -1
		if replacement[k] == '{' {
			name, _, closed := bytes.Cut(replacement[k+1:], []byte("}"))
			if closed {
				group = re.SubexpIndex(string(name))
			}
			k += len(name) + 1
		} else if d := int(replacement[k]) - '0'; d >= 0 && d <= 9 && d <= re.NumSubexp() {
			// More digits belong to the number while there is such a group.
			for group = d; k+1 < len(replacement); k++ {
				d := int(replacement[k+1]) - '0'
				if d < 0 || d > 9 || group*10+d > re.NumSubexp() {
					break
				}
				group = group*10 + d
			}
		}
		if group < 0 {
			return nil, fmt.Errorf("replacement %q names a group that %q does not have; write \\$ for a dollar sign", replacement, re)
		}
		if m[2*group] >= 0 {
			dst = append(dst, text[m[2*group]:m[2*group+1]]...)
		}
	}
	return dst, nil
}

// group is the number of the group that the third argument wants, 1 without it.
func (re *regex) group(args []*Column, i int) (int, error) {
	n := 1
	if len(args) == 3 {
		n = int(args[2].I32[i])
	}
	if n < 0 || n > re.NumSubexp() {
		return 0, &Error{"INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", fmt.Sprintf("expects group index between 0 and %d, but got %d.", re.NumSubexp(), n), "22023"}
	}
	return n, nil
}

func groupText(text []byte, m []int, group int) []byte {
	if m[2*group] < 0 {
		return nil
	}
	return text[m[2*group]:m[2*group+1]]
}

func regexpExtract(re *regex, args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	m := re.FindSubmatchIndex(text)
	if m == nil {
		to.AppendBytes(nil)
		return nil
	}
	group, err := re.group(args, i)
	if err == nil {
		to.AppendBytes(groupText(text, m, group))
	}
	return err
}

func regexpExtractAll(re *regex, args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	for _, m := range re.all(text) {
		group, err := re.group(args, i)
		if err != nil {
			return err
		}
		to.items[0].AppendBytes(groupText(text, m, group))
	}
	to.endList()
	return nil
}

func regexpCount(re *regex, args []*Column, i int, to *Builder) error {
	to.appendInt(int64(len(re.all(args[0].Str(i)))))
	return nil
}

func regexpInstr(re *regex, args []*Column, i int, to *Builder) error {
	text, at := args[0].Str(i), 0
	if m := re.FindIndex(text); m != nil {
		at = utf8.RuneCount(text[:m[0]]) + 1
	}
	to.appendInt(int64(at))
	return nil
}

func regexpSubstr(re *regex, args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	if m := re.FindIndex(text); m != nil {
		to.AppendBytes(text[m[0]:m[1]])
	} else {
		to.AppendNull()
	}
	return nil
}

// bindSplit splits by a pattern; an empty one splits into characters.
func bindSplit(m Mode, args []*Bound) (*Bound, error) {
	return bindRegex(ArrayOf(String), func(re *regex, args []*Column, i int, to *Builder) error {
		text, limit := args[0].Str(i), -1
		if len(args) == 3 {
			limit = int(args[2].I32[i])
		}
		parts := to.items[0]
		first := parts.Len()
		last := 0
		if len(args[1].Str(i)) == 0 && len(text) > 0 {
			for n := 0; last < len(text) && (limit <= 0 || n < limit); n++ {
				_, width := utf8.DecodeRune(text[last:])
				parts.AppendBytes(text[last : last+width])
				last += width
			}
			to.endList()
			return nil
		}
		if re.literal != "" {
			separator := []byte(re.literal)
			for at := bytes.Index(text, separator); at >= 0 && parts.Len()-first != limit-1; at = bytes.Index(text, separator) {
				parts.AppendBytes(text[:at])
				text = text[at+len(separator):]
			}
			parts.AppendBytes(text)
			to.endList()
			return nil
		}
		for _, m := range re.all(text) {
			if limit > 0 && parts.Len()-first == limit-1 {
				break
			}
			if m[1] > 0 { // no empty part before an empty match at the start
				parts.AppendBytes(text[last:m[0]])
				last = m[1]
			}
		}
		parts.AppendBytes(text[last:])
		to.endList()
		return nil
	}, String, String, Int32)(m, args)
}
