package advisor

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Limit is a threshold of a rule. Its Doc says where the default comes from.
type Limit struct {
	Name     string
	Doc      string
	Default  float64
	Embedded float64 // default for runs of the embedded engine, where no JVM warms up; 0 means Default
}

// Limits returns the limit in force. Asking for one that the rule does not
// declare panics, which is a bug in the rule.
type Limits func(name string) float64

// Overrides are limits that somebody set, by "rule.limit".
type Overrides map[string]float64

// ParseLimits reads texts of the form rule.limit=value. It fails on a rule or
// limit that does not exist, naming those that do.
func ParseLimits(rules []Rule, texts ...string) (Overrides, error) {
	out := Overrides{}
	for _, t := range texts {
		key, value, ok := strings.Cut(t, "=")
		name, limit, dotted := strings.Cut(key, ".")
		if !ok || !dotted {
			return nil, fmt.Errorf("limit %q is not of the form rule.limit=value", t)
		}
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("limit %q: no rule is called %q; there are %s", t, name, list(rules, func(r Rule) string { return r.Name }))
		}
		if !slices.ContainsFunc(rules[i].Limits, func(l Limit) bool { return l.Name == limit }) {
			return nil, fmt.Errorf("limit %q: %s has no limit %q; it has %s", t, name, limit, list(rules[i].Limits, func(l Limit) string { return l.Name }))
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) || v < 0 {
			return nil, fmt.Errorf("limit %q: %q is not a number of zero or more", t, value)
		}
		out[key] = v
	}
	return out, nil
}

// ReadLimits reads limits from a file's text: one rule.limit=value a line, with
// blank lines and lines that begin with # between them. Errors name the line.
// Of two values for one limit the later counts.
func ReadLimits(rules []Rule, text string) (Overrides, error) {
	out := Overrides{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		one, err := ParseLimits(rules, strings.ReplaceAll(line, " ", ""))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		maps.Copy(out, one)
	}
	return out, nil
}

func list[T any](items []T, name func(T) string) string {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = name(item)
	}
	return strings.Join(names, ", ")
}

// limits binds the rule's limits to those that were set.
func (r Rule) limits(set Overrides, embedded bool) Limits {
	return func(name string) float64 {
		for _, l := range r.Limits {
			if l.Name == name {
				if v, ok := set[r.Name+"."+name]; ok {
					return v
				}
				if embedded && l.Embedded > 0 {
					return l.Embedded
				}
				return l.Default
			}
		}
		panic("advisor: rule " + r.Name + " asks for a limit that it does not declare: " + name)
	}
}
