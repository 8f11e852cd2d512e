package size_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor/size"
	"stagecoach/engine/config"
)

const healthy = `
app start=0 end=100s
conf spark.executor.memory=4g spark.executor.cores=4 spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=true
executor 1 cores=4 memory=2g
executor 2 cores=4 memory=2g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*32 input=128m*32 shuffleWrite=100m*32
stage 1 job=0 parents=0 run=10s*16 shuffleRead=200m*16 peak=200m
`

const spilling = `
app start=0 end=200s
conf spark.executor.memory=2g spark.executor.cores=4 spark.sql.shuffle.partitions=8 spark.sql.adaptive.enabled=false
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*32 input=128m*32 shuffleWrite=512m*32
stage 1 job=0 parents=0 run=60s*8 shuffleRead=2g*8 peak=250m memorySpill=4g*8 spill=2g*8
`

func TestPartitionsStayWhereTheyAreJoined(t *testing.T) {
	if got := plan(t, size.Need{}, healthy).Value(config.ShufflePartitions); got != "200" {
		t.Errorf("shuffle partitions %s, want the run's 200", got)
	}
}

func TestPartitionsFollowWhatSpilled(t *testing.T) {
	if got := plan(t, size.Need{}, spilling).Value(config.ShufflePartitions); got != "256" {
		t.Errorf("shuffle partitions %s, want 256", got)
	}
}

func TestPartitionsGoDown(t *testing.T) {
	run := strings.ReplaceAll(healthy, "spark.sql.adaptive.enabled=true", "spark.sql.adaptive.enabled=false")
	if got := plan(t, size.Need{}, run).Value(config.ShufflePartitions); got != "32" {
		t.Errorf("shuffle partitions %s, want 32: 3.1 GiB / 128 MiB, full waves of 8", got)
	}
}

func TestSkewIsNotAnsweredWithSize(t *testing.T) {
	p := plan(t, size.Need{}, `
app start=0 end=100s
conf spark.executor.memory=2g spark.executor.cores=4 spark.sql.shuffle.partitions=16 spark.sql.adaptive.enabled=false
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=1s*16 shuffleWrite=500m*16
stage 1 job=0 parents=0 run=1s*15,80s shuffleRead=100m*15,6g peak=100m*15,6g
`)
	if p.Value(config.ShufflePartitions) != "16" || p.Value("spark.executor.memory") != "2g" {
		t.Errorf("partitions %s, memory %s; want them left at 16 and 2g", p.Value(config.ShufflePartitions), p.Value("spark.executor.memory"))
	}
}

func TestExecutorsStopAtTheKnee(t *testing.T) {
	p := plan(t, size.Need{}, `
app start=0 end=21s
conf spark.executor.memory=2g spark.executor.cores=4
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
executor 3 cores=4 memory=1g
executor 4 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*4 shuffleWrite=1m*4
stage 1 job=0 parents=0 run=10s*4 shuffleRead=1m*4
`)
	if p.Executors != 1 {
		t.Errorf("%d executors, want 1: four tasks fill one", p.Executors)
	}
}

func TestCollections(t *testing.T) {
	for cores, want := range map[string][2]string{"4": {"4", "3g"}, "8": {"4", "4608m"}} {
		p := plan(t, size.Need{}, strings.ReplaceAll(`
app start=0 end=40s
conf spark.executor.memory=2g spark.executor.cores=CORES
executor 1 cores=CORES memory=1g
executor 2 cores=CORES memory=1g
job 0 start=0 stages=0
stage 0 job=0 submitted=0 run=10s*16 gc=2s*16 peak=10m
`, "CORES", cores))
		if got := [2]string{p.Value("spark.executor.cores"), p.Value("spark.executor.memory")}; got[0] != want[0] {
			t.Errorf("with %s cores: %v, want %v", cores, got, want)
		}
	}
}

func TestReplayOfThePlan(t *testing.T) {
	p := plan(t, size.Need{}, healthy)
	if p.Replay == nil || p.Replay.Refused != "" || math.Abs(p.Elapsed-p.Replay.After.Seconds()) > 1e-9 {
		t.Errorf("replay %+v, expected %g s", p.Replay, p.Elapsed)
	}
	if p := plan(t, size.Need{Input: 40 * gib}, healthy); p.Replay != nil || p.Elapsed <= 0 {
		t.Errorf("ten times the input was replayed: %+v", p.Replay)
	}
}

func TestScaledToTheInput(t *testing.T) {
	run := strings.ReplaceAll(healthy, "spark.sql.adaptive.enabled=true", "spark.sql.adaptive.enabled=false")
	p := plan(t, size.Need{Input: 40 * gib, Within: time.Minute}, run) // ten times 4 GiB
	if got := p.Value(config.ShufflePartitions); got != "256" {
		t.Errorf("shuffle partitions %s, want 256: 31 GiB / 128 MiB, full waves of 8", got)
	}
	if small := plan(t, size.Need{Input: 4 * gib, Within: time.Minute}, run); p.Executors < 8*small.Executors {
		t.Errorf("%d executors for ten times the input of %d", p.Executors, small.Executors)
	}
}

func TestInitialPartitions(t *testing.T) {
	const key = "spark.sql.adaptive.coalescePartitions.initialPartitionNum"
	run := strings.Replace(spilling, "spark.sql.adaptive.enabled=false", "spark.sql.adaptive.enabled=true "+key+"=8", 1)
	p := plan(t, size.Need{}, run)
	if p.Value(key) != "256" || p.Value(config.ShufflePartitions) != "" {
		t.Errorf("%s=%s, %s=%s", key, p.Value(key), config.ShufflePartitions, p.Value(config.ShufflePartitions))
	}
}

// Adaptive execution does not join the partitions of a stream's state: their number
// is decided like one without it, and changing it is said to want a new checkpoint.
func TestPartitionsOfAStream(t *testing.T) {
	p := plan(t, size.Need{Streaming: true}, healthy)
	if got := p.Value(config.ShufflePartitions); got != "32" || !strings.Contains(strings.Join(p.Assumed, ";"), "new checkpoint") {
		t.Errorf("shuffle partitions %s, assumed %q", got, p.Assumed)
	}
}
