package schedule

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"stagecoach/engine/config"
)

// faults are what stagecoach.faults.* asks to go wrong. All that is random is
// drawn from the seed and the names of what it happens to, so that a run can be
// had again. Nothing here is on the way of a task unless it is asked for.
type faults struct {
	seed        uint64
	failures    float64            // share of task attempts
	damaged     float64            // share of shuffle blocks
	bytesPerSec int64              // of an executor's disk; 0 means no limit
	slowdown    map[string]float64 // by executor
	loseAt      map[string]time.Duration
	loseAfter   map[string]int64 // ended attempts

	tasks  atomic.Int64 // ended attempts
	alarms []*time.Timer
}

func newFaults(conf config.Config, m Master) (*faults, error) {
	f := &faults{seed: uint64(conf.Int(config.FaultSeed)), failures: conf.Float(config.FaultTaskFailures),
		damaged: conf.Float(config.FaultCorruptBlocks), bytesPerSec: conf.Int(config.FaultDiskSpeed),
		slowdown: map[string]float64{}, loseAt: map[string]time.Duration{}, loseAfter: map[string]int64{}}
	for id := range conf.Family(config.FaultSlowdownPrefix) {
		if err := m.has(id, config.FaultSlowdownPrefix); err != nil {
			return nil, err
		}
		f.slowdown[id] = conf.Float(config.FaultSlowdownPrefix + id)
	}
	for id := range conf.Family(config.FaultLoseAtPrefix) {
		if err := m.canLose(id, config.FaultLoseAtPrefix); err != nil {
			return nil, err
		}
		f.loseAt[id] = time.Duration(conf.Int(config.FaultLoseAtPrefix+id)) * time.Millisecond
	}
	for id := range conf.Family(config.FaultLoseAfterPrefix) {
		if err := m.canLose(id, config.FaultLoseAfterPrefix); err != nil {
			return nil, err
		}
		f.loseAfter[id] = conf.Int(config.FaultLoseAfterPrefix + id)
	}
	return f, nil
}

// has checks that there is an executor of this name.
func (m Master) has(id, prefix string) error {
	if m.Local {
		if id == "driver" {
			return nil
		}
		return fmt.Errorf("%s%s: the only executor of a local master is driver", prefix, id)
	}
	if n, err := strconv.Atoi(id); err != nil || n < 0 || n >= m.Executors {
		return fmt.Errorf("%s%s: there is no such executor; they are 0 to %d", prefix, id, m.Executors-1)
	}
	return nil
}

func (m Master) canLose(id, prefix string) error {
	if m.Executors == 1 {
		return fmt.Errorf("%s%s: the only executor cannot be lost; use local-cluster[...] with more", prefix, id)
	}
	return m.has(id, prefix)
}

// draw gives a number in [0, 1) that follows from the seed and the names, by the
// mixing step of SplitMix64 (Steele, Lea, Flood 2014).
func (f *faults) draw(names ...int) float64 {
	h := f.seed
	for _, n := range names {
		h += uint64(n) + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return float64(h>>11) / (1 << 53)
}

// fail is the end of an attempt that is to fail, else nil.
func (f *faults) fail(stage, stageAttempt, partition, attempt int) error {
	if f.failures == 0 || f.draw(1, stage, stageAttempt, partition, attempt) >= f.failures {
		return nil
	}
	return fmt.Errorf("fault put in by %s=%g", config.FaultTaskFailures, f.failures)
}

// damage says which blocks of a shuffle are read damaged; nil means none.
func (f *faults) damage(shuffle int) func(mapTask, partition, epoch int) bool {
	if f.damaged == 0 {
		return nil
	}
	return func(mapTask, partition, epoch int) bool {
		return f.draw(2, shuffle, mapTask, partition, epoch) < f.damaged
	}
}

// drag makes a task that took so long on a slow executor take longer.
func (f *faults) drag(ctx context.Context, executor string, took time.Duration) error {
	factor := f.slowdown[executor]
	if factor <= 1 {
		return nil
	}
	return pause(ctx, time.Duration((factor-1)*float64(max(took, time.Millisecond))))
}

// pause waits, or returns why ctx ended first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// slowDisk gives an executor a disk of the wanted speed: all its slots share it,
// and what one moves the next waits for. A wait ends with the executor.
func (f *faults) slowDisk(e *Executor) {
	if f.bytesPerSec == 0 {
		return
	}
	var mu sync.Mutex
	var free time.Time // when the disk has moved all that was asked
	e.Dir.Pace(func(bytes int64) {
		mu.Lock()
		if now := time.Now(); free.Before(now) {
			free = now
		}
		free = free.Add(time.Duration(float64(bytes) / float64(f.bytesPerSec) * float64(time.Second)))
		until := free
		mu.Unlock()
		_ = pause(e.ctx, time.Until(until)) // what waits finds out by itself that the executor is gone
	})
}

const lostByFault = "fault put in by stagecoach.faults"

// begin starts the clocks of executors that are lost at a time.
func (f *faults) begin(c *Cluster) {
	for id, after := range f.loseAt {
		if after > 0 {
			f.alarms = append(f.alarms, time.AfterFunc(after, func() { _ = c.Lose(id, lostByFault) }))
		}
	}
}

// taskEnded counts an attempt and loses the executors whose number has come.
// The last one left stays.
func (f *faults) taskEnded(c *Cluster) {
	if len(f.loseAfter) == 0 {
		return
	}
	n := f.tasks.Add(1)
	for id, after := range f.loseAfter {
		if n == after {
			_ = c.Lose(id, lostByFault)
		}
	}
}

func (f *faults) end() {
	for _, a := range f.alarms {
		a.Stop()
	}
}
