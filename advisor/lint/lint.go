// Package lint reads settings and says which of them do not do what they seem to:
// keys that no Spark knows, that a version dropped, that wait for another setting,
// that contradict each other, or that put data at risk.
//
//	spark-defaults.conf ─► ReadFile ─┐
//	a run's properties ─► OfRun ─────┴► Setup ─► Check ─► remarks
//
// It judges text, not time: what a setting costs in a run is found by the rules,
// which measure it. What Spark and its environment set by themselves is not judged.
package lint

import (
	"cmp"
	"slices"
	"strings"

	"stagecoach/engine/config"
)

// A Kind is how a setting fails.
type Kind string

// The kinds, the worst first.
const (
	Dangerous     Kind = "dangerous"     // loses data, or fails where it need not
	Contradictory Kind = "contradictory" // against another setting
	Invalid       Kind = "invalid"       // a value that Spark does not take
	Mistyped      Kind = "mistyped"      // nearly a key that exists
	Obsolete      Kind = "obsolete"      // of another version
	Ineffective   Kind = "ineffective"   // changes nothing as things are
	Unknown       Kind = "unknown"       // no key of Spark's or of a known vendor's
)

// Kinds in the order of their weight.
var Kinds = []Kind{Dangerous, Contradictory, Invalid, Mistyped, Obsolete, Ineffective, Unknown}

var severities = []string{"error", "warning", "info"}

// A Remark is what is to be said about one setting.
type Remark struct {
	Key      string `json:"key"`
	Value    string `json:"value"`
	Line     int    `json:"line,omitempty"` // in the file
	Kind     Kind   `json:"kind"`
	Severity string `json:"severity"` // error: Spark does not start or data is at risk; warning: not what was meant; info
	Says     string `json:"says"`
	Instead  string `json:"instead,omitempty"` // key, or key=value, to write
	Since    string `json:"since,omitempty"`   // version of Spark in which it changed
	Source   string `json:"source"`
}

// A Setup is the settings to judge.
type Setup struct {
	Settings map[string]string
	Lines    map[string]int // of the file, by key
	Version  string         // of Spark, as 3.5.1; "" is the newest that is known
	SQL      bool           // the job is queries: there are no RDDs of objects
}

// Newest is the version that is meant when none is given.
const Newest = "4.0"

