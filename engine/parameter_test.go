package engine_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// An effect is two values of a parameter, a run, and what of it differs between
// them: a key of traces, or a metric.
type effect struct {
	key, a, b string
	base      string // other settings
	run       small
	differs   string
}

const (
	three  = "spark.master=local-cluster[3,1,512] spark.locality.wait=0"
	two    = "spark.master=local-cluster[2,1,512] spark.locality.wait=0"
	grow   = three + " spark.dynamicAllocation.enabled=true"
	fair   = "spark.scheduler.mode=FAIR"
	copies = "spark.master=local-cluster[2,2,512] spark.speculation=true spark.speculation.quantile=0.5"
	shun   = two + " spark.excludeOnFailure.enabled=true"
	sorted = "spark.sql.autoBroadcastJoinThreshold=-1"
	skew   = sorted + " spark.sql.adaptive.coalescePartitions.enabled=false spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes=8k spark.sql.adaptive.skewJoin.skewedPartitionFactor=2 spark.sql.adaptive.advisoryPartitionSizeInBytes=8k"
	bloomy = sorted + " spark.sql.optimizer.runtime.bloomFilter.applicationSideScanSizeThreshold=0"
	turned = sorted + " spark.sql.adaptive.autoBroadcastJoinThreshold=64k"
	fine   = "spark.sql.adaptive.coalescePartitions.minPartitionSize=1k spark.sql.adaptive.coalescePartitions.parallelismFirst=false"
)

