package tui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A query is what stands behind "/": alternatives of terms.
//
//	join                   rows in which some word holds "join", in any case
//	~^scan                 rows in which some word matches the regular expression
//	!join                  rows that do not
//	spill>1MB              a column compared: > >= < <= = !=
//	name~parquet           a column matched
//	skew>3 status=failed   both
//	skew>3 OR gc>10        either
//
// Sizes take B, KB, MB, GB, TB (of 1024) and times ns, us, ms, s, m, h; shares are
// compared as percentages.
type query struct {
	source string
	any    [][]term
}

// A term is one condition on a row.
type term struct {
	not     bool
	column  int // -1: any word
	op      string
	literal string
	number  float64
	numeric bool
	pattern *regexp.Regexp
}

var predicate = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*)(>=|<=|!=|>|<|=|~)(.+)$`)

var unfinished = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(>=|<=|!=|>|<|=|~)$`)

// parseQuery reads a filter for a table with these headings. Errors are meant
// for the person who types.
func parseQuery(source string, heads []heading) (query, error) {
	q := query{source: source}
	var all []term
	for _, token := range strings.Fields(source) {
		switch token {
		case "AND":
			continue
		case "OR":
			if len(all) > 0 {
				q.any = append(q.any, all)
			}
			all = nil
			continue
		}
		t, err := parseTerm(token, heads)
		if err != nil {
			return query{source: source}, err
		}
		all = append(all, t)
	}
	if len(all) > 0 {
		q.any = append(q.any, all)
	}
	return q, nil
}

func parseTerm(token string, heads []heading) (term, error) {
	t := term{column: -1, op: "has"}
	if rest, ok := strings.CutPrefix(token, "!"); ok && rest != "" {
		t.not, token = true, rest
	}
	if parts := predicate.FindStringSubmatch(token); parts != nil {
		name := strings.ToLower(parts[1])
		t.column = slices.IndexFunc(heads, func(h heading) bool { return h.name == name })
		if t.column < 0 {
			return t, fmt.Errorf("no column is called %q; %s", name, alike(name, heads))
		}
		t.op, t.literal = parts[2], strings.ToLower(parts[3])
		t.number, t.numeric = quantity(t.literal)
		if t.op == "~" {
			return t.compile(parts[3])
		}
		return t, nil
	}
	if unfinished.MatchString(token) {
		return t, fmt.Errorf("%s what?", token)
	}
	if rest, ok := strings.CutPrefix(token, "~"); ok && rest != "" {
		t.op = "~"
		return t.compile(rest)
	}
	t.literal = strings.ToLower(token)
	t.number, t.numeric = quantity(t.literal)
	return t, nil
}

func (t term) compile(pattern string) (term, error) {
	var err error
	if t.pattern, err = regexp.Compile("(?i)" + pattern); err != nil {
		return t, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return t, nil
}

// alike names the columns that begin like name, or else all.
func alike(name string, heads []heading) string {
	near := slices.DeleteFunc(slices.Clone(heads), func(h heading) bool { return h.name[:1] != name[:1] })
	if len(near) == 0 {
		return "there are " + names(heads)
	}
	return "with " + name[:1] + " there are " + names(near)
}

func names(heads []heading) string {
	out := make([]string, len(heads))
	for i, h := range heads {
		out[i] = h.name
	}
	return strings.Join(out, " ")
}

var quantities = []struct {
	suffix string
	scale  float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"tb", 1 << 40},
	{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"min", float64(time.Minute)},
	{"b", 1}, {"k", 1 << 10}, {"g", 1 << 30}, {"s", 1e9}, {"m", float64(time.Minute)}, {"h", float64(time.Hour)},
	{"%", 1}, {"x", 1}, {"×", 1},
}

// quantity reads "12", "1.5gb", "250ms", "3x", "10%".
func quantity(s string) (float64, bool) {
	s = strings.ReplaceAll(s, ",", "")
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v, true
	}
	for _, u := range quantities {
		if digits, ok := strings.CutSuffix(s, u.suffix); ok {
			if v, err := strconv.ParseFloat(digits, 64); err == nil {
				return v * u.scale, true
			}
		}
	}
	return 0, false
}

// empty reports whether every row matches.
func (q query) empty() bool { return len(q.any) == 0 }

// match reports whether the row of g, which has these headings, does.
func (q query) match(g grid, row int, heads []heading) bool {
	if q.empty() {
		return true
	}
	for _, all := range q.any {
		if !slices.ContainsFunc(all, func(t term) bool { return t.match(g, row, heads) == t.not }) {
			return true
		}
	}
	return false
}

// match looks for a bare word in the columns of words, and for a bare number in
// the first column, which holds the id.
func (t term) match(g grid, row int, heads []heading) bool {
	if t.column >= 0 {
		return t.holds(g.at(row, t.column))
	}
	for c := range heads {
		if heads[c].dear || !heads[c].left && c > 0 {
			continue
		}
		switch v := g.at(row, c); {
		case v.kind == absent:
		case t.pattern != nil:
			if t.pattern.MatchString(v.String()) {
				return true
			}
		case v.kind == word:
			if contains(v.str, t.literal) {
				return true
			}
		case t.numeric && c == 0:
			if n, ok := v.number(); ok && n == t.number {
				return true
			}
		}
	}
	return false
}

func (t term) holds(v value) bool {
	if t.pattern != nil {
		return v.kind != absent && t.pattern.MatchString(v.String())
	}
	if n, ok := v.number(); ok && t.numeric {
		switch t.op {
		case ">":
			return n > t.number
		case ">=":
			return n >= t.number
		case "<":
			return n < t.number
		case "<=":
			return n <= t.number
		case "=":
			return n == t.number
		case "!=":
			return n != t.number
		}
	}
	if v.kind == absent {
		return t.op == "!="
	}
	s := strings.ToLower(v.String())
	switch t.op {
	case "=":
		return s == t.literal
	case "!=":
		return s != t.literal
	case ">":
		return v.kind == word && s > t.literal
	case "<":
		return v.kind == word && s < t.literal
	}
	return false
}

// contains reports whether s holds the lower-case literal, in any case, and
// allocates nothing for the usual ASCII.
func contains(s, literal string) bool {
	for i := 0; i+len(literal) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(literal)], literal) {
			return true
		}
	}
	return false
}
