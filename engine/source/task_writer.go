package source

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"stagecoach/engine/expr"
)

// A Written is a file that a task wrote.
type Written struct {
	Name  string // below the task's folder, with slashes: k=v/part-00000-….parquet
	Rows  int64
	Bytes int64
}

// A TaskWriter writes the rows of one task into files below a folder. It keeps
// one file open: rows sorted by the partition columns give the fewest files.
// Close or Abort it.
type TaskWriter struct {
	sink   *Sink
	dir    string
	name   string
	texts  *expr.Texts
	folder string      // of the file at hand
	last   *expr.Batch // the partition columns of the row before; nil at the start
	writer fileWriter
	file   *os.File
	buffer *bufio.Writer
	count  int // files begun
	files  []Written
}

// Task makes a folder, whose parent must be there, and a writer of files below
// it, whose names begin with name.
func (s *Sink) Task(dir, name string) (*TaskWriter, error) {
	texts, err := s.folders()
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	return &TaskWriter{sink: s, dir: dir, name: name, texts: texts}, nil
}

// Write appends the rows of a batch, which is free again afterwards.
func (t *TaskWriter) Write(b *expr.Batch) error {
	if len(t.sink.keys) == 0 {
		return t.rows(b)
	}
	keys, rest := t.split(b)
	for from := 0; from < b.Rows; {
		if t.last == nil || !sameRow(t.last, 0, keys, from) {
			if err := t.closeFile(); err != nil {
				return err
			}
			t.last = keys.Slice(from, from+1).Copy()
			t.folder = t.folderOf(t.last)
		}
		to := from + 1
		for to < b.Rows && sameRow(keys, from, keys, to) {
			to++
		}
		if err := t.rows(rest.Slice(from, to)); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// split parts the partition columns from the others.
func (t *TaskWriter) split(b *expr.Batch) (keys, rest *expr.Batch) {
	keys, rest = &expr.Batch{Rows: b.Rows}, &expr.Batch{Schema: t.sink.file, Rows: b.Rows}
	for _, k := range t.sink.keys {
		keys.Schema = append(keys.Schema, t.sink.schema[k])
		keys.Cols = append(keys.Cols, b.Cols[k])
	}
	for i := range b.Cols {
		if keys.Schema.Index(t.sink.schema[i].Name) < 0 {
			rest.Cols = append(rest.Cols, b.Cols[i])
		}
	}
	return keys, rest
}

// rows appends rows to files in the folder at hand.
func (t *TaskWriter) rows(b *expr.Batch) error {
	limit := t.sink.maxRecords
	for from := 0; from < b.Rows; {
		if t.writer != nil && limit > 0 && t.files[len(t.files)-1].Rows >= limit {
			if err := t.closeFile(); err != nil {
				return err
			}
		}
		if t.writer == nil {
			if err := t.openFile(); err != nil {
				return err
			}
		}
		file := &t.files[len(t.files)-1]
		to := b.Rows
		if limit > 0 {
			to = min(to, from+int(limit-file.Rows))
		}
		part := b
		if from > 0 || to < b.Rows {
			part = b.Slice(from, to)
		}
		if err := t.writer.Write(part); err != nil {
			return err
		}
		file.Rows += int64(to - from)
		from = to
	}
	return nil
}

func (t *TaskWriter) openFile() error {
	name := fmt.Sprintf("%s-c%03d%s", t.name, t.count, t.sink.suffix())
	if t.folder != "" {
		name = fmt.Sprintf("%s/%s.c%03d%s", t.folder, t.name, t.count, t.sink.suffix())
		dir := t.dir // which is not made anew should the write have been given up
		for part := range strings.SplitSeq(t.folder, "/") {
			dir = filepath.Join(dir, part)
			if err := os.Mkdir(dir, 0o755); err != nil && !os.IsExist(err) {
				return err
			}
		}
	}
	t.count++
	file, err := os.OpenFile(filepath.Join(t.dir, filepath.FromSlash(name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	t.file, t.files = file, append(t.files, Written{Name: name})
	t.buffer = bufio.NewWriterSize(file, 256<<10)
	t.writer, err = t.sink.open(t.buffer)
	return err
}

func (t *TaskWriter) closeFile() error {
	if t.file == nil {
		return nil
	}
	err := t.writer.Close()
	if err == nil {
		err = t.buffer.Flush()
	}
	if err == nil {
		var info os.FileInfo
		if info, err = t.file.Stat(); err == nil {
			t.files[len(t.files)-1].Bytes = info.Size()
		}
	}
	if closed := t.file.Close(); err == nil {
		err = closed
	}
	t.file, t.writer = nil, nil
	return err
}

// Close ends the last file and lists all. Without rows there is none, unless
// always wants one, which then tells of the columns. After an error the caller
// has to Abort.
func (t *TaskWriter) Close(always bool) ([]Written, error) {
	if always && t.count == 0 && len(t.sink.keys) == 0 {
		if err := t.openFile(); err != nil {
			return nil, err
		}
	}
	if err := t.closeFile(); err != nil {
		return nil, err
	}
	return t.files, nil
}

// Abort deletes the folder and all that was written.
func (t *TaskWriter) Abort() {
	if t.file != nil {
		t.file.Close()
	}
	os.RemoveAll(t.dir)
}

// folderOf names the folder of a row as Hive does: k=v/k=v, with nulls and empty
// texts under a name of their own.
func (t *TaskWriter) folderOf(row *expr.Batch) string {
	var parts []string
	for i := range row.Cols {
		value := ""
		if !row.Cols[i].IsNull(0) {
			value = string(t.texts.Append(nil, row.Cols[i].Value(0)))
		}
		parts = append(parts, PartitionFolder(row.Schema[i].Name, value))
	}
	return strings.Join(parts, "/")
}

// PartitionFolder is the name of the folder of a partition column's value, as text;
// a null is "".
func PartitionFolder(column, value string) string {
	if value = escapeFolder(value); value == "" {
		value = defaultPartition
	}
	return escapeFolder(column) + "=" + value
}

// escapeFolder writes what Hive keeps out of names as percent signs and two
// digits.
func escapeFolder(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == 0x7f || strings.IndexByte(`"#%'*/:=?\{[]^`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// sameRow reports whether two rows have the same values, nulls included.
func sameRow(a *expr.Batch, i int, b *expr.Batch, j int) bool {
	for c := range a.Cols {
		x, y := &a.Cols[c], &b.Cols[c]
		null := x.IsNull(i)
		if null != y.IsNull(j) {
			return false
		}
		if null {
			continue
		}
		same := true
		switch x.Type.Layout() {
		case expr.Bool:
			same = x.Bools[i] == y.Bools[j]
		case expr.Int32:
			same = x.I32[i] == y.I32[j]
		case expr.Int64:
			same = x.I64[i] == y.I64[j]
		case expr.Float64:
			same = math.Float64bits(x.F64[i]) == math.Float64bits(y.F64[j])
		case expr.Decimal:
			same = x.Wide[i] == y.Wide[j]
		case expr.String:
			same = bytes.Equal(x.Str(i), y.Str(j))
		}
		if !same {
			return false
		}
	}
	return true
}
