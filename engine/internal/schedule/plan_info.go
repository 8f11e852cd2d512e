package schedule

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// declared is a metric of a plan node with the accumulator it travels in.
type declared struct {
	id          metric.ID
	accumulator int64
}

// nodeMetrics lists what each kind of node measures: what Spark's SQL tab shows
// for it, and the node's own time.
func nodeMetrics(n plan.Node) []metric.ID {
	switch n := n.(type) {
	case *plan.Scan:
		ids := []metric.ID{metric.NumOutputRows, metric.NumFiles, metric.FilesSize, metric.MetadataTime, metric.ScanTime,
			metric.NumRowGroups, metric.NumRowGroupsSkipped}
		if len(source.PartitionColumns(n.Source)) > 0 {
			ids = append(ids, metric.NumPartitionsRead)
		}
		return ids
	case *plan.Aggregate:
		return []metric.ID{metric.NumOutputRows, metric.AggTime, metric.PeakMemory, metric.SpillSize, metric.NodeTime}
	case *plan.Sort:
		return []metric.ID{metric.SortTime, metric.PeakMemory, metric.SpillSize, metric.NodeTime}
	case *plan.Window:
		return []metric.ID{metric.SpillSize, metric.NodeTime}
	case *plan.Join:
		switch n.Strategy {
		case plan.ShuffledHash:
			return []metric.ID{metric.NumOutputRows, metric.BuildTime, metric.BuildDataSize, metric.SpillSize, metric.NodeTime}
		case plan.SortMerge, plan.Cartesian:
			return []metric.ID{metric.NumOutputRows, metric.SpillSize, metric.NodeTime}
		}
		return []metric.ID{metric.NumOutputRows, metric.NodeTime}
	case *plan.Exchange:
		switch {
		case n.Of != nil:
			return nil // they are its mover's
		case n.Kind == plan.Broadcast:
			return []metric.ID{metric.NumOutputRows, metric.DataSize, metric.BroadcastTime, metric.BuildTime}
		}
		return []metric.ID{metric.DataSize, metric.NodeShuffleRecordsWritten, metric.NodeShuffleBytesWritten, metric.NodeShuffleWriteTime,
			metric.NodeShuffleRecordsRead, metric.NodeLocalBytesRead, metric.NodeRemoteBytesRead, metric.NodeFetchWaitTime, metric.PeakMemory, metric.SpillSize}
	case *plan.Cached:
		return []metric.ID{metric.NumOutputRows, metric.CacheHits, metric.CacheRemoteReads, metric.CacheMisses, metric.NodeTime}
	case *plan.Write:
		return []metric.ID{metric.NumWrittenFiles, metric.WrittenOutputBytes, metric.NumOutputRows, metric.NumDynamicParts, metric.NodeTime}
	case *plan.Named, *plan.Union, *plan.KeySet:
		return nil
	}
	return []metric.ID{metric.NumOutputRows, metric.NodeTime}
}

// callsUser reports whether a node computes functions that the program
// registered and counts them.
func callsUser(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Filter:
		return expr.CallsUser(n.Where)
	case *plan.Project:
		return slices.ContainsFunc(n.Exprs, expr.CallsUser)
	case *plan.Aggregate:
		return slices.ContainsFunc(n.Keys, expr.CallsUser) ||
			slices.ContainsFunc(n.Aggs, func(a expr.Aggregate) bool { return slices.ContainsFunc(a.Args, expr.CallsUser) })
	}
	return false
}

// declare gives every metric of every node of the plan an accumulator.
func (x *execution) declare() {
	numbers := plan.Number(x.query.Plan)
	nodes := make([]plan.Node, len(numbers))
	for n, i := range numbers {
		nodes[i] = n
	}
	for _, n := range nodes {
		x.declareNode(n)
	}
}

// declareNode gives every metric of a node an accumulator.
func (x *execution) declareNode(n plan.Node) {
	x.mu.Lock()
	defer x.mu.Unlock()
	declare := func(key plan.Node, ids ...metric.ID) {
		for _, id := range ids {
			x.metrics[key] = append(x.metrics[key], declared{id, x.accumulators.Add(1) - 1})
		}
	}
	declare(n, nodeMetrics(n)...)
	if callsUser(n) {
		declare(n, metric.FunctionRows, metric.FunctionTime)
	}
	if e, ok := n.(*plan.Exchange); ok && e.Kind != plan.Broadcast && x.adaptive() {
		declare(readOf{e}, metric.NumPartitions, metric.NumCoalescedPartitions, metric.NumSkewedPartitions, metric.NumSkewedSplits)
	}
}

// readOf stands for the read of an exchange that adaptive execution has
// changed: AQEShuffleRead. It is shown, and never run.
type readOf struct{ *plan.Exchange }

