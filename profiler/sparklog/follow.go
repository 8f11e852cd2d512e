package sparklog

import (
	"bufio"
	"context"
	"io"
	"iter"
	"maps"
	"strings"
	"time"

	"stagecoach/engine/event"
)

// Follow yields the records of a log that is being written, as Records does,
// and waits for more until the log is finished or ctx ends. A log is finished
// when Spark has renamed it (or, of a rolling one, its appstatus file), or when it
// holds the end of the application. Every so often is how long to wait before
// looking again.
//
// Plain text is read on from where reading stopped. Compressed text cannot be
// entered in the middle: the last part is read again from its beginning, so that
// the wait grows with how long that takes.
func Follow(ctx context.Context, path string, every time.Duration) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		at := &bookmarks{places: map[string]place{}}
		told := map[string]bool{}
		for {
			final := false
			path, final = finished(path)
			temp := &scratch{}
			parts, notes, err := find(path, temp)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, n := range notes {
				if !told[n.Msg] && final && !yield(nil, n) {
					return
				}
				told[n.Msg] = told[n.Msg] || final
			}
			began := time.Now()
			at.final = final || at.ended
			s := stream{parts: at.unread(parts), keep: true, at: at}
			stopped := false
			s.yield = func(r *Record, err *Error) bool {
				switch {
				case err != nil:
					stopped = !yield(nil, err) || !err.Skipped
				default:
					if _, isEnd := r.event.(event.ApplicationEnd); isEnd {
						at.ended = true
					}
					stopped = !yield(r, nil)
				}
				return !stopped
			}
			s.run(path)
			temp.remove()
			if stopped || at.final {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(max(every, 10*time.Since(began))):
			}
		}
	}
}

// finished says where the log is now, and whether nobody writes it any more.
func finished(path string) (string, bool) {
	if trimmed, running := strings.CutSuffix(path, inProgress); running {
		if _, _, err := list(path); err == nil {
			return path, false
		}
		return trimmed, true
	}
	entries, _, err := list(path)
	for _, e := range entries {
		if err == nil && strings.HasPrefix(e.Name(), "appstatus_") {
			return path, !strings.HasSuffix(e.Name(), inProgress)
		}
	}
	return path, false
}

// bookmarks say how far each part of a log was read. nil ones say nothing.
type bookmarks struct {
	places map[string]place // by name of the part, without .inprogress
	begin  map[string]place // as they were when this reading began, for the goroutine that cuts
	final  bool             // nobody writes the log any more
	ended  bool             // the end of the application was read
	last   string           // part that was read last
}

type place struct {
	line int   // that was read last
	byte int64 // of text behind it
}

func markOf(name string) string { return strings.TrimSuffix(name, inProgress) }

// whole says that a line without end is to be left for later.
func (m *bookmarks) whole() bool { return m != nil && !m.final }

// had reports whether the record was yielded before.
func (m *bookmarks) had(r *Record) bool { return m != nil && r.Number <= m.places[markOf(r.File)].line }

// move marks b as read.
func (m *bookmarks) move(b *batch) {
	if m == nil {
		return
	}
	m.last = markOf(b.file)
	now := place{b.first + b.count - 1, b.end}
	if now.line > m.places[m.last].line {
		m.places[m.last] = now
	}
}

// skip moves a reader of plain text to where reading stopped.
func (m *bookmarks) skip(c *cutter, file io.ReadCloser, buffered *bufio.Reader) error {
	if m == nil || m.begin[markOf(c.name)].line == 0 {
		return nil
	}
	from := m.begin[markOf(c.name)]
	seeker, ok := file.(io.Seeker)
	if !ok {
		return nil // read again, and leave out what was had
	}
	if _, err := seeker.Seek(from.byte, io.SeekStart); err != nil {
		return err
	}
	buffered.Reset(file)
	c.begin, c.from = from.line+1, from.byte
	return nil
}

// unread leaves out the parts before the one that was read last: a part is
// finished when the next one is begun.
func (m *bookmarks) unread(parts []part) []part {
	m.begin = maps.Clone(m.places)
	for i, p := range parts {
		if markOf(p.name) == m.last {
			return parts[i:]
		}
	}
	return parts
}
