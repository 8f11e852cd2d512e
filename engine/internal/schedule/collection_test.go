package schedule

import (
	"runtime"
	"testing"
	"time"
)

// What tasks of a slot are told to have stood still for sums up to what the collector
// took while they ran; none stood still for longer than it ran.
func TestCollectionSums(t *testing.T) {
	live := make([]*[64]byte, 200_000)
	for i := range live {
		live[i] = new([64]byte)
	}
	c := newCollection()
	before := c.taken()
	var sum int64
	for i := range 20 {
		c.begin()
		runtime.GC()
		ran := int64(time.Hour / time.Millisecond)
		if i%2 == 0 {
			ran = 0 // too short for a millisecond
		}
		ms := c.end(ran)
		if ms > ran {
			t.Errorf("%d ms of a task that ran for %d", ms, ran)
		}
		sum += ms
	}
	runtime.KeepAlive(live)
	took := (c.taken() - before) / time.Duration(runtime.NumCPU())
	if took < time.Millisecond || time.Duration(sum)*time.Millisecond > took || c.owed >= time.Millisecond || sum == 0 {
		t.Errorf("tasks stood still for %d ms and %v are owed; the collector took %v", sum, c.owed, took)
	}
}
