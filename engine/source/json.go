package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"stagecoach/engine/expr"
)

// JSONOptions say how JSON is read. Corrupt and Texts must be given.
type JSONOptions struct {
	Schema    expr.Schema // nil infers it from all the text
	MultiLine bool        // a file is one value instead of one a line
	Malformed Malformed
	Corrupt   string // the string column that gets a malformed record's text with Mend; inferred where there is one
	Texts     func() (*expr.Texts, error)
}

type jsonSource struct {
	*textFiles
	opt    JSONOptions
	schema expr.Schema
}

// newJSON is a table of files with a JSON object a line, or an array of them.
func newJSON(opt JSONOptions, files []dataFile) (Source, error) {
	text, err := openText("json", files, opt.MultiLine)
	if err != nil {
		return nil, err
	}
	j := &jsonSource{textFiles: text, opt: opt, schema: without(opt.Schema, &files[0])}
	if opt.Schema == nil {
		if j.schema, err = j.infer(); err != nil {
			return nil, err
		}
	}
	if name := repeatedName(j.schema); name != "" {
		return nil, dataError(files[0].path, "column "+name, "[COLUMN_ALREADY_EXISTS] there are two columns of this name: give a schema with one of them")
	}
	return byFolder(j, files, opt.Schema)
}

func (j *jsonSource) Schema() expr.Schema { return j.schema }

// infer finds the schema of all records of all files.
func (j *jsonSource) infer() (expr.Schema, error) {
	all := &jsonShape{}
	p := &jsonParser{}
	var rows []int
	corrupt := false
	for i, f := range j.files {
		for line, err := range j.records(j.whole(i), new(int64)) {
			if err != nil {
				return nil, err
			}
			ok := false
			fault := p.parse(line.text)
			if fault == nil {
				if rows, ok = p.rows(rows[:0]); !ok {
					fault = errors.New("neither an object nor an array of objects")
				}
			}
			if fault != nil && j.opt.Malformed == Fail {
				return nil, &Error{File: f.path, Place: fmt.Sprintf("line %d", j.lineNumber(i, line.at)), Err: fault}
			}
			if corrupt = corrupt || fault != nil; fault != nil {
				continue
			}
			for _, row := range rows {
				if twice := all.add(p, row); twice != "" {
					return nil, dataError(f.path, fmt.Sprintf("line %d, column %s", j.lineNumber(i, line.at), twice),
						"[COLUMN_ALREADY_EXISTS] there are two values of this name: give a schema")
				}
			}
		}
	}
	if corrupt && j.opt.Malformed == Mend && all.fields[j.opt.Corrupt] == nil {
		if all.fields == nil {
			all.fields = map[string]*jsonShape{}
		}
		all.fields[j.opt.Corrupt] = &jsonShape{typ: expr.String}
	}
	return all.schema(), nil
}

// records are the texts of a piece that hold a value each: its lines, or all of
// the file.
func (j *jsonSource) records(p Piece, count *int64) iter.Seq2[textLine, error] {
	if !j.opt.MultiLine {
		return j.lines(p, count)
	}
	return func(yield func(textLine, error) bool) {
		all, err := j.all(p.Index, count)
		yield(textLine{text: bytes.TrimPrefix(all, byteOrderMark)}, err)
	}
}

// Read parses the records that start in the split's pieces.
func (j *jsonSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		t, err := j.reader(ctx, r, yield)
		opened := map[int]bool{}
		for i := 0; i < len(s.Pieces) && err == nil; i++ {
			if err = j.check(s.Pieces[i], opened, &r.Counters); err == nil {
				err = t.piece(s.Pieces[i])
			}
		}
		t.finish(err)
	}
}

