package report

import (
	"cmp"
	"regexp"
	"slices"

	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// Withheld stands for a value that looks like a secret, as Spark's UI writes it.
const Withheld = "*********(redacted)"

// secret is the default of spark.redaction.regex.
var secret = regexp.MustCompile(`(?i)secret|password|token|access[.]?key`)

// credentials are a name and password in a URL.
var credentials = regexp.MustCompile(`(\w+://)[^/\s:@]+:[^/\s@]+@`)

// sensitive is the expression in force: the application's own, where it
// compiles, besides Spark's default.
func sensitive(p *profiler.Profile) func(string) bool {
	own, err := regexp.Compile(p.Properties["spark.redaction.regex"])
	return func(text string) bool {
		return secret.MatchString(text) || err == nil && p.Properties["spark.redaction.regex"] != "" && own.MatchString(text)
	}
}

// cleaner returns a function that withholds credentials in free text.
func cleaner(p *profiler.Profile) func(string) string {
	text, err := regexp.Compile(p.Properties["spark.redaction.string.regex"])
	return func(s string) string {
		s = credentials.ReplaceAllString(s, "${1}"+Withheld+"@")
		if err == nil && p.Properties["spark.redaction.string.regex"] != "" {
			s = text.ReplaceAllString(s, Withheld)
		}
		return s
	}
}

// settings are the run's properties by key, secrets withheld. As in Spark, a
// value is withheld when its key or the value itself matches.
func settings(p *profiler.Profile) []Setting {
	hide, clean := sensitive(p), cleaner(p)
	out := make([]Setting, 0, len(p.Properties))
	for k, v := range p.Properties {
		if hide(k) || hide(v) {
			v = Withheld
		}
		param, known := config.Lookup(k)
		out = append(out, Setting{Key: k, Value: clean(v), Doc: param.Doc, Common: known})
	}
	slices.SortFunc(out, func(a, b Setting) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// unset stands for a value that a run does not state.
const unset = "(default)"

// perRun are keys that differ between any two runs and say nothing.
var perRun = []string{"spark.app.id", "spark.app.startTime", "spark.app.submitTime", "spark.driver.port", "spark.driver.host",
	"spark.eventLog.dir", "spark.sql.warehouse.dir", "spark.ui.port", "spark.repl.class.uri", "spark.local.dir"}

func difference(before, after []Setting) []Setting {
	byKey := map[string]*Setting{}
	for _, s := range before {
		byKey[s.Key] = &Setting{Key: s.Key, Value: s.Value, After: unset, Doc: s.Doc, Common: s.Common}
	}
	for _, s := range after {
		if b := byKey[s.Key]; b != nil {
			b.After = s.Value
		} else {
			byKey[s.Key] = &Setting{Key: s.Key, Value: unset, After: s.Value, Doc: s.Doc, Common: s.Common}
		}
	}
	var out []Setting
	for _, s := range byKey {
		if s.Value != s.After && !slices.Contains(perRun, s.Key) {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b Setting) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
