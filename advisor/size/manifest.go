package size

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// What the documents name that users must replace.
const (
	yourJob   = "s3://YOUR_BUCKET/job.py"
	emrLabel  = "emr-7.10.0"
	sparkText = "4.0.1"
)

// kubernetes writes a SparkApplication (sparkoperator.k8s.io/v1beta2).
func (p *Plan) kubernetes(dynamic bool) string {
	kind := "Scala"
	if p.need.Python || p.run != nil && p.run.Python {
		kind = "Python"
	}
	version := sparkText
	if p.run != nil && p.run.Version != "" {
		version = p.run.Version
	}
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: YOUR-APPLICATION
spec:
  type: %s
  mode: cluster
  image: YOUR_REGISTRY/spark:%s
  mainApplicationFile: local:///YOUR/APPLICATION
  sparkVersion: %s
  restartPolicy:
    type: OnFailure
    onFailureRetries: 2
    onFailureRetryInterval: 30
  sparkConf:
`, kind, version, quoted(version))
	for _, kv := range p.conf(dynamic, "spark.driver.memory", "spark.driver.cores", "spark.executor.memory", coresKey, instancesKey, overheadKey, "spark.dynamicAllocation.*") {
		fmt.Fprintf(&b, "    %s: %s\n", quoted(kv[0]), quoted(kv[1]))
	}
	if dynamic {
		bound := map[string]string{}
		for _, s := range p.Allocation {
			bound[s.Key] = s.Value
		}
		fmt.Fprintf(&b, "  dynamicAllocation:\n    enabled: true\n    initialExecutors: %s\n    minExecutors: %s\n    maxExecutors: %s\n    shuffleTrackingEnabled: true\n",
			bound["spark.dynamicAllocation.initialExecutors"], bound["spark.dynamicAllocation.minExecutors"], bound["spark.dynamicAllocation.maxExecutors"])
	}
	fmt.Fprintf(&b, "  driver:\n    cores: %s\n    memory: %s\n    serviceAccount: spark\n", p.Value("spark.driver.cores"), quoted(spark(p.Driver)))
	fmt.Fprintf(&b, "  executor:\n    cores: %d\n    memory: %s\n    memoryOverhead: %s\n", p.Cores, quoted(spark(p.Heap)), quoted(spark(p.Overhead)))
	if !dynamic {
		fmt.Fprintf(&b, "    instances: %d\n", p.Executors)
	}
	return b.String()
}

// quoted is text as YAML takes it, which is how JSON writes it.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(text)
}

// databricks leaves to the platform what it decides itself: one executor fills a
// worker, with memory by the type of the node.
func (p *Plan) databricks(dynamic bool) string {
	workers, node := p.onEC2()
	cluster := map[string]any{
		"spark_version": "16.4.x-scala2.12",
		"node_type_id":  node,
		"spark_conf":    asMap(p.conf(false, "spark.executor.*", "spark.driver.*", "spark.dynamicAllocation.*", "spark.eventLog.*")),
		"cluster_log_conf": map[string]any{
			"dbfs": map[string]string{"destination": "dbfs:/cluster-logs"},
		},
	}
	if dynamic {
		cluster["autoscale"] = map[string]int{"min_workers": 1, "max_workers": 2 * workers}
	} else {
		cluster["num_workers"] = workers
	}
	return indented(cluster)
}

// onEC2 is the number and type of the nodes that hold the plan.
func (p *Plan) onEC2() (nodes int, node string) {
	for _, x := range p.Platforms {
		if x.Nodes > 0 {
			return x.Nodes, x.Node
		}
	}
	return p.Executors, "YOUR_NODE_TYPE"
}

func (p *Plan) emr(dynamic bool) string {
	nodes, node := p.onEC2()
	return indented(map[string]any{
		"Name": "YOUR_CLUSTER", "ReleaseLabel": emrLabel,
		"Applications": []map[string]string{{"Name": "Spark"}},
		"LogUri":       "s3://YOUR_BUCKET/logs",
		"Instances": map[string]any{"KeepJobFlowAliveWhenNoSteps": p.need.RunsAMonth == 0, "InstanceGroups": []map[string]any{
			{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
			{"InstanceRole": "CORE", "InstanceType": node, "InstanceCount": nodes},
		}},
		"Configurations": []map[string]any{
			{"Classification": "spark", "Properties": map[string]string{"maximizeResourceAllocation": "false"}},
			{"Classification": "spark-defaults", "Properties": asMap(p.conf(dynamic))},
		},
		"ServiceRole": "EMR_DefaultRole", "JobFlowRole": "EMR_EC2_DefaultRole",
	})
}

// emrServerless asks for workers of the sizes that there are; what the heap does
// not take of one is overhead.
func (p *Plan) emrServerless(dynamic bool) string {
	without := []string{"spark.eventLog.*"}
	var worn [][2]string
	if w, ok := snap(p.Cores, float64(p.Heap+p.Overhead)/gib); ok {
		without = append(without, coresKey, overheadKey)
		worn = append(worn, [2]string{coresKey, strconv.Itoa(w.vcpus)}, [2]string{overheadKey, spark(int64(w.gib)*gib - p.Heap)})
	}
	var flags []string
	for _, kv := range append(worn, p.conf(dynamic, without...)...) {
		value := kv[0] + "=" + kv[1]
		if strings.Contains(value, " ") {
			value = `"` + value + `"`
		}
		flags = append(flags, "--conf "+value)
	}
	return indented(map[string]any{
		"applicationId": "YOUR_APPLICATION_ID", "executionRoleArn": "YOUR_ROLE",
		"jobDriver": map[string]any{"sparkSubmit": map[string]string{"entryPoint": yourJob, "sparkSubmitParameters": strings.Join(flags, " ")}},
	})
}

func (p *Plan) emrEKS(dynamic bool) string {
	return indented(map[string]any{
		"virtualClusterId": "YOUR_VIRTUAL_CLUSTER", "name": "YOUR_JOB", "executionRoleArn": "YOUR_ROLE", "releaseLabel": emrLabel + "-latest",
		"jobDriver": map[string]any{"sparkSubmitJobDriver": map[string]string{"entryPoint": yourJob}},
		"configurationOverrides": map[string]any{"applicationConfiguration": []map[string]any{
			{"classification": "spark-defaults", "properties": asMap(p.conf(dynamic))},
		}},
	})
}
