package profiler

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A saved profile is read in a tenth of the time that its log takes:
//
//	magic   length   JSON of what is text and few   numbers of sets and tables
//
// Only the same program reads it back: there is one form, and no other is
// understood.
const saveMagic = "stagecoach profile 1\n"

// saved is what of a profile is not in its exported fields, and not numbers.
type saved struct {
	Profile   *Profile
	Places    [][2]string
	Odd       []map[int][2]string // by stage: reason and text of attempts that did not succeed
	Unended   []int
	Startless int
}

// Save writes p, which has been settled and gets no more events. A sketched
// profile cannot be saved.
func (p *Profile) Save(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	s := saved{Profile: p, Startless: p.Totals.startless}
	for _, at := range p.fold.places.list {
		s.Places = append(s.Places, [2]string{at.executor, at.host})
	}
	for _, stage := range p.Stages {
		if stage.sketch != nil {
			return errors.New("a sketched profile cannot be saved")
		}
		odd := map[int][2]string{}
		for row, end := range stage.Tasks.odd {
			odd[row] = [2]string{string(end.reason), end.text}
		}
		s.Odd, s.Unended = append(s.Odd, odd), append(s.Unended, stage.unended)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	out.WriteString(saveMagic) // Flush returns the first error
	n := numberWriter{out: out}
	n.put(int64(len(text)))
	out.Write(text)
	for set := range p.sets {
		n.put(int64(set.Len()))
		for id, v := range set.All {
			n.put(int64(id))
			n.put(v)
		}
	}
	for _, stage := range p.Stages {
		stage.Tasks.save(&n)
	}
	return out.Flush()
}

// sets yields every metric.Set of the profile, in an order of their own.
func (p *Profile) sets(yield func(*metric.Set) bool) {
	if !yield(&p.Totals.Metrics) {
		return
	}
	for _, x := range p.Executors {
		if !yield(&x.Metrics) {
			return
		}
	}
	for _, s := range p.Stages {
		if !yield(&s.Metrics) {
			return
		}
		for _, id := range slices.Sorted(maps.Keys(s.PerExecutor)) {
			if !yield(&s.PerExecutor[id].Metrics) {
				return
			}
		}
	}
}

// save writes a table, packed.
func (t *Tasks) save(n *numberWriter) {
	t.pack()
	n.put(int64(t.rows))
	if t.rows == 0 {
		return
	}
	for _, v := range []int64{int64(t.origin), int64(t.has), int64(t.zeros)} {
		n.put(v)
	}
	for _, s := range t.state {
		n.out.WriteByte(byte(s))
	}
	for _, l := range t.lists() {
		l.save(n)
	}
	for i := range t.columns {
		c := &t.columns[i]
		n.put(int64(len(c.seen)))
		n.words(c.seen)
		c.numbers.save(n)
	}
}

func (l *numbers) save(n *numberWriter) {
	for _, v := range []int64{l.unit, l.base, int64(l.width), int64(l.n), int64(len(l.packed))} {
		n.put(v)
	}
	n.words(l.packed)
}

// Load reads what Save wrote. What it returns is as it was but for one thing: it
// gets no more events.
func Load(data []byte) (*Profile, error) {
	rest, ok := bytes.CutPrefix(data, []byte(saveMagic))
	if !ok {
		return nil, errors.New("not a saved profile of this version")
	}
	n := numberReader{rest: rest}
	text := n.bytes(n.get())
	var s saved
	if n.err == nil {
		n.err = json.Unmarshal(text, &s)
	}
	if n.err != nil {
		return nil, fmt.Errorf("saved profile: %w", n.err)
	}
	p := s.Profile
	if p == nil || len(s.Odd) != len(p.Stages) || len(s.Unended) != len(p.Stages) || p.hollow() {
		return nil, errors.New("saved profile: its parts do not fit together")
	}
	p.Totals.startless = s.Startless
	all := &places{}
	for _, at := range s.Places {
		all.list = append(all.list, place{at[0], at[1]})
	}
	for set := range p.sets {
		for range min(n.get(), int64(metric.NumOutputRows)) {
			if id := metric.ID(n.get()); n.err == nil && id < metric.NumOutputRows {
				set.Record(id, n.get())
			} else {
				n.get()
			}
		}
	}
	for i, stage := range p.Stages {
		stage.unended = s.Unended[i]
		stage.Tasks.load(&n)
		stage.Tasks.places = all
		for row, end := range s.Odd[i] {
			if stage.Tasks.odd == nil {
				stage.Tasks.odd = map[int]oddEnd{}
			}
			stage.Tasks.odd[row] = oddEnd{event.EndKind(end[0]), end[1]}
		}
		if n.err == nil && !stage.Tasks.sound() {
			n.err = errors.New("a table of tasks is damaged")
		}
	}
	if n.err != nil {
		return nil, fmt.Errorf("saved profile: %w", n.err)
	}
	return p, nil
}

// hollow reports whether something is missing that is always there.
func (p *Profile) hollow() bool {
	return slices.Contains(p.Jobs, nil) || slices.Contains(p.Stages, nil) || slices.Contains(p.Executors, nil) ||
		slices.Contains(p.Executions, nil) || slices.Contains(p.RDDs, nil) || slices.Contains(p.Streams, nil) ||
		slices.Contains(p.Sessions, nil) || slices.Contains(p.Operations, nil) ||
		slices.ContainsFunc(p.Stages, func(s *Stage) bool {
			return slices.Contains(slices.Collect(maps.Values(s.PerExecutor)), nil)
		})
}

func (t *Tasks) load(n *numberReader) {
	t.rows = int(n.get())
	if t.rows == 0 || n.err != nil {
		return
	}
	t.packed = true
	t.origin, t.has, t.zeros = event.Millis(n.get()), uint32(n.get()), uint32(n.get())
	for _, b := range n.bytes(int64(t.rows)) {
		t.state = append(t.state, taskState(b))
	}
	for _, l := range t.lists() {
		l.load(n)
	}
	for left := t.has; left != 0 && n.err == nil; left &= left - 1 {
		var c column
		words := n.get()
		c.seen = n.words(words)
		c.all = words == 0
		c.numbers.load(n)
		t.columns = append(t.columns, c)
	}
}

func (l *numbers) load(n *numberReader) {
	l.unit, l.base, l.width, l.n = n.get(), n.get(), uint8(n.get()), int(n.get())
	l.packed = n.words(n.get())
}

// sound reports whether every row can be read.
func (t *Tasks) sound() bool {
	fits := func(l *numbers) bool {
		return l.n <= t.rows && l.n >= 0 && l.width <= 64 && len(l.packed) >= (l.n*int(l.width)+63)/64
	}
	for _, l := range t.lists() {
		if !fits(l) {
			return false
		}
	}
	for i := range t.columns {
		if c := &t.columns[i]; !fits(&c.numbers) {
			return false
		}
	}
	for row := range t.rows {
		if at := t.place.at(row); at < 0 || at >= int64(len(t.places.list)) {
			return false
		}
	}
	return len(t.state) == t.rows
}

type numberWriter struct {
	out *bufio.Writer
	buf [binary.MaxVarintLen64]byte
}

func (n *numberWriter) put(v int64) { n.out.Write(n.buf[:binary.PutVarint(n.buf[:], v)]) }

func (n *numberWriter) words(list []uint64) {
	for _, w := range list {
		n.out.Write(binary.LittleEndian.AppendUint64(n.buf[:0], w))
	}
}

// A numberReader reads what a numberWriter wrote; after the first mistake all is zero.
type numberReader struct {
	rest []byte
	err  error
}

func (n *numberReader) get() int64 {
	v, size := binary.Varint(n.rest)
	if size <= 0 {
		n.rest, n.err = nil, io.ErrUnexpectedEOF
		return 0
	}
	n.rest = n.rest[size:]
	return v
}

func (n *numberReader) bytes(size int64) []byte {
	if size < 0 || size > int64(len(n.rest)) {
		n.rest, n.err = nil, io.ErrUnexpectedEOF
		return nil
	}
	out := n.rest[:size]
	n.rest = n.rest[size:]
	return out
}

func (n *numberReader) words(count int64) []uint64 {
	if count <= 0 || count > int64(len(n.rest))/8 {
		if count != 0 {
			n.rest, n.err = nil, io.ErrUnexpectedEOF
		}
		return nil
	}
	text := n.bytes(8 * count)
	out := make([]uint64, count)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(text[8*i:])
	}
	return out
}
