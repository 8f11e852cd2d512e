package sparklog

import (
	"strconv"
	"strings"
)

// A frame is one line of a stack trace. Events hold it as the text that the JVM
// prints: package.Class.method(File.scala:12).
type frame struct {
	class, method, file string
	line                int64
}

func (f frame) String() string {
	text := f.class
	if f.method != "" {
		text += "." + f.method
	}
	switch {
	case f.file != "" && f.line >= 0:
		text += "(" + f.file + ":" + strconv.FormatInt(f.line, 10) + ")"
	case f.file != "":
		text += "(" + f.file + ")"
	case f.line == -2:
		text += "(Native Method)"
	case f.method != "":
		text += "(Unknown Source)"
	}
	return text
}

// parseFrame is the inverse of String; a text of another form is a class.
func parseFrame(text string) frame {
	f := frame{class: text, line: -1}
	if open := strings.LastIndexByte(text, '('); open > 0 && strings.HasSuffix(text, ")") {
		place := text[open+1 : len(text)-1]
		text = text[:open]
		f.class = text
		file, line, ok := strings.Cut(place, ":")
		switch n, err := strconv.ParseInt(line, 10, 64); {
		case ok && err == nil && n >= 0:
			f.file, f.line = file, n
		case place == "Native Method":
			f.line = -2
		case place != "Unknown Source":
			f.file = place
		}
		if dot := strings.LastIndexByte(text, '.'); dot > 0 {
			f.class, f.method = text[:dot], text[dot+1:]
		}
	}
	return f
}
