package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// Whenever an executor is lost, a frame that is cached above a shuffle keeps its
// rows: what is lost of the frame is computed again, from the shuffle's outputs or,
// where they went too, from the source. Its blocks are all there when the second
// query is planned, or, where memory is little, were never all kept.
func TestCachedFrameOutlivesExecutors(t *testing.T) {
	for _, memory := range []string{"512", "1"} {
		for _, adaptive := range []string{"true", "false"} {
			for lost := 8; lost < 40; lost += 3 {
				s := session(t, &recorder{}, "spark.master=local-cluster[2,1,"+memory+"]", "spark.locality.wait=0", "spark.sql.adaptive.enabled="+adaptive,
					fmt.Sprintf("stagecoach.faults.loseAfterTasks.1=%d", lost))
				f := s.Read(source.Memory(schema, wide(20000))).Repartition(8, "k").Persist("rows", "MEMORY_ONLY")
				for i := range 3 {
					if n, err := f.Count(context.Background()); err != nil || n != 20000 {
						t.Errorf("%s MiB, adaptive %s, executor 1 lost after %d tasks: query %d counts %d, %v", memory, adaptive, lost, i, n, err)
					}
				}
			}
		}
	}
}

// A cached frame whose blocks another one evicts while a query reads both is
// computed again, together with the broadcast below it that this query did not
// need at first.
func TestEvictedAboveBroadcast(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[1]", "spark.executor.memory=2m")
	in := s.Read(source.Memory(schema, wide(20000)))
	joined := in.Join(side(in).Select(expr.Col("k2")).Distinct().Hint("BROADCAST"), engine.LeftOuter, engine.On{Left: "k", Right: "k2"}).
		Select(expr.Col("n")).Coalesce(4).Persist("joined", "MEMORY_ONLY")
	want, err := joined.Count(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	big := in.Select(expr.Col("n")).Union(in.Select(expr.Col("n"))).Union(in.Select(expr.Col("n"))).Persist("big", "MEMORY_ONLY")
	if n, err := big.Union(joined).Count(context.Background()); err != nil || n != 60000+want {
		t.Errorf("%d rows of %d, %v", n, 60000+want, err)
	}
	if story := strings.Join(r.story(), "\n"); !strings.Contains(story, "was not broadcast for this query") {
		t.Errorf("nothing was evicted:\n%s", story)
	}
}