func (x *execution) planMetrics(n plan.Node) []event.PlanMetric {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []event.PlanMetric
	for _, d := range x.metrics[n] {
		kind := "sum"
		switch d.id.Unit() {
		case metric.Bytes:
			kind = "size"
		case metric.Duration:
			kind = "nsTiming"
		}
		out = append(out, event.PlanMetric{Name: d.id.Desc().Name, AccumulatorID: d.accumulator, Type: kind})
	}
	return out
}

// A moment is when a plan is told of. Adaptive execution finds out while it runs
// which exchanges to reuse, and at the end how each was read.
type moment uint8

const (
	atStart moment = iota
	underway
	atEnd
)

// planInfo describes the plan as events carry it.
func (x *execution) planInfo(at moment) *event.PlanNode {
	root := x.nodeInfo(x.query.Plan, at)
	if !x.adaptive() {
		return root
	}
	detail := "isFinalPlan=false"
	if at == atEnd {
		detail = "isFinalPlan=true"
	}
	return &event.PlanNode{Name: "AdaptiveSparkPlan", Detail: "AdaptiveSparkPlan " + detail, Children: []*event.PlanNode{root}}
}

// planText prints the plan; after the start, the one that adaptive execution made
// of it, with what was changed and why.
func (x *execution) planText(at moment) string {
	if at == atStart {
		n := x.query.Plan
		if x.adaptive() {
			n = plan.Initial(n)
		}
		return "== Physical Plan ==\n" + plan.Print(n)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	text := "== Final Plan ==\n" + plan.Print(x.current(x.query.Plan))
	if len(x.reasons) > 0 {
		text += "\n== Adaptations ==\n" + strings.Join(x.reasons, "\n") + "\n"
	}
	return text
}

// current is a plan with what adaptive execution put in place of its nodes.
// Called with the lock.
func (x *execution) current(n plan.Node) plan.Node {
	if now, ok := x.replaced[n]; ok {
		n = now
	}
	inputs := n.Inputs()
	if len(inputs) == 0 {
		return n
	}
	changed := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		changed[i] = x.current(in)
	}
	return n.With(changed)
}

// tell emits the plan as adaptive execution has changed it.
func (x *execution) tell(reasons []string) {
	x.mu.Lock()
	x.reasons = append(x.reasons, reasons...)
	x.mu.Unlock()
	x.Emit(event.SQLAdaptiveExecutionUpdate{ID: x.id, PhysicalPlan: x.planText(underway), Plan: x.planInfo(underway)})
}

func (x *execution) nodeInfo(n plan.Node, at moment) *event.PlanNode {
	info := x.stepInfo(n, at)
	e, ok := n.(*plan.Exchange)
	if !ok || at != atEnd {
		return info
	}
	x.mu.Lock()
	ranges, changed := x.ranges[e]
	x.mu.Unlock()
	// The partitions beside skewed ones are read once for every piece.
	if r := readings(ranges, e.N); changed && (r.how() != "" || len(ranges) != e.N) {
		return &event.PlanNode{Name: "AQEShuffleRead", Detail: strings.TrimSpace("AQEShuffleRead " + r.how()), Metrics: x.planMetrics(readOf{e}), Children: []*event.PlanNode{info}}
	}
	return info
}

// stepInfo is nodeInfo without how adaptive execution reads what an exchange
// moved.
func (x *execution) stepInfo(n plan.Node, at moment) *event.PlanNode {
	x.mu.Lock()
	if now, ok := x.replaced[n]; ok {
		n = now
	}
	x.mu.Unlock()
	if e, ok := n.(*plan.Exchange); ok && at == atStart && x.adaptive() {
		n = e.Unshared()
	}
	info := &event.PlanNode{Name: n.Name(), Detail: n.Name() + " " + n.Detail(), Metrics: x.planMetrics(n)}
	children := n.Inputs()
	switch n := n.(type) {
	case *plan.Scan:
		info.Metadata = map[string]string{"Location": n.Source.Location(), "Format": n.Source.Format(),
			"ReadSchema": n.Columns.String(), "PushedFilters": plan.PredicateText(n.Predicates)}
		if folders := n.FolderText(); folders != "" {
			info.Metadata["PartitionFilters"] = folders
		}
	case *plan.Named:
		info.Metadata = map[string]string{"name": n.Label}
	case *plan.Cached:
		info.Metadata = map[string]string{"name": n.Relation.Label, "storageLevel": n.Relation.Level}
		if n.Relation.Sealed {
			return info
		}
		relation := &event.PlanNode{Name: "InMemoryRelation", Detail: "InMemoryRelation " + n.Relation.Label + ", " + n.Relation.Level,
			Metadata: info.Metadata, Children: []*event.PlanNode{x.nodeInfo(n.Relation.Plan, at)}}
		info.Children = []*event.PlanNode{relation}
		return info
	case *plan.Exchange:
		if n.Of != nil { // as Spark's log, which tells the reused one by its tree
			info.Children = []*event.PlanNode{x.stepInfo(n.Of, at)}
		}
	}
	for _, c := range children {
		info.Children = append(info.Children, x.nodeInfo(c, at))
	}
	return info
}

