package sparklog

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"stagecoach/engine/event"
)

// A Redactor hides what nobody outside should see of a log. Secrets are always
// hidden: properties in whose key or value the pattern finds something, as Spark
// does it. What stands for a host or a path is the same all over the log, so that
// what belongs together stays together.
type Redactor struct {
	Hosts bool // names and addresses of machines become host-1, host-2, ...
	Paths bool // paths and addresses of files become /path-1, /path-2, ...
	// Literals empties the texts of plans and statements: plans print values of
	// queries without quotes, so that nothing less would be sure. Graphs, names of
	// nodes and all numbers stay.
	Literals bool

	secret   *regexp.Regexp
	hosts    map[string]string
	replacer *strings.Replacer // of known hosts
	paths    map[string]string
	w        rewriter
}

// NewRedactor makes a Redactor. pattern is spark.redaction.regex; "" is Spark's
// default.
func NewRedactor(pattern string) (*Redactor, error) {
	if pattern == "" {
		pattern = defaultRedaction
	}
	secret, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("spark.redaction.regex: %w", err)
	}
	r := &Redactor{secret: secret, hosts: map[string]string{}, paths: map[string]string{}}
	r.w.names = map[string]string{}
	r.w.text, r.w.name = r.text, r.name
	return r, nil
}

// Learn takes the names of machines from a record. All records are learned
// before the first Line, because a name can stand in a text before its machine
// is announced.
func (r *Redactor) Learn(rec *Record) {
	if !r.Hosts {
		return
	}
	switch e := rec.Event().(type) {
	case event.ExecutorAdded:
		r.host(e.Host)
	case event.BlockManagerAdded:
		r.host(e.Host)
	case event.TaskStart:
		r.host(e.Info.Host)
	case event.NodeExcluded:
		r.host(e.Host)
	case event.SessionStarted:
		r.host(e.IP)
	case event.EnvironmentUpdate:
		for _, k := range []string{"spark.driver.host", "spark.driver.bindAddress", "spark.yarn.historyServer.address"} {
			host, _, _ := strings.Cut(e.Spark[k], ":")
			r.host(host)
		}
		if master, err := url.Parse(e.Spark["spark.master"]); err == nil {
			r.host(master.Hostname())
		}
	}
}

func (r *Redactor) host(name string) {
	if name == "" || name == "localhost" || name == "127.0.0.1" || name == "0.0.0.0" || r.hosts[name] != "" {
		return
	}
	r.hosts[name] = fmt.Sprintf("host-%d", len(r.hosts)+1)
	r.replacer = nil
}

// Line returns a line without what is to be hidden, valid until the next call.
func (r *Redactor) Line(line []byte) ([]byte, error) {
	if r.replacer == nil {
		names := slices.SortedFunc(func(yield func(string) bool) {
			for name := range r.hosts {
				if !yield(name) {
					return
				}
			}
		}, func(a, b string) int { // one name may begin another
			return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
		})
		var pairs []string
		for _, name := range names {
			pairs = append(pairs, name, r.hosts[name])
		}
		r.replacer = strings.NewReplacer(pairs...)
	}
	return r.w.line(line)
}

// propertyMaps are the objects of a log whose members are settings.
var propertyMaps = []string{"Spark Properties", "Hadoop Properties", "System Properties", "Metrics Properties", "Properties",
	"modifiedConfigs", "JVM Information", "Classpath Entries"}

// planTexts are the keys under which values of queries can stand.
var planTexts = []string{"physicalPlanDescription", "simpleString", "description", "statement", "statementText", "executionPlan",
	"spark.job.description", "errorMessage", "errorMsg", "errorTrace", "exception", "Details", "details"}

func (r *Redactor) text(parent, key, v string) string {
	if slices.Contains(propertyMaps, parent) && (r.secret.MatchString(key) || r.secret.MatchString(v)) {
		return redacted
	}
	if r.Literals && v != "" && (slices.Contains(planTexts, key) || parent == "metadata" || namesPlan(parent, key, v)) {
		return redacted
	}
	return r.places(v)
}

// namesPlan reports whether a dataset is named by its plan, as cached frames are.
func namesPlan(parent, key, v string) bool {
	return parent == "RDD Info" && key == "Name" && strings.ContainsAny(v, " \n")
}

// places hides paths and hosts.
func (r *Redactor) places(v string) string {
	if r.Paths && strings.Contains(v, "/") {
		v = pathPattern.ReplaceAllStringFunc(v, func(found string) string {
			lead := ""
			if strings.ContainsRune(pathLeads, rune(found[0])) {
				lead, found = found[:1], found[1:]
			}
			return lead + r.path(found)
		})
	}
	if r.Hosts {
		v = r.replacer.Replace(v)
	}
	return v
}

// pathPattern finds addresses with a scheme, and absolute paths that begin a text
// or follow what can stand before one.
var pathPattern = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*:/[^\s,;\]\)"'}]+|(?:^|[\s=:,;(\[{'"])/[^\s,;:\]\)"'}]+`)

const pathLeads = " \t\n=:,;([{'\""

func (r *Redactor) path(p string) string {
	if r.paths[p] == "" {
		r.paths[p] = fmt.Sprintf("/path-%d", len(r.paths)+1)
	}
	return r.paths[p]
}

// name hides keys that are paths: those of the class path.
func (r *Redactor) name(parent, key string) string {
	if parent == "Classpath Entries" {
		return r.places(key)
	}
	return key
}
