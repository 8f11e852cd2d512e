package tui

// A place is what somebody looks at: a screen, and the one thing that it is
// about, if it is about one.
type place struct {
	screen  screenID
	about   bool // of id and attempt, or name; otherwise the screen as a whole
	id      int64
	attempt int
	name    string
}

func whole(s screenID) place           { return place{screen: s} }
func of(s screenID, id int64) place    { return place{screen: s, about: true, id: id} }
func named(s screenID, n string) place { return place{screen: s, about: true, name: n} }
func ofStage(s screenID, id, attempt int) place {
	return place{screen: s, about: true, id: int64(id), attempt: attempt}
}

// A trail is the places from a screen down to where somebody is: the bread
// crumbs.
type trail []place

func (t trail) last() place { return t[len(t)-1] }

// history is where somebody has been, in order, and where in it they are.
type history struct {
	trails []trail
	at     int
}

func newHistory(start place) history { return history{trails: []trail{{start}}} }

func (h *history) here() trail { return h.trails[h.at] }

// visit goes to a new trail; what lay ahead is forgotten, as browsers do.
func (h *history) visit(t trail) {
	if len(t) == len(h.here()) && t.last() == h.here().last() {
		return
	}
	const most = 100
	h.trails = append(h.trails[:h.at+1:h.at+1], t)
	if len(h.trails) > most {
		h.trails = h.trails[1:]
	}
	h.at = len(h.trails) - 1
}

// descend visits a place below this one.
func (h *history) descend(p place) {
	here := h.here()
	h.visit(append(here[:len(here):len(here)], p))
}

// ascend visits the place above, and reports whether there is one.
func (h *history) ascend() bool {
	here := h.here()
	if len(here) < 2 {
		return false
	}
	h.visit(here[: len(here)-1 : len(here)-1])
	return true
}

// step goes back (-1) or forward (1), and reports whether there is such a place.
func (h *history) step(n int) bool {
	to := h.at + n
	if to < 0 || to >= len(h.trails) {
		return false
	}
	h.at = to
	return true
}
