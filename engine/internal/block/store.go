package block

import (
	"container/list"
	"fmt"
	"sync"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
)

// A Level says where a cached partition may live: Spark's storage levels.
type Level struct {
	Memory, Disk bool
	Serialized   bool // kept encoded in memory
}

// ParseLevel reads a storage level by Spark's name; NONE gives the zero Level.
func ParseLevel(name string) (Level, error) {
	switch name {
	case "", "NONE":
		return Level{}, nil
	case "MEMORY_ONLY":
		return Level{Memory: true}, nil
	case "MEMORY_ONLY_SER":
		return Level{Memory: true, Serialized: true}, nil
	case "MEMORY_AND_DISK":
		return Level{Memory: true, Disk: true}, nil
	case "MEMORY_AND_DISK_SER":
		return Level{Memory: true, Disk: true, Serialized: true}, nil
	case "DISK_ONLY":
		return Level{Disk: true, Serialized: true}, nil
	}
	return Level{}, fmt.Errorf("unknown storage level %q", name)
}

// Stored reports whether blocks of the level are kept at all.
func (l Level) Stored() bool { return l.Memory || l.Disk }

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
}

// A Store keeps one executor's cached partitions. When memory runs out the
// least recently used block of another dataset leaves it: to disk when its
// level says so, else altogether. It is safe for concurrent use.
type Store struct {
	pool   *budget.Pool
	dir    *Dir
	notify func(Update)

	mu     sync.Mutex
	blocks map[ID]*entry
	lru    *list.List // of *entry in memory, least recently used first
}

type entry struct {
	id      ID
	level   Level
	schema  expr.Schema
	batches []*expr.Batch // deserialized in memory
	bytes   []byte        // serialized in memory
	memory  int64
	file    *File
	rows    int64
	place   *list.Element
}

// NewStore returns an empty store that tells notify of every move of a block.
func NewStore(pool *budget.Pool, dir *Dir, notify func(Update)) *Store {
	s := &Store{pool: pool, dir: dir, notify: notify, blocks: map[ID]*entry{}, lru: list.New()}
	pool.OnEvict(func(n int64) int64 { return s.evict(n, -1) })
	return s
}

// Put stores a partition at a level. The store owns the batches from then on.
// A block that does not fit memory goes to disk or is not stored, as the level
// says; that is no error.
func (s *Store) Put(id ID, level Level, schema expr.Schema, batches []*expr.Batch) error {
	e := &entry{id: id, level: level, schema: schema}
	var encoded []byte
	size := int64(0)
	for _, b := range batches {
		e.rows += int64(b.Rows)
		size += b.Size()
	}
	if level.Serialized {
		encoded = encodeAll(batches)
		size = int64(len(encoded))
	}
	if level.Memory && s.letIn(size, id.RDD) {
		e.memory = size
		if level.Serialized {
			e.bytes = encoded
		} else {
			e.batches = batches
		}
	} else if level.Disk {
		if encoded == nil {
			encoded = encodeAll(batches)
		}
		if err := s.toDisk(e, encoded); err != nil {
			return err
		}
	} else {
		return nil
	}
	s.mu.Lock()
	s.blocks[id] = e
	if e.memory > 0 || level.Memory && e.file == nil {
		e.place = s.lru.PushBack(e)
	}
	s.mu.Unlock()
	s.tell(e)
	return nil
}

// letIn takes storage memory for a block, evicting others when that is enough.
func (s *Store) letIn(size int64, rdd int) bool {
	short := s.pool.GrowStorage(size)
	return short == 0 || s.evict(short, rdd) >= short && s.pool.GrowStorage(size) == 0
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

func (s *Store) tell(e *entry) {
	if s.notify == nil {
		return
	}
	u := Update{ID: e.id, Level: e.level, InMemory: e.place != nil, MemorySize: e.memory}
	if e.file != nil {
		u.DiskSize = e.file.Size()
	}
	s.notify(u)
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
	s.mu.Lock()
	e := s.blocks[id]
	if e == nil {
		s.mu.Unlock()
		return nil, 0, false, nil
	}
	if e.place != nil {
		s.lru.MoveToBack(e.place)
	}
	batches, data, file := e.batches, e.bytes, e.file
	inMemory := e.place != nil
	s.mu.Unlock()
	if batches != nil || inMemory && data == nil {
		return batches, e.memory, true, nil
	}
	if data == nil {
		if data, err = file.Read(0, file.Size()); err != nil {
			return nil, 0, false, err
		}
	}
	batches, err = DecodeAll(e.schema, data)
	return batches, int64(len(data)), err == nil, err
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

// evict drops least recently used blocks until n bytes of memory are free, and
// returns what it freed. Blocks of the dataset spare stay: putting a partition
// must not push out its own siblings.
func (s *Store) evict(n int64, spare int) (freed int64) {
	for freed < n {
		s.mu.Lock()
		var victim *entry
		for el := s.lru.Front(); el != nil; el = el.Next() {
			if e := el.Value.(*entry); e.id.RDD != spare {
				victim = e
				break
			}
		}
		if victim == nil {
			s.mu.Unlock()
			return freed
		}
		s.lru.Remove(victim.place)
		victim.place = nil
		delete(s.blocks, victim.id)
		s.mu.Unlock()

		memory := victim.memory
		moved := &entry{id: victim.id, level: victim.level, schema: victim.schema, rows: victim.rows, file: victim.file}
		if victim.level.Disk && moved.file == nil {
			data := victim.bytes
			if data == nil {
				data = encodeAll(victim.batches)
			}
			if err := s.toDisk(moved, data); err != nil {
				moved.file = nil // the block is lost to the cache; it can be computed again
			}
		}
		if moved.file != nil {
			s.mu.Lock()
			s.blocks[moved.id] = moved
			s.mu.Unlock()
		}
		s.pool.ShrinkStorage(memory)
		freed += memory
		s.tell(moved)
	}
	return freed
}

// Drop forgets all partitions of a dataset.
func (s *Store) Drop(rdd int) {
	s.mu.Lock()
	var gone []*entry
	for id, e := range s.blocks {
		if id.RDD == rdd {
			gone = append(gone, e)
			delete(s.blocks, id)
			if e.place != nil {
				s.lru.Remove(e.place)
				e.place = nil
			}
		}
	}
	s.mu.Unlock()
	for _, e := range gone {
		s.pool.ShrinkStorage(e.memory)
		if e.file != nil {
			e.file.Remove()
		}
		s.tell(&entry{id: e.id, level: e.level})
	}
}
