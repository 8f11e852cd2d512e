package sparklog

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"stagecoach/engine/event"
)

// Options say how a log is written. The zero Options are Spark's defaults but
// for rolling: one file, zstd.
type Options struct {
	Codec       string // zstd, lz4, snappy, lzf or none; "" is zstd (spark.eventLog.compression.codec)
	Rolling     bool   // a directory of parts (spark.eventLog.rolling.enabled)
	MaxFileSize int64  // of a part, in bytes of text; 0 is 128 MiB (spark.eventLog.rolling.maxFileSize)
	Redact      string // spark.redaction.regex; "" is Spark's default
}

// A Writer writes an event log that Spark's History Server opens. While it is
// open the log's name ends in ".inprogress". A Writer is used from one goroutine
// at a time, as an event.Listener is; its Add method is one.
type Writer struct {
	dir, base string // of the parts, and their common name
	opt       Options
	suffix    string
	secret    *regexp.Regexp

	out     *encoder
	part    int
	written int64
	err     error

	text   text
	totals map[stageKey]*stageSums
	stages int64 // numbered so far
	blocks map[blockAt][2]int64
}

const (
	defaultRedaction = `(?i)secret|password|token|access[.]?key`
	redacted         = "*********(redacted)"
	inProgress       = ".inprogress"
)

// Create begins the log of one application attempt in dir, which is made if
// need be. attempt is "" for an application that has no attempts. It fails when
// the log is there already.
func Create(dir, app, attempt string, opt Options) (*Writer, error) {
	if app == "" {
		return nil, fmt.Errorf("event log in %s: the application has no id", dir)
	}
	if opt.Codec == "" {
		opt.Codec = "zstd"
	}
	if opt.MaxFileSize == 0 {
		opt.MaxFileSize = 128 << 20
	}
	if opt.Redact == "" {
		opt.Redact = defaultRedaction
	}
	secret, err := regexp.Compile(opt.Redact)
	if err != nil {
		return nil, fmt.Errorf("spark.redaction.regex: %w", err)
	}
	w := &Writer{dir: dir, base: LogName(app, attempt), opt: opt, secret: secret,
		totals: map[stageKey]*stageSums{}, blocks: map[blockAt][2]int64{}}
	known := false
	for _, c := range writable {
		if c.name == opt.Codec {
			w.suffix, known = c.suffix, true
		}
	}
	if !known {
		return nil, fmt.Errorf("event log codec %q is not offered; use zstd, lz4, snappy, lzf or none", opt.Codec)
	}
	if err := w.begin(); err != nil {
		return nil, fmt.Errorf("event log of %s in %s: %w", app, dir, err)
	}
	return w, nil
}

// LogName is the name that Spark gives to an application's log, without suffix
// (EventLogFileWriter.nameForAppAndAttempt).
func LogName(app, attempt string) string {
	clean := strings.NewReplacer(" ", "-", ":", "-", "/", "-", ".", "_", "$", "_", "{", "_", "}", "_", "'", "_", `"`, "_")
	name := strings.ToLower(clean.Replace(app))
	if attempt != "" {
		name += "_" + strings.ToLower(clean.Replace(attempt))
	}
	return name
}

// Path is where the log is: its directory when it rolls, else its file, which
// bears ".inprogress" until Close.
func (w *Writer) Path() string {
	if w.opt.Rolling {
		return w.dir
	}
	return filepath.Join(w.dir, w.base+w.suffix)
}

func (w *Writer) begin() error {
	if err := os.MkdirAll(w.dir, 0o770); err != nil {
		return err
	}
	if !w.opt.Rolling {
		if _, err := os.Stat(w.Path()); err == nil {
			return fmt.Errorf("%s is there already; remove it or give the application another id", filepath.Base(w.Path()))
		}
		out, err := newEncoder(w.Path()+inProgress, w.opt.Codec)
		w.out = out
		return err
	}
	w.dir = filepath.Join(w.dir, "eventlog_v2_"+w.base)
	if err := os.Mkdir(w.dir, 0o770); err != nil {
		return err
	}
	if err := os.WriteFile(w.status()+inProgress, nil, 0o660); err != nil {
		return err
	}
	return w.roll()
}

func (w *Writer) status() string { return filepath.Join(w.dir, "appstatus_"+w.base) }

// roll ends the part that is being written and begins the next.
func (w *Writer) roll() error {
	if w.out != nil {
		if err := w.out.Close(); err != nil {
			return err
		}
	}
	w.part++
	w.written = 0
	out, err := newEncoder(filepath.Join(w.dir, fmt.Sprintf("events_%d_%s%s", w.part, w.base, w.suffix)), w.opt.Codec)
	w.out = out
	return err
}

// Add writes e. After the first error it does nothing; Close returns the error.
func (w *Writer) Add(e event.Event) {
	if w.err != nil {
		return
	}
	w.line(e)
	w.put(flushed(e))
}

// AddLine writes a line as it is: what a Record holds, or what Redactor.Line made
// of it. Errors are as those of Add.
func (w *Writer) AddLine(line []byte) {
	if w.err != nil {
		return
	}
	w.text.b = append(append(w.text.b[:0], line...), '\n')
	w.put(false)
}

// put writes the line that text holds, into the next part if this one is full.
func (w *Writer) put(flush bool) {
	if w.opt.Rolling && w.written > 0 && w.written+int64(len(w.text.b)) > w.opt.MaxFileSize {
		if w.err = w.roll(); w.err != nil {
			return
		}
	}
	w.written += int64(len(w.text.b))
	if _, w.err = w.out.Write(w.text.b); w.err == nil && flush {
		w.err = w.out.Flush()
	}
}

// flushed are the events behind which a reader of a running log should find
// everything before: those that end something. Spark flushes more often, which
// makes its zstd logs hundreds of frames.
func flushed(e event.Event) bool {
	switch e.(type) {
	case event.ApplicationStart, event.ApplicationEnd, event.StageCompleted, event.JobEnd, event.SQLExecutionEnd:
		return true
	}
	return false
}

// Close ends the log and takes ".inprogress" away. It returns the first error
// of the Writer's life; the log then keeps its name and holds what came before.
func (w *Writer) Close() error {
	if w.out == nil {
		return w.err
	}
	if err := w.out.Close(); w.err == nil {
		w.err = err
	}
	w.out = nil
	if w.err == nil {
		final := w.Path()
		if w.opt.Rolling {
			final = w.status()
		}
		w.err = os.Rename(final+inProgress, final)
	}
	if w.err != nil {
		w.err = fmt.Errorf("event log %s: %w", w.Path(), w.err)
	}
	return w.err
}

func (w *Writer) redact(m map[string]string) map[string]string { return hide(m, w.secret) }

// Redact hides the values of m of which pattern finds something in key or value,
// as Spark's Utils.redact does; "" and a pattern that is none stand for Spark's
// own. m stays as it is, and is returned when there was nothing to hide.
func Redact(m map[string]string, pattern string) map[string]string {
	secret, err := regexp.Compile(pattern)
	if pattern == "" || err != nil {
		secret = regexp.MustCompile(defaultRedaction)
	}
	return hide(m, secret)
}

func hide(m map[string]string, secret *regexp.Regexp) map[string]string {
	var out map[string]string
	for k, v := range m {
		if !secret.MatchString(k) && !secret.MatchString(v) {
			continue
		}
		if out == nil {
			out = maps.Clone(m)
		}
		out[k] = redacted
	}
	if out == nil {
		return m
	}
	return out
}
