package whatif

import (
	"math"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

// Of 72 tasks that became 6, partial aggregates of the engine over 4 million rows
// wrote these parts of the rows before.
func TestPartialAggregatesJoined(t *testing.T) {
	for _, c := range []struct {
		groups, before, after int64
	}{
		{100_000, 1_468_522, 591_484},
		{6_400, 102_400, 38_400},
		{5_000, 80_000, 30_000},
	} {
		want := float64(c.after) / float64(c.before)
		if got := (combiner{c.before, c.groups}).share(72, 6); math.Abs(got-want) > 0.1*want {
			t.Errorf("%d groups: %.3f of the rows are left, measured %.3f", c.groups, got, want)
		}
	}
}

// Larger parts of files let a partial aggregate write less, and its reader read less;
// rows of one task each stay as many, and so does everything where the size of parts
// does not change.
func TestLargerPartsCombineMore(t *testing.T) {
	run := func(written, groups string) *Model {
		p := profiletest.Must(t, `
app start=0 end=20s
executor driver cores=2
conf spark.sql.files.maxPartitionBytes=1m spark.sql.files.openCostInBytes=256k
sql 0 start=0 end=20s
  HashAggregate "keys=[k]" [number of output rows=`+groups+`@1]
    Exchange "hashpartitioning(k, 2)" [data size=1m*16@0]
      HashAggregate "keys=[k], partial" [number of output rows=`+written+`@0]
        Scan parquet facts {Location=facts} [number of output rows=100000*16@0]
job 0 start=0 stages=0,1 execution=0
stage 0 job=0 submitted=0 run=1s*16 input=1m*16 shuffleWrite=1m*16
stage 1 job=0 parents=0 submitted=8s run=5s*2 shuffleRead=8m*2
`)
		p.JVM = nil // as the embedded engine writes it
		return NewModel(p)
	}
	for _, c := range []struct {
		name, written, groups, key, to string
		less                           bool
	}{
		{"each task has most groups", "9000*16", "5000*2", config.MaxPartitionBytes, "16m", true},
		{"each group is in one task", "1000*16", "8000*2", config.MaxPartitionBytes, "16m", false},
		{"parts stay as large", "9000*16", "5000*2", config.OpenCost, "512k", false},
	} {
		m := run(c.written, c.groups)
		changed := m.clone()
		Changes(config.Change{Key: c.key, To: c.to})(changed)
		if read := changed.Stages[1].Bytes(); (read < m.Stages[1].Bytes()/2) != c.less {
			t.Errorf("%s: %d bytes are read of %d", c.name, read, m.Stages[1].Bytes())
		}
	}
}
