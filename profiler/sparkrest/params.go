package sparkrest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/event"
)

// A failure is an answer that is an error: a status and a sentence.
type failure struct {
	status  int
	message string
}

func (f *failure) Error() string { return f.message }

func fail(status int, format string, args ...any) error {
	return &failure{status, fmt.Sprintf(format, args...)}
}

// A query is the parameters of a request. The first that cannot be understood is
// kept; what was asked then reads as its default.
type query struct {
	url.Values
	err error
}

func (q *query) bad(format string, args ...any) {
	if q.err == nil {
		q.err = fail(http.StatusBadRequest, format, args...)
	}
}

func (q *query) flag(name string, otherwise bool) bool {
	if !q.Has(name) {
		return otherwise
	}
	return strings.EqualFold(q.Get(name), "true")
}

func (q *query) number(name string, otherwise int) int {
	if !q.Has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		q.bad("Bad value for parameter %q.  Expected an integer, got %q", name, q.Get(name))
	}
	return n
}

// quantiles reads a list of fractions, ascending.
func (q *query) quantiles(otherwise ...float64) []float64 {
	if !q.Has("quantiles") {
		return otherwise
	}
	var out []float64
	for text := range strings.SplitSeq(q.Get("quantiles"), ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			q.bad("Bad value for parameter %q.  Expected a double, got %q", "quantiles", text)
			return otherwise
		}
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// set reads words that may be repeated, in capitals; nil when there are none.
func (q *query) set(name string) map[string]bool {
	var out map[string]bool
	for _, v := range q.Values[name] {
		if out == nil {
			out = map[string]bool{}
		}
		out[strings.ToUpper(v)] = true
	}
	return out
}

// date reads a time, or a day by Greenwich.
func (q *query) date(name, otherwise string) event.Millis {
	text := otherwise
	if q.Has(name) {
		text = q.Get(name)
	}
	for _, layout := range []string{"2006-01-02T15:04:05.000MST", "2006-01-02T15:04:05.000Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return event.Millis(t.UnixMilli())
		}
	}
	q.bad("Couldn't parse date: %s", text)
	return 0
}
