package block

import (
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
)

// A block comes back from every level as it was put, and every level but NONE
// keeps it.
func TestLevels(t *testing.T) {
	for name, copies := range map[string]int{"NONE": 0, "MEMORY_ONLY": 1, "MEMORY_ONLY_2": 2, "MEMORY_ONLY_SER": 1, "MEMORY_ONLY_SER_2": 2,
		"MEMORY_AND_DISK": 1, "MEMORY_AND_DISK_2": 2, "MEMORY_AND_DISK_SER": 1, "MEMORY_AND_DISK_SER_2": 2,
		"DISK_ONLY": 1, "DISK_ONLY_2": 2, "DISK_ONLY_3": 3, "OFF_HEAP": 1} {
		l, err := ParseLevel(name)
		if err != nil || l.Stored() != (copies > 0) || l.Replicas != copies {
			t.Errorf("%s: %+v %v", name, l, err)
		}
		if !l.Stored() {
			continue
		}
		s, _ := store(t, 1<<20)
		for _, b := range []*expr.Batch{sample(50, true), sample(0, false)} {
			id := ID{0, b.Rows}
			if stored, err := s.Put(id, l, schema, []*expr.Batch{b}); !stored || err != nil {
				t.Fatal(stored, err)
			}
			got, _, ok, err := s.Get(id)
			if !ok || err != nil {
				t.Fatalf("%s: %v %v", name, ok, err)
			}
			same(t, got[0], b)
		}
	}
	for _, name := range []string{"RAM", "OFF_HEAP_2", "MEMORY_ONLY_3", "NONE_2", "_2"} {
		if l, err := ParseLevel(name); err == nil {
			t.Errorf("%s is no level, but gives %+v", name, l)
		}
	}
}

// Blocks outside the heap take their memory of a budget of their own and evict
// only one another; what was read of them stays after they are gone.
func TestOffHeap(t *testing.T) {
	l, err := ParseLevel("OFF_HEAP")
	if err != nil {
		t.Fatal(err)
	}
	onHeap, err := ParseLevel("MEMORY_ONLY")
	if err != nil {
		t.Fatal(err)
	}
	b := sample(200, true)
	size := int64(len(Encode(nil, b)))
	s, updates := store(t, b.Size()+size)
	put := func(rdd int, l Level) {
		t.Helper()
		if stored, err := s.Put(ID{rdd, 0}, l, schema, []*expr.Batch{b}); !stored || err != nil {
			t.Fatal(stored, err)
		}
	}
	s.offHeap = budget.NewPool(size, 1)
	put(1, onHeap)
	put(2, l)
	if _, storage := s.offHeap.Used(); storage != size {
		t.Errorf("%d bytes off the heap, want %d", storage, size)
	}
	held, _, _, err := s.Get(ID{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	put(3, l) // pushes block 2 to disk, and leaves block 1 where it is
	evicted := (*updates)[2]
	if evicted.ID != (ID{2, 0}) || evicted.InMemory || evicted.DiskSize != size {
		t.Errorf("not the block off the heap went to disk: %+v", evicted)
	}
	got, _, ok, err := s.Get(ID{2, 0})
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	same(t, held[0], b)
	same(t, got[0], b)
	s.Close()
	same(t, held[0], b)
	for _, p := range []*budget.Pool{s.pool, s.offHeap} {
		if _, storage := p.Used(); storage != 0 {
			t.Errorf("%d bytes are still promised", storage)
		}
	}
	if stored, err := s.Put(ID{4, 0}, l, schema, []*expr.Batch{b}); stored || err != nil {
		t.Errorf("a closed store keeps a block: %v %v", stored, err)
	}
}

// Where all other blocks together would not make enough room, none is evicted.
func TestNoEvictionInVain(t *testing.T) {
	level, err := ParseLevel("MEMORY_ONLY")
	if err != nil {
		t.Fatal(err)
	}
	small, large := sample(10, false), sample(100, false)
	s, updates := store(t, large.Size()-1+small.Size())
	put := func(id ID, b *expr.Batch) bool {
		t.Helper()
		stored, err := s.Put(id, level, schema, []*expr.Batch{b})
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	s.pool.GrowStorage(small.Size()) // of somebody else, who cannot be evicted
	if !put(ID{1, 0}, small) || put(ID{2, 0}, large) {
		t.Error("the small block is not stored, or the large one is")
	}
	if !s.Has(ID{1, 0}) || len(*updates) != 1 {
		t.Errorf("the small block was evicted in vain: %+v", *updates)
	}
}
