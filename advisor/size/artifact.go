package size

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// An artifact is the plan in the words of one platform.
type artifact struct {
	name string
	doc  string
	text func(p *Plan, dynamic bool) string
}

// artifacts are the forms of a plan, in the order of the help.
var artifacts = []artifact{
	{"defaults", "spark-defaults.conf", (*Plan).defaults},
	{"submit", "flags of spark-submit", func(p *Plan, dynamic bool) string { return p.submit("", dynamic) }},
	{"yarn", "spark-submit on YARN", func(p *Plan, dynamic bool) string {
		return p.submit("--master yarn --deploy-mode cluster", dynamic)
	}},
	{"standalone", "spark-submit on Spark's own cluster manager", (*Plan).standalone},
	{"kubernetes", "a SparkApplication of the Spark operator", (*Plan).kubernetes},
	{"databricks", "a cluster of the Databricks API", (*Plan).databricks},
	{"emr", "input of aws emr create-cluster", (*Plan).emr},
	{"emr-serverless", "input of aws emr-serverless start-job-run", (*Plan).emrServerless},
	{"emr-eks", "input of aws emr-containers start-job-run", (*Plan).emrEKS},
}

// Artifacts are the names that Artifact takes, with what each is.
func Artifacts(yield func(name, doc string) bool) {
	for _, a := range artifacts {
		if !yield(a.name, a.doc) {
			return
		}
	}
}

// Artifact writes the plan for a platform. dynamic has executors come and go
// within the plan's bounds. What only the user knows stands in capitals.
func (p *Plan) Artifact(name string, dynamic bool) (string, error) {
	i := slices.IndexFunc(artifacts, func(a artifact) bool { return a.name == name })
	if i < 0 {
		var names []string
		for _, a := range artifacts {
			names = append(names, a.name)
		}
		return "", fmt.Errorf("--for %s: there are %s", name, strings.Join(names, ", "))
	}
	return artifacts[i].text(p, dynamic), nil
}

// conf is the settings for a platform, by key, with the event log that the next
// sizing reads. A fixed number of executors and dynamic allocation exclude each other.
func (p *Plan) conf(dynamic bool, without ...string) [][2]string {
	out := [][2]string{{"spark.eventLog.enabled", "true"}, {"spark.eventLog.compress", "true"}, {"spark.eventLog.rolling.enabled", "true"}}
	for _, s := range p.Settings {
		if !(dynamic && s.Key == instancesKey) {
			out = append(out, [2]string{s.Key, s.Value})
		}
	}
	if dynamic {
		for _, s := range p.Allocation {
			out = append(out, [2]string{s.Key, s.Value})
		}
	}
	out = slices.DeleteFunc(out, func(kv [2]string) bool {
		return slices.ContainsFunc(without, func(w string) bool {
			family, isFamily := strings.CutSuffix(w, "*")
			return kv[0] == w || isFamily && strings.HasPrefix(kv[0], family)
		})
	})
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

func (p *Plan) defaults(dynamic bool) string {
	var b strings.Builder
	for _, kv := range p.conf(dynamic) {
		fmt.Fprintf(&b, "%-64s %s\n", kv[0], kv[1])
	}
	return b.String()
}

// submit spells what has a flag of its own as that flag.
func (p *Plan) submit(first string, dynamic bool) string {
	lines := []string{"spark-submit"}
	if first != "" {
		lines = append(lines, first)
	}
	lines = append(lines, "--driver-memory "+spark(p.Driver), fmt.Sprintf("--executor-memory %s", spark(p.Heap)), fmt.Sprintf("--executor-cores %d", p.Cores))
	if !dynamic {
		lines = append(lines, fmt.Sprintf("--num-executors %d", p.Executors))
	}
	return strings.Join(append(append(lines, p.confFlags(dynamic, "spark.driver.memory", "spark.executor.memory", coresKey, instancesKey)...), "YOUR_APPLICATION"), " \\\n  ") + "\n"
}

func (p *Plan) confFlags(dynamic bool, without ...string) []string {
	var out []string
	for _, kv := range p.conf(dynamic, without...) {
		flag := kv[0] + "=" + kv[1]
		if strings.ContainsAny(flag, " $'\"") {
			flag = "'" + strings.ReplaceAll(flag, "'", `'\''`) + "'"
		}
		out = append(out, "--conf "+flag)
	}
	return out
}

// standalone has no number of executors: it starts as many as their cores fill.
func (p *Plan) standalone(dynamic bool) string {
	lines := []string{"spark-submit", "--master spark://MASTER:7077", "--driver-memory " + spark(p.Driver), "--executor-memory " + spark(p.Heap),
		fmt.Sprintf("--executor-cores %d", p.Cores), fmt.Sprintf("--total-executor-cores %d", p.Executors*p.Cores)}
	return strings.Join(append(append(lines, p.confFlags(dynamic, "spark.driver.memory", "spark.executor.memory", coresKey, instancesKey, overheadKey, "spark.driver.cores")...), "YOUR_APPLICATION"), " \\\n  ") + "\n"
}

func indented(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil { // maps and texts always have JSON
		return err.Error() + "\n"
	}
	return string(text) + "\n"
}

func asMap(conf [][2]string) map[string]string {
	m := map[string]string{}
	for _, kv := range conf {
		m[kv[0]] = kv[1]
	}
	return m
}
