package block

import (
	"sync"
	"testing"

	"stagecoach/engine/expr"
)

// However tasks put, evict and drop blocks beside each other, what was last told
// of a block is where it is.
func TestToldInOrder(t *testing.T) {
	b := sample(100, false)
	for _, name := range []string{"MEMORY_ONLY", "MEMORY_AND_DISK"} {
		level, err := ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		s, updates := store(t, 3*b.Size()+b.Size()/2)
		const tasks, datasets, partitions = 4, 4, 4
		var wg sync.WaitGroup
		for task := range tasks {
			wg.Go(func() {
				for i := range 200 {
					id := ID{(task + i) % datasets, i * 7 % partitions}
					if _, err := s.Put(id, level, schema, []*expr.Batch{b}); err != nil {
						t.Error(err)
					}
					if i%50 == 49 {
						s.Drop(id.RDD)
					}
				}
			})
		}
		wg.Wait()
		last := map[ID]Update{}
		for _, u := range *updates {
			last[u.ID] = u
		}
		for rdd := range datasets {
			for p := range partitions {
				id := ID{rdd, p}
				u := last[id]
				if told := u.InMemory || u.DiskSize > 0; told != s.Has(id) {
					t.Errorf("%s: of %s was last told %+v; stored: %v", name, id, u, s.Has(id))
				}
			}
		}
	}
}
