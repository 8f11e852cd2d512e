package config_test

import (
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/config"
)

// Every parameter is described and accepts its own default.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range config.Params {
		if p.Key == "" || p.Doc == "" || seen[p.Key] {
			t.Errorf("%q: no key, no doc, or twice in the table", p.Key)
		}
		seen[p.Key] = true
		key := strings.Replace(p.Key, "*", "trips", 1)
		if p.Default == "" {
			continue
		}
		if _, err := (config.Config{}).With(key, p.Default); err != nil {
			t.Errorf("default: %v", err)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		setting string
		want    int64
	}{
		{"spark.executor.memory=2g", 2 << 30},
		{"spark.executor.memory=600MB", 600 << 20},
		{"spark.sql.autoBroadcastJoinThreshold=-1", -1},
		{"spark.sql.files.maxPartitionBytes=64m", 64 << 20},
		{"spark.locality.wait=3s", 3000},
		{"spark.locality.wait=250", 250},
		{"spark.dynamicAllocation.executorIdleTimeout=5", 5000},
		{"spark.dynamicAllocation.executorIdleTimeout=5ms", 5},
		{"spark.sql.shuffle.partitions=7", 7},
	} {
		conf, err := config.Parse(c.setting)
		if err != nil {
			t.Errorf("%s: %v", c.setting, err)
			continue
		}
		key, _, _ := strings.Cut(c.setting, "=")
		if got := conf.Int(key); got != c.want {
			t.Errorf("%s reads %d, want %d", c.setting, got, c.want)
		}
	}
}

// A mistake is answered with what would have been right.
func TestMistakes(t *testing.T) {
	for setting, want := range map[string]string{
		"spark.sql.shufle.partitions=4":                `did you mean "spark.sql.shuffle.partitions"`,
		"spark.sql.shuffle.partitions=many":            "accepts a whole number",
		"spark.sql.shuffle.partitions=0":               "at least 1",
		"spark.dynamicAllocation.executorIdleTimeout=": "number of seconds",
		"spark.executor.memory=lots":                   "such as 64m",
		"spark.executor.memory=1.5g":                   "such as 64m",
		"spark.executor.memory=3s":                     "such as 64m",
		"spark.executor.memory=99999999999999999999":   "such as 64m",
		"spark.executor.memory=9999999999g":            "64 bits",
		"spark.executor.memory=100k":                   "at least",
		"spark.memory.fraction=60":                     "such as 0.6",
		"stagecoach.faults.taskFailureRate=often":      "such as 1.5",
		"stagecoach.faults.taskFailureRate=1.5":        "at most 1",
		"stagecoach.faults.slowdown.2=0.5":             "at least 1",
		"spark.sql.adaptive.enabled=yes":               "true or false",
		"stagecoach.storageLevel.trips=RAM":            "MEMORY_ONLY",
		"spark.master":                                 "key=value",
	} {
		_, err := config.Parse(setting)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", setting, err, want)
		}
	}
}

// Keys of Spark that mean nothing here may be set, and are told apart from those
// that do and from mistakes.
func TestIgnored(t *testing.T) {
	c, err := config.Parse("spark.yarn.queue=root", "spark.sql.shuffle.partitions=4", "spark.hadoop.fs.s3a.endpoint=x", "spark.rpc.message.maxSize=256")
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Collect(c.Ignored)
	if want := []string{"spark.hadoop.fs.s3a.endpoint", "spark.rpc.message.maxSize", "spark.yarn.queue"}; !slices.Equal(got, want) {
		t.Errorf("ignored are %v, want %v", got, want)
	}
	if c.Map()["spark.rpc.message.maxSize"] != "256" {
		t.Error("a key that is ignored is not in the environment")
	}
}

func TestWithCopies(t *testing.T) {
	a, _ := config.Parse("spark.sql.shuffle.partitions=7")
	b, err := a.Apply(config.Change{Key: config.ShufflePartitions, To: "9"})
	if err != nil || a.Int(config.ShufflePartitions) != 7 || b.Int(config.ShufflePartitions) != 9 {
		t.Fatal(a, b, err)
	}
}
