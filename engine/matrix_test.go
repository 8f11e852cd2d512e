package engine_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A cell is a configuration that must not change an answer. Together the cells
// hold every value of partitions, masters, adaptive execution, join strategies,
// storage levels, memory and faults, and most pairs of them.
type cell struct {
	settings string
	hint     string // put into every query that joins
	little   bool   // memory that makes something spill
}

const (
	cluster = "spark.master=local-cluster[3,1,128]"
	fixed   = " spark.sql.adaptive.enabled=false"
	merged  = " spark.sql.autoBroadcastJoinThreshold=-1"
	hashed  = merged + " spark.sql.join.preferSortMergeJoin=false"
	faulty  = " stagecoach.faults.taskFailureRate=0.03 stagecoach.faults.corruptBlockRate=0.01 spark.task.maxFailures=10 spark.stage.maxConsecutiveAttempts=99"
	losing  = " stagecoach.faults.loseAfterTasks.1=20 stagecoach.faults.loseAfterTasks.2=90"
)

// cells are the matrix that every run of the tests goes through. The whole of
// it, the product of all values, runs with STAGECOACH_MATRIX=full.
func cells(t *testing.T) []cell {
	list := []cell{
		{settings: "spark.master=local[2] spark.sql.shuffle.partitions=7"},
		{settings: "spark.master=local[1] spark.sql.shuffle.partitions=1", hint: "MERGE"},
		{settings: "spark.master=local[2] spark.sql.shuffle.partitions=200" + fixed + hashed},
		{settings: "spark.master=local[2] spark.sql.shuffle.partitions=1000", hint: "BROADCAST"},
		{settings: "spark.master=local[1] spark.sql.shuffle.partitions=7" + fixed, hint: "MERGE", little: true},
		{settings: cluster + " spark.sql.shuffle.partitions=7" + merged, hint: "SHUFFLE_HASH"},
		{settings: cluster + " spark.sql.shuffle.partitions=200" + fixed + merged},
		{settings: cluster + " spark.sql.shuffle.partitions=7" + faulty, hint: "SHUFFLE_HASH"},
		{settings: cluster + " spark.sql.shuffle.partitions=1" + fixed + losing, hint: "SHUFFLE_REPLICATE_NL"},
	}
	switch {
	case testing.Short():
		return list[:1]
	case os.Getenv("STAGECOACH_MATRIX") != "full":
		return list
	}
	list = nil
	for _, master := range []string{"spark.master=local[1]", "spark.master=local[2]", cluster, cluster + faulty, cluster + losing} {
		for _, partitions := range []string{"1", "7", "200", "1000"} {
			for _, adaptive := range []string{"", fixed} {
				for _, hint := range []string{"", "BROADCAST", "MERGE", "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL"} {
					if hint == "SHUFFLE_REPLICATE_NL" && len(partitions) > 1 {
						continue // a task for every pair of partitions
					}
					for _, little := range []bool{false, true} {
						list = append(list, cell{master + " spark.sql.shuffle.partitions=" + partitions + adaptive, hint, little})
					}
				}
			}
		}
	}
	return list
}

// name is the cell as the name of a test.
func (c cell) name() string {
	words := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(c.settings, "spark.", ""), "stagecoach.", ""))
	if c.hint != "" {
		words = append(words, c.hint)
	}
	if c.little {
		words = append(words, "little memory")
	}
	return strings.Join(words, " ")
}

// A trial is a session of a cell. What is meant to happen in it must.
type trial struct {
	*engine.Session
	cell
	t         *testing.T
	events    recorder
	strategy  int // joins that were planned as the hint says
	otherwise int // joins whose type does not allow it
}

