package runner

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// TuneGC sets the percentage of the garbage collector for a process that runs jobs,
// and again after each collection by what was found to live. A small heap may grow to
// five times that before it is collected, since collecting often costs more than the
// memory is worth; one grows by 192 MB at most, or by half.
func TuneGC() { tune(400, 50, 192<<20) }

// TuneGCForLogs does so for a process that reads logs and replays them. What lives
// there are tables of numbers, which the collector need not look into, so that
// collecting costs little: beyond 24 MB the heap grows by those, or by a quarter.
func TuneGCForLogs() { tune(100, 25, 24<<20) }

// tune lets the heap grow by room, but by no more than most percent of what lives,
// and by no less than least percent.
func tune(most, least int, room uint64) {
	percent := most
	debug.SetGCPercent(percent)
	type sentinel struct{ _ [16]byte } // its finalizer runs after each collection
	var again func(*sentinel)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	again = func(*sentinel) {
		metrics.Read(live)
		want := most
		if n := live[0].Value.Uint64(); n > 0 {
			want = int(min(max(room*100/n, uint64(least)), uint64(most)))
		}
		if want*10 < percent*9 || want*9 > percent*10 { // setting it stops the world
			percent = want
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(&sentinel{}, again)
	}
	runtime.SetFinalizer(&sentinel{}, again)
}
