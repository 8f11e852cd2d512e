package lint_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"stagecoach/advisor/lint"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

// kinds are the remarks on a file as "kind key".
func kinds(text, version string) []string {
	s, _ := lint.ReadFile(text)
	s.Version = version
	var out []string
	for _, r := range lint.Check(s) {
		out = append(out, string(r.Kind)+" "+r.Key)
	}
	return out
}

// Both sides of what the table and the registry say.
func TestRemarks(t *testing.T) {
	const da = "spark.dynamicAllocation.enabled true\nspark.dynamicAllocation.shuffleTracking.enabled true\n"
	for _, c := range []struct{ text, version, want string }{
		{"spark.sql.shufle.partitions 4", "", "mistyped spark.sql.shufle.partitions"},
		{"spark.sql.shuffle.partitions 4", "", ""},
		{"spark.eventlog.enabled true", "", "mistyped spark.eventlog.enabled"},
		{"spark.kubernetes.contaner.image x", "", "mistyped spark.kubernetes.contaner.image"},
		{"spark.kubernetes.driver.label.team x", "", ""},
		{"spark.hadoop.fs.s3a.endpoint x", "", ""},
		{"spark.databricks.io.cache.enabled true", "", ""},
		{"spark.of.nobody 1", "", "unknown spark.of.nobody"},
		{"my.key 1", "", "ineffective my.key"},
		{"spark.yarn.executor.memoryOverhead 1g", "3.5", "obsolete spark.yarn.executor.memoryOverhead"},
		{"spark.yarn.executor.memoryOverhead 1g", "2.2", ""},
		{"spark.blacklist.enabled true", "3.1.2", "obsolete spark.blacklist.enabled"},
		{"spark.blacklist.enabled true", "3.0.3", ""},
		{"spark.sql.adaptive.enabled yes", "", "invalid spark.sql.adaptive.enabled"},
		{"spark.sql.adaptive.enabled TRUE", "", ""},
		{"spark.executor.memory 4 gigabytes", "", "invalid spark.executor.memory"},
		{"spark.executor.memory 400m", "", "dangerous spark.executor.memory"},
		{"spark.executor.memory 450m", "", ""},
		{"spark.executor.memory 512", "", ""}, // mebibytes
		{"spark.speculation.quantile 0.9", "", "ineffective spark.speculation.quantile"},
		{"spark.speculation true\nspark.speculation.quantile 0.9", "", ""},
		{"spark.dynamicAllocation.maxExecutors 9", "", "ineffective spark.dynamicAllocation.maxExecutors"},
		{da + "spark.dynamicAllocation.minExecutors 9\nspark.dynamicAllocation.maxExecutors 8", "", "contradictory spark.dynamicAllocation.minExecutors"},
		{da + "spark.dynamicAllocation.minExecutors 8\nspark.dynamicAllocation.maxExecutors 8", "", ""},
		{"spark.dynamicAllocation.enabled true", "3.3", "contradictory spark.dynamicAllocation.enabled"},
		{"spark.dynamicAllocation.enabled true", "3.4", ""}, // tracking is the default
		{"spark.task.cpus 4\nspark.executor.cores 2", "", "contradictory spark.task.cpus"},
		{"spark.task.cpus 2\nspark.executor.cores 2", "", ""},
		{"spark.executor.heartbeatInterval 120s", "", "contradictory spark.executor.heartbeatInterval"},
		{"spark.executor.heartbeatInterval 119s", "", ""},
		{"spark.executor.heartbeatInterval 200s\nspark.network.timeout 300", "", ""},
		{"spark.memory.offHeap.enabled true", "", "contradictory spark.memory.offHeap.enabled"},
		{"spark.memory.offHeap.enabled true\nspark.memory.offHeap.size 1g", "", ""},
		{"spark.memory.offHeap.size 1g", "", "ineffective spark.memory.offHeap.size"},
		{"spark.sql.files.maxPartitionBytes 1m", "", "contradictory spark.sql.files.maxPartitionBytes"},
		{"spark.sql.files.maxPartitionBytes 4m", "", ""},
		{"spark.driver.memory 2g\nspark.driver.maxResultSize 3g", "", "contradictory spark.driver.maxResultSize"},
		{"spark.driver.maxResultSize 3g", "", ""}, // the platform's driver may be any size
		{"spark.sql.autoBroadcastJoinThreshold 2g", "", "dangerous spark.sql.autoBroadcastJoinThreshold"},
		{"spark.sql.autoBroadcastJoinThreshold 1g", "", ""},
		{"spark.sql.adaptive.advisoryPartitionSizeInBytes 128m", "", "ineffective spark.sql.adaptive.advisoryPartitionSizeInBytes"},
		{"spark.sql.adaptive.advisoryPartitionSizeInBytes 128m\nspark.sql.adaptive.coalescePartitions.parallelismFirst false", "", ""},
		{"spark.executor.extraJavaOptions -Xmx4g", "", "dangerous spark.executor.extraJavaOptions"},
		{"spark.executor.extraJavaOptions -XX:+UseG1GC", "", ""},
		{"spark.executor.extraJavaOptions -XX:+UseConcMarkSweepGC", "3.5", "obsolete spark.executor.extraJavaOptions"},
		{"spark.executor.extraJavaOptions -XX:+UseConcMarkSweepGC", "4.0", "dangerous spark.executor.extraJavaOptions"},
		{"spark.executor.extraJavaOptions -XX:+UseConcMarkSweepGC", "3.2", ""},
		{"spark.master yarn-cluster", "", "obsolete spark.master"},
		{"spark.master local[4]\nspark.executor.memory 8g", "", "ineffective spark.executor.memory"},
	} {
		got := strings.Join(kinds(c.text, c.version), ", ")
		if got != c.want {
			t.Errorf("%q on %q: %q, want %q", c.text, c.version, got, c.want)
		}
	}
}

