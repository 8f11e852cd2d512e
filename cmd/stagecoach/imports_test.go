package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// policy says what each package may import from this module. It is a decision,
// not a record: when the test fails, change the code; changing the policy is a
// design decision with a commit of its own.
var policy = map[string]string{
	"engine/metric":            "",
	"engine/config":            "engine/internal/nearest",
	"engine/expr":              "engine/internal/nearest",
	"engine/internal/nearest":  "",
	"engine/internal/budget":   "",
	"engine/event":             "engine/metric",
	"engine/source":            "engine/expr engine/internal/nearest",
	"engine/internal/plan":     "engine/expr engine/source",
	"engine/sql":               "engine/expr engine/source engine/internal/nearest engine/internal/plan",
	"engine/internal/optimize": "engine/config engine/expr engine/source engine/internal/plan",
	"engine/internal/block":    "engine/expr engine/internal/budget",
	"engine/internal/shuffle":  "engine/expr engine/internal/block engine/internal/budget",
	"engine/internal/stage":    "engine/config engine/internal/plan engine/source",
	"engine/internal/operator": "engine/internal/stage engine/metric engine/expr engine/source engine/internal/plan engine/internal/budget engine/internal/block engine/internal/shuffle",
	"engine/internal/schedule": "engine/config engine/metric engine/event engine/expr engine/source engine/internal/plan engine/internal/stage engine/internal/operator engine/internal/budget engine/internal/block engine/internal/shuffle",
	"engine":                   "engine/sql engine/internal/nearest engine/metric engine/config engine/event engine/expr engine/source engine/internal/plan engine/internal/optimize engine/internal/stage engine/internal/operator engine/internal/schedule engine/internal/shuffle engine/internal/block engine/internal/budget",
	"profiler":                 "engine/event engine/metric",
	"profiler/sparklog":        "engine/event engine/metric engine/config profiler",
	"profiler/remote":          "profiler/sparklog",
	"profiler/sparkrest":       "engine/event engine/metric profiler profiler/sparklog",
	"profiler/profiletest":     "engine/event engine/metric profiler",
	"advisor/whatif":           "engine/config engine/event engine/metric profiler",
	"advisor":                  "engine/config engine/event engine/metric profiler advisor/lint advisor/whatif",
	"advisor/rules":            "engine/config engine/event engine/metric profiler advisor advisor/whatif",
	"advisor/sweep":            "engine/config engine/metric profiler advisor/whatif",
	"advisor/iterative":        "",
	"advisor/lint":             "engine/config profiler",
	"advisor/mcp":              "",
	"advisor/size":             "engine/config engine/metric profiler advisor/whatif",
	"advisor/report":           "engine/config engine/event engine/metric profiler advisor advisor/iterative advisor/lint advisor/size advisor/whatif",
	"tui/chart":                "engine/metric",
	"tui":                      "engine/event engine/metric profiler advisor advisor/whatif tui/chart engine/config",
	"datasets":                 "engine/expr engine/source",
	"datasets/profile":         "engine engine/expr",
	"benchmarks/workload":      "engine engine/expr engine/source datasets",
	"benchmarks/runner":        "engine engine/config engine/event engine/expr engine/metric profiler profiler/sparklog benchmarks/workload",
	"benchmarks/gate":          "",
	"benchmarks/logs":          "",
	"benchmarks/plant":         "benchmarks/runner engine engine/config engine/expr profiler profiler/sparklog",
	"benchmarks/accuracy":      "benchmarks/plant benchmarks/runner engine/config engine/metric profiler profiler/sparklog advisor advisor/rules advisor/whatif",
	"benchmarks/peers":         "benchmarks/runner engine engine/config engine/event engine/expr engine/metric",
	"benchmarks":               "engine/config engine/metric profiler benchmarks/workload benchmarks/runner benchmarks/gate",
}

// main may import anything, nothing imports it, and every other package keeps
// to its line of the policy.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "stagecoach/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "stagecoach/"), ":")
		if pkg == "cmd/stagecoach" {
			continue
		}
		allowed, ok := policy[pkg]
		if !ok {
			t.Errorf("package %s is not in the policy: say which room it is", pkg)
			continue
		}
		for _, i := range strings.Fields(imports) {
			if ours, ok := strings.CutPrefix(i, "stagecoach/"); ok && !slices.Contains(strings.Fields(allowed), ours) {
				t.Errorf("%s imports %s", pkg, ours)
			}
		}
	}
}

// Whoever reads logs needs no cloud: the libraries of storages are behind one
// package, which main alone imports.
func TestCloudLibraries(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "stagecoach/profiler/sparklog", "stagecoach/profiler/sparkrest", "stagecoach/tui").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for pkg := range strings.Lines(string(out)) {
		for _, cloud := range []string{"minio", "azure", "oauth2"} {
			if strings.Contains(strings.ToLower(pkg), cloud) {
				t.Errorf("%s is needed", strings.TrimSpace(pkg))
			}
		}
	}
}
