package block

import (
	"container/list"
	"fmt"
	"sync"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
)

// An ID names a cached partition.
type ID struct{ RDD, Partition int }

// String is Spark's name of the block.
func (id ID) String() string { return fmt.Sprintf("rdd_%d_%d", id.RDD, id.Partition) }

// A Update says where a block now is; zero sizes mean nowhere.
type Update struct {
	ID         ID
	Level      Level // wanted
	InMemory   bool
	MemorySize int64
	DiskSize   int64
	Dropped    bool // on purpose, with all of its dataset
}

// A Store keeps one executor's cached partitions. When memory runs out the
// least recently used blocks of other datasets leave it: to disk when their
// level says so, else altogether. It is safe for concurrent use.
type Store struct {
	pool    *budget.Pool // shared with execution
	offHeap *budget.Pool // of blocks outside the Go heap alone
	dir     *Dir
	notify  func(Update)

	mu     sync.Mutex
	blocks map[ID]*entry
	lru    *list.List // of *entry in memory, least recently used first
	closed bool
	untold []Update // in the order of the moves

	telling sync.Mutex // held while notify is called, so that the order stays
}

type entry struct {
	id      ID
	level   Level
	schema  expr.Schema
	batches []*expr.Batch // deserialized in memory
	bytes   []byte        // serialized in memory
	region  *region       // serialized outside the Go heap
	memory  int64
	file    *File
	place   *list.Element
}

// NewStore returns an empty store that tells notify of every move of a block.
// Blocks of level OFF_HEAP take their memory of offHeap, which may be empty: they
// then go to disk, as in Spark.
func NewStore(pool, offHeap *budget.Pool, dir *Dir, notify func(Update)) *Store {
	s := &Store{pool: pool, offHeap: offHeap, dir: dir, notify: notify, blocks: map[ID]*entry{}, lru: list.New()}
	pool.OnEvict(func(n int64) int64 { return s.evict(n, -1, false) })
	return s
}

// Put stores a partition at a level and reports whether it did. The store owns
// the batches from then on; executors may share them. A block that does not fit
// memory goes to disk or is not stored, as the level says; that is no error.
func (s *Store) Put(id ID, level Level, schema expr.Schema, batches []*expr.Batch) (stored bool, err error) {
	e := &entry{id: id, level: level, schema: schema}
	var encoded []byte
	size := int64(0)
	for _, b := range batches {
		size += b.Size()
	}
	if level.Serialized {
		encoded = encodeAll(batches)
		size = int64(len(encoded))
	}
	inMemory := level.Memory && s.letIn(size, id.RDD, level.OffHeap)
	if inMemory && level.OffHeap {
		if e.region, err = newRegion(encoded); err != nil {
			s.poolOf(level).ShrinkStorage(size)
			inMemory = false // the disk takes it
		}
	}
	switch {
	case inMemory:
		e.memory = size
		if !level.Serialized {
			e.batches = batches
		} else if !level.OffHeap {
			e.bytes = encoded
		}
	case level.Disk:
		if encoded == nil {
			encoded = encodeAll(batches)
		}
		if err := s.toDisk(e, encoded); err != nil {
			return false, err
		}
	default:
		return false, nil
	}
	s.mu.Lock()
	if closed := s.closed; closed || s.blocks[id] != nil { // two tasks computed it at once
		s.mu.Unlock()
		s.release(e)
		return !closed, nil
	}
	s.blocks[id] = e
	if inMemory {
		e.place = s.lru.PushBack(e)
	}
	s.moved(e)
	s.mu.Unlock()
	s.tell()
	return true, nil
}

// poolOf is what memory of a level is taken of.
func (s *Store) poolOf(l Level) *budget.Pool {
	if l.OffHeap {
		return s.offHeap
	}
	return s.pool
}

// release gives back what a block that is no longer in the store holds.
func (s *Store) release(e *entry) {
	s.poolOf(e.level).ShrinkStorage(e.memory)
	if e.region != nil {
		e.region.free()
	}
	if e.file != nil {
		e.file.Remove()
	}
}

// letIn takes storage memory for a block, evicting others when that is enough.
func (s *Store) letIn(size int64, rdd int, offHeap bool) bool {
	pool := s.poolOf(Level{OffHeap: offHeap})
	if size > pool.Total() {
		return false
	}
	short := pool.GrowStorage(size)
	return short == 0 || s.evict(short, rdd, offHeap) >= short && pool.GrowStorage(size) == 0
}

func encodeAll(batches []*expr.Batch) []byte {
	var out []byte
	for _, b := range batches {
		out = Encode(out, b)
	}
	aligned := Buffer(len(out))
	copy(aligned, out)
	return aligned
}

func (s *Store) toDisk(e *entry, encoded []byte) error {
	f, err := s.dir.Create(e.id.String())
	if err != nil {
		return err
	}
	if _, err := f.Append(encoded); err != nil {
		f.Remove()
		return err
	}
	e.file = f
	return nil
}