var effects = []effect{
	{"spark.master", "local[1]", "local[2]", "", grouped, "executors"},
	{"spark.app.name", "one", "two", "", grouped, "application"},
	{"spark.driver.memory", "512m", "1g", "", grouped, "memory"},
	{"spark.executor.memory", "1m", "1g", "", grows, "spills"},
	{"spark.memory.fraction", "0.01", "0.6", "spark.executor.memory=64m", grows, "memory"},
	{"spark.memory.storageFraction", "0.01", "1", "spark.executor.memory=5m", cached, "evicts"},
	{"spark.task.maxFailures", "1", "9", two + " stagecoach.faults.taskFailureRate=0.3", grows, "outcome"},
	{"spark.stage.maxConsecutiveAttempts", "1", "99", two + " stagecoach.faults.corruptBlockRate=0.1", grows, "outcome"},
	{"spark.task.cpus", "1", "2", "", sleeping(4, time.Second, 0), "time"},
	{"spark.locality.wait", "1h", "0", "spark.master=local-cluster[2,1,512] stagecoach.faults.diskBytesPerSecond=100", uneven, "strays"},
	{"spark.scheduler.mode", "FIFO", "FAIR", "", sideBySide, "order"},
	{"spark.scheduler.pool", "a", "b", fair, sideBySide, "order"},
	{"stagecoach.scheduler.mode.b", "FIFO", "FAIR", fair + " spark.scheduler.pool=b", sideBySide, "order"},
	{"stagecoach.scheduler.weight.b", "1", "9", fair + " spark.master=local[4]", sideBySide, "order"},
	{"stagecoach.scheduler.minShare.b", "0", "4", fair + " spark.master=local[4]", sideBySide, "order"},
	{"spark.excludeOnFailure.enabled", "false", "true", two, failing(6, 0), "executors"},
	{"spark.excludeOnFailure.timeout", "1s", "1h", shun + " spark.excludeOnFailure.application.maxFailedTasksPerExecutor=1", failing(1, time.Minute), "executors"},
	{"spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor", "1", "2", shun, busy, "time"},
	{"spark.excludeOnFailure.stage.maxFailedTasksPerExecutor", "1", "99", shun, failing(1, 0), "executors"},
	{"spark.excludeOnFailure.application.maxFailedTasksPerExecutor", "1", "99", shun, failing(1, 0), "executors"},
	{"spark.dynamicAllocation.enabled", "false", "true", three, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.minExecutors", "0", "2", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.maxExecutors", "1", "3", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.initialExecutors", "0", "2", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.executorAllocationRatio", "0.1", "1.0", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.schedulerBacklogTimeout", "1s", "3s", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.sustainedSchedulerBacklogTimeout", "1s", "3s", grow, sleeping(6, 5*time.Second, 0), "executors"},
	{"spark.dynamicAllocation.executorIdleTimeout", "5s", "60s", grow, sleeping(6, 5*time.Second, 20*time.Second), "removals"},
	{"spark.dynamicAllocation.cachedExecutorIdleTimeout", "9s", "99s", grow + " spark.dynamicAllocation.executorIdleTimeout=5s", kept("MEMORY_ONLY", 20*time.Second), "removals"},
	{"spark.speculation", "false", "true", "spark.master=local-cluster[2,2,512] spark.speculation.quantile=0.5", unequal, "time"},
	{"spark.speculation.interval", "100ms", "7s", copies, unequal, "time"},
	{"spark.speculation.multiplier", "3", "9", copies, unequal, "time"},
	{"spark.speculation.quantile", "0.5", "1", copies, unequal, "time"},
	{"spark.speculation.minTaskRuntime", "100ms", "30s", copies, unequal, "time"},
	{"spark.local.dir", "OWN", "/dev/null/none", "", grows, "outcome"},
	{"spark.eventLog.logStageExecutorMetrics", "false", "true", "", grows, "events"},
	{"spark.sql.shuffle.partitions", "3", "5", "spark.sql.adaptive.enabled=false", grouped, "tasks"},
	{"spark.sql.autoBroadcastJoinThreshold", "-1", "10m", "", matched, "plan"},
	{"spark.sql.files.maxPartitionBytes", "1000", "128m", "", scanned, "tasks"},
	{"spark.sql.files.openCostInBytes", "0", "4m", "spark.sql.files.maxPartitionBytes=16000", scanned, "tasks"},
	{"spark.sql.files.minPartitionNum", "1", "8", "", scanned, "tasks"},
	{"spark.sql.warehouse.dir", "OWN/a", "OWN/b", "", created, "files"},
	{"spark.sql.sources.default", "parquet", "csv", "spark.sql.warehouse.dir=OWN", created, "files"},
	{"spark.sql.maxConcurrentOutputFileWriters", "0", "4", "", spreads, "plan"},
	{"spark.sql.files.maxRecordsPerFile", "0", "300", "", writes, "files"},
	{"spark.sql.sources.partitionOverwriteMode", "static", "dynamic", "spark.sql.warehouse.dir=OWN", over, "outcome"},
	{"spark.sql.parquet.filterPushdown", "true", "false", "", chosen, "plan"},
	{"spark.sql.parquet.compression.codec", "snappy", "none", "", writes, "files"},
	{"spark.sql.join.preferSortMergeJoin", "true", "false", "spark.sql.autoBroadcastJoinThreshold=3100 spark.sql.adaptive.enabled=false", matched, "plan"},
	{"spark.sql.adaptive.enabled", "true", "false", "", grouped, "plan"},
	{"spark.sql.adaptive.coalescePartitions.enabled", "true", "false", "", grouped, "tasks"},
	{"spark.sql.adaptive.coalescePartitions.parallelismFirst", "true", "false", "spark.sql.adaptive.coalescePartitions.minPartitionSize=1", grouped, "tasks"},
	{"spark.sql.adaptive.coalescePartitions.minPartitionSize", "1m", "1", "", grouped, "tasks"},
	{"spark.sql.adaptive.advisoryPartitionSizeInBytes", "64m", "2k", fine, grows, "tasks"},
	{"spark.sql.adaptive.skewJoin.enabled", "true", "false", skew, ofSkew, "plan"},
	{"spark.sql.adaptive.skewJoin.skewedPartitionFactor", "2", "9999", skew, ofSkew, "plan"},
	{"spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", "8k", "1g", skew, ofSkew, "plan"},
	{"spark.sql.adaptive.localShuffleReader.enabled", "true", "false", turned, matched, "plan"},
	{"spark.sql.adaptive.nonEmptyPartitionRatioForBroadcastJoin", "0.2", "2", turned, matched, "plan"},
	{"spark.sql.adaptive.autoBroadcastJoinThreshold", "-1", "64k", sorted, matched, "plan"},
	{"spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold", "0", "1m", sorted + " spark.sql.adaptive.advisoryPartitionSizeInBytes=64k", matched, "plan"},
	{"spark.sql.optimizer.dynamicPartitionPruning.enabled", "true", "false", "", ofFolders, "inputRecords"},
	{"spark.sql.optimizer.dynamicPartitionPruning.reuseBroadcastOnly", "true", "false", sorted, ofFolders, "inputRecords"},
	{"spark.sql.optimizer.dynamicPartitionPruning.fallbackFilterRatio", "0", "0.5", sorted + " spark.sql.optimizer.dynamicPartitionPruning.reuseBroadcastOnly=false", ofFolders, "inputRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.enabled", "true", "false", bloomy, sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.applicationSideScanSizeThreshold", "0", "10GB", sorted, sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.creationSideThreshold", "1", "10MB", bloomy, sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.expectedNumItems", "10", "1000000", bloomy + " spark.sql.optimizer.runtime.bloomFilter.numBits=8192", sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.maxNumItems", "10", "4000000", bloomy + " spark.sql.optimizer.runtime.bloomFilter.numBits=8192", sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.numBits", "64", "8388608", bloomy, sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtime.bloomFilter.maxNumBits", "64", "67108864", bloomy, sieved, "shuffleWriteRecords"},
	{"spark.sql.optimizer.runtimeFilter.number.threshold", "0", "10", bloomy, sieved, "shuffleWriteRecords"},
	{"spark.sql.exchange.reuse", "true", "false", "", again, "tasks"},
	{"spark.sql.optimizer.windowGroupLimitThreshold", "-1", "1000", "", ranked, "plan"},
	{"spark.sql.session.timeZone", "UTC", "Asia/Tokyo", "", zone, "outcome"},
	{"spark.sql.ansi.enabled", "true", "false", "", divided, "outcome"},
	{"stagecoach.spark.version", "4.0", "3.5", "", divided, "outcome"},
	{"stagecoach.batch.rows", "100", "16384", "", batched, "peakExecutionMemory"},
	{"stagecoach.range.samplePerPartition", "1", "100", "spark.sql.adaptive.enabled=false", grouped, "spread"},
	{"stagecoach.metering.enabled", "true", "false", "", grouped, "measured"},
	{"stagecoach.faults.seed", "1", "2", two + " stagecoach.faults.taskFailureRate=0.3", grows, "attempts"},
	{"stagecoach.faults.taskFailureRate", "0", "0.3", two, grows, "attempts"},
	{"stagecoach.faults.corruptBlockRate", "0", "0.1", two, grows, "attempts"},
	{"stagecoach.faults.diskBytesPerSecond", "0", "10000", "", grows, "time"},
	{"stagecoach.faults.slowdown.0", "1", "99", "spark.master=local-cluster[1,1,512]", grows, "time"},
	{"stagecoach.faults.loseAt.1", "0", "1s", two, sleeping(8, time.Second, 0), "executors"},
	{"stagecoach.faults.loseAfterTasks.1", "0", "2", two, grows, "executors"},
	{"stagecoach.storageLevel.x", "NONE", "MEMORY_ONLY", "", named, "blocks"},
	{"spark.memory.offHeap.enabled", "false", "true", "spark.memory.offHeap.size=64m", kept("OFF_HEAP", 0), "blocks"},
	{"spark.memory.offHeap.size", "1k", "64m", "spark.memory.offHeap.enabled=true", kept("OFF_HEAP", 0), "blocks"},
	{"spark.checkpoint.dir", "", "OWN", "", checkpointed, "outcome"},
}

