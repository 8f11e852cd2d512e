package operator

import (
	"stagecoach/engine/expr"
)

// A span is the rows that a window computes at once: whole partitions, or, when
// streaming, a batch. Rows are known by their positions in it.
type span struct {
	starts []int // positions at which the chunks begin, then the number of rows
	load   func(chunk int) (*expr.Batch, error)
	parts  []int32 // positions at which partitions begin, then the number of rows
	orders []expr.Order

	before carry       // of the first partition, when it has begun before
	last   *expr.Batch // the row before the span, then

	at      *slice // the slice that is computed
	part    int    // of its last row
	flags   []bool
	flagged int // the chunk that flags are of, from 1
	next    int // a position behind which the next peers begin
	begins  int // where they do
}

// A carry is what is known of a partition up to some row: how many rows it has
// had, at which of them the last peers began, and how many groups of peers there
// were.
type carry struct{ rows, peer, dense int32 }

// A slice is some rows of a span that are computed together. Positions before 0
// are those of rows before the span.
type slice struct {
	span       *span
	from       int
	batch      *expr.Batch
	start, end []int32 // of each row's partition
	// Of each row's peers the first, the one behind the last, and which group they
	// are, from 1; there once peers was called.
	peer, past, dense []int32
	peered            bool
}

func oneChunk(b *expr.Batch, parts []int32) *span {
	return &span{starts: []int{0, b.Rows}, parts: parts, load: func(int) (*expr.Batch, error) { return b, nil }}
}

// keptSpan is the span of one partition: a chunk, unless rows are on disk.
func keptSpan(k *kept) (*span, error) {
	s := &span{starts: []int{0}, parts: []int32{0, int32(k.rows)}}
	var held *expr.Batch
	for b, err := range k.read() {
		if err != nil {
			return nil, err
		}
		s.starts = append(s.starts, s.starts[len(s.starts)-1]+b.Rows)
		held = b
	}
	s.load = func(chunk int) (*expr.Batch, error) {
		if chunk >= len(k.pieces) {
			return held, nil
		}
		for b, err := range readPieces(k.file, k.pieces[chunk:chunk+1], k.schema) {
			return b, err
		}
		return nil, nil
	}
	return s, nil
}

func (s *span) chunks() int { return len(s.starts) - 1 }
func (s *span) rows() int   { return s.starts[len(s.starts)-1] }

// slice moves on to the rows from a position on, which follow those before.
func (s *span) slice(from int, rows *expr.Batch) (*slice, error) {
	p := s.at
	p.span, p.from, p.batch, p.peered = s, from, rows, false
	p.start, p.end = resized(p.start, rows.Rows), resized(p.end, rows.Rows)
	for at := from; at < from+rows.Rows; {
		for int(s.parts[s.part+1]) <= at {
			s.part++
		}
		start, end := s.parts[s.part], s.parts[s.part+1]
		if s.part == 0 {
			start = -s.before.rows
		}
		for ; at < min(int(end), from+rows.Rows); at++ {
			p.start[at-from], p.end[at-from] = start, end
		}
	}
	return p, nil
}

// peers fills in the places of peers.
func (p *slice) peers() error {
	if p.peered {
		return nil
	}
	s, n := p.span, p.batch.Rows
	// The row before the slice says where its peers began.
	peer, dense := s.before.peer-s.before.rows, s.before.dense
	if p.from > 0 {
		peer, dense = p.peer[len(p.peer)-1], p.dense[len(p.dense)-1]
	}
	p.peer, p.past, p.dense = resized(p.peer, n), resized(p.past, n), resized(p.dense, n)
	next, err := s.nextPeers(p.from + n)
	if err != nil {
		return err
	}
	chunk := s.chunkOf(p.from)
	if err := s.flag(chunk); err != nil {
		return err
	}
	flags := s.flags[p.from-s.starts[chunk]:][:n]
	for i, begins := range flags {
		if begins {
			peer = int32(p.from + i)
			dense++
			if peer == p.start[i] {
				dense = 1
			}
		}
		p.peer[i], p.dense[i] = peer, dense
	}
	past := int32(next)
	for i := n - 1; i >= 0; i-- {
		p.past[i] = past
		if flags[i] {
			past = int32(p.from + i)
		}
	}
	p.peered = true
	return nil
}