// begin opens the session of the i-th cell, where little memory is so many MiB a
// slot, and caches some of the views, each at another storage level: from cell to
// cell it is the next ones' turn.
func (c cell) begin(t *testing.T, i, little int, views func(*engine.Session), cached ...string) *trial {
	t.Helper()
	settings := append(strings.Fields(c.settings), "spark.sql.ansi.enabled=false", "spark.locality.wait=0",
		"spark.memory.offHeap.enabled=true", "spark.memory.offHeap.size=64m")
	switch {
	case c.little && strings.Contains(c.settings, cluster): // whose executors have the memory of the master
		settings = append(settings, fmt.Sprintf("spark.master=local-cluster[3,1,%d]", little))
	case c.little && strings.Contains(c.settings, "local[2]"):
		settings = append(settings, fmt.Sprintf("spark.executor.memory=%dm", 2*little))
	case c.little:
		settings = append(settings, fmt.Sprintf("spark.executor.memory=%dm", little))
	}
	tr := &trial{cell: c, t: t}
	tr.Session = session(t, &tr.events, settings...)
	views(tr.Session)
	for j, view := range cached {
		if _, err := tr.SQL(context.Background(), "CACHE TABLE "+view+" OPTIONS('storageLevel' '"+level(i*len(cached)+j)+"')"); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

// level is the n-th storage level, round and round: first none at all.
func level(n int) string { return config.StorageLevels[n%len(config.StorageLevels)] }

var (
	aSelect = regexp.MustCompile(`(?i)\bselect\b`)
	aJoin   = regexp.MustCompile(`(?i)\bjoin\b`)
)

// hinted is a query with the cell's hint at every SELECT, for every alias that
// the queries use; a hint that finds no table is ignored, as in Spark.
func (tr *trial) hinted(query string) string {
	if tr.hint == "" || !aJoin.MatchString(query) {
		return query
	}
	return aSelect.ReplaceAllString(query, "$0 /*+ "+tr.hint+"(a, b, g, t, w, x, z) */")
}

// planned looks at the joins of the queries since it was last called: each must
// be the hint's, or of a type that it cannot be.
func (tr *trial) planned(query string) {
	tr.t.Helper()
	var visit func(n *event.PlanNode)
	visit = func(n *event.PlanNode) {
		for _, c := range n.Children {
			visit(c)
		}
		if kind := joinType.FindString(n.Detail); strings.HasSuffix(n.Name, "Join") || n.Name == "CartesianProduct" {
			switch want, possible := strategyOf(tr.hint, kind); {
			case tr.hint == "" || !strings.Contains(query, "/*+ "+tr.hint):
			case n.Name == want:
				tr.strategy++
			case possible:
				tr.t.Errorf("%s: the hint %s has made %s", query, tr.hint, n.Detail)
			default:
				tr.otherwise++
			}
		}
	}
	tr.events.mu.Lock()
	defer tr.events.mu.Unlock()
	for _, e := range tr.events.events {
		if e, ok := e.(event.SQLExecutionStart); ok {
			visit(e.Plan)
		}
	}
	tr.events.events = keep(tr.events.events)
}

// strategyOf is the node that a hint makes of a join with keys, and whether a
// join of that type can be one.
func strategyOf(hint, kind string) (node string, possible bool) {
	switch hint {
	case "BROADCAST":
		return "BroadcastHashJoin", kind != "FullOuter"
	case "MERGE":
		return "SortMergeJoin", true
	case "SHUFFLE_HASH":
		return "ShuffledHashJoin", true
	}
	return "CartesianProduct", kind == "Inner"
}

// keep drops the events that nothing more is asked of.
func keep(all []event.Event) []event.Event {
	var kept []event.Event
	for _, e := range all {
		switch e := e.(type) {
		case event.TaskEnd:
			if e.Reason.Kind != event.Success || e.Metrics.Value(metric.DiskBytesSpilled) > 0 {
				kept = append(kept, e)
			}
		case event.ExecutorRemoved:
			kept = append(kept, e)
		}
	}
	return kept
}

// end checks that the trial was one: that the hint's strategy was taken, that
// little memory spilled and that faults came about.
func (tr *trial) end() {
	tr.t.Helper()
	failed, lost := 0, 0
	for _, e := range tr.events.events {
		switch e := e.(type) {
		case event.TaskEnd:
			if e.Reason.Kind != event.Success {
				failed++
			}
		case event.ExecutorRemoved:
			lost++
		}
	}
	spilled := tr.events.total(metric.DiskBytesSpilled)
	tr.t.Logf("%d joins as hinted, %d that cannot be; %d KiB spilled, %d tasks failed, %d executors lost", tr.strategy, tr.otherwise, spilled>>10, failed, lost)
	if tr.hint != "" && tr.strategy == 0 {
		tr.t.Errorf("no join is as %s asks", tr.hint)
	}
	if tr.little && spilled == 0 {
		tr.t.Error("the memory is meant to be little, and nothing spilled")
	}
	if strings.Contains(tr.settings, "faults.task") && failed == 0 {
		tr.t.Error("no task failed")
	}
	if strings.Contains(tr.settings, "faults.lose") && lost == 0 {
		tr.t.Error("no executor was lost")
	}
}
