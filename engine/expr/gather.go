package expr

// Select writes the positions of the rows for which a condition is true into
// sel and returns them. It has no branch per row: an unpredictable condition
// costs what a predictable one does.
func Select(cond *Column, rows int, sel []int32) []int32 {
	if cond.Type == Null {
		return sel[:0]
	}
	sel = grow(sel, rows)
	n := 0
	if cond.Valid == nil {
		for i, v := range cond.Bools[:rows] {
			sel[n] = int32(i)
			n += int(v)
		}
		return sel[:n]
	}
	for i, v := range cond.Bools[:rows] {
		sel[n] = int32(i)
		n += int(v & (cond.Valid[i>>3] >> (i & 7)))
	}
	return sel[:n]
}

// A Gatherer takes chosen rows of batches into buffers of its own, which it
// fills again each time.
type Gatherer struct {
	out  Batch
	bits [][]byte
}

// Gather returns the rows of b at positions sel, in that order; valid until the
// next Gather. Dictionaries are shared with b.
func (g *Gatherer) Gather(b *Batch, sel []int32) *Batch {
	if len(g.out.Cols) != len(b.Cols) {
		g.out.Cols = make([]Column, len(b.Cols))
		g.bits = make([][]byte, len(b.Cols))
	}
	g.out.Schema, g.out.Rows = b.Schema, len(sel)
	nulls := anyNegative(sel)
	for i := range b.Cols {
		take(&g.out.Cols[i], &b.Cols[i], sel, nulls, &g.bits[i])
	}
	return &g.out
}

// Take gathers rows of one column into out, reusing out's buffers. A negative
// position gives a null.
func Take(out, in *Column, sel []int32) {
	bits := out.Valid
	take(out, in, sel, anyNegative(sel), &bits)
}

// take is Take with a buffer for the bitmap; nulls says whether any position is
// negative.
func take(out, in *Column, sel []int32, nulls bool, bits *[]byte) {
	n := len(sel)
	out.Type, out.Len = in.Type, n
	out.Dict = in.Dict
	switch layout := in.Type.Layout(); {
	case in.Dict != nil:
		out.Codes = gather(out.Codes, in.Codes, sel, nulls)
	case layout == Bool:
		out.Bools = gather(out.Bools, in.Bools, sel, nulls)
	case layout == Int32:
		out.I32 = gather(out.I32, in.I32, sel, nulls)
	case layout == Int64:
		out.I64 = gather(out.I64, in.I64, sel, nulls)
	case layout == Float64:
		out.F64 = gather(out.F64, in.F64, sel, nulls)
	case layout == Decimal:
		out.Wide = gather(out.Wide, in.Wide, sel, nulls)
	case layout == String:
		takeStrings(out, in, sel)
	case layout == Array:
		takeLists(out, in, sel)
	case layout == Struct:
		out.Items = grow(out.Items, len(in.Items))
		for f := range in.Items {
			Take(&out.Items[f], &in.Items[f], sel)
		}
	}
	out.Valid = nil
	if in.Valid == nil && !nulls || in.Type == Null {
		return
	}
	size := (n + 7) / 8
	bitmap := grow(*bits, size)
	*bits = bitmap
	clear(bitmap)
	if !nulls {
		for i, s := range sel {
			bitmap[i>>3] |= in.Valid[s>>3] >> (s & 7) & 1 << (i & 7)
		}
	} else {
		for i, s := range sel {
			if s >= 0 && (in.Valid == nil || in.Valid[s>>3]>>(s&7)&1 != 0) {
				bitmap[i>>3] |= 1 << (i & 7)
			}
		}
	}
	out.Valid = bitmap
}

// anyNegative reports whether a position gives a null.
func anyNegative(sel []int32) bool {
	signs := int32(0)
	for _, s := range sel {
		signs |= s
	}
	return signs < 0
}

func gather[T any](out, in []T, sel []int32, nulls bool) []T {
	out = grow(out, len(sel))
	switch {
	case len(in) == 0:
		clear(out)
	case nulls:
		for i, s := range sel {
			out[i] = in[max(s, 0)]
		}
	default:
		for i, s := range sel {
			out[i] = in[s]
		}
	}
	return out
}