// shownElsewhere is the parameters that no session of the engine reads, with the
// test that shows what they do.
var shownElsewhere = map[string]string{"spark.eventLog.": "../benchmarks/runner/session_test.go: TestEventLogParameters"}

// Every parameter has an effect: there is a run in which another value changes a
// metric, an event, the plan or what comes out.
func TestEveryParameter(t *testing.T) {
	shown := map[string]bool{}
	root := t.TempDir()
	fill(t, root)
	for i, e := range effects {
		p, ok := config.Lookup(e.key)
		if !ok {
			t.Errorf("there is no parameter %s", e.key)
		}
		shown[p.Key] = true
		t.Run(e.key, func(t *testing.T) {
			a, b := e.traces(t, root, i, e.a), e.traces(t, root, i, e.b)
			if again := e.traces(t, root, i, e.a); again[e.differs] != a[e.differs] {
				t.Errorf("%s differs between equal runs with %s: %s, %s", e.differs, e.a, a[e.differs], again[e.differs])
			}
			if a[e.differs] == b[e.differs] {
				t.Errorf("%s is the same with %s and with %s: %s", e.differs, e.a, e.b, a[e.differs])
				for k := range a {
					if a[k] != b[k] {
						t.Logf("%s differs: %.300s, %.300s", k, a[k], b[k])
					}
				}
			}
		})
	}
	for prefix, test := range shownElsewhere {
		file, name, _ := strings.Cut(test, ": ")
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "func "+name+"(") {
			t.Errorf("there is no test %s, %v", test, err)
		}
		for _, p := range config.Params {
			if strings.HasPrefix(p.Key, prefix) && strings.Contains(string(text), `"`+p.Key+`"`) {
				shown[p.Key] = true
			}
		}
	}
	for _, p := range config.Params {
		if !shown[p.Key] {
			t.Errorf("nothing shows what %s does", p.Key)
		}
	}
}

