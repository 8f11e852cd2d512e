package whatif

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/config"
)

// Slots gives the run n slots from its beginning. On one machine tasks slow each
// other down; elsewhere their times stay as they were.
func Slots(n int) Edit {
	return func(m *Model) {
		old := len(m.Slots)
		if n <= 0 || n == old {
			return
		}
		m.Reach(max(float64(n)/float64(old), float64(old)/float64(n)), fmt.Sprintf("%d slots instead of %d", n, old))
		m.constant(n)
		all := make([]int, len(m.Stages))
		for i := range all {
			all[i] = i
		}
		if m.oneMachine() {
			m.crowd(all, func(i int) int { return min(m.Stages[i].Tasks.Len(), old) }, func(i int) int { return min(m.Stages[i].Tasks.Len(), n) })
			m.Assume("tasks beside each other on one machine slow each other down as they did where that was measured")
		} else {
			m.Assume("tasks take as long with another number of slots: they do not compete for memory bandwidth or disk")
		}
	}
}

// constant gives the run n slots from when the first one was there to its end.
func (m *Model) constant(n int) {
	var first Slot
	for i, s := range m.Slots {
		if i == 0 || s.From < first.From {
			first.From = s.From
		}
	}
	m.Slots = slices.Repeat([]Slot{first}, n)
}

// oneMachine reports whether all executors ran on one machine.
func (m *Model) oneMachine() bool {
	hosts := map[string]bool{}
	for _, e := range m.Profile.Executors {
		if e.Cores > 0 {
			hosts[e.Host] = true
		}
	}
	return len(hosts) == 1
}

// executorShape is the cores of an executor, and how many executors there were.
func (m *Model) executorShape() (cores, executors int) {
	cores = len(m.Slots)
	n := len(m.Profile.Executors)
	for _, e := range m.Profile.Executors {
		if e.Cores > 0 && !(e.Driver && n > 1) {
			executors, cores = executors+1, e.Cores
		}
	}
	return max(1, cores), max(1, executors)
}

// executors is how many there were at once at most.
func (m *Model) executors() int {
	cores, _ := m.executorShape()
	return max(1, (m.peak()+cores-1)/cores)
}

// resize applies the parameters that set the number of slots.
func (m *Model) resize(changes []config.Change) {
	perExecutor, executors := m.executorShape()
	for _, c := range changes {
		n, err := strconv.Atoi(c.To)
		switch c.Key {
		case config.Master:
			if cores, ok := localCores(c.To); ok {
				executors, perExecutor = 1, cores
			} else if e, cores, _, ok := cluster(c.To); ok {
				executors, perExecutor = e, cores
			} else {
				m.Refuse(fmt.Sprintf("spark.master=%s does not say how many slots there are; write local[N] or local-cluster[E,C,M]", c.To))
			}
		case "spark.executor.instances", "spark.executor.cores":
			if err != nil || n <= 0 {
				m.Refuse(fmt.Sprintf("%s=%s is not a number of one or more", c.Key, c.To))
			} else if c.Key == "spark.executor.instances" {
				executors = n
			} else {
				perExecutor = n
			}
		}
	}
	Slots(executors * perExecutor)(m)
}

func local(master string) bool { return strings.HasPrefix(master, "local[") || master == "local" }

// localCores reads local[N] and local[N,F].
func localCores(master string) (int, bool) {
	inner, ok := strings.CutPrefix(master, "local[")
	if !ok {
		return 1, master == "local"
	}
	first, _, _ := strings.Cut(strings.TrimSuffix(inner, "]"), ",")
	n, err := strconv.Atoi(strings.TrimSpace(first))
	return n, err == nil && n > 0
}

// cluster reads local-cluster[executors,cores,MiB].
func cluster(master string) (executors, cores int, mib int64, ok bool) {
	inner, found := strings.CutPrefix(master, "local-cluster[")
	parts := strings.Split(strings.TrimSuffix(inner, "]"), ",")
	if !found || len(parts) != 3 {
		return 0, 0, 0, false
	}
	e, err1 := strconv.Atoi(strings.TrimSpace(parts[0]))
	c, err2 := strconv.Atoi(strings.TrimSpace(parts[1]))
	mem, err3 := strconv.ParseInt(strings.TrimSpace(parts[2]), 10, 64)
	return e, c, mem, err1 == nil && err2 == nil && err3 == nil && e > 0 && c > 0
}
