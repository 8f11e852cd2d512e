package profiletest

import (
	"strings"

	"stagecoach/engine/event"
)

// A line is one statement: its word, the numbers and names after it, its fields.
type line struct {
	number int
	word   string
	args   []string
	fields map[string]string
	plan   *event.PlanNode // below sql and replan
	values []planValue
}

// planValue is what tasks or the driver report for one plan metric.
type planValue struct {
	accumulator int64
	stage       int // -1: the driver
	values      []int64
}

// read splits the text into lines; indented ones are added to the line above.
func read(text string) (*document, error) {
	d := &document{slots: map[string][]slot{}}
	var plans planReader
	number := 0
	for raw := range strings.Lines(text) {
		number++
		body := strings.TrimSpace(raw)
		if body == "" || strings.HasPrefix(body, "#") {
			continue
		}
		raw = strings.ReplaceAll(raw, "\t", "    ")
		indent := len(raw) - len(strings.TrimLeft(raw, " "))
		indent -= d.margin
		if len(d.lines) == 0 {
			d.margin, indent = indent, 0
		}
		if indent > 0 {
			last := d.lines[len(d.lines)-1]
			var err error
			if last.word == "sql" || last.word == "replan" {
				err = plans.node(last, indent, body)
			} else {
				err = last.parse(body)
			}
			if err != nil {
				return nil, mistake(number, "%w", err)
			}
			continue
		}
		l := &line{number: number, fields: map[string]string{}}
		if err := l.parse(body); err != nil {
			return nil, mistake(number, "%w", err)
		}
		plans.stack = nil
		d.lines = append(d.lines, l)
	}
	return d, nil
}

// parse adds the tokens of body to l.
func (l *line) parse(body string) error {
	tokens, err := split(body)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		key, value, isField := strings.Cut(token, "=")
		switch {
		case isField && l.word == "conf":
			l.fields[key] = strings.Trim(value, `"`)
		case isField:
			if _, twice := l.fields[key]; twice {
				return errorf("field %q stands twice", key)
			}
			l.fields[key] = strings.Trim(value, `"`)
		case l.word == "":
			l.word = token
		default:
			l.args = append(l.args, token)
		}
	}
	return nil
}

// split cuts at blanks outside double quotes.
func split(s string) ([]string, error) {
	var out []string
	quoted, start := false, -1
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ' ' && !quoted:
			if start >= 0 {
				out = append(out, s[start:i])
			}
			start = -1
		default:
			if s[i] == '"' {
				quoted = !quoted
			}
			if start < 0 {
				start = i
			}
		}
	}
	if quoted {
		return nil, errorf("a quote is not closed")
	}
	return out, nil
}
