package source

import "fmt"

// An Unread is a column that files have and that a source leaves out of its
// schema, since it cannot be read. It is the error of who asks for it.
type Unread struct {
	File, Name string
	Type       string // as Spark prints it
	Why        string
}

func (u Unread) Error() string {
	return fmt.Sprintf("%s: column %s is %s, which cannot be read: %s", u.File, u.Name, u.Type, u.Why)
}

// UnreadColumns lists what a source leaves out, in the order of the files' columns.
// A source that reads another one tells by a method of this name.
func UnreadColumns(s Source) []Unread {
	if s, ok := s.(interface{ UnreadColumns() []Unread }); ok {
		return s.UnreadColumns()
	}
	return nil
}

// UnreadColumns are those of all files, each once.
func (p *parquetSource) UnreadColumns() []Unread { return p.unread }

// UnreadColumns are those of the files.
func (p *partitioned) UnreadColumns() []Unread { return UnreadColumns(p.base) }