// A reading counts how the partitions of an exchange are read.
type reading struct {
	all, joined    int64 // reads, and those of several partitions
	skewed, pieces int64 // partitions read in pieces, and the pieces
	local          bool  // by map task
}

func readings(ranges []stage.Range, n int) reading {
	r := reading{all: int64(len(ranges))}
	last := -1
	for _, x := range ranges {
		switch {
		case x.MapTo > 0 && x.To-x.From == 1 && n > 1:
			r.pieces++
			if x.From != last {
				r.skewed++
			}
			last = x.From
		case x.MapTo > 0:
			r.local = true
		case x.To-x.From > 1:
			r.joined++
		}
	}
	return r
}

// how is what EXPLAIN says of the read; "" where nothing changed.
func (r reading) how() string {
	switch {
	case r.local:
		return "local"
	case r.skewed > 0 && r.joined > 0:
		return "coalesced and skewed"
	case r.skewed > 0:
		return "skewed"
	case r.joined > 0:
		return "coalesced"
	}
	return ""
}

// shuffleReads reports what adaptive execution did to each exchange's read.
func (x *execution) shuffleReads() {
	var updates []event.AccumulatorUpdate
	x.mu.Lock()
	for e, ranges := range x.ranges {
		r := readings(ranges, e.N)
		values := map[metric.ID]int64{metric.NumPartitions: r.all, metric.NumCoalescedPartitions: r.joined,
			metric.NumSkewedPartitions: r.skewed, metric.NumSkewedSplits: r.pieces}
		for _, d := range x.metrics[readOf{e}] {
			updates = append(updates, event.AccumulatorUpdate{ID: d.accumulator, Value: values[d.id]})
		}
	}
	x.mu.Unlock()
	if len(updates) > 0 {
		slices.SortFunc(updates, func(a, b event.AccumulatorUpdate) int { return int(a.ID - b.ID) })
		x.Emit(event.DriverAccumUpdates{ID: x.id, Updates: updates})
	}
}

// scanMetrics reports how many folders of partition values scans are given: those
// that wait for what a join finds, when they are pruned.
func (x *execution) scanMetrics(pruned bool) {
	plan.Walk(x.query.Plan, func(n plan.Node) {
		scan, ok := n.(*plan.Scan)
		if !ok || len(source.PartitionColumns(scan.Source)) == 0 || pruned != (len(scan.Pruned) > 0) {
			return
		}
		var options source.SplitOptions
		x.folders(scan, &options)
		splits, err := scan.Source.Splits(options)
		if err != nil {
			return // the stage will say so
		}
		folders := map[string]bool{}
		for _, split := range splits {
			for _, p := range split.Pieces {
				folders[filepath.Dir(p.Path)] = true
			}
		}
		for _, d := range x.metrics[scan] {
			if d.id == metric.NumPartitionsRead {
				x.Emit(event.DriverAccumUpdates{ID: x.id, Updates: []event.AccumulatorUpdate{{ID: d.accumulator, Value: int64(len(folders))}}})
			}
		}
	})
}

// writeMetrics reports what a write left, which as in Spark the driver knows.
func (x *execution) writeMetrics(w *plan.Write, batches []*expr.Batch) {
	values := map[metric.ID]int64{}
	folders := map[string]bool{}
	for _, b := range batches {
		for i := range b.Rows {
			values[metric.NumWrittenFiles]++
			values[metric.NumOutputRows] += b.Cols[1].I64[i]
			values[metric.WrittenOutputBytes] += b.Cols[2].I64[i]
			_, name, _ := strings.Cut(string(b.Cols[0].Str(i)), "/")
			if folder := path.Dir(name); folder != "." {
				folders[folder] = true
			}
		}
	}
	values[metric.NumDynamicParts] = int64(len(folders))
	var updates []event.AccumulatorUpdate
	for _, d := range x.metrics[w] {
		if v, ok := values[d.id]; ok {
			updates = append(updates, event.AccumulatorUpdate{ID: d.accumulator, Value: v})
		}
	}
	x.Emit(event.DriverAccumUpdates{ID: x.id, Updates: updates})
}

// driverMetrics reports what building a broadcast table took on the driver.
func (x *execution) driverMetrics(e *plan.Exchange, rows, size int64, collect, build time.Duration) {
	var updates []event.AccumulatorUpdate
	for _, d := range x.metrics[e] {
		v := int64(0)
		switch d.id {
		case metric.NumOutputRows:
			v = rows
		case metric.DataSize:
			v = size
		case metric.BroadcastTime:
			v = int64(collect)
		case metric.BuildTime:
			v = int64(build)
		}
		updates = append(updates, event.AccumulatorUpdate{ID: d.accumulator, Value: v})
	}
	x.Emit(event.DriverAccumUpdates{ID: x.id, Updates: updates})
}

func sortByID(list []event.Accumulable) {
	slices.SortFunc(list, func(a, b event.Accumulable) int { return int(a.ID - b.ID) })
}
