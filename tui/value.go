package tui

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"stagecoach/engine/metric"
)

// A value is what one cell of a table holds: sorting, filtering and printing
// all start from it, so that they cannot disagree.
type value struct {
	kind kind
	num  int64   // amount, in its unit
	frac float64 // factor, share
	str  string  // word; of the other kinds, how it is printed where that is not its own way
}

type kind uint8

const (
	absent kind = iota // not recorded: sorts last, matches nothing
	amount             // num, of a metric.Unit
	word               // str
	factor             // frac, as 3.1×
	share              // frac of 0 to 1, as a percentage
)

// unit of an amount is kept in frac's place as the value stays small.
func amountOf(u metric.Unit, v int64) value { return value{kind: amount, num: v, frac: float64(u)} }

func count(v int) value           { return amountOf(metric.Count, int64(v)) }
func bytes(v int64) value         { return amountOf(metric.Bytes, v) }
func span(d time.Duration) value  { return amountOf(metric.Duration, int64(d)) }
func text(s string) value         { return value{kind: word, str: clean(s)} }
func times(f float64) value       { return value{kind: factor, frac: f} }
func part(f float64) value        { return value{kind: share, frac: f} }
func (v value) unit() metric.Unit { return metric.Unit(v.frac) }

// done is so many of all, sorted by the share.
func done(n, all int) value {
	return value{kind: share, frac: float64(n) / float64(max(1, all)), str: fmt.Sprintf("%d/%d", n, all)}
}

// some is v where it is known.
func some(v value, known bool) value {
	if !known {
		return value{}
	}
	return v
}

// orNone shows a zero as not there, where zero is the usual case.
func orNone(v value) value { return some(v, v.num != 0 || v.kind != amount) }

// recorded is the value of id in s, absent when s did not record it.
func recorded(s *metric.Set, id metric.ID) value {
	v, ok := s.Get(id)
	return some(amountOf(id.Unit(), v), ok)
}

// String prints the value as every screen shows it.
func (v value) String() string {
	if v.str != "" {
		return v.str
	}
	switch v.kind {
	case amount:
		return v.unit().Format(v.num)
	case word:
		return ""
	case factor:
		return fmt.Sprintf("%.1f×", v.frac)
	case share:
		return percent(v.frac)
	}
	return "–"
}

// number is what predicates compare with: bytes, nanoseconds, a plain number, a
// factor, or a percentage.
func (v value) number() (float64, bool) {
	switch v.kind {
	case amount:
		return float64(v.num), true
	case factor:
		return v.frac, true
	case share:
		return 100 * v.frac, true
	}
	return 0, false
}

// compare orders values of one column; absent ones come last.
func (v value) compare(o value) int {
	if v.kind == absent || o.kind == absent {
		return cmp.Compare(o.kind, v.kind)
	}
	if v.kind == word {
		return strings.Compare(v.str, o.str)
	}
	if v.kind == amount {
		return cmp.Compare(v.num, o.num)
	}
	return cmp.Compare(v.frac, o.frac)
}

func percent(f float64) string {
	switch p := 100 * f; {
	case p > 0 && p < 0.95:
		return "<1 %"
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}

// clean makes text from a log harmless: control characters, among them those
// that begin terminal sequences, become blanks, and blanks are not repeated.
func clean(s string) string {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u202e' || r == '\u200b'
	}
	if !strings.ContainsFunc(s, odd) && !strings.Contains(s, "  ") {
		return s
	}
	mapped := strings.Map(func(r rune) rune {
		if odd(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(mapped), " ")
}

// plural is "1 task", "2 tasks".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") {
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return metric.FormatCount(int64(n)) + " " + noun + "s"
}
