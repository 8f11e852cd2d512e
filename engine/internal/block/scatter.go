package block

import (
	"encoding/binary"

	"stagecoach/engine/expr"
)

// A Scatter encodes the rows of some batches into parts, each as one batch: what a
// map task writes for the partitions of a shuffle. Every value goes from where it
// is to where it lies in the encoding, in one step.
//
//	sizes    rows and bytes of text of each part  ─►  where its columns begin
//	columns  one after the other: value i of a batch to the next place of part parts[i]
type Scatter struct {
	Schema  expr.Schema
	Batches []*expr.Batch
	Parts   [][]int32 // of each row of each batch
	N       int       // parts are from 0 to N-1

	data   []byte
	rows   []int // of each part
	starts []int // of the columns' values (for texts of their offsets) in data, by column and part
	valid  []int // of the columns' bitmaps; -1 where nothing is null
	texts  []int // bytes of text, by column and part
	next   []int // scratch: where the next value of each part goes
}

// Encode returns the parts one after the other, part p from index[p] to index[p+1],
// in buf if that is large enough (it comes from Buffer), and the rows within each
// in the order of the batches. A part without rows is empty.
func (s *Scatter) Encode(buf []byte) (data []byte, index []int64) {
	s.count()
	index = s.place()
	if size := int(index[s.N]); cap(buf) < size {
		s.data = Buffer(size)
	} else {
		s.data = buf[:size]
	}
	s.heads(index)
	for c, f := range s.Schema {
		if s.valid[c*s.N] >= 0 {
			s.bitmap(c)
		}
		switch f.Type.Layout() {
		case expr.Bool:
			scatter(s, c, s.data, 1, func(c *expr.Column) []uint8 { return c.Bools })
		case expr.Int32:
			scatter(s, c, sliceOf[int32](s.data, len(s.data)/4), 4, func(c *expr.Column) []int32 { return c.I32 })
		case expr.Int64:
			scatter(s, c, sliceOf[int64](s.data, len(s.data)/8), 8, func(c *expr.Column) []int64 { return c.I64 })
		case expr.Float64:
			scatter(s, c, sliceOf[float64](s.data, len(s.data)/8), 8, func(c *expr.Column) []float64 { return c.F64 })
		case expr.Decimal:
			s.decimals(c)
		case expr.String:
			s.strings(c)
		}
	}
	return s.data, index
}

// Flat reports whether batches of a schema can be scattered: lists and structs,
// which have columns inside, cannot.
func Flat(schema expr.Schema) bool {
	for _, f := range schema {
		if l := f.Type.Layout(); l == expr.Array || l == expr.Struct {
			return false
		}
	}
	return true
}

// count finds how many rows each part has, and how much text of each column.
func (s *Scatter) count() {
	s.rows, s.next = make([]int, s.N), make([]int, s.N)
	for _, parts := range s.Parts {
		for _, p := range parts {
			s.rows[p]++
		}
	}
	s.texts = make([]int, len(s.Schema)*s.N)
	for c, f := range s.Schema {
		if f.Type.Layout() != expr.String {
			continue
		}
		of := s.texts[c*s.N:][:s.N]
		for k, b := range s.Batches {
			col := &b.Cols[c]
			if col.Type == expr.Null {
				continue
			}
			for i, p := range s.Parts[k] {
				of[p] += len(col.Str(i))
			}
		}
	}
}

// place decides where every column of every part begins.
func (s *Scatter) place() (index []int64) {
	index = make([]int64, s.N+1)
	s.starts, s.valid = make([]int, len(s.Schema)*s.N), make([]int, len(s.Schema)*s.N)
	nullable := make([]bool, len(s.Schema))
	for c := range s.Schema {
		for _, b := range s.Batches {
			nullable[c] = nullable[c] || b.Cols[c].Valid != nil || b.Cols[c].Type == expr.Null
		}
		nullable[c] = nullable[c] && s.Schema[c].Type != expr.Null
	}
	at := 0
	for p, rows := range s.rows {
		index[p] = int64(at)
		if rows == 0 {
			for c := range s.Schema {
				s.valid[c*s.N+p] = -1
				if nullable[c] {
					s.valid[c*s.N+p] = at
				}
			}
			continue
		}
		at += headerSize
		for c, f := range s.Schema {
			at += columnSize
			s.valid[c*s.N+p] = -1
			if nullable[c] {
				s.valid[c*s.N+p] = at
				at += pad((rows + 7) / 8)
			}
			s.starts[c*s.N+p] = at
			if f.Type.Layout() == expr.String {
				at += pad((rows+1)*4) + pad(s.texts[c*s.N+p])
			} else {
				at += pad(rows * f.Type.Width())
			}
		}
	}
	index[s.N] = int64(at)
	return index
}

