package mcp

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// What the tools take. The tags become the descriptions in their schemas.
type (
	profileInput struct {
		Log    string `json:"log" jsonschema:"event log: a file, a rolling folder, or the address of an application on a History Server"`
		Stage  *int   `json:"stage,omitempty" jsonschema:"show one stage with the distribution of every metric"`
		Format string `json:"format,omitempty" jsonschema:"text, markdown or json; text is the shortest and the default"`
	}
	adviseInput struct {
		Logs   []string `json:"logs" jsonschema:"event logs, or folders of them; several are ranked, and runs of one application compared"`
		All    bool     `json:"all,omitempty" jsonschema:"findings below 2 % of the wall time as well"`
		Format string   `json:"format,omitempty" jsonschema:"json (the default), text, markdown or sarif"`
	}
	explainInput struct {
		Rule string `json:"rule" jsonschema:"name of a rule, as a finding has it: skewed-stage"`
	}
	simulateInput struct {
		Log     string   `json:"log" jsonschema:"event log of the run to replay"`
		Set     []string `json:"set,omitempty" jsonschema:"settings as key=value, in force in every replay"`
		Sweep   []string `json:"sweep,omitempty" jsonschema:"settings and the values to try, as key=a,b,c"`
		Without []string `json:"without,omitempty" jsonschema:"what to take out of the run: skew, spill, gc, fetch-wait, retries"`
		Storage float64  `json:"storageSpeed,omitempty" jsonschema:"how many times as fast disks and file systems are"`
		Format  string   `json:"format,omitempty" jsonschema:"json (the default) or text"`
	}
	sizeInput struct {
		Log     string  `json:"log,omitempty" jsonschema:"event log of an earlier run; its own numbers then decide"`
		Input   string  `json:"input,omitempty" jsonschema:"bytes that the job reads, such as 500GB"`
		Within  string  `json:"within,omitempty" jsonschema:"time that a run may take, such as 30m"`
		Budget  float64 `json:"budget,omitempty" jsonschema:"money for a month: find the cluster that it pays for"`
		Runs    float64 `json:"runs,omitempty" jsonschema:"runs a month"`
		For     string  `json:"for,omitempty" jsonschema:"print the plan for a platform: defaults, submit, yarn, standalone, kubernetes, databricks, emr, emr-serverless, emr-eks"`
		Dynamic bool    `json:"dynamic,omitempty" jsonschema:"with for: executors come and go"`
		Format  string  `json:"format,omitempty" jsonschema:"text (the default), markdown or json"`
	}
	lintInput struct {
		Path   string `json:"path" jsonschema:"a spark-defaults.conf or an event log"`
		Spark  string `json:"spark,omitempty" jsonschema:"version of Spark that will read the settings, such as 3.5"`
		Format string `json:"format,omitempty" jsonschema:"json (the default), text, markdown or sarif"`
	}
	listInput struct {
		Folder string `json:"folder" jsonschema:"folder of event logs"`
	}
)

var ruleName = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// addTools offers the commands that only read. What a client sends stands behind
// a flag's = or behind --, so that none of it is taken for a flag.
func addTools(s *mcp.Server, run Run) {
	add(s, run, "profile", "What ran, as Spark's own UI has it: jobs, stages, executors, queries, where slot time went, and the chain of stages and driver gaps that made up the wall time.",
		func(in profileInput) ([]string, error) {
			args := []string{"profile", format(in.Format, "text")}
			if in.Stage != nil {
				args = append(args, "--stage="+strconv.Itoa(*in.Stage))
			}
			return append(args, "--", in.Log), path(in.Log, "log")
		})
	add(s, run, "advise", "What slowed a run down, what to change (exact settings or code), and what that would save by replaying the run, as a range. Nothing is found in a healthy run.",
		func(in adviseInput) ([]string, error) {
			if len(in.Logs) == 0 {
				return nil, fmt.Errorf("logs is empty: give the path of a log at least")
			}
			args := []string{"advise", format(in.Format, "json")}
			if in.All {
				args = append(args, "--all")
			}
			for _, log := range in.Logs {
				if err := path(log, "logs"); err != nil {
					return nil, err
				}
			}
			return append(append(args, "--"), in.Logs...), nil
		})
	add(s, run, "explain", "What a rule of the advisor looks for: why it hurts, how to confirm it, what to change, when to ignore it, and its thresholds.",
		func(in explainInput) ([]string, error) {
			if !ruleName.MatchString(in.Rule) {
				return nil, fmt.Errorf("rule %q: a name such as skewed-stage", in.Rule)
			}
			return []string{"explain", "--", in.Rule}, nil
		})
	add(s, run, "simulate", "Replays a recorded run under other settings: predicted wall time as a range, core-hours, how busy the slots are. Nothing is run.",
		func(in simulateInput) ([]string, error) {
			args := []string{"simulate", format(in.Format, "json")}
			for _, x := range in.Set {
				args = append(args, "--set="+x)
			}
			for _, x := range in.Sweep {
				args = append(args, "--sweep="+x)
			}
			for _, x := range in.Without {
				args = append(args, "--without="+x)
			}
			if in.Storage != 0 {
				args = append(args, fmt.Sprintf("--storage-speed=%g", in.Storage))
			}
			return append(args, "--", in.Log), path(in.Log, "log")
		})
	add(s, run, "size", "How large an application should be: partitions, executors, cores, memory, driver, collector, dynamic allocation, cost on EMR, from the size of the input or an earlier run. Each value has its formula and source.",
		sizeArguments)
	add(s, run, "lint", "Settings that do not do what they say: mistyped, obsolete, ineffective, contradictory, dangerous, with the version in which they changed and what to write instead.",
		func(in lintInput) ([]string, error) {
			args := []string{"lint", format(in.Format, "json")}
			if in.Spark != "" {
				args = append(args, "--spark="+in.Spark)
			}
			return append(args, "--", in.Path), path(in.Path, "path")
		})
	add(s, run, "list", "The applications whose event logs are in a folder.",
		func(in listInput) ([]string, error) {
			return []string{"log", "list", "--", in.Folder}, path(in.Folder, "folder")
		})
}

func sizeArguments(in sizeInput) ([]string, error) {
	args := []string{"size", format(in.Format, "text")}
	for _, x := range []struct{ flag, value string }{{"input", in.Input}, {"within", in.Within}, {"for", in.For}} {
		if x.value != "" {
			args = append(args, "--"+x.flag+"="+x.value)
		}
	}
	for _, x := range []struct {
		flag  string
		value float64
	}{{"budget", in.Budget}, {"runs", in.Runs}} {
		if x.value != 0 {
			args = append(args, "--"+x.flag+"="+strconv.FormatFloat(x.value, 'g', -1, 64))
		}
	}
	if in.Dynamic {
		args = append(args, "--dynamic")
	}
	if in.Log == "" {
		return args, nil
	}
	return append(args, "--", in.Log), path(in.Log, "log")
}

func format(asked, otherwise string) string {
	if asked == "" {
		asked = otherwise
	}
	return "--format=" + asked
}
