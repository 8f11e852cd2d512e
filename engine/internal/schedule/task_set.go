package schedule

import (
	"cmp"
	"context"
	"slices"
	"time"

	"stagecoach/engine/event"
)

// A taskSet is the tasks of one stage attempt. Those that wait for slots lie in
// queues: each in that of the executor it prefers, or of those that prefer none;
// copies lie apart. Who takes one marks it; queues drop what is marked when they
// come across it. All fields but the channels and ctx are guarded by Cluster.mu.
type taskSet struct {
	ctx          context.Context
	job, stage   int
	stageAttempt int
	pool         string
	results      chan *attempt // every attempt that was taken, once it has ended
	news         chan struct{} // executors were lost or excluded

	near     map[string]*queue // by executor
	anywhere queue
	copies   queue // of tasks that run already; in no other queue
	waiting  int
	running  int
	launched time.Time // of the last task: locality waits count from here
	alarm    *time.Timer
	lost     []string // executors that the stage has not been told of
	failures failures
}

type queue []*attempt

// first returns the first waiting attempt that suits, or nil.
func (q *queue) first(suits func(*attempt) bool) *attempt {
	for len(*q) > 0 && (*q)[0].taken {
		(*q)[0] = nil // or the whole stage's attempts stay in memory
		*q = (*q)[1:]
	}
	for _, a := range *q {
		if !a.taken && suits(a) {
			return a
		}
	}
	return nil
}

// begin makes a set known to the workers.
func (c *Cluster) begin(s *taskSet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.launched = time.Now()
	at, _ := slices.BinarySearchFunc(c.sets, s, func(a, b *taskSet) int {
		return cmp.Or(cmp.Compare(a.job, b.job), cmp.Compare(a.stage, b.stage))
	})
	c.sets = slices.Insert(c.sets, at, s)
}

// finish ends what begin began. No attempt of the set waits or runs.
func (c *Cluster) finish(s *taskSet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.alarm != nil {
		s.alarm.Stop()
	}
	c.sets = slices.DeleteFunc(c.sets, func(x *taskSet) bool { return x == s })
}

// submit queues attempts of a set.
func (c *Cluster) submit(s *taskSet, list ...*attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.waiting += len(list)
	for _, a := range list {
		if a.original != nil {
			s.copies = append(s.copies, a)
			continue
		}
		q := &s.anywhere
		if a.prefer != "" {
			if q = s.near[a.prefer]; q == nil {
				q = new(queue)
				s.near[a.prefer] = q
			}
		}
		*q = append(*q, a)
	}
	c.wake.Broadcast()
}

// withdraw takes back what of a set has not started and returns how many.
func (c *Cluster) withdraw(s *taskSet) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := s.waiting
	queues := []queue{s.anywhere, s.copies}
	for _, q := range s.near {
		queues = append(queues, *q)
	}
	for _, a := range slices.Concat(queues...) {
		a.taken = true // back
	}
	s.waiting, s.anywhere, s.copies = 0, nil, nil
	clear(s.near)
	return n
}

// unqueue takes back one attempt and reports whether it still waited.
func (c *Cluster) unqueue(a *attempt) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.taken {
		return false
	}
	a.taken = true
	a.set.waiting--
	return true
}

// runtime is how long an attempt has been running, -1 when it still waits.
func (c *Cluster) runtime(a *attempt) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !a.taken {
		return -1
	}
	return time.Since(a.began)
}

// lostSince lists the executors that were lost since it was last called.
func (c *Cluster) lostSince(s *taskSet) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := s.lost
	s.lost = nil
	return list
}

// take waits for a task that may run on e; nil means that e has ended.
func (c *Cluster) take(e *Executor) *attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.closed || e.dead {
			return nil
		}
		for _, s := range c.inOrder() {
			if a := c.pick(s, e); a != nil {
				return a
			}
		}
		c.wake.Wait()
	}
}

// pick chooses the set's next task for a slot: one whose data is here, then one
// without preference, then, when the set has waited long enough, any, and last a
// copy. Called with the lock.
func (c *Cluster) pick(s *taskSet, e *Executor) *attempt {
	if s.waiting == 0 || s.ctx.Err() != nil {
		return nil
	}
	suits := func(a *attempt) bool { return c.allows(s, e, a.info.PartitionID) }
	var a *attempt
	locality := event.ProcessLocal
	if q := s.near[e.ID]; q != nil {
		a = q.first(suits)
	}
	if a == nil {
		if a = s.anywhere.first(suits); !c.Master.Local {
			locality = event.NoPref
		}
	}
	late := time.Duration(0)
	if a == nil {
		locality = event.Any
		late = c.wait - time.Since(s.launched)
		a = c.far(s, late <= 0, suits)
	}
	if a == nil {
		a = s.copies.first(func(a *attempt) bool { return suits(a) && c.mayCopy(a, e) })
	}
	if a == nil {
		if late > 0 && s.alarm == nil {
			s.alarm = time.AfterFunc(late, func() { c.ring(s) })
		}
		return nil
	}
	a.taken, a.executor, a.began = true, e, time.Now()
	a.info.Locality = locality
	s.waiting--
	s.running++
	e.running++
	s.launched = a.began
	return a
}

// ring wakes the slots when a set has waited for its data's executors.
func (c *Cluster) ring(s *taskSet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.alarm = nil
	c.wake.Broadcast()
}

// far returns a waiting attempt that prefers another executor: any when the set
// has waited long enough, else one whose executor has ended. Called with the
// lock.
func (c *Cluster) far(s *taskSet, any bool, suits func(*attempt) bool) *attempt {
	if len(s.near) == 0 {
		return nil
	}
	for _, e := range c.executors {
		if q := s.near[e.ID]; q != nil && (any || e.dead) {
			if a := q.first(suits); a != nil {
				return a
			}
		}
	}
	return nil
}

// ended counts an attempt out and hands it to its stage.
func (c *Cluster) ended(a *attempt) {
	c.mu.Lock()
	a.set.running--
	if a.executor.running--; a.executor.running == 0 {
		a.executor.idle = time.Now()
	}
	a.succeeded = a.err == nil
	c.mu.Unlock()
	a.set.results <- a
}