// heads writes all that is neither value nor bitmap.
func (s *Scatter) heads(index []int64) {
	for p, rows := range s.rows {
		part := s.data[index[p]:index[p+1]]
		if rows == 0 {
			continue
		}
		clear(part[:headerSize])
		binary.LittleEndian.PutUint32(part, magic)
		binary.LittleEndian.PutUint32(part[4:], uint32(rows))
		binary.LittleEndian.PutUint32(part[8:], uint32(len(s.Schema)))
		binary.LittleEndian.PutUint64(part[16:], uint64(len(part)))
		for c, f := range s.Schema {
			begin, flags := s.starts[c*s.N+p], byte(0)
			if v := s.valid[c*s.N+p]; v >= 0 {
				clear(s.data[v:begin])
				begin, flags = v, flagValid
			}
			head := s.data[begin-columnSize : begin]
			clear(head)
			head[0], head[1] = byte(f.Type.Kind()), flags
			binary.LittleEndian.PutUint32(head[4:], uint32(s.texts[c*s.N+p]))
			// What pads the values is in their last eight bytes, which the values then fill.
			if f.Type.Layout() == expr.String {
				text := s.starts[c*s.N+p] + pad((rows+1)*4)
				clear(s.data[text-8 : text])
				clear(s.data[max(text, text+pad(s.texts[c*s.N+p])-8) : text+pad(s.texts[c*s.N+p])])
			} else if end := s.starts[c*s.N+p] + pad(rows*f.Type.Width()); f.Type.Width() > 0 {
				clear(s.data[end-8 : end])
			}
		}
	}
}

// bitmap sets the bits of the values that are not null.
func (s *Scatter) bitmap(c int) {
	clear(s.next)
	starts, data := s.valid[c*s.N:][:s.N], s.data
	for k, b := range s.Batches {
		col := &b.Cols[c]
		if col.Type == expr.Null {
			for _, p := range s.Parts[k] {
				s.next[p]++
			}
			continue
		}
		for i, p := range s.Parts[k] {
			at := s.next[p]
			s.next[p] = at + 1
			if col.Valid == nil || col.Valid[i>>3]>>(i&7)&1 != 0 {
				data[starts[p]+at>>3] |= 1 << (at & 7)
			}
		}
	}
}

// scatter moves values of one size; to is data as such values.
func scatter[T any](s *Scatter, c int, to []T, size int, values func(*expr.Column) []T) {
	next := s.next
	for p, at := range s.starts[c*s.N:][:s.N] {
		next[p] = at / size
	}
	for k, b := range s.Batches {
		parts := s.Parts[k]
		if b.Cols[c].Type == expr.Null {
			var zero T
			for _, p := range parts {
				to[next[p]] = zero
				next[p]++
			}
			continue
		}
		v := values(&b.Cols[c])[:len(parts)]
		for i, p := range parts {
			at := next[p]
			to[at] = v[i]
			next[p] = at + 1
		}
	}
}

// decimals are two words each, and begin at a multiple of eight bytes only.
func (s *Scatter) decimals(c int) {
	to := sliceOf[int64](s.data, len(s.data)/8)
	for p, at := range s.starts[c*s.N:][:s.N] {
		s.next[p] = at / 8
	}
	for k, b := range s.Batches {
		for i, p := range s.Parts[k] {
			var v expr.Int128
			if b.Cols[c].Type != expr.Null {
				v = b.Cols[c].Wide[i]
			}
			at := s.next[p]
			to[at], to[at+1] = int64(v.Lo), v.Hi
			s.next[p] = at + 2
		}
	}
}

// strings writes offsets and, behind them, texts.
func (s *Scatter) strings(c int) {
	offsets := sliceOf[int32](s.data, len(s.data)/4)
	begin, end := make([]int, s.N), make([]int, s.N) // of the texts of each part: where they begin, and where the next goes
	for p, at := range s.starts[c*s.N:][:s.N] {
		if s.rows[p] > 0 {
			s.next[p], begin[p] = at/4+1, at+pad((s.rows[p]+1)*4)
			end[p] = begin[p]
			offsets[at/4] = 0
		}
	}
	for k, b := range s.Batches {
		col := &b.Cols[c]
		for i, p := range s.Parts[k] {
			if col.Type != expr.Null {
				end[p] += copy(s.data[end[p]:], col.Str(i))
			}
			offsets[s.next[p]] = int32(end[p] - begin[p])
			s.next[p]++
		}
	}
}
