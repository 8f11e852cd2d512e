package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// Rows go to the partitions that they go to in Spark: by the hash of keys of
// every type, in turn, and by range where every row is in the sample.
func TestSparkPartitions(t *testing.T) {
	answers := askSpark(t, pythonWithSpark(t), "partitions", []string{"testdata/spark/partitions.txt"})
	r := &recorder{}
	s := sparkSession(t, true, answers[0].Version, engine.WithListener(r.add))
	for key, value := range map[string]string{"spark.sql.adaptive.coalescePartitions.enabled": "false", "spark.sql.adaptive.localShuffleReader.enabled": "false"} {
		if err := s.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range answers {
		if want.Error != "" {
			t.Errorf("%s\n  Spark's error is %s", want.SQL, want.Error)
			continue
		}
		if err := s.Set("spark.sql.adaptive.enabled", fmt.Sprint(strings.Contains(want.SQL, "REBALANCE"))); err != nil {
			t.Fatal(err)
		}
		r.events = nil
		f, err := s.SQL(context.Background(), want.SQL)
		if err == nil {
			_, err = f.Collect(context.Background())
		}
		if err != nil {
			t.Errorf("%s\n  %v", want.SQL, err)
		} else if got := r.partitions(); !slices.Equal(got, want.Counts) {
			t.Errorf("%s\n  want %v\n  got  %v", want.SQL, want.Counts, got)
		}
	}
	t.Logf("%d statements compared with Spark %s", len(answers), answers[0].Version)
}

// partitions is how many rows each task of the last stage read from exchanges,
// without the empty ones at the end.
func (r *recorder) partitions() []int {
	last, counts := 0, []int{}
	for _, e := range r.events {
		if e, ok := e.(event.TaskEnd); ok {
			if e.StageID > last {
				last, counts = e.StageID, nil
			}
			for len(counts) <= e.Info.PartitionID {
				counts = append(counts, 0)
			}
			counts[e.Info.PartitionID] = int(e.Metrics.Value(metric.ShuffleReadRecords))
		}
	}
	for len(counts) > 0 && counts[len(counts)-1] == 0 {
		counts = counts[:len(counts)-1]
	}
	return counts
}
