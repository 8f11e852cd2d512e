package source

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/metadata"

	"stagecoach/engine/expr"
)

// A footer is what we keep of a Parquet file's metadata.
type footer struct {
	rows    int64
	columns []leaf   // the columns that can be read, in order
	unread  []Unread // the others
	groups  []rowGroup
	codec   string
	creator string
}

// A leaf is a flat column of a file.
type leaf struct {
	field    expr.Field
	physical parquet.Type
	from     form
	optional bool // has definition levels
	leaf     int  // position among the file's leaves
	size     int  // bytes of a FIXED_LEN_BYTE_ARRAY value
}

// A rowGroup is a horizontal slice of a file.
type rowGroup struct {
	rows   int64
	middle int64 // byte of the file that decides which piece reads the group
	size   int64 // compressed
	chunks []columnChunk
}

// A columnChunk is one column of one row group.
type columnChunk struct {
	at, size  int64 // where in the file
	plainSize int64
	values    int64
	codec     Codec
	bounds    bounds
}

func (f *footer) schema() expr.Schema {
	s := make(expr.Schema, len(f.columns))
	for i, c := range f.columns {
		s[i] = c.field
	}
	return s
}

const parquetMagic = "PAR1"

// readFooter reads the footer of an open file. Arrow parses it, inside a
// recover because it trusts what it reads; before that a walk over the bytes
// has shown that every list is as long as it claims.
func readFooter(f *os.File, path string, size int64) (out *footer, read int64, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, dataError(path, "footer", "the metadata is corrupt: %v", r)
		}
	}()
	if size < 12 {
		return nil, 0, dataError(path, "", "not a Parquet file: it has %d bytes", size)
	}
	tail := make([]byte, min(size, 64<<10))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, 0, &Error{File: path, Place: "footer", Err: err}
	}
	switch end := string(tail[len(tail)-4:]); end {
	case parquetMagic:
	case "PARE":
		return nil, 0, dataError(path, "", "the file is encrypted, which is not supported")
	default:
		return nil, 0, dataError(path, "", "not a Parquet file, or one cut short: it does not end in PAR1")
	}
	length := int64(binary.LittleEndian.Uint32(tail[len(tail)-8:]))
	if length > size-12 || length == 0 {
		return nil, 0, dataError(path, "footer", "the footer is said to take %d of the file's %d bytes", length, size)
	}
	read = int64(len(tail))
	if length+8 > int64(len(tail)) {
		tail = make([]byte, length+8)
		if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
			return nil, 0, &Error{File: path, Place: "footer", Err: err}
		}
		read += int64(len(tail))
	}
	thrift := tail[int64(len(tail))-8-length : len(tail)-8]
	walk := thriftReader{b: thrift}
	if walk.skip(thriftStruct, 0); walk.bad {
		return nil, read, dataError(path, "footer", "the metadata is corrupt")
	}
	md, err := metadata.NewFileMetaData(thrift, nil)
	if err != nil {
		return nil, read, &Error{File: path, Place: "footer", Msg: "the metadata is corrupt", Err: err}
	}
	out, err = convertFooter(md, path, size-length-8)
	return out, read, err
}

// convertFooter keeps what reading needs and checks it: the data lie inside the
// first end bytes of the file, and the counts of rows agree with each other.
func convertFooter(md *metadata.FileMetaData, path string, end int64) (*footer, error) {
	f := &footer{rows: md.GetNumRows(), creator: md.GetCreatedBy()}
	for i := range md.Schema.NumColumns() {
		c := md.Schema.Column(i)
		name := c.ColumnPath()[0]
		if len(c.ColumnPath()) > 1 || c.MaxRepetitionLevel() > 0 || c.MaxDefinitionLevel() > 1 {
			if len(f.unread) == 0 || f.unread[len(f.unread)-1].Name != name {
				f.unread = append(f.unread, Unread{path, name, nestedType(md.Schema.ColumnRoot(i)), "nested columns are not supported"})
			}
			continue
		}
		typ, from, why := leafType(c)
		if why != "" {
			f.unread = append(f.unread, Unread{path, name, strings.ToLower(c.PhysicalType().String()), why})
			continue
		}
		optional := c.MaxDefinitionLevel() == 1
		f.columns = append(f.columns, leaf{
			field:    expr.Field{Name: name, Type: typ, NotNull: !optional && typ != expr.Null},
			physical: c.PhysicalType(), from: from, optional: optional, leaf: i, size: c.TypeLength(),
		})
	}
	if name := repeatedName(f.schema()); name != "" {
		return nil, &Error{File: path, Place: "column " + name,
			Msg: "there are two columns of this name, capitals aside: write the file with distinct names"}
	}
	var rows int64
	for g := range len(md.RowGroups) {
		group, err := convertRowGroup(md.RowGroup(g), f.columns, end)
		if err != nil {
			return nil, &Error{File: path, Place: fmt.Sprintf("row group %d", g), Err: err}
		}
		rows += group.rows
		f.groups = append(f.groups, *group)
		if g == 0 && len(group.chunks) > 0 {
			f.codec = group.chunks[0].codec.String()
		}
	}
	if rows != f.rows {
		return nil, dataError(path, "footer", "the row groups hold %d rows and the file is said to hold %d", rows, f.rows)
	}
	return f, nil
}

func convertRowGroup(md *metadata.RowGroupMetaData, columns []leaf, end int64) (*rowGroup, error) {
	g := &rowGroup{rows: md.NumRows(), chunks: make([]columnChunk, len(columns))}
	if g.rows < 0 {
		return nil, fmt.Errorf("it is said to hold %d rows", g.rows)
	}
	if g.rows == 0 { // some writers leave empty groups without pages
		return g, nil
	}
	start := end
	next := 0
	for i := range md.NumColumns() {
		cc, err := md.ColumnChunk(i)
		if err != nil {
			return nil, fmt.Errorf("column chunk %d: %w", i, err)
		}
		at := cc.DataPageOffset()
		if cc.HasDictionaryPage() && cc.DictionaryPageOffset() > 0 && cc.DictionaryPageOffset() < at {
			at = cc.DictionaryPageOffset()
		}
		size := cc.TotalCompressedSize()
		if at < 4 || size < 0 || at > end || size > end-at {
			return nil, fmt.Errorf("column chunk %d: bytes %d to %d do not lie in the file", i, at, at+size)
		}
		start = min(start, at)
		g.size += size
		if next == len(columns) || columns[next].leaf != i {
			continue
		}
		c := columnChunk{at: at, size: size, plainSize: cc.TotalUncompressedSize(), values: cc.NumValues(), codec: Codec(cc.Compression())}
		if c.values != g.rows {
			return nil, fmt.Errorf("column %s: %d values in a row group of %d rows", columns[next].field.Name, c.values, g.rows)
		}
		if cc.FilePath() != "" {
			return nil, fmt.Errorf("column %s: the data lie in another file, %s, which is not supported", columns[next].field.Name, cc.FilePath())
		}
		if cc.CryptoMetadata() != nil {
			return nil, fmt.Errorf("column %s: encrypted, which is not supported", columns[next].field.Name)
		}
		c.bounds = readBounds(cc, columns[next])
		g.chunks[next] = c
		next++
	}
	if next != len(columns) {
		return nil, fmt.Errorf("%d of %d columns are missing", len(columns)-next, len(columns))
	}
	if g.size > end-start {
		return nil, fmt.Errorf("column chunks overlap")
	}
	g.middle = start + g.size/2
	return g, nil
}
