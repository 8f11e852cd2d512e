package block

import (
	"os"
	"strings"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
)

var schema = expr.Schema{{Name: "i", Type: expr.Int32}, {Name: "l", Type: expr.Int64}, {Name: "f", Type: expr.Float64},
	{Name: "b", Type: expr.Bool}, {Name: "s", Type: expr.String}, {Name: "d", Type: expr.String}, {Name: "n", Type: expr.Null},
	{Name: "w", Type: expr.DecimalOf(38, 2)}, {Name: "a", Type: expr.ArrayOf(expr.String)}, {Name: "r", Type: pair}}

var pair = expr.StructOf(expr.Schema{{Name: "x", Type: expr.Int64}, {Name: "y", Type: expr.ArrayOf(expr.Int32)}})

// content is the elements or fields of value i of a nested column.
func content(t expr.Type, i int) []expr.Value {
	switch t.Kind() {
	case expr.Array:
		list := make([]expr.Value, i%3)
		for j := range list {
			list[j] = expr.Value{Type: t.Elem(), I: int64(j), S: strings.Repeat("x", i%4), IsNull: j == 1}
		}
		return list
	case expr.Struct:
		return []expr.Value{{Type: expr.Int64, I: int64(i)}, {Type: expr.ArrayOf(expr.Int32), List: content(expr.ArrayOf(expr.Int32), i)}}
	}
	return nil
}

// sample makes rows of every type; every third value is null where nulls is set.
func sample(rows int, nulls bool) *expr.Batch {
	b := &expr.Batch{Schema: schema, Rows: rows}
	dict := expr.NewBuilder(expr.String)
	dict.AppendBytes([]byte("Queens"))
	dict.AppendBytes([]byte(""))
	words := dict.Take()
	for _, f := range schema {
		c := expr.NewBuilder(f.Type)
		for i := range rows {
			c.AppendValue(expr.Value{Type: f.Type, IsNull: f.Type == expr.Null || nulls && i%3 == 0, I: int64(i & 1), F: float64(i) / 4, S: strings.Repeat("é", i%5),
				Wide: expr.Int128{Lo: uint64(i), Hi: int64(i)}, List: content(f.Type, i)})
		}
		col := c.Take()
		if f.Name == "d" {
			codes := make([]int32, rows)
			for i := range codes {
				codes[i] = int32(i % 2)
			}
			col = expr.Column{Type: expr.String, Len: rows, Valid: col.Valid, Dict: &words, Codes: codes}
		}
		b.Cols = append(b.Cols, col)
	}
	return b
}

func same(t *testing.T, got, want *expr.Batch) {
	t.Helper()
	if got.Rows != want.Rows {
		t.Fatalf("%d rows, want %d", got.Rows, want.Rows)
	}
	for c := range want.Cols {
		got.Cols[c].Check()
		for i := range want.Rows {
			if g, w := got.Cols[c].Value(i), want.Cols[c].Value(i); !g.Equal(w) {
				t.Fatalf("column %s, row %d: %v, want %v", want.Schema[c].Name, i, g, w)
			}
		}
	}
}

// What is encoded decodes to the same values, batch after batch, slices too.
func TestCodec(t *testing.T) {
	var data []byte
	var want []*expr.Batch
	for _, rows := range []int{0, 1, 7, 8, 100} {
		for _, nulls := range []bool{false, true} {
			b := sample(rows, nulls)
			want = append(want, b, b.Slice(rows/3, rows))
			data = Encode(Encode(data, b), b.Slice(rows/3, rows))
		}
	}
	aligned := Buffer(len(data))
	copy(aligned, data)
	got, err := DecodeAll(schema, aligned)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d batches of %d: %v", len(got), len(want), err)
	}
	for i := range want {
		same(t, got[i], want[i])
	}
}

// A block that is cut or changed is an error or other values, never a panic.
func FuzzDecode(f *testing.F) {
	whole := Encode(nil, sample(20, true))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		aligned := Buffer(len(data))
		copy(aligned, data)
		batches, err := DecodeAll(schema, aligned)
		if err != nil {
			return
		}
		for _, b := range batches {
			for c := range b.Cols {
				if b.Rows > 1<<20 {
					return
				}
				b.Cols[c].Check()
			}
		}
	})
}

// A full disk is said to be full, with the remedy.
func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full here: a full disk is not tested")
	}
	defer f.Close()
	_, err = (&File{f: f}).Append(make([]byte, 64))
	if err == nil || !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "spark.local.dir") {
		t.Errorf("%v", err)
	}
}

// store makes a store over a pool that holds room bytes.
func store(t *testing.T, room int64) (*Store, *[]Update) {
	t.Helper()
	dir, err := NewDir(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	var updates []Update
	return NewStore(budget.NewPool(room, 0.5), budget.NewPool(room, 1), dir, func(u Update) { updates = append(updates, u) }), &updates
}

// The least recently used block of another dataset makes room: to disk when its
// level says so, else it is gone; siblings stay.
func TestEviction(t *testing.T) {
	b := sample(100, false)
	size := b.Size()
	for name, onDisk := range map[string]bool{"MEMORY_ONLY": false, "MEMORY_AND_DISK": true} {
		level, err := ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		s, updates := store(t, 2*size+size/2)
		for p := range 3 {
			if _, err := s.Put(ID{1, p}, level, schema, []*expr.Batch{b}); err != nil {
				t.Fatal(err)
			}
		}
		// The third partition did not push out its siblings.
		if !s.Has(ID{1, 0}) || !s.Has(ID{1, 1}) || s.Has(ID{1, 2}) != onDisk {
			t.Errorf("%s: siblings were evicted", name)
		}
		if _, _, ok, _ := s.Get(ID{1, 0}); !ok {
			t.Fatal("a stored block is not found")
		}
		if _, err := s.Put(ID{2, 0}, level, schema, []*expr.Batch{b}); err != nil {
			t.Fatal(err)
		}
		// Partition 1 was used longest ago.
		if !s.Has(ID{1, 0}) || s.Has(ID{1, 1}) != onDisk || !s.Has(ID{2, 0}) {
			t.Errorf("%s: not the least recently used block went", name)
		}
		got, _, ok, err := s.Get(ID{1, 1})
		if ok != onDisk || err != nil {
			t.Errorf("%s: %v %v", name, ok, err)
		}
		if ok {
			same(t, got[0], b)
		}
		last := (*updates)[len(*updates)-1]
		if last.ID != (ID{2, 0}) || last.MemorySize != size {
			t.Errorf("%s: last update %+v", name, last)
		}
		s.Drop(1)
		s.Drop(2)
		if _, storage := s.pool.Used(); storage != 0 {
			t.Errorf("%s: %d bytes are still promised", name, storage)
		}
	}
}
