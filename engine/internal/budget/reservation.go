package budget

// A Reservation is execution memory that one owner inside a task may hold. It
// belongs to one goroutine. Close it when the owner is done.
type Reservation struct {
	pool *Pool
	task int64
	held int64
	peak int64
}

// Reserve returns an empty reservation for a task.
func (p *Pool) Reserve(task int64) *Reservation { return &Reservation{pool: p, task: task} }

// step is how much a reservation takes at least, so that growing by a row does
// not ask the pool each time.
const step = 64 << 10

// Resize makes the reservation hold n bytes, or a little more. Growing may be
// refused with ErrExhausted; the reservation then is as it was.
func (r *Reservation) Resize(n int64) error {
	if n <= r.held {
		if r.held-n > 4*step {
			r.pool.shrink(r.task, r.held-n)
			r.held = n
		}
		return nil
	}
	more := max(n-r.held, step)
	if err := r.pool.grow(r.task, more); err != nil {
		if more == n-r.held {
			return err
		}
		more = n - r.held
		if err := r.pool.grow(r.task, more); err != nil {
			return err
		}
	}
	r.held += more
	r.peak = max(r.peak, r.held)
	return nil
}

// Held is what the reservation holds now, in bytes.
func (r *Reservation) Held() int64 { return r.held }

// Peak is the most it ever held.
func (r *Reservation) Peak() int64 { return r.peak }

// Close gives everything back.
func (r *Reservation) Close() {
	r.pool.shrink(r.task, r.held)
	r.held = 0
}
