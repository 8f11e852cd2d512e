package sparklog

import (
	"bufio"
	"bytes"
	"io"

	"stagecoach/engine/event"
)

// A Header is what a list of applications shows of a log.
type Header struct {
	App      event.ApplicationStart
	Version  string
	End      event.Millis // 0: no end was logged
	Modified event.Millis // when the log was written last
	Size     int64        // bytes on disk
}

// tailSize is how much of the end of a plain log is searched for the
// application's end before all of it is.
const tailSize = 1 << 20

var (
	startLine   = []byte(eventPrefix + `SparkListenerApplicationStart"`)
	endLine     = []byte(eventPrefix + `SparkListenerApplicationEnd"`)
	versionLine = []byte(eventPrefix + `SparkListenerLogStart"`)
)

// ReadHeader reads as little of the log at path as shows what application it is
// of: its first lines and, if it is not compressed, its last ones.
func ReadHeader(path string) (h Header, err error) {
	temp := &scratch{}
	defer temp.remove()
	parts, _, bad := find(path, temp)
	if bad != nil {
		return h, bad
	}
	h.Modified, h.Size = Written(path)
	for i, p := range parts {
		if i > 0 && i < len(parts)-1 && h.App.ID != "" {
			continue // the start is at the beginning, the end at the end
		}
		if err := h.read(p); err != nil {
			return h, err
		}
	}
	if h.App.Time == 0 && h.App.Name == "" {
		return h, &Error{File: path, Msg: "not a Spark event log, or one without the start of its application"}
	}
	return h, nil
}

func (h *Header) read(p part) error {
	file, err := p.open()
	if err != nil {
		return &Error{File: p.name, Msg: "cannot be read", Err: err}
	}
	defer file.Close()
	raw := bufio.NewReaderSize(file, 64<<10)
	text, done, err := decompress(raw)
	if err != nil {
		return &Error{File: p.name, Msg: "not an event log", Err: err}
	}
	defer done()
	plain := text == io.Reader(raw)
	c := &cutter{r: text, name: p.name, begin: 1}
	d := newDecoder()
	lines := 0
	for b := newBatch(); c.fill(b); b.clear(true) {
		for line := range bytes.Lines(b.text) {
			h.line(d, bytes.TrimSpace(line))
		}
		if lines += bytes.Count(b.text, []byte{'\n'}); lines > 1000 && h.App.Name == "" && h.Version == "" {
			return nil
		}
		if seeker, ok := file.(io.ReadSeeker); ok && plain && !c.ended && h.App.Name != "" && h.tail(d, seeker) {
			return nil
		}
	}
	return nil
}

// tail looks for the end in the last lines of a plain file.
func (h *Header) tail(d *decoder, file io.ReadSeeker) bool {
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(max(0, size-tailSize), io.SeekStart)
	}
	if err != nil {
		return false
	}
	last, err := io.ReadAll(io.LimitReader(file, tailSize))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(last) {
		h.line(d, bytes.TrimSpace(line))
	}
	return true
}

func (h *Header) line(d *decoder, line []byte) {
	if !bytes.HasPrefix(line, startLine) && !bytes.HasPrefix(line, endLine) && !bytes.HasPrefix(line, versionLine) {
		return
	}
	d.batch = &batch{}
	r := Record{Line: line}
	if d.event(&r); d.failed != "" {
		return
	}
	switch e := r.event.(type) {
	case event.ApplicationStart:
		h.App = e
	case event.ApplicationEnd:
		h.End = e.Time
	case event.LogStart:
		h.Version = e.Version
	}
}
