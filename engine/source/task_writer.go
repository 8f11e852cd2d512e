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
// files of several folders open if it may; else one, and then rows sorted by the
// partition columns give the fewest files. Close or Abort it.
type TaskWriter struct {
	sink  *Sink
	dir   string
	name  string
	texts *expr.Texts
	most  int       // folders whose files may be open at a time, but for the one of Sorted
	lone  *openFile // of Sorted, and of writes without partition columns
	last  *expr.Batch
	count int // files begun
	files []Written

	groups *expr.Groups // of the partition columns' values
	open   []*openFile  // by group; nil for those that most keeps out
	ids    []int32
	rows   [][]int32 // of a batch, by group
	parts  expr.Gatherer
	rest   expr.Gatherer
}

// An openFile is a file that is written, or the place for the next one of a folder.
type openFile struct {
	folder string
	at     int // in the task's files
	writer fileWriter
	file   *os.File
	buffer *bufio.Writer
}

// Task makes a folder, whose parent must be there, and a writer of files below
// it, whose names begin with name. It keeps files in as many folders of partition
// values open as folders says.
func (s *Sink) Task(dir, name string, folders int) (*TaskWriter, error) {
	texts, err := s.folders()
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	t := &TaskWriter{sink: s, dir: dir, name: name, texts: texts, most: folders, lone: &openFile{}}
	var types []expr.Type
	for _, k := range s.keys {
		types = append(types, s.schema[k].Type)
	}
	t.groups = expr.NewGroups(types)
	return t, nil
}

// Write appends the rows of a batch, which is free again afterwards, except those of
// folders that are too many: these it returns, valid until the next Write. They are
// to be given to Sorted, all of them after the last Write.
func (t *TaskWriter) Write(b *expr.Batch) (rest *expr.Batch, err error) {
	if len(t.sink.keys) == 0 {
		return nil, t.append(t.lone, b)
	}
	keys, values := t.split(b)
	columns := make([]*expr.Column, len(keys.Cols))
	for i := range columns {
		columns[i] = &keys.Cols[i]
	}
	t.ids = t.groups.Assign(columns, b.Rows, t.ids)
	for len(t.rows) < t.groups.Len() {
		t.rows, t.open = append(t.rows, nil), append(t.open, nil)
	}
	var others []int32
	for i, g := range t.ids {
		if int(g) < t.most {
			t.rows[g] = append(t.rows[g], int32(i))
		} else {
			others = append(others, int32(i))
		}
	}
	for g, rows := range t.rows[:min(t.most, len(t.rows))] {
		if len(rows) == 0 {
			continue
		}
		if t.open[g] == nil {
			first := keys.Slice(int(rows[0]), int(rows[0])+1)
			t.open[g] = &openFile{folder: t.folderOf(first)}
		}
		part := values
		if len(rows) < b.Rows {
			part = t.parts.Gather(values, rows)
		}
		if err := t.append(t.open[g], part); err != nil {
			return nil, err
		}
		t.rows[g] = rows[:0]
	}
	if others == nil {
		return nil, nil
	}
	return t.rest.Gather(b, others), nil
}

// Sorted appends rows that are in the order of the partition columns, one file open
// at a time.
func (t *TaskWriter) Sorted(b *expr.Batch) error {
	if len(t.sink.keys) == 0 {
		return t.append(t.lone, b)
	}
	for _, f := range t.open {
		if err := t.close(f); err != nil {
			return err
		}
	}
	t.open = nil
	keys, values := t.split(b)
	for from := 0; from < b.Rows; {
		if t.last == nil || !sameRow(t.last, 0, keys, from) {
			if err := t.close(t.lone); err != nil {
				return err
			}
			t.last = keys.Slice(from, from+1).Copy()
			t.lone.folder = t.folderOf(t.last)
		}
		to := from + 1
		for to < b.Rows && sameRow(keys, from, keys, to) {
			to++
		}
		if err := t.append(t.lone, values.Slice(from, to)); err != nil {
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

// append adds rows to a file, and goes on to the next one where it is full.
func (t *TaskWriter) append(f *openFile, b *expr.Batch) error {
	limit := t.sink.maxRecords
	for from := 0; from < b.Rows; {
		if f.writer != nil && limit > 0 && t.files[f.at].Rows >= limit {
			if err := t.close(f); err != nil {
				return err
			}
		}
		if f.writer == nil {
			if err := t.begin(f); err != nil {
				return err
			}
		}
		file := &t.files[f.at]
		to := b.Rows
		if limit > 0 {
			to = min(to, from+int(limit-file.Rows))
		}
		part := b
		if from > 0 || to < b.Rows {
			part = b.Slice(from, to)
		}
		if err := f.writer.Write(part); err != nil {
			return err
		}
		file.Rows += int64(to - from)
		from = to
	}
	return nil
}

// begin makes the next file of a folder.
func (t *TaskWriter) begin(f *openFile) error {
	name := fmt.Sprintf("%s-c%03d%s", t.name, t.count, t.sink.suffix())
	if f.folder != "" {
		name = fmt.Sprintf("%s/%s.c%03d%s", f.folder, t.name, t.count, t.sink.suffix())
		dir := t.dir // which is not made anew should the write have been given up
		for part := range strings.SplitSeq(f.folder, "/") {
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
	f.file, f.at = file, len(t.files)
	t.files = append(t.files, Written{Name: name})
	f.buffer = bufio.NewWriterSize(file, 256<<10)
	f.writer, err = t.sink.open(f.buffer)
	return err
}

// close ends a file, if one is open there.
func (t *TaskWriter) close(f *openFile) error {
	if f == nil || f.file == nil {
		return nil
	}
	err := f.writer.Close()
	if err == nil {
		err = f.buffer.Flush()
	}
	if err == nil {
		var info os.FileInfo
		if info, err = f.file.Stat(); err == nil {
			t.files[f.at].Bytes = info.Size()
		}
	}
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	f.file, f.writer = nil, nil
	return err
}

// Close ends the last files and lists all. Without rows there is none, unless
// always wants one, which then tells of the columns. After an error the caller
// has to Abort.
func (t *TaskWriter) Close(always bool) ([]Written, error) {
	if always && t.count == 0 && len(t.sink.keys) == 0 {
		if err := t.begin(t.lone); err != nil {
			return nil, err
		}
	}
	for _, f := range append(t.open, t.lone) {
		if err := t.close(f); err != nil {
			return nil, err
		}
	}
	return t.files, nil
}

// Abort deletes the folder and all that was written.
func (t *TaskWriter) Abort() {
	for _, f := range append(t.open, t.lone) {
		if f != nil && f.file != nil {
			f.file.Close()
		}
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