// A mistyped key names the right one, and a renamed one its new name.
func TestRemedies(t *testing.T) {
	for text, want := range map[string]string{
		"spark.sql.shufle.partitions 4":                  "spark.sql.shuffle.partitions",
		"spark.excutor.memory 4g":                        "spark.executor.memory",
		"spark.sql.adaptive.skewedJoin.enabled true":     "spark.sql.adaptive.skewJoin.enabled",
		"spark.yarn.executor.memoryOverhead 1g":          "spark.executor.memoryOverhead",
		"spark.sql.execution.arrow.enabled true":         "spark.sql.execution.arrow.pyspark.enabled",
		"spark.dynamicAllocation.schedulerBacklogTimeot": "spark.dynamicAllocation.schedulerBacklogTimeout",
	} {
		s, _ := lint.ReadFile(text + " 1")
		if r := lint.Check(s); len(r) == 0 || r[0].Instead != want {
			t.Errorf("%s: %+v, want %s", text, r, want)
		}
	}
}

// A name that is offered is one that Spark knows: renaming leads nowhere else.
func TestOfferedKeysExist(t *testing.T) {
	text, err := os.ReadFile("table.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		_, after, ok := strings.Cut(line, `instead: "`)
		if !ok {
			continue
		}
		offered, _, _ := strings.Cut(after, `"`)
		key, _, _ := strings.Cut(strings.Fields(offered)[0], "=")
		if strings.HasPrefix(key, "spark.") && !strings.HasSuffix(key, "*") && !config.Known(key) {
			t.Errorf("%s is offered, and Spark has no such key", key)
		}
	}
}

// Files read as Spark reads them: separators, comments, continued lines, and the
// last of two.
func TestReadFile(t *testing.T) {
	s, odd := lint.ReadFile("# x\n! y\n\nspark.a 1\nspark.b=2\nspark.c: 3\n  spark.d\t= 4 5\nspark.e a \\\n   b\nspark.a 9\nspark.f\r\n")
	want := map[string]string{"spark.a": "9", "spark.b": "2", "spark.c": "3", "spark.d": "4 5", "spark.e": "a b"}
	for k, v := range want {
		if s.Settings[k] != v {
			t.Errorf("%s is %q, want %q", k, s.Settings[k], v)
		}
	}
	if len(s.Settings) != len(want) || s.Lines["spark.a"] != 10 || len(odd) != 2 {
		t.Errorf("settings %v, lines %v, odd %q", s.Settings, s.Lines, odd)
	}
}

// Beside the advice on a run stands only what is not mere information, and nothing
// that the platform sets.
func TestNotable(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=1s spark=3.5.1
conf spark.master=yarn spark.speculation.quantile=0.5 spark.emr.x=1 spark.of.nobody=2 spark.sql.shufle.partitions=4
stage 0 run=1s
`)
	var keys []string
	for _, r := range lint.Notable(lint.Check(lint.OfRun(p))) {
		keys = append(keys, r.Key)
	}
	if !slices.Equal(keys, []string{"spark.sql.shufle.partitions"}) {
		t.Errorf("notable are %v", keys)
	}
}

// Whatever a file holds is read without a panic, and every remark is about a
// setting of it.
func FuzzReadFile(f *testing.F) {
	f.Add("spark.a 1\nspark.b=2\\\n3", "3.5")
	f.Add("spark.executor.memory 99999999999999999999g", "x.y")
	f.Fuzz(func(t *testing.T, text, version string) {
		s, _ := lint.ReadFile(text)
		s.Version = version
		for _, r := range lint.Check(s) {
			if _, ok := s.Settings[r.Key]; !ok || r.Says == "" || r.Source == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}