// A jsonRead is one Read under way. Malformed rows do not depend on the columns
// asked for unless they are only counted: all are read then.
type jsonRead struct {
	rowBatch
	source  *jsonSource
	parser  jsonParser
	values  jsonValues
	columns []expr.Field
	shown   int            // of columns: those asked for, the first ones
	place   map[string]int // of a column by its name
	found   []int          // the node of each column in the record at hand; -1 is none
	corrupt int            // the column of malformed records, or -1
	current []expr.Value
}

func (j *jsonSource) reader(ctx context.Context, r *Read, yield func(*expr.Batch, error) bool) (*jsonRead, error) {
	t := &jsonRead{source: j, place: map[string]int{}, corrupt: -1}
	t.values.parser = &t.parser
	schema := make(expr.Schema, len(r.Columns))
	for i, name := range r.Columns {
		at := j.schema.Index(name)
		if at < 0 {
			t.start(ctx, nil, r, yield)
			return t, &Error{File: j.files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", name, j.schema.Names())}
		}
		schema[i] = j.schema[at]
		if strings.EqualFold(schema[i].Name, j.opt.Corrupt) {
			t.corrupt = i
		}
	}
	t.start(ctx, schema, r, yield)
	t.columns, t.shown = append(t.columns, schema...), len(schema)
	if j.opt.Malformed != Mend || t.corrupt >= 0 {
		for _, f := range j.schema {
			if schema.Index(f.Name) < 0 {
				t.columns = append(t.columns, f)
			}
		}
	}
	for i, f := range t.columns {
		t.place[f.Name] = i
	}
	t.found = make([]int, len(t.columns))
	var err error
	t.values.texts, err = j.opt.Texts()
	return t, err
}

// piece reads the records of a piece.
func (t *jsonRead) piece(p Piece) error {
	j := t.source
	var rows []int
	for line, err := range j.records(p, &t.r.Counters.BytesRead) {
		if err != nil {
			return err
		}
		ok := false
		fault := t.parser.parse(line.text)
		if fault == nil {
			if rows, ok = t.parser.rows(rows[:0]); !ok {
				fault = errors.New("neither an object nor an array of objects")
			}
		}
		if fault != nil {
			rows = append(rows[:0], -1)
		}
		for _, row := range rows {
			values, wrong := t.row(row)
			if fault == nil {
				fault = wrong
			}
			if fault != nil {
				if j.opt.Malformed == Fail {
					return &Error{File: p.Path, Place: fmt.Sprintf("line %d", j.lineNumber(p.Index, line.at)), Err: fault}
				}
				t.r.Counters.Malformed++
			}
			if fault == nil || j.opt.Malformed == Mend {
				if t.corrupt >= 0 && fault != nil {
					values[t.corrupt] = expr.Value{Type: expr.String, S: strings.ToValidUTF8(string(line.text), "\ufffd")}
				}
				if err := t.add(values); err != nil {
					return err
				}
			}
			fault = nil
		}
	}
	return nil
}

// row is the values of the columns asked for in the object at node i, -1 is a
// record that is none, and the first fault. The values are valid until the next
// call.
func (t *jsonRead) row(i int) (values []expr.Value, fault error) {
	for c := range t.found {
		t.found[c] = -1
	}
	if i >= 0 {
		for k := i + 1; k < t.parser.nodes[i].end; k = t.parser.nodes[k].end {
			if c, ok := t.place[string(t.parser.nodes[k].name)]; ok && c != t.corrupt {
				t.found[c] = k
			}
		}
	}
	values = t.current[:0]
	for c, f := range t.columns {
		v := expr.Value{Type: f.Type, IsNull: true}
		if k := t.found[c]; k >= 0 {
			read, ok := t.values.value(k, f.Type)
			if ok || f.Type.Kind() == expr.Struct && read.List != nil {
				v = read
			}
			if !ok && fault == nil {
				fault = fmt.Errorf("column %s: %s is no %v", f.Name, t.parser.append(nil, k), f.Type)
			}
		}
		if c < t.shown {
			values = append(values, v)
		}
	}
	t.current = values
	return values, fault
}
