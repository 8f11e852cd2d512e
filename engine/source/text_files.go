package source

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// textFiles are the files of a table of text. A plain file is read in pieces,
// each of which has the lines that start in it; a compressed one, or one whose
// records reach over line ends, as a whole.
type textFiles struct {
	format string
	files  []dataFile
}

func (t *textFiles) Format() string   { return t.format }
func (t *textFiles) Location() string { return location(t.files) }

func (t *textFiles) Stats() Stats {
	s := Stats{Rows: -1, Files: len(t.files)}
	for _, f := range t.files {
		s.Bytes += f.size
	}
	return s
}

func (t *textFiles) Splits(o SplitOptions) ([]Split, error) { return packSplits(t.files, o), nil }

// openText finds out how files are compressed. With whole they are not cut.
func openText(format string, files []dataFile, whole bool) (*textFiles, error) {
	for i := range files {
		f := &files[i]
		var err error
		if f.pack, err = detectPack(f.path); err != nil {
			return nil, &Error{Err: err}
		}
		f.cut = f.pack == plainText && !whole
	}
	return &textFiles{format, files}, nil
}

// A pack is how a file of text is compressed.
type pack uint8

const (
	plainText pack = iota
	packGzip
	packZstd
	packBzip2
)

// magic is how packed files begin. A digit stands at the fourth place of
// bzip2's, which this leaves to chance.
var magic = map[pack]string{packGzip: "\x1f\x8b", packZstd: "\x28\xb5\x2f\xfd", packBzip2: "BZh?1AY&SY"}

func detectPack(path string) (pack, error) {
	file, err := os.Open(path)
	if err != nil {
		return plainText, err
	}
	defer file.Close()
	head := make([]byte, 10)
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return plainText, err
	}
	if n > 4 && head[3] >= '1' && head[3] <= '9' {
		head[3] = '?'
	}
	for p, begins := range magic {
		if bytes.HasPrefix(head[:n], []byte(begins)) {
			return p, nil
		}
	}
	return plainText, nil
}

// unpack reads what is packed in r.
func (p pack) unpack(r io.Reader) (io.ReadCloser, error) {
	switch p {
	case packGzip:
		return gzip.NewReader(r)
	case packZstd:
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	case packBzip2:
		return io.NopCloser(bzip2.NewReader(r)), nil
	}
	return io.NopCloser(r), nil
}

// whole is the piece that is all of file i.
func (t *textFiles) whole(i int) Piece {
	return Piece{Path: t.files[i].path, Index: i, Length: t.files[i].size}
}

// A textLine is a line without its end, valid until the next, and the byte of
// the (unpacked) file at which it starts.
type textLine struct {
	text []byte
	at   int64
}

// lines are the lines that start in a piece, without a mark of byte order.
// count grows by the bytes taken from storage.
func (t *textFiles) lines(p Piece, count *int64) iter.Seq2[textLine, error] {
	return func(yield func(textLine, error) bool) {
		file, unpacked, err := t.open(p.Index, count)
		if err != nil {
			yield(textLine{}, err)
			return
		}
		defer file.Close()
		defer unpacked.Close()
		lines := &lineReader{r: unpacked, end: p.Offset + p.Length, buf: make([]byte, 256<<10)}
		if t.files[p.Index].pack != plainText {
			lines.end = 1 << 62
		} else if p.Offset > 0 {
			// The line that the byte before belongs to is the neighbour's.
			if _, err = file.Seek(p.Offset-1, io.SeekStart); err == nil {
				lines.at = p.Offset - 1
				_, _, err = lines.next()
			}
		}
		for err == nil {
			var line textLine
			if line.text, line.at, err = lines.next(); err != nil {
				break
			}
			if line.at == 0 {
				line.text = bytes.TrimPrefix(line.text, byteOrderMark)
			}
			if !yield(line, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(textLine{}, &Error{File: p.Path, Place: fmt.Sprintf("byte %d", lines.at), Msg: "reading fails", Err: err})
		}
	}
}

// open opens file i and what is packed in it; both must be closed.
func (t *textFiles) open(i int, count *int64) (*os.File, io.ReadCloser, error) {
	f := &t.files[i]
	file, err := os.Open(f.path)
	if err != nil {
		return nil, nil, &Error{Err: err}
	}
	unpacked, err := f.pack.unpack(&countingReader{r: file, n: count})
	if err != nil {
		file.Close()
		return nil, nil, &Error{File: f.path, Msg: "the compressed file is damaged", Err: err}
	}
	return file, unpacked, nil
}

// maxRecord is the largest file that is read as one record.
const maxRecord = 1 << 30

// all is the whole of file i.
func (t *textFiles) all(i int, count *int64) ([]byte, error) {
	file, unpacked, err := t.open(i, count)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	defer unpacked.Close()
	text, err := io.ReadAll(io.LimitReader(unpacked, maxRecord+1))
	if err != nil {
		return nil, &Error{File: file.Name(), Msg: "reading fails", Err: err}
	}
	if len(text) > maxRecord {
		return nil, dataError(file.Name(), "", "the file has more than %d MiB, the most that is read as one record", maxRecord>>20)
	}
	return text, nil
}

// check refuses a piece of another table, and counts its file.
func (t *textFiles) check(p Piece, opened map[int]bool, c *Counters) error {
	if p.Index < 0 || p.Index >= len(t.files) {
		return fmt.Errorf("the split of %s belongs to another table", p.Path)
	}
	if !opened[p.Index] {
		opened[p.Index] = true
		c.Files++
		c.FilesSize += t.files[p.Index].size
	}
	return nil
}

// lineNumber counts lines up to a byte of a file, from 1; 0 when it cannot.
func (t *textFiles) lineNumber(index int, at int64) int {
	n := 0
	for line, err := range t.lines(t.whole(index), new(int64)) {
		if err != nil {
			return 0
		}
		if n++; line.at >= at {
			break
		}
	}
	return n
}

var errStopped = errors.New("the reader was left")

var byteOrderMark = []byte("\xef\xbb\xbf")

type countingReader struct {
	r io.Reader
	n *int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}
