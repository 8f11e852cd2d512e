package main

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"reflect"
	"strings"
)

// each is a list in a JSON document whose elements are made when they are
// printed: a profile has ten thousands of stages.
type each[T any] iter.Seq[T]

// elements yields them whatever they are.
func (e each[T]) elements(yield func(any) bool) {
	for x := range iter.Seq[T](e) {
		if !yield(x) {
			return
		}
	}
}

// printDocument prints a struct as an indented JSON object, the elements of its
// lists one by one.
func printDocument(w io.Writer, document any) error {
	out := bufio.NewWriterSize(w, 64<<10)
	e := json.NewEncoder(&trimmed{out})
	e.SetEscapeHTML(false)
	v := reflect.ValueOf(document)
	for i := range v.NumField() {
		separator := ",\n  \""
		if i == 0 {
			separator = "{\n  \""
		}
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		out.WriteString(separator + name + "\": ") // Flush returns the first error
		list, isList := v.Field(i).Interface().(interface{ elements(func(any) bool) })
		if !isList {
			e.SetIndent("  ", "  ")
			if err := e.Encode(v.Field(i).Interface()); err != nil {
				return err
			}
			continue
		}
		e.SetIndent("    ", "  ")
		out.WriteByte('[')
		first := true
		for x := range list.elements {
			if !first {
				out.WriteByte(',')
			}
			first = false
			out.WriteString("\n    ")
			if err := e.Encode(x); err != nil {
				return err
			}
		}
		if !first {
			out.WriteString("\n  ")
		}
		out.WriteByte(']')
	}
	out.WriteString("\n}\n")
	return out.Flush()
}

// trimmed leaves out the line end that an encoder writes behind each value.
type trimmed struct{ out *bufio.Writer }

// Write implements io.Writer.
func (t *trimmed) Write(p []byte) (int, error) {
	if n := len(p); n > 0 && p[n-1] == '\n' {
		written, err := t.out.Write(p[:n-1])
		return written + 1, err
	}
	return t.out.Write(p)
}