// moved notes where a block now is, to be told. It is called with mu held: once
// that is free, another task may move the block again.
func (s *Store) moved(e *entry) {
	u := Update{ID: e.id, Level: e.level, InMemory: e.place != nil, MemorySize: e.memory}
	if e.file != nil {
		u.DiskSize = e.file.Size()
	}
	s.untold = append(s.untold, u)
}

// tell notifies of the moves noted so far, in their order.
func (s *Store) tell() {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	updates := s.untold
	s.untold = nil
	s.mu.Unlock()
	if s.notify != nil {
		for _, u := range updates {
			s.notify(u)
		}
	}
}

// Has reports whether the partition is stored.
func (s *Store) Has(id ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blocks[id] != nil
}

// Get returns the batches of a stored partition and their size, or ok false.
// The batches stay valid as long as the caller holds them, evicted or not.
func (s *Store) Get(id ID) (batches []*expr.Batch, size int64, ok bool, err error) {
	for {
		s.mu.Lock()
		e := s.blocks[id]
		if e == nil {
			s.mu.Unlock()
			return nil, 0, false, nil
		}
		if e.place != nil {
			s.lru.MoveToBack(e.place)
		}
		inMemory := e.place != nil
		s.mu.Unlock()
		data := e.bytes
		switch {
		case inMemory && !e.level.Serialized:
			return e.batches, e.memory, true, nil
		case inMemory && e.region != nil:
			if data, ok = e.region.read(); !ok {
				continue // it has just been evicted; the disk may have it
			}
		case !inMemory:
			if data, err = e.file.Read(0, e.file.Size()); err != nil {
				return nil, 0, false, err
			}
		}
		batches, err = DecodeAll(e.schema, data)
		return batches, int64(len(data)), err == nil, err
	}
}

// DecodeAll reads every batch of data.
func DecodeAll(schema expr.Schema, data []byte) (batches []*expr.Batch, err error) {
	for len(data) > 0 {
		var b *expr.Batch
		if b, data, err = Decode(schema, data); err != nil {
			return nil, err
		}
		batches = append(batches, b)
	}
	return batches, nil
}

// evict drops least recently used blocks of one kind of memory until n bytes of
// it are free, and returns what it freed; when all of them would not be enough
// it drops none. Blocks of the dataset spare stay: putting a partition must not
// push out its own siblings (Spark: MemoryStore.evictBlocksToFreeSpace).
func (s *Store) evict(n int64, spare int, offHeap bool) (freed int64) {
	s.mu.Lock()
	var victims []*entry
	for el := s.lru.Front(); el != nil && freed < n; el = el.Next() {
		if e := el.Value.(*entry); e.id.RDD != spare && e.level.OffHeap == offHeap {
			victims = append(victims, e)
			freed += e.memory
		}
	}
	if freed < n {
		s.mu.Unlock()
		return 0
	}
	for _, e := range victims {
		s.lru.Remove(e.place)
		e.place = nil
		delete(s.blocks, e.id)
	}
	s.mu.Unlock()
	for _, e := range victims {
		s.leaveMemory(e)
	}
	return freed
}

// leaveMemory moves a block that is evicted to disk, if its level says so.
func (s *Store) leaveMemory(e *entry) {
	moved := &entry{id: e.id, level: e.level, schema: e.schema, file: e.file}
	if e.level.Disk && moved.file == nil {
		data := e.bytes
		if e.region != nil {
			data, _ = e.region.read()
		} else if data == nil {
			data = encodeAll(e.batches)
		}
		if err := s.toDisk(moved, data); err != nil {
			moved.file = nil // the block is lost to the cache; it can be computed again
		}
	}
	s.mu.Lock()
	if s.closed || s.blocks[e.id] != nil { // meanwhile computed and stored again
		s.mu.Unlock()
		e.file = moved.file
		s.release(e)
		return
	}
	if moved.file != nil {
		s.blocks[moved.id] = moved
	}
	s.moved(moved)
	s.mu.Unlock()
	e.file = nil // it is the moved one's
	s.release(e)
	s.tell()
}

// Drop forgets all partitions of a dataset.
func (s *Store) Drop(rdd int) {
	for _, e := range s.takeOut(func(id ID) bool { return id.RDD == rdd }, true) {
		s.release(e)
	}
	s.tell()
}

// Close gives back all memory, telling nobody, and stores nothing from then on.
func (s *Store) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, e := range s.takeOut(func(ID) bool { return true }, false) {
		s.release(e)
	}
}

// takeOut removes blocks from the store's books, and notes it where it is to be told.
func (s *Store) takeOut(which func(ID) bool, told bool) (gone []*entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, e := range s.blocks {
		if which(id) {
			gone = append(gone, e)
			delete(s.blocks, id)
			if e.place != nil {
				s.lru.Remove(e.place)
				e.place = nil
			}
			if told {
				s.untold = append(s.untold, Update{ID: id, Level: e.level, Dropped: true})
			}
		}
	}
	return gone
}