// traces runs the effect's run with a value and gives what it left, in texts
// that are the same for the same run.
func (e effect) traces(t *testing.T, root string, nr int, value string) map[string]string {
	own := filepath.Join(root, fmt.Sprintf("own-%d", nr))
	if err := os.RemoveAll(own); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(own, 0o755); err != nil {
		t.Fatal(err)
	}
	settings := []string{"spark.master=local[2]", "spark.sql.shuffle.partitions=4"}
	settings = append(append(settings, strings.Fields(e.base)...), e.key+"="+value)
	for i := range settings {
		settings[i] = strings.ReplaceAll(settings[i], "OWN", own)
	}
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		start := time.Now()
		s, err := engine.NewSession(conf, engine.WithListener(r.add))
		answer := ""
		if err == nil {
			answer, err = e.run(s, root, own)
			out["time"] = time.Since(start).String()
			s.Close()
		}
		if answer = fmt.Sprint(answer); err != nil {
			answer = "fails"
		}
		out["outcome"] = answer
		r.trace(out, event.Millis(start.UnixMilli()))
	})
	var names []string
	filepath.WalkDir(own, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, unique.ReplaceAllString(strings.TrimPrefix(path, own), "#"))
		}
		return nil
	})
	out["files"] = strings.Join(names, " ")
	return out
}

// unique is the part of a file's name that no other write has.
var unique = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// trace sorts events into texts; times count from the start.
func (r *recorder) trace(out map[string]string, start event.Millis) {
	add := func(key string, what ...any) { out[key] += strings.TrimSuffix(fmt.Sprintln(what...), "\n") + "; " }
	kinds, localities, spread := map[string]int{}, map[string]int{}, []int64{}
	stages := map[int]int{}
	measured := 0
	job := map[int]int{}
	var order []string
	var last *event.PlanNode
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		kinds[fmt.Sprintf("%T", e)]++
		switch e := e.(type) {
		case event.ApplicationStart:
			add("application", e.Name)
		case event.BlockManagerAdded:
			add("memory", e.MaxMemory)
		case event.ExecutorAdded:
			add("executors", "added", e.ExecutorID, e.TotalCores, e.Time-start)
		case event.ExecutorRemoved:
			kinds["removals"]++
			add("executors", "removed", e.Time-start)
		case event.ExecutorExcluded:
			add("executors", "excluded", e.Time-start)
		case event.ExecutorExcludedForStage:
			add("executors", "excluded for", e.StageID, e.Time-start)
		case event.ExecutorUnexcluded:
			add("executors", "back", e.Time-start)
		case event.BlockUpdated:
			add("blocks", e.Level, e.MemorySize > 0, e.DiskSize > 0)
			if e.MemorySize+e.DiskSize == 0 {
				out["evicts"] = "yes"
			}
		case event.JobStart:
			for _, s := range e.Stages {
				job[s.StageID] = e.JobID
			}
		case event.TaskStart:
			if at := e.Info.LaunchTime - start; at < 4000 {
				order = append(order, fmt.Sprint(at, " job ", job[e.StageID]))
			}
		case event.TaskEnd:
			stages[e.StageID]++
			localities[e.Info.Locality.String()]++
			add("attempts", e.StageID, e.StageAttempt, e.Info.Index, e.Info.Attempt, e.Reason.Kind)
			measured += len(e.Info.Accumulables)
			if e.Metrics != nil {
				spread = append(spread, e.Metrics.Value(metric.ShuffleReadRecords))
			}
		case event.SQLExecutionStart:
			last = e.Plan
		case event.SQLAdaptiveExecutionUpdate:
			last = e.Plan
		}
	}
	slices.Sort(order)
	out["order"], out["strays"], out["removals"] = fmt.Sprint(order), fmt.Sprint(localities["ANY"] > 0), fmt.Sprint(kinds["removals"])
	attempts := strings.Split(out["attempts"], "; ")
	slices.Sort(attempts)
	slices.Sort(spread)
	out["attempts"] = strings.Join(attempts, "; ")
	out["events"], out["tasks"], out["localities"] = fmt.Sprint(kinds), fmt.Sprint(stages), fmt.Sprint(localities)
	out["spread"], out["measured"] = fmt.Sprint(spread), fmt.Sprint(measured)
	if last != nil {
		out["plan"] = shape(last) + details(last)
	}
	for id := range metric.All {
		sum := int64(0)
		for _, e := range r.events {
			if e, ok := e.(event.TaskEnd); ok && e.Metrics != nil {
				sum += e.Metrics.Value(id)
			}
		}
		out[id.Desc().Name] = fmt.Sprint(sum)
	}
	out["spills"] = fmt.Sprint(out["diskBytesSpilled"] != "0")
}

// details is what scans of a plan are told.
func details(n *event.PlanNode) string {
	text := n.Metadata["PushedFilters"]
	for _, c := range n.Children {
		text += details(c)
	}
	return text
}
