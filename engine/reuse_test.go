package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
)

// twice is queries that need the same rows at two places, with how many exchanges
// they have and how many of those need not run.
var twice = []struct {
	name, sql        string
	exchanges, fewer int
}{
	{"a CTE joined with itself", "WITH q AS (SELECT k, count(*) n FROM a GROUP BY k) SELECT /*+ MERGE(x) */ x.k, x.n, y.n FROM q x JOIN q y ON x.k = y.k", 2, 1},
	{"a CTE in two parts of a union", "WITH q AS (SELECT k, count(*) n FROM a GROUP BY k) SELECT k FROM q WHERE n > 5 UNION ALL SELECT k + 1 FROM q WHERE n < 500", 2, 1},
	{"broadcasts", "SELECT /*+ BROADCAST(y), BROADCAST(z) */ x.id FROM a x JOIN a y ON x.id = y.id JOIN a z ON x.id = z.id", 2, 1},
	{"an exchange below a broadcast", "WITH q AS (SELECT k, count(*) n FROM a GROUP BY k) SELECT /*+ BROADCAST(y) */ x.k, x.n, y.n FROM q x JOIN q y ON x.k = y.k", 3, 1},
	{"sorted rows", "WITH q AS (SELECT /*+ REPARTITION_BY_RANGE(3, v) */ k, v FROM a) SELECT k, v FROM q UNION ALL SELECT k, v + 1 FROM q", 2, 2},
	{"exchanges over equal exchanges", "WITH q AS (SELECT g, count(*) m FROM (SELECT k, g, count(*) n FROM a GROUP BY k, g) GROUP BY g) SELECT /*+ MERGE(x) */ x.g, x.m, y.m FROM q x JOIN q y ON x.g = y.g", 4, 2},
	{"sums over sums", "WITH q AS (SELECT g, sum(m) m FROM (SELECT k, g, sum(v) m FROM a GROUP BY k, g) GROUP BY g) SELECT /*+ MERGE(x) */ x.g, x.m, y.m FROM q x JOIN q y ON x.g = y.g", 4, 2},
	{"scalar subqueries", "SELECT id FROM a WHERE v > (SELECT avg(v) FROM a) AND id > (SELECT avg(v) FROM a)", 4, 2},
	{"other columns of the same rows", "SELECT /*+ MERGE(x) */ x.g, y.s FROM a x JOIN a y ON x.id = y.id", 2, 0},
	{"another condition", "SELECT * FROM (SELECT k, count(*) FROM a WHERE id < 90 GROUP BY k) UNION ALL SELECT * FROM (SELECT k, count(*) FROM a WHERE id < 91 GROUP BY k)", 2, 0},
	{"another text that looks like a column", "SELECT * FROM (SELECT k, count(*) FROM a WHERE s > 'k#1' OR id > 3 GROUP BY k) UNION ALL SELECT * FROM (SELECT k, count(*) FROM a WHERE s > 'k#2' OR id > 3 GROUP BY k)", 2, 0},
	{"keys in another order", "SELECT * FROM (SELECT k, g, count(*) FROM a GROUP BY k, g) UNION ALL SELECT * FROM (SELECT k, g, count(*) FROM a GROUP BY g, k)", 2, 0},
	{"other aggregates", "SELECT * FROM (SELECT k, sum(v) FROM a GROUP BY k) UNION ALL SELECT * FROM (SELECT k, avg(v) FROM a GROUP BY k)", 2, 0},
}