func takeStrings(out, in *Column, sel []int32) {
	out.Offsets = grow(out.Offsets, len(sel)+1)
	out.Bytes = out.Bytes[:0]
	out.Offsets[0] = 0
	for i, s := range sel {
		if s >= 0 {
			out.Bytes = append(out.Bytes, in.Bytes[in.Offsets[s]:in.Offsets[s+1]]...)
		}
		out.Offsets[i+1] = int32(len(out.Bytes))
	}
}

func takeLists(out, in *Column, sel []int32) {
	out.Offsets = grow(out.Offsets, len(sel)+1)
	out.Offsets[0] = 0
	var items []int32
	for i, s := range sel {
		if s >= 0 {
			for j := in.Offsets[s]; j < in.Offsets[s+1]; j++ {
				items = append(items, j)
			}
		}
		out.Offsets[i+1] = int32(len(items))
	}
	out.Items = grow(out.Items, 1)
	Take(&out.Items[0], &in.Items[0], items)
}

// Slice returns rows [from, to) of b without copying where it can. Bitmaps are
// copied unless from is a multiple of 8.
func (b *Batch) Slice(from, to int) *Batch {
	out := &Batch{Schema: b.Schema, Rows: to - from, Cols: make([]Column, len(b.Cols))}
	for i := range b.Cols {
		out.Cols[i] = b.Cols[i].slice(from, to)
	}
	return out
}

func (c *Column) slice(from, to int) Column {
	out := Column{Type: c.Type, Len: to - from, Dict: c.Dict}
	if c.Valid != nil {
		if from&7 == 0 {
			out.Valid = c.Valid[from>>3 : (to+7)>>3]
		} else {
			out.Valid = make([]byte, (to-from+7)/8)
			for i := from; i < to; i++ {
				if c.Valid[i>>3]>>(i&7)&1 != 0 {
					out.Valid[(i-from)>>3] |= 1 << ((i - from) & 7)
				}
			}
		}
	}
	switch layout := c.Type.Layout(); {
	case c.Dict != nil:
		out.Codes = c.Codes[from:to]
	case layout == Bool:
		out.Bools = c.Bools[from:to]
	case layout == Int32:
		out.I32 = c.I32[from:to]
	case layout == Int64:
		out.I64 = c.I64[from:to]
	case layout == Float64:
		out.F64 = c.F64[from:to]
	case layout == Decimal:
		out.Wide = c.Wide[from:to]
	case layout == String && to > from:
		out.Offsets, out.Bytes = c.Offsets[from:to+1], c.Bytes
	case layout == Array && to > from:
		out.Offsets, out.Items = c.Offsets[from:to+1], c.Items
	case layout == String || layout == Array:
		out.Offsets, out.Items = []int32{0}, c.Items
	case layout == Struct:
		out.Items = make([]Column, len(c.Items))
		for f := range c.Items {
			out.Items[f] = c.Items[f].slice(from, to)
		}
	}
	return out
}

// Flatten returns the column without a dictionary: itself, or its values
// written out into fresh memory.
func (c *Column) Flatten() Column {
	if c.Dict == nil {
		return *c
	}
	out := Column{Type: c.Type, Len: c.Len, Valid: c.Valid, Offsets: make([]int32, c.Len+1)}
	size := 0
	for i := range c.Len {
		if !c.IsNull(i) {
			size += len(c.Str(i))
		}
		out.Offsets[i+1] = int32(size)
	}
	out.Bytes = make([]byte, 0, size)
	for i := range c.Len {
		if !c.IsNull(i) {
			out.Bytes = append(out.Bytes, c.Str(i)...)
		}
	}
	return out
}

// Concat joins batches of one schema into one; of none it is empty. The result
// owns its memory.
func Concat(schema Schema, batches []*Batch) *Batch {
	out := &Batch{Schema: schema, Cols: make([]Column, len(schema)), Owned: true}
	for _, b := range batches {
		out.Rows += b.Rows
	}
	for i, f := range schema {
		out.Cols[i] = concatColumn(f.Type, i, batches, out.Rows)
	}
	return out
}

