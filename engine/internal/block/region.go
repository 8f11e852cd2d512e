package block

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// A region is bytes outside the Go heap: the garbage collector neither counts nor
// scans them. They are gone for good when they are given back, at which nobody
// may look at them any more, so that readers get copies.
type region struct {
	mu   sync.RWMutex
	data []byte
	gone bool
}

// newRegion copies data to memory mapped for it.
func newRegion(data []byte) (*region, error) {
	if len(data) == 0 {
		return &region{}, nil // the kernel maps no empty range
	}
	to, err := unix.Mmap(-1, 0, len(data), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("no %d bytes outside the heap (spark.memory.offHeap.size): %w", len(data), err)
	}
	copy(to, data)
	return &region{data: to}, nil
}

// read returns a copy in an aligned buffer, or false when the region was freed.
func (r *region) read() ([]byte, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.gone {
		return nil, false
	}
	out := Buffer(len(r.data))
	copy(out, r.data)
	return out, true
}

// free gives the memory back to the system.
func (r *region) free() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.data) > 0 && !r.gone {
		unix.Munmap(r.data) // it fails only for what was never mapped
	}
	r.data, r.gone = nil, true
}
