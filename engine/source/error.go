package source

import "fmt"

// An Error is a fault of the data, as opposed to one of the program or of the
// question: a file that is missing, cut short, corrupt, or of a kind that
// cannot be read. File is the path; Place is where in it ("row group 2, column
// fare_amount" or "line 17"), empty when the whole file is meant.
type Error struct {
	File  string
	Place string
	Msg   string // what is wrong and, where something helps, what to do
	Err   error  // what was underneath, or nil
}

// Error joins file, place, message and cause with colons.
func (e *Error) Error() string {
	text := e.File
	for _, part := range []string{e.Place, e.Msg} {
		if part != "" && text != "" {
			text += ": "
		}
		text += part
	}
	if e.Err != nil {
		if text != "" {
			text += ": "
		}
		text += e.Err.Error()
	}
	return text
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

func dataError(file, place, format string, args ...any) *Error {
	return &Error{File: file, Place: place, Msg: fmt.Sprintf(format, args...)}
}
