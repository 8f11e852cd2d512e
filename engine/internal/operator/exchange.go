package operator

import (
	"context"
	"fmt"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
)

// read takes partitions of an exchange, joining small blocks so that what comes
// after works on whole batches.
func read(ctx context.Context, n *plan.Exchange, part *stage.Part, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		var stats shuffle.FetchStats
		set := t.Node(n.Mover())
		schema := n.Schema()
		defer func() {
			for _, m := range []struct {
				task, node metric.ID
				v          int64
			}{
				{metric.ShuffleLocalBlocksFetched, 0, stats.LocalBlocks},
				{metric.ShuffleRemoteBlocksFetched, 0, stats.RemoteBlocks},
				{metric.ShuffleLocalBytesRead, metric.NodeLocalBytesRead, stats.LocalBytes},
				{metric.ShuffleRemoteBytesRead, metric.NodeRemoteBytesRead, stats.RemoteBytes},
				{metric.ShuffleReadRecords, metric.NodeShuffleRecordsRead, stats.Records},
				{metric.ShuffleFetchWaitTime, metric.NodeFetchWaitTime, stats.WaitNanos},
			} {
				t.Metrics.Record(m.task, m.v)
				if m.node != 0 {
					set.Record(m.node, m.v)
				}
			}
		}()
		var held []*expr.Batch
		rows := 0
		flush := func() bool {
			b := held[0]
			if len(held) > 1 {
				b = expr.Concat(schema, held)
			} else if n.Of != nil {
				b = &expr.Batch{Schema: schema, Rows: b.Rows, Cols: b.Cols}
			}
			held, rows = held[:0], 0
			return yield(b, nil)
		}
		outputs, mapTo := t.Outputs(n), part.MapTo
		if mapTo == 0 {
			mapTo = outputs.Maps()
		}
		for b, err := range outputs.Fetch(t.Executor, part.From, part.To, part.MapFrom, mapTo, &stats) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			held = append(held, b)
			if rows += b.Rows; rows*2 >= t.BatchRows && !flush() {
				return
			}
		}
		if rows > 0 {
			flush()
		}
	}
}

// WriteShuffle runs a map task: it spreads in over the exchange's partitions
// and returns the runs.
func WriteShuffle(in Batches, n *plan.Exchange, bounds *expr.Batch, file func() (*block.File, error), t *Task) ([]shuffle.Run, error) {
	schema := n.Schema()
	columns := make([]int, 0, len(n.Keys)+len(n.Order))
	for _, k := range n.Keys {
		columns = append(columns, schema.Index(k))
	}
	var partition shuffle.Partitioner
	place := func(b *expr.Batch) ([]int32, error) { return partition(b), nil }
	switch n.Kind {
	case plan.HashPartitioning:
		partition = shuffle.Hash(columns, n.N)
	case plan.RangePartitioning:
		order := plan.Orders(n.Order, schema)
		for i := range order {
			columns = append(columns, order[i].Col)
			order[i].Col = i
		}
		partition = shuffle.Range(bounds, columns, order)
	case plan.RoundRobin:
		// Map tasks begin where Spark's do, so that partitions are as large.
		partition = shuffle.RoundRobin(newXORShift(int64(t.Partition)).below(n.N)+1, n.N)
	case plan.SinglePartition:
		partition = shuffle.Single()
	case plan.CustomPartitioning:
		place = shuffle.Custom(columns, n.N, n.By.Place)
	default:
		return nil, fmt.Errorf("operator: no shuffle for %s", n.Detail())
	}
	w := shuffle.NewWriter(schema, n.N, file, t.Memory.Reserve(t.ID))
	// Everything from partitioning a row to its block in the file is the time of
	// writing: it all goes when the shuffle does.
	var nanos int64
	for b, err := range in {
		start := time.Now()
		var parts []int32
		if err == nil {
			parts, err = place(b)
		}
		if err == nil {
			err = w.Write(b, parts)
		}
		if err != nil {
			return nil, err
		}
		nanos += int64(time.Since(start))
	}
	start := time.Now()
	runs, stats, err := w.Close()
	nanos += int64(time.Since(start))
	set := t.Node(n)
	t.Metrics.Record(metric.ShuffleWriteBytes, stats.Bytes)
	t.Metrics.Record(metric.ShuffleWriteRecords, stats.Records)
	t.Metrics.Record(metric.ShuffleWriteTime, nanos)
	set.Record(metric.NodeShuffleBytesWritten, stats.Bytes)
	set.Record(metric.NodeShuffleRecordsWritten, stats.Records)
	set.Record(metric.NodeShuffleWriteTime, nanos)
	set.Record(metric.DataSize, stats.DataSize)
	t.spilled(n, stats.MemorySpilled, stats.DiskSpilled)
	t.peak(n, stats.PeakMemory)
	return runs, err
}

// spilled records that a node spilled.
func (t *Task) spilled(n plan.Node, memory, disk int64) {
	t.Metrics.Record(metric.MemoryBytesSpilled, memory)
	t.Metrics.Record(metric.DiskBytesSpilled, disk)
	if memory > 0 {
		t.Node(n).Record(metric.SpillSize, memory)
	}
}

// peak records the most memory a node held; the task's peak is that of its
// hungriest node.
func (t *Task) peak(n plan.Node, bytes int64) {
	t.Node(n).Record(metric.PeakMemory, bytes)
	t.Metrics.Record(metric.PeakExecutionMemory, bytes)
}

// Sample takes up to size rows of the columns a range exchange orders by, evenly
// over its input, and counts the rows.
func Sample(in Batches, n *plan.Exchange, size int, seed int64) (*expr.Batch, int64, error) {
	var schema expr.Schema
	var columns []int
	for _, k := range n.Order {
		i := n.Schema().Index(k.Column)
		columns = append(columns, i)
		schema = append(schema, n.Schema()[i])
	}
	builders := make([]*expr.Builder, len(columns))
	for i, f := range schema {
		builders[i] = expr.NewBuilder(f.Type)
	}
	// Algorithm R (Vitter 1985) on row numbers with a fixed generator: the
	// sample must not change from run to run.
	state := uint64(seed)*2862933555777941757 + 3037000493
	kept := 0
	seen := int64(0)
	values := make([][]expr.Value, 0, size)
	for b, err := range in {
		if err != nil {
			return nil, 0, err
		}
		for r := range b.Rows {
			seen++
			at := kept
			if kept < size {
				kept++
				values = append(values, nil)
			} else {
				state ^= state << 13
				state ^= state >> 7
				state ^= state << 17
				j := int64(state % uint64(seen))
				if j >= int64(size) {
					continue
				}
				at = int(j)
			}
			row := make([]expr.Value, len(columns))
			for i, c := range columns {
				row[i] = b.Cols[c].Value(r)
			}
			values[at] = row
		}
	}
	out := &expr.Batch{Schema: schema, Rows: len(values), Cols: make([]expr.Column, len(columns))}
	for i, bld := range builders {
		for _, row := range values {
			bld.AppendValue(row[i])
		}
		out.Cols[i] = bld.Take()
	}
	return out, seen, nil
}
