package profiler

import (
	"time"

	"stagecoach/engine/metric"
)

// Config returns the Spark properties in force.
func (p *Profile) Config() map[string]string { return p.Properties }

// Slots returns the task slots of the executors that live (at the end, or
// now): their cores together. When all are gone it is the most that lived at
// once. The driver counts only where it is the only one to run tasks.
func (p *Profile) Slots() int {
	live, peak := 0, 0
	for _, x := range p.Executors {
		if x.Removed == 0 {
			live += x.Cores
		}
		at := 0
		for _, o := range p.Executors {
			if o.Added <= x.Added && (o.Removed == 0 || o.Removed > x.Added) {
				at += o.Cores
			}
		}
		peak = max(peak, at)
	}
	if live > 0 {
		return live
	}
	return peak
}

// Has reports whether any stage recorded id: what nobody recorded is unknown,
// not zero. For a metric of plan nodes it looks for its name in the plans.
func (p *Profile) Has(id metric.ID) bool {
	if id.SQL() {
		for _, x := range p.Executions {
			for _, n := range x.Nodes {
				if m, ok := n.Metric(id.String()); ok && m.Seen {
					return true
				}
			}
		}
		return false
	}
	for _, s := range p.Stages {
		if _, ok := s.Metrics.Get(id); ok {
			return true
		}
	}
	return false
}

// Duration is the time from the stage's first launch (or submission, when no
// task started) to its completion, or to the last finish seen while it runs.
func (s *Stage) Duration() time.Duration {
	from := s.FirstLaunch
	if from == 0 {
		from = s.Submitted
	}
	to := s.Completed
	if to == 0 {
		for row := range s.Tasks.Len() {
			_, finish := s.Tasks.Times(row)
			to = max(to, finish)
		}
	}
	if from == 0 || to == 0 {
		return 0
	}
	return max(0, time.Duration(to-from)*time.Millisecond)
}

// ShuffleReadBytes is the bytes read from shuffles, local and remote.
func (s *Stage) ShuffleReadBytes() int64 {
	return s.Metrics.Value(metric.ShuffleLocalBytesRead) + s.Metrics.Value(metric.ShuffleRemoteBytesRead)
}

// Duration is the time from start to end, or 0 while the job runs.
func (j *Job) Duration() time.Duration {
	if j.End == 0 || j.Start == 0 {
		return 0
	}
	return max(0, time.Duration(j.End-j.Start)*time.Millisecond)
}

// Duration is the time from start to end, or 0 while the execution runs.
func (x *Execution) Duration() time.Duration {
	if x.End == 0 {
		return 0
	}
	return max(0, time.Duration(x.End-x.Start)*time.Millisecond)
}

// Node returns the plan node with this id, or nil.
func (x *Execution) Node(id int) *Node {
	if id < 0 || id >= len(x.Nodes) {
		return nil
	}
	return x.Nodes[id]
}

// Metric returns the node's metric of this name.
func (n *Node) Metric(name string) (NodeMetric, bool) {
	for _, m := range n.Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return NodeMetric{}, false
}