// flag finds out which rows of a chunk are no peers of the row before.
func (s *span) flag(chunk int) error {
	if s.flagged == chunk+1 {
		return nil
	}
	b, err := s.load(chunk)
	if err != nil {
		return err
	}
	before := s.last
	if chunk > 0 {
		if before, err = s.load(chunk - 1); err != nil {
			return err
		}
	}
	s.flagged = chunk + 1
	s.flags = changes(b, s.orders, s.flags)
	s.flags[0] = before == nil || expr.CompareRows(before, before.Rows-1, b, 0, s.orders) != 0
	for _, start := range s.parts[1:] {
		if at := int(start) - s.starts[chunk]; at >= 0 && at < b.Rows {
			s.flags[at] = true
		}
	}
	return nil
}

// nextPeers is the first position from one on at which peers begin.
func (s *span) nextPeers(from int) (int, error) {
	if s.next <= from && from <= s.begins && s.next > 0 {
		return s.begins, nil
	}
	at := from
	for at < s.rows() {
		chunk := s.chunkOf(at)
		if err := s.flag(chunk); err != nil {
			return 0, err
		}
		for at < s.starts[chunk+1] && !s.flags[at-s.starts[chunk]] {
			at++
		}
		if at < s.starts[chunk+1] {
			break
		}
	}
	s.next, s.begins = from, at
	return at, nil
}

// chunkOf is the chunk of the row at a position.
func (s *span) chunkOf(at int) int {
	low, high := 0, s.chunks()-1
	for low < high {
		if mid := (low + high) / 2; at >= s.starts[mid+1] {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// carried is what the last partition came to.
func (s *span) carried() carry {
	p := s.at
	n := len(p.start)
	start := p.start[n-1]
	c := carry{rows: int32(s.rows()) - start}
	if p.peered {
		c.peer, c.dense = p.peer[n-1]-start, p.dense[n-1]
	}
	return c
}

// changes says of each row but the first whether it differs from the one before
// in some columns.
func changes(b *expr.Batch, keys []expr.Order, flags []bool) []bool {
	flags = resized(flags, b.Rows)
	clear(flags)
	for _, k := range keys {
		c := &b.Cols[k.Col]
		switch layout := c.Type.Layout(); {
		case layout == expr.Int32:
			differing(flags, c.I32, c.Valid)
		case layout == expr.Int64:
			differing(flags, c.I64, c.Valid)
		case layout == expr.Bool:
			differing(flags, c.Bools, c.Valid)
		case c.Valid != nil:
			changesSlowly(b, k, flags)
		case c.Dict != nil:
			codes := c.Codes[:b.Rows]
			for i := 1; i < len(codes); i++ {
				if codes[i] != codes[i-1] && !flags[i] {
					flags[i] = string(c.Str(i)) != string(c.Str(i-1))
				}
			}
		case layout == expr.Float64:
			v := c.F64[:b.Rows]
			for i := 1; i < len(v); i++ {
				x, y := v[i-1], v[i]
				flags[i] = flags[i] || x != y && (x == x || y == y) // NaN equals NaN
			}
		case layout != expr.Null:
			changesSlowly(b, k, flags)
		}
	}
	return flags
}

func changesSlowly(b *expr.Batch, k expr.Order, flags []bool) {
	keys := []expr.Order{k}
	for i := 1; i < b.Rows; i++ {
		flags[i] = flags[i] || expr.CompareRows(b, i-1, b, i, keys) != 0
	}
}

func differing[T comparable](flags []bool, v []T, valid []byte) {
	v = v[:len(flags)]
	if valid == nil {
		for i := 1; i < len(v); i++ {
			flags[i] = flags[i] || v[i] != v[i-1]
		}
		return
	}
	was := valid[0]&1 != 0
	for i := 1; i < len(v); i++ {
		is := valid[i>>3]>>(i&7)&1 != 0
		flags[i] = flags[i] || is != was || is && v[i] != v[i-1]
		was = is
	}
}

// resized is s with n elements, whatever they are.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