// reuseSession has the table that twice reads, of three partitions.
func reuseSession(t *testing.T, r *recorder, settings ...string) *engine.Session {
	t.Helper()
	conf, err := config.Parse(append([]string{"spark.master=local-cluster[2,1,512]", "spark.sql.shuffle.partitions=4"}, settings...)...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.NewSession(conf, engine.WithListener(r.add))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	view := "CREATE TEMP VIEW a AS SELECT id, id % 100 k, id % 7 g, CAST(id AS STRING) s, id / 4D v FROM range(0, 2000, 1, 3)"
	if _, err := s.SQL(context.Background(), view); err != nil {
		t.Fatal(err)
	}
	return s
}

// sortedRows runs a query and gives its rows in an order of their own.
func sortedRows(t *testing.T, s *engine.Session, text string) []string {
	t.Helper()
	f, err := s.SQL(context.Background(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r, err := f.Collect(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var rows []string
	for _, row := range r.Rows() {
		rows = append(rows, fmt.Sprint(row))
	}
	slices.Sort(rows)
	return rows
}

// countNames counts the nodes of the last plan told of whose names end in suffix.
func (r *recorder) countNames(suffix string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var last *event.PlanNode
	for _, e := range r.events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			last = e.Plan
		case event.SQLAdaptiveExecutionUpdate:
			last = e.Plan
		}
	}
	n := 0
	var count func(*event.PlanNode)
	count = func(p *event.PlanNode) {
		if strings.HasSuffix(p.Name, suffix) {
			n++
		}
		if p.Name == "ReusedExchange" {
			return
		}
		for _, c := range p.Children {
			count(c)
		}
	}
	count(last)
	return n
}

// stages counts the stages that were submitted.
func (r *recorder) stages() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, e := range r.events {
		if _, ok := e.(event.StageSubmitted); ok {
			n++
		}
	}
	return n
}

// Exchanges that move the same rows run once: plans show the others as reused,
// their stages do not run, and the rows are what they are without reuse. What
// differs in columns, conditions, keys or functions is not the same.
func TestReusedExchange(t *testing.T) {
	for _, c := range twice {
		for _, adaptive := range []string{"true", "false"} {
			t.Run(c.name+"/adaptive="+adaptive, func(t *testing.T) {
				run := func(reuse string) (rows []string, reused, stages int) {
					r := &recorder{}
					s := reuseSession(t, r, "spark.sql.adaptive.enabled="+adaptive, "spark.sql.exchange.reuse="+reuse)
					rows = sortedRows(t, s, c.sql)
					if all := r.countNames("Exchange"); reuse == "false" && all != c.exchanges {
						t.Errorf("without reuse: want %d exchanges, got %d", c.exchanges, all)
					}
					return rows, r.countNames("ReusedExchange"), r.stages()
				}
				want, none, all := run("false")
				got, reused, stages := run("true")
				if !slices.Equal(got, want) {
					t.Errorf("want %d rows %.200q, got %d %.200q", len(want), want, len(got), got)
				}
				wantReused := min(c.fewer, 1)
				if none != 0 || reused != wantReused || all-stages != c.fewer {
					t.Errorf("want %d reused exchanges and %d stages fewer; got %d (%d with reuse off) and %d", wantReused, c.fewer, reused, none, all-stages)
				}
			})
		}
	}
}

// Rows that are read at two places survive that they are lost between the two: a
// block that is damaged and an executor that is gone are made again, once.
func TestReusedExchangeSurvivesLoss(t *testing.T) {
	for _, c := range twice[:8] {
		want := sortedRows(t, reuseSession(t, &recorder{}, "spark.sql.exchange.reuse=false"), c.sql)
		for _, adaptive := range []string{"true", "false"} {
			for _, fault := range []string{"corruptBlockRate=0.2", "loseAfterTasks.1=2", "loseAfterTasks.1=4", "loseAfterTasks.1=6"} {
				s := reuseSession(t, &recorder{}, "spark.sql.adaptive.enabled="+adaptive, "stagecoach.faults."+fault, "spark.stage.maxConsecutiveAttempts=99")
				if got := sortedRows(t, s, c.sql); !slices.Equal(got, want) {
					t.Errorf("%s, adaptive=%s, %s: want %d rows, got %d", c.name, adaptive, fault, len(want), len(got))
				}
			}
		}
	}
}

// EXPLAIN shows a reused exchange as Spark does: as a leaf that names what it
// reads, in the formatted mode by number; with adaptive execution, which finds out
// while it runs, both exchanges.
func TestExplainReusedExchange(t *testing.T) {
	for _, c := range []struct {
		adaptive, mode, want string
		reused               int
	}{
		{"false", "simple", "- ReusedExchange [k#14, state_0_0], Exchange hashpartitioning(k#6, 4), ENSURE_REQUIREMENTS\n", 1},
		{"false", "formatted", "(9) ReusedExchange [Reuses operator id: 5]\nOutput [2]: [k#14, state_0_0]\n", 1},
		{"true", "simple", "hashpartitioning(k#14, 4)", 0},
	} {
		f, err := reuseSession(t, &recorder{}, "spark.sql.adaptive.enabled="+c.adaptive).SQL(context.Background(), twice[0].sql)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Explain(c.mode)
		if err != nil || !strings.Contains(text, c.want) || strings.Contains(text, "ReusedExchange") != (c.reused > 0) {
			t.Errorf("adaptive=%s, %s: want %q in\n%s\n%v", c.adaptive, c.mode, c.want, text, err)
		}
	}
}

// Exchanges over a cached frame that read other columns of it, of one type, are not
// equal; those that read the same ones are.
func TestReusedExchangeOverCache(t *testing.T) {
	for _, c := range []struct {
		right string
		fewer int
	}{{"k", 1}, {"g", 0}} {
		text := "SELECT k, count(*) n FROM c GROUP BY k UNION ALL SELECT " + c.right + ", count(*) FROM c GROUP BY " + c.right
		run := func(reuse string) (rows []string, reused int) {
			r := &recorder{}
			s := reuseSession(t, r, "spark.sql.adaptive.enabled=false", "spark.sql.exchange.reuse="+reuse)
			if _, err := s.SQL(context.Background(), "CACHE TABLE c AS SELECT k, g FROM a"); err != nil {
				t.Fatal(err)
			}
			return sortedRows(t, s, text), r.countNames("ReusedExchange")
		}
		want, _ := run("false")
		got, reused := run("true")
		if !slices.Equal(got, want) || reused != c.fewer {
			t.Errorf("%s: want %d reused, got %d; %d rows, got %d", c.right, c.fewer, reused, len(want), len(got))
		}
	}
}
