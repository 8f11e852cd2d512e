package event

// A Listener receives events in order, from one goroutine at a time, and
// returns quickly. It must not change what an event points to.
type Listener func(Event)

// Tee passes each event to every listener in turn; nil listeners are left out.
func Tee(listeners ...Listener) Listener {
	return func(e Event) {
		for _, l := range listeners {
			if l != nil {
				l(e)
			}
		}
	}
}
