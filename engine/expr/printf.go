package expr

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A directive is one % of a format of java.util.Formatter with the text before
// it; the last one of a format has only text.
type directive struct {
	before    string
	arg       int // position of its argument; -1 without
	flags     string
	width     int // 0 without
	precision int // -1 without
	verb      byte
}

func (d *directive) has(flag byte) bool { return strings.IndexByte(d.flags, flag) >= 0 }

// parsePrintf reads a format: %[argument$][flags][width][.precision]conversion.
func parsePrintf(format string) ([]directive, error) {
	var out []directive
	next := 0
	before := ""
	for {
		text, rest, more := strings.Cut(format, "%")
		before += text
		if !more {
			return append(out, directive{before: before, arg: -1}), nil
		}
		d := directive{precision: -1, arg: -1}
		n := 0
		number := func() (v int) {
			for ; n < len(rest) && rest[n] >= '0' && rest[n] <= '9' && v < 1<<20; n++ {
				v = v*10 + int(rest[n]-'0')
			}
			return v
		}
		if v := number(); n > 0 && rest[0] != '0' && n < len(rest) && rest[n] == '$' {
			d.arg = v - 1
			n++
		} else {
			n = 0
		}
		from := n
		for n < len(rest) && strings.IndexByte("-#+ 0,(", rest[n]) >= 0 {
			n++
		}
		d.flags, d.width = rest[from:n], number()
		if n < len(rest) && rest[n] == '.' {
			n++
			from = n
			if d.precision = number(); n == from {
				return nil, fmt.Errorf("format %q: %%%s has no precision after the point", format, rest[:n])
			}
		}
		if n == len(rest) {
			return nil, fmt.Errorf("format %q ends inside %%%s; write %%%% for a percent sign", format, rest)
		}
		d.verb = rest[n]
		if d.width > 1<<16 || d.precision > 1<<16 {
			return nil, fmt.Errorf("format %q: %%%s is too wide", format, rest[:n+1])
		}
		if d.has('-') && d.width == 0 || d.has('0') && d.width == 0 || d.has('-') && d.has('0') || d.has('+') && d.has(' ') {
			return nil, fmt.Errorf("format %q: %%%s has flags that want a width or exclude each other", format, rest[:n+1])
		}
		switch d.verb {
		case '%':
			before += "%"
		case 'n':
			before += "\n"
		case 's', 'S', 'b', 'B', 'c', 'C', 'd', 'o', 'x', 'X', 'e', 'E', 'f', 'g', 'G':
			if d.arg < 0 {
				d.arg = next
				next++
			}
			d.before, before = before, ""
			out = append(out, d)
		default:
			return nil, fmt.Errorf("format %q: conversion %%%c is not known; there are s b c d o x e f g and %%%%", format, d.verb)
		}
		format = rest[n+1:]
	}
}

// bindPrintf formats values as Java's String.format does.
func bindPrintf(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args[:1], String); err != nil {
		return nil, err
	}
	formats := cached[[]directive]{make: parsePrintf}
	if err := formats.check(args[0]); err != nil {
		return nil, err
	}
	var text []byte
	return perRowNulls(String, args, func(args []*Column, i int, to *Builder) error {
		if args[0].IsNull(i) {
			to.AppendNull()
			return nil
		}
		format, err := formats.of(args[0].Str(i))
		if err != nil {
			return err
		}
		text = text[:0]
		for k := range format {
			d := &format[k]
			text = append(text, d.before...)
			if d.arg < 0 {
				continue
			}
			if d.arg+1 >= len(args) {
				return fmt.Errorf("format %q wants argument %d; there are %d", args[0].Str(i), d.arg+1, len(args)-1)
			}
			if text, err = d.append(text, args[d.arg+1], i); err != nil {
				return fmt.Errorf("format %q: %w", args[0].Str(i), err)
			}
		}
		to.AppendBytes(text)
		return nil
	}), nil
}

// append appends value i of c as the directive says.
func (d *directive) append(dst []byte, c *Column, i int) ([]byte, error) {
	text, number, err := d.text(c, i)
	if err != nil {
		return nil, err
	}
	if d.verb >= 'A' && d.verb <= 'Z' {
		text = strings.ToUpper(text)
	}
	missing := d.width - utf8.RuneCountInString(text)
	switch {
	case missing <= 0:
	case d.has('-'):
		text += strings.Repeat(" ", missing)
	case d.has('0') && number:
		sign := len(text) - len(strings.TrimLeft(text, "+-( "))
		text = text[:sign] + strings.Repeat("0", missing) + text[sign:]
	default:
		text = strings.Repeat(" ", missing) + text
	}
	return append(dst, text...), nil
}

// text is the value without padding; number says that zeros may fill it up.
func (d *directive) text(c *Column, i int) (text string, number bool, err error) {
	layout, null := c.Type.Layout(), c.IsNull(i)
	verb := d.verb | 0x20
	switch {
	case verb == 'b':
		text = strconv.FormatBool(!null && (c.Type != Bool || c.Bools[i] != 0))
	case null:
		text = "null"
	case verb == 's' && layout == Float64:
		text = string(appendJavaDouble(nil, c.F64[i]))
	case verb == 's' && (layout == Int32 || layout == Int64):
		// Java sees the number that stands for a date.
		text = strconv.FormatInt(intOf(c, i), 10)
	case verb == 's' && layout != Array && layout != Struct:
		text = c.Value(i).String()
	case verb == 'c' && c.Type.IsWhole():
		text = string(rune(intOf(c, i)))
	case (verb == 'd' || verb == 'x' || d.verb == 'o') && (layout == Int32 || layout == Int64):
		return d.whole(intOf(c, i), layout), true, nil
	case (verb == 'f' || verb == 'e' || verb == 'g') && layout == Float64:
		v := c.F64[i]
		if v-v != 0 {
			return d.signed(strings.TrimPrefix(string(appendJavaDouble(nil, v)), "-"), v < 0), false, nil
		}
		return d.float(v), true, nil
	default:
		return "", false, fmt.Errorf("%%%c cannot print %v; cast it first", d.verb, c.Type)
	}
	if d.precision >= 0 {
		text = string(substring([]byte(text), 1, int64(d.precision)))
	}
	return text, false, nil
}

// intOf is a value that is kept in an I32 or an I64.
func intOf(c *Column, i int) int64 {
	if c.Type.Layout() == Int32 {
		return int64(c.I32[i])
	}
	return c.I64[i]
}
