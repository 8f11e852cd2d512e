package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// planText is the last plan that events show, and the reasons of its changes.
func (r *recorder) planText() (nodes []string, text string) {
	var last *event.PlanNode
	for _, e := range r.events {
		if u, ok := e.(event.SQLAdaptiveExecutionUpdate); ok {
			last, text = u.Plan, u.PhysicalPlan
		}
	}
	var visit func(*event.PlanNode)
	visit = func(n *event.PlanNode) {
		if n == nil {
			return
		}
		name := n.Name
		if name == "AQEShuffleRead" {
			name = n.Detail
		}
		nodes = append(nodes, name)
		for _, c := range n.Children {
			visit(c)
		}
	}
	visit(last)
	return nodes, text
}

// skewed is rows of which three in four have the same key.
func skewed(n int) []*expr.Batch {
	schema := expr.Schema{{Name: "k", Type: expr.Int32}, {Name: "v", Type: expr.Int64}}
	var out []*expr.Batch
	for at := 0; at < n; at += 500 {
		k, v := expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.Int64)
		for i := at; i < at+500; i++ {
			key := int64(7)
			if i%4 == 0 {
				key = int64(i % 40)
			}
			k.AppendValue(expr.Value{Type: expr.Int32, I: key})
			v.AppendValue(expr.Value{Type: expr.Int64, I: int64(i)})
		}
		out = append(out, &expr.Batch{Schema: schema, Rows: 500, Cols: []expr.Column{k.Take(), v.Take()}})
	}
	return out
}

// What adaptive execution does to a join is seen in the plan it leaves, with the
// reason, and does not change the answer.
func TestAdaptiveJoin(t *testing.T) {
	for _, c := range []struct {
		what, settings, node, reason string
	}{
		{"neither", "spark.sql.autoBroadcastJoinThreshold=-1", "SortMergeJoin", ""},
		{"skew", "spark.sql.autoBroadcastJoinThreshold=-1 spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes=4k spark.sql.adaptive.advisoryPartitionSizeInBytes=8k spark.sql.adaptive.coalescePartitions.enabled=false",
			"AQEShuffleRead skewed", "is skewed and is read in pieces"},
		{"broadcast", "spark.sql.autoBroadcastJoinThreshold=-1 spark.sql.adaptive.autoBroadcastJoinThreshold=64k", "BroadcastHashJoin", "and is broadcast"},
		{"local read", "spark.sql.autoBroadcastJoinThreshold=-1 spark.sql.adaptive.autoBroadcastJoinThreshold=64k", "AQEShuffleRead local", "where its rows lie"},
		{"off", "spark.sql.adaptive.enabled=false spark.sql.autoBroadcastJoinThreshold=-1 spark.sql.adaptive.autoBroadcastJoinThreshold=64k", "", ""},
	} {
		r := &recorder{}
		s := session(t, r, append(strings.Fields(c.settings), "spark.master=local[2]", "spark.sql.shuffle.partitions=8")...)
		left := s.Read(source.Memory(skewed(1)[0].Schema, skewed(20000)))
		right := left.Where(expr.Lt(expr.Col("v"), 200)).Select(expr.As{X: expr.Col("k"), Name: "k2"})
		res, err := left.Join(right, engine.Inner, engine.On{Left: "k", Right: "k2"}).Select(expr.Col("v")).Collect(context.Background())
		if err != nil || res.Len() != 2275000 {
			t.Fatal(c.what, res.Len(), err)
		}
		nodes, text := r.planText()
		if c.node != "" && !slices.Contains(nodes, c.node) || c.node == "" && len(nodes) > 0 {
			t.Errorf("%s: want %s in %v", c.what, c.node, nodes)
		}
		if !strings.Contains(text, c.reason) {
			t.Errorf("%s: the reason %q is not in\n%s", c.what, c.reason, text)
		}
	}
}
