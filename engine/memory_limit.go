package engine

import (
	"math"
	"runtime/debug"
	"sync"
)

// WithMemoryLimit lets the garbage collector keep the process to one and a half
// times the memory of its sessions' executors and 150 MB, of which own bytes more
// are what the program holds itself: tables in memory, results. Without it the
// collector goes by its percentage alone and lets garbage grow as large as what
// lives, whatever was promised.
//
// The limit is that of all open sessions with this option together, or GOMEMLIMIT
// where that is less. A session that is closed gives its part back.
func WithMemoryLimit(own int64) Option { return func(s *Session) { s.own, s.limited = own, true } }

// processMemory is what the sessions with a limit may take in this process.
var processMemory struct {
	mu       sync.Mutex
	sessions int
	bytes    int64
	outside  int64 // the limit before the first of them
}

// fixedMemory is what a process may take beside its budgets, less what the
// collector's limit does not count: the program's own text and data.
const fixedMemory = (150 - 80) << 20

// limitMemory adds a session with so many bytes, or with sessions -1 takes it
// away.
func limitMemory(sessions int, bytes int64) {
	p := &processMemory
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sessions == 0 {
		p.outside = debug.SetMemoryLimit(-1)
	}
	p.sessions += sessions
	p.bytes += int64(sessions) * bytes
	limit := int64(math.MaxInt64)
	if p.sessions > 0 {
		limit = p.bytes + fixedMemory
	}
	debug.SetMemoryLimit(min(limit, p.outside))
}
