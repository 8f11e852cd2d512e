package sparkrest

import (
	"net"
	"slices"
	"strconv"

	"stagecoach/engine/event"
)

// executorStarts tells the executors that are new, their block managers, which may
// come later, and how much heap they were seen to use.
func (a *Application) executorStarts(list []ExecutorSummary) (out []event.Event) {
	slices.SortStableFunc(list, func(x, y ExecutorSummary) int { return int(x.AddTime - y.AddTime) })
	for _, x := range list {
		host, port := hostPort(x.HostPort)
		added := event.Millis(x.AddTime)
		if _, known := a.executors[x.ID]; !known {
			a.executors[x.ID] = true
			if x.TotalCores > 0 {
				out = append(out, event.ExecutorAdded{Time: added, ExecutorID: x.ID, Host: host, TotalCores: x.TotalCores, ResourceProfile: x.ResourceProfileID})
			}
		}
		if a.memory[x.ID] != x.MaxMemory {
			a.memory[x.ID] = x.MaxMemory
			manager := event.BlockManagerAdded{Time: added, ExecutorID: x.ID, Host: host, Port: port, MaxMemory: x.MaxMemory}
			if m := x.MemoryMetrics; m != nil {
				manager.MaxOnHeap, manager.OffHeap = m.TotalOnHeapStorageMemory, m.TotalOffHeapStorageMemory
			}
			out = append(out, manager)
		}
		if m := x.PeakMemoryMetrics; m != nil && m[0] > a.peaks[x.ID] {
			a.peaks[x.ID] = m[0]
			out = append(out, event.StageExecutorMetrics{ExecutorID: x.ID, StageID: -1, HeapPeak: m[0]})
		}
	}
	return out
}

// executorEnds tells the executors that have gone.
func (a *Application) executorEnds(list []ExecutorSummary) (out []event.Event) {
	for _, x := range list {
		if a.executors[x.ID] && !x.IsActive {
			a.executors[x.ID] = false
			out = append(out, event.ExecutorRemoved{Time: event.Millis(x.RemoveTime), ExecutorID: x.ID, Reason: x.RemoveReason})
		}
	}
	return out
}

// hostPort takes an address apart; one without a port has 0.
func hostPort(address string) (string, int) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return address, 0
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return address, 0
	}
	return host, port
}