// Check judges every setting by the table, then those that the table does not
// know. The worst remarks come first.
func Check(s Setup) []Remark {
	s.Version = cmp.Or(s.Version, Newest)
	var out []Remark
	judged := map[string]bool{}
	for _, r := range table {
		early := r.since != "" && before(s.Version, r.since)
		for key := range s.matching(r.key) {
			if early && r.kind == Obsolete {
				judged[key] = true // that version still has it
			}
			waits := r.kind == Ineffective && strings.HasSuffix(r.key, "*")
			if early || waits && !config.Listed(key) || r.when != nil && !r.when(&s, key) {
				continue
			}
			judged[key] = true
			out = append(out, Remark{Key: key, Value: s.Settings[key], Line: s.Lines[key], Kind: r.kind, Severity: r.severity(), Says: r.says, Instead: r.instead, Since: r.since, Source: r.source})
		}
	}
	for key, value := range s.Settings {
		if !judged[key] {
			if r, ok := s.unknown(key, value); ok {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// matching yields the settings that a row is about: its key, or a family's members.
func (s *Setup) matching(key string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		family, isFamily := strings.CutSuffix(key, "*")
		if !isFamily {
			if _, ok := s.Settings[key]; ok {
				yield(key)
			}
			return
		}
		for k := range s.Settings {
			if strings.HasPrefix(k, family) && !yield(k) {
				return
			}
		}
	}
}

// vendors are what keys of other products begin with. They are not even compared
// with Spark's: there are hundreds in a log of theirs.
var vendors = []string{"spark.databricks.", "spark.rapids.", "spark.dataproc.", "spark.emr.", "spark.gluten.", "spark.comet.", "spark.celeborn.",
	"spark.openlineage.", "spark.dataflint.", "spark.kafka.", "spark.delta.", "spark.iceberg.", "spark.hudi.", "spark.sql.iceberg.", "spark.sql.hudi.",
	"spark.mongodb.", "spark.cassandra.", "spark.es.", "spark.redis.", "spark.neo4j.", "spark.snowflake.", "spark.datasource.", "spark.datahub.",
	"spark.synapse.", "spark.microsoft.", "spark.ms.", "spark.fabric.", "spark.livy.", "spark.zeppelin.", "spark.glue.", "spark.cdp.", "spark.cloudera.", "spark.lineage.",
	"spark.plugins.internal.conf.", "spark.org.", "spark.app.", "spark.repl."}

// unregistered are what keys of Spark begin with that its registry does not list.
var unregistered = []string{"spark.jars.", "spark.submit.", "spark.connect.", "spark.ml.", "spark.mllib.", "spark.graphx.", "spark.streaming.",
	"spark.scheduler.", "spark.history.", "spark.hive.", "spark.extra", "spark.driver.app", "spark.env.", "spark.version", "spark.logConf", "spark.driver.default", "spark.executor.default",
	"spark.shuffle.io.", "spark.shuffle.sasl.", "spark.shuffle.server.", "spark.shuffle.push.", "spark.rpc.", "spark.files.", "spark.port.", "spark.home"}

func among(prefixes []string, key string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// unknown judges a key by what Spark knows: its value where the kind of it is
// known, and its spelling where not.
func (s *Setup) unknown(key, value string) (Remark, bool) {
	r := Remark{Key: key, Value: value, Line: s.Lines[key], Source: "the registry of Spark 4.0.1"}
	switch {
	case strings.HasPrefix(key, "stagecoach."):
		return r, false
	case !strings.HasPrefix(key, "spark."):
		r.Kind, r.Severity, r.Says = Ineffective, "warning", "spark-submit ignores keys that do not begin with spark."
		r.Source = "SparkSubmitArguments.ignoreNonSparkProperties"
		if s.Lines == nil { // in a run it was put there on purpose
			return r, false
		}
		return r, true
	case config.Known(key):
		return s.known(r)
	case among(vendors, key):
		return r, false
	}
	if before(s.Version, "3.0") {
		return r, false // the registry that we know is too new to judge
	}
	if like := config.Nearest(key, max(1, len(key)/12)); like != "" {
		r.Kind, r.Severity, r.Says, r.Instead = Mistyped, "warning", "no version of Spark knows this key, so it changes nothing", like
		return r, true
	}
	if s.Lines == nil || among(unregistered, key) {
		return r, false // in a run the platform sets keys of its own
	}
	r.Kind, r.Severity, r.Says = Unknown, "info", "Spark 4.0 has no such key; a library of the job's may"
	return r, true
}

// known judges a key that Spark has, or that belongs to a family whose ends are
// free.
func (s *Setup) known(r Remark) (Remark, bool) {
	if problem := badValue(r.Key, r.Value); problem != "" {
		r.Kind, r.Severity, r.Says = Invalid, "error", "it "+problem
		return r, true
	}
	if config.Listed(r.Key) {
		return r, false
	}
	like := config.Nearest(r.Key, 1)
	r.Kind, r.Severity, r.Says, r.Instead = Mistyped, "warning", "it is one letter from a key of Spark's", like
	return r, like != ""
}

// badValue says what is wrong with the syntax of a value; "" when nothing is, or
// when only Spark could tell. Values of enumerations are left to Spark: it knows
// more of them.
func badValue(key, value string) string {
	p, ok := config.Lookup(key)
	if !ok || p.Kind == config.Enum || p.Kind == config.String {
		return ""
	}
	if p.Kind == config.Bool {
		value = strings.ToLower(value)
	}
	if n, ok := size(key, value); ok && n >= 1<<20 && p.Kind == config.Bytes {
		return "" // a heap in mebibytes
	}
	if _, err := (config.Config{}).With(key, strings.TrimSpace(value)); err != nil {
		_, problem, _ := strings.Cut(err.Error(), ": ")
		return problem
	}
	return ""
}

// before compares versions by their first two numbers.
func before(version, than string) bool {
	return slices.Compare(numbers(version), numbers(than)) < 0
}

// numbers are the first two numbers of a version; of what is none, large ones.
func numbers(version string) []int {
	out := []int{0, 0}
	for i, part := range strings.SplitN(version, ".", 3) {
		if i == 2 {
			break
		}
		n := 0
		for _, c := range part {
			if c < '0' || c > '9' {
				break
			}
			n = min(n*10+int(c-'0'), 1_000_000)
		}
		if part == "" || part[0] < '0' || part[0] > '9' {
			return []int{1_000_000, 0}
		}
		out[i] = n
	}
	return out
}

// Entries yields the table as remarks without values, in its order.
func Entries(yield func(Remark) bool) {
	for _, r := range table {
		if !yield(Remark{Key: r.key, Kind: r.kind, Severity: r.severity(), Says: r.says, Instead: r.instead, Since: r.since, Source: r.source}) {
			return
		}
	}
}
