package sparkrest

import (
	"maps"
	"slices"

	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// ApplicationEnvironmentInfo is what an application was set to. Lists of pairs
// are in the order of their keys.
type ApplicationEnvironmentInfo struct {
	Runtime           RuntimeInfo           `json:"runtime"`
	SparkProperties   [][2]string           `json:"sparkProperties"`
	HadoopProperties  [][2]string           `json:"hadoopProperties"`
	SystemProperties  [][2]string           `json:"systemProperties"`
	MetricsProperties [][2]string           `json:"metricsProperties"`
	ClasspathEntries  [][2]string           `json:"classpathEntries"`
	ResourceProfiles  []ResourceProfileInfo `json:"resourceProfiles"`
}

// RuntimeInfo is the JVM.
type RuntimeInfo struct {
	JavaVersion  string `json:"javaVersion"`
	JavaHome     string `json:"javaHome"`
	ScalaVersion string `json:"scalaVersion"`
}

// ResourceProfileInfo is what executors and tasks of some stages ask for.
type ResourceProfileInfo struct {
	ID        int                            `json:"id"`
	Executors map[string]ExecutorResourceAsk `json:"executorResources"`
	Tasks     map[string]TaskResourceAsk     `json:"taskResources"`
}

// ExecutorResourceAsk is how much of a resource an executor asks for.
type ExecutorResourceAsk struct {
	Name            string `json:"resourceName"`
	Amount          int64  `json:"amount"`
	DiscoveryScript string `json:"discoveryScript"`
	Vendor          string `json:"vendor"`
}

// TaskResourceAsk is how much of a resource a task asks for.
type TaskResourceAsk struct {
	Name   string `json:"resourceName"`
	Amount Float  `json:"amount"`
}

// ResourceAddresses are the devices of one kind that an executor has.
type ResourceAddresses = sparklog.ResourceAddresses

// environment shows the environment, secrets hidden once more.
func (v *View) environment() ApplicationEnvironmentInfo {
	e := &v.Details.environment
	pattern := e.Spark["spark.redaction.regex"]
	pairs := func(m map[string]string) [][2]string {
		out := [][2]string{}
		shown := sparklog.Redact(m, pattern)
		for _, k := range slices.Sorted(maps.Keys(shown)) {
			out = append(out, [2]string{k, shown[k]})
		}
		return out
	}
	info := ApplicationEnvironmentInfo{
		Runtime:         RuntimeInfo{e.JVM["Java Version"], e.JVM["Java Home"], e.JVM["Scala Version"]},
		SparkProperties: pairs(e.Spark), HadoopProperties: pairs(e.Hadoop), SystemProperties: pairs(e.System),
		MetricsProperties: pairs(e.MetricConf), ClasspathEntries: pairs(e.Classpath), ResourceProfiles: ResourceProfiles(v.Profile)}
	return info
}

// ResourceProfiles shows what executors and tasks of stages ask for.
func ResourceProfiles(p *profiler.Profile) []ResourceProfileInfo {
	out := []ResourceProfileInfo{}
	for _, e := range p.ResourceProfiles {
		r := ResourceProfileInfo{e.ID, map[string]ExecutorResourceAsk{}, map[string]TaskResourceAsk{}}
		for name, q := range e.Executors {
			r.Executors[name] = ExecutorResourceAsk{q.Name, int64(q.Amount), q.DiscoveryScript, q.Vendor}
		}
		for name, q := range e.Tasks {
			r.Tasks[name] = TaskResourceAsk{q.Name, Float(q.Amount)}
		}
		out = append(out, r)
	}
	return out
}

// ProcessSummary is a process beside executors.
type ProcessSummary struct {
	ID         string            `json:"id"`
	HostPort   string            `json:"hostPort"`
	IsActive   bool              `json:"isActive"`
	TotalCores int               `json:"totalCores"`
	AddTime    Date              `json:"addTime"`
	Logs       map[string]string `json:"processLogs"`
}

func (v *View) processes() []ProcessSummary {
	out := []ProcessSummary{}
	for _, p := range v.Details.processes {
		out = append(out, ProcessSummary{p.ID, p.Info.HostPort, true, p.Info.Cores, Date(p.Time), orEmpty(p.Info.Logs)})
	}
	return out
}
