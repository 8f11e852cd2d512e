package lint

import (
	"cmp"
	"fmt"
	"strings"

	"stagecoach/profiler"
)

// ReadFile reads settings as spark-defaults.conf has them: a key, blanks or = or :,
// a value, one a line; # and ! begin comments, and a backslash at the end continues
// the line. A key that stands twice counts the second time, as in Spark; that is
// said, like lines that hold no setting.
func ReadFile(text string) (s Setup, odd []string) {
	s = Setup{Settings: map[string]string{}, Lines: map[string]int{}}
	var held strings.Builder
	first := 0
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if held.Len() == 0 {
			first = i + 1
			if line == "" || line[0] == '#' || line[0] == '!' {
				continue
			}
		}
		if rest, more := strings.CutSuffix(line, `\`); more {
			held.WriteString(rest)
			continue
		}
		held.WriteString(line)
		key, value := cut(held.String())
		held.Reset()
		if key == "" || value == "" {
			odd = append(odd, fmt.Sprintf("line %d: %q is no setting; write a key, a blank and a value", first, line))
			continue
		}
		if at, twice := s.Lines[key]; twice {
			odd = append(odd, fmt.Sprintf("line %d: %s stands on line %d already; the last one counts", first, key, at))
		}
		s.Settings[key], s.Lines[key] = value, first
	}
	return s, odd
}

// cut parts a line at the first blank, = or :.
func cut(line string) (key, value string) {
	i := strings.IndexAny(line, " \t=:")
	if i < 0 {
		return line, ""
	}
	value = strings.TrimSpace(line[i:])
	if value != "" && (value[0] == '=' || value[0] == ':') {
		value = strings.TrimSpace(value[1:])
	}
	return line[:i], value
}

// OfRun takes the settings of a run. A log that names no version is of a Spark
// that was too old to.
func OfRun(p *profiler.Profile) Setup {
	return Setup{Settings: p.Properties, Version: cmp.Or(p.App.SparkVersion, "1.0"), SQL: len(p.Executions) > 0}
}

// Notable are the remarks that belong beside advice on a run: those that are no
// mere information, at most ten.
func Notable(remarks []Remark) []Remark {
	var out []Remark
	for _, r := range remarks {
		if r.Severity != "info" && len(out) < 10 {
			out = append(out, r)
		}
	}
	return out
}