// Drain is Concat of batches that nobody needs any more: each of their columns is
// let go as soon as it has been joined, so that rows are there twice for one
// column at a time.
func Drain(schema Schema, batches []*Batch) *Batch {
	if len(batches) == 1 {
		return batches[0]
	}
	out := &Batch{Schema: schema, Cols: make([]Column, len(schema))}
	for _, b := range batches {
		out.Rows += b.Rows
	}
	for i, f := range schema {
		out.Cols[i] = concatColumn(f.Type, i, batches, out.Rows)
		for _, b := range batches {
			b.Cols[i] = Column{}
		}
	}
	return out
}

func concatColumn(t Type, col int, batches []*Batch, rows int) Column {
	parts := make([]*Column, 0, len(batches))
	for _, b := range batches {
		if b.Rows > 0 {
			parts = append(parts, &b.Cols[col])
		}
	}
	return concatColumns(t, parts, rows)
}

// concatColumns joins columns of type t or Null, of rows values in all.
func concatColumns(t Type, parts []*Column, rows int) Column {
	if layout := t.Layout(); layout == Array || layout == Struct {
		b := NewBuilder(t)
		for _, c := range parts {
			for i := range c.Len {
				b.Append(c, i)
			}
		}
		return b.Take()
	}
	out := Column{Type: t, Len: rows}
	nulls := false
	size := 0
	for _, c := range parts {
		nulls = nulls || c.Valid != nil || c.Type == Null
		if t.Layout() == String && c.Dict == nil && c.Type != Null {
			size += int(c.Offsets[c.Len] - c.Offsets[0])
		}
	}
	if nulls && t != Null {
		out.Valid = make([]byte, (rows+7)/8)
	}
	switch t.Layout() {
	case Bool:
		out.Bools = make([]uint8, rows)
	case Int32:
		out.I32 = make([]int32, rows)
	case Int64:
		out.I64 = make([]int64, rows)
	case Float64:
		out.F64 = make([]float64, rows)
	case Decimal:
		out.Wide = make([]Int128, rows)
	case String:
		out.Offsets = make([]int32, 1, rows+1)
		out.Bytes = make([]byte, 0, size)
	}
	at := 0
	for _, c := range parts {
		if out.Valid != nil {
			copyBits(out.Valid, at, c, c.Len)
		}
		switch layout := t.Layout(); {
		case layout == String:
			appendTexts(&out, c)
		case c.Type == Null:
		case layout == Bool:
			copy(out.Bools[at:], c.Bools[:c.Len])
		case layout == Int32:
			copy(out.I32[at:], c.I32[:c.Len])
		case layout == Int64:
			copy(out.I64[at:], c.I64[:c.Len])
		case layout == Float64:
			copy(out.F64[at:], c.F64[:c.Len])
		case layout == Decimal:
			copy(out.Wide[at:], c.Wide[:c.Len])
		}
		at += c.Len
	}
	return out
}

// appendTexts appends c's strings to those of out.
func appendTexts(out, c *Column) {
	switch {
	case c.Type == Null:
		for range c.Len {
			out.Offsets = append(out.Offsets, int32(len(out.Bytes)))
		}
	case c.Dict == nil:
		move := int32(len(out.Bytes)) - c.Offsets[0]
		out.Bytes = append(out.Bytes, c.Bytes[c.Offsets[0]:c.Offsets[c.Len]]...)
		for _, o := range c.Offsets[1 : c.Len+1] {
			out.Offsets = append(out.Offsets, o+move)
		}
	default:
		for i := range c.Len {
			if !c.IsNull(i) {
				out.Bytes = append(out.Bytes, c.Str(i)...)
			}
			out.Offsets = append(out.Offsets, int32(len(out.Bytes)))
		}
	}
}

// copyBits writes c's validity at bit position at of dst, which is zero there.
func copyBits(dst []byte, at int, c *Column, n int) {
	if at&7 == 0 && c.Valid != nil && c.Type != Null {
		copy(dst[at>>3:], c.Valid[:(n+7)>>3])
		if n&7 != 0 {
			dst[(at+n)>>3] &= 1<<(n&7) - 1
		}
		return
	}
	for i := range n {
		if !c.IsNull(i) {
			dst[(at+i)>>3] |= 1 << ((at + i) & 7)
		}
	}
}
