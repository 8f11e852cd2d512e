package sparklog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// readAny reads what may be anything: it must end without a panic, and an error
// must be an *Error.
func readAny(t *testing.T, data []byte) *profiler.Profile {
	p, err := sparklog.Read(bytes.NewReader(data), "fuzz")
	var e *sparklog.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	return p
}

// fuzzCodec changes a small log in one container.
func fuzzCodec(f *testing.F, codec string) {
	path := write(f, f.TempDir(), events(f)[:6], sparklog.Options{Codec: codec})
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Fuzz(func(t *testing.T, data []byte) { readAny(t, data) })
}

func FuzzPlain(f *testing.F)  { fuzzCodec(f, "none") }
func FuzzZstd(f *testing.F)   { fuzzCodec(f, "zstd") }
func FuzzLZ4(f *testing.F)    { fuzzCodec(f, "lz4") }
func FuzzSnappy(f *testing.F) { fuzzCodec(f, "snappy") }

func FuzzLZF(f *testing.F) {
	f.Add([]byte("ZV\x00\x00\x05hello"))
	f.Add([]byte("ZV\x01\x00\x04\x00\x06\x00a\x60\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { readAny(t, append([]byte("ZV"), data...)) })
}

func FuzzGzip(f *testing.F) {
	f.Add([]byte{8, 0, 0, 0, 0, 0, 0, 255, 1, 0, 0, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) { readAny(t, append([]byte{0x1f, 0x8b}, data...)) })
}

// Whatever a line holds, reading ends; a line that the standard library accepts
// as an object is never called broken for its form, only for its types.
func FuzzEvent(f *testing.F) {
	path := write(f, f.TempDir(), events(f), sparklog.Options{Codec: "none"})
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		f.Add(bytes.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\x00") || len(line) == 0 || line[0] != '{' {
			return
		}
		p := readAny(t, append(bytes.Clone(line), '\n'))
		var unknown struct{ Event string }
		if json.Unmarshal(line, &map[string]json.RawMessage{}) == nil && json.Unmarshal(line, &unknown) == nil &&
			unknown.Event == "some.Event" && p == nil {
			t.Errorf("an event of an unknown kind is no log: %s", line)
		}
	})
}

// What a Redactor makes of a line is JSON if the line was, and has the same
// numbers of everything; details of any line are read or refused.
func FuzzRedact(f *testing.F) {
	path := write(f, f.TempDir(), events(f), sparklog.Options{Codec: "none"})
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		f.Add(bytes.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\x00") {
			return
		}
		r, err := sparklog.NewRedactor("")
		if err != nil {
			t.Fatal(err)
		}
		r.Hosts, r.Paths, r.Literals = true, true, true
		dir := t.TempDir() + "/log"
		if err := os.WriteFile(dir, append(bytes.Clone(line), '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		for record, err := range sparklog.Records(dir) {
			if err != nil {
				continue
			}
			r.Learn(record)
			_, _ = record.Detail()
			out, err := r.Line(record.Line)
			if err == nil && json.Valid(record.Line) && !json.Valid(out) {
				t.Errorf("%s becomes %s", record.Line, out)
			}
		}
	})
}

// Archives of anything are unpacked or refused, and nothing leaves their folder.
func FuzzArchive(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	for _, data := range archives(f, seedLog(f)) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := t.TempDir() + "/archive"
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := sparklog.Open(path)
		var e *sparklog.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%T: %v", err, err)
		}
	})
}

// seedLog is a folder with a small log.
func seedLog(f *testing.F) string {
	dir := f.TempDir()
	write(f, dir, events(f)[:6], sparklog.Options{})
	return dir
}
