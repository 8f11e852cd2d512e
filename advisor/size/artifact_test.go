package size_test

import (
	"encoding/json"
	"strings"
	"testing"

	"stagecoach/advisor/size"
	"stagecoach/engine/config"
)

// Every platform gets the plan: JSON where it takes JSON, with executors fixed or
// within bounds, and never both.
func TestArtifacts(t *testing.T) {
	p := plan(t, size.Need{Input: 500 * gib}, "")
	for name := range size.Artifacts {
		for _, dynamic := range []bool{false, true} {
			text, err := p.Artifact(name, dynamic)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(text, "{") && !json.Valid([]byte(text)) {
				t.Errorf("%s: no JSON", name)
			}
			if !strings.Contains(text, "4000") {
				t.Errorf("%s lacks the shuffle partitions:\n%s", name, text)
			}
			fixed := strings.Contains(text, "spark.executor.instances") || strings.Contains(text, "--num-executors") || strings.Contains(text, "instances: 11") || strings.Contains(text, "num_workers")
			if fixed == dynamic && name != "standalone" {
				t.Errorf("%s, dynamic %v: a fixed number %v\n%s", name, dynamic, fixed, text)
			}
		}
	}
	if _, err := p.Artifact("mesos", false); err == nil || !strings.Contains(err.Error(), "there are defaults, submit") {
		t.Errorf("an unknown platform: %v", err)
	}
}

// spark-defaults.conf reads back as settings that Spark knows.
func TestDefaultsReadBack(t *testing.T) {
	text, err := plan(t, size.Need{Input: 500 * gib}, "").Artifact("defaults", true)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, err := config.Parse(key + "=" + strings.TrimSpace(value)); err != nil {
			t.Error(err)
		}
	}
}

// EMR Serverless has workers of few sizes: the executor's cores and memory with
// its overhead are one of them.
func TestServerlessWorkers(t *testing.T) {
	for cores, want := range map[int]string{4: "spark.executor.cores=4", 5: "spark.executor.cores=8"} {
		text, err := plan(t, size.Need{Input: 500 * gib, Cores: cores, Memory: 9 * gib}, "").Artifact("emr-serverless", false)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, want) {
			t.Errorf("%d cores: no %s in\n%s", cores, want, text)
		}
	}
}
