package runner

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A small heap may grow to five times what lives before it is collected, since
// collecting often costs more than the memory is worth; one grows by collectRoom
// at most, or by half.
const (
	rarely      = 400
	often       = 50
	collectRoom = 192 << 20
)

// TuneGC sets the percentage of the garbage collector for the process, and again
// after each collection by what was found to live.
func TuneGC() {
	percent := rarely
	debug.SetGCPercent(percent)
	type sentinel struct{ _ [16]byte } // its finalizer runs after each collection
	var again func(*sentinel)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	again = func(*sentinel) {
		metrics.Read(live)
		want := rarely
		if n := live[0].Value.Uint64(); n > 0 {
			want = int(min(max(collectRoom*100/n, often), rarely))
		}
		if want*10 < percent*9 || want*9 > percent*10 { // setting it stops the world
			percent = want
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(&sentinel{}, again)
	}
	runtime.SetFinalizer(&sentinel{}, again)
}
