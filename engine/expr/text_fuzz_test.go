package expr_test

import (
	"testing"

	"stagecoach/engine/expr"
)

// value evaluates a call of constants; errors are as good as values, panics are
// what fuzzing looks for.
func value(name string, args ...any) (expr.Value, error) {
	return expr.Constant(expr.Fn(name, args...))
}

// Patterns of dates never panic, and a date printed in one that names year,
// month and day reads back.
func FuzzTimePattern(f *testing.F) {
	for _, p := range []string{"yyyy-MM-dd", "[yyyy]['T'HH:mm]", "d MMM y G", "yyyyMMddHHmmssSSS", "VV z O X", "''''", "[[", "]"} {
		f.Add(p, "2024-02-29", int32(19782))
	}
	f.Fuzz(func(t *testing.T, pattern, text string, days int32) {
		_, _ = value("to_timestamp", text, pattern)
		day := expr.Lit(expr.Value{Type: expr.Date, I: int64(days % 1000000)})
		_, _ = value("date_format", day, pattern)
		printed, err := value("date_format", day, "yyyyyy-MM-dd 'x'")
		if err != nil {
			t.Fatal(err)
		}
		back, err := value("to_date", printed.S, "yyyyyy-MM-dd 'x'")
		if err != nil || back.I != int64(days%1000000) {
			t.Fatalf("day %d prints %q and reads back as %v (%v)", days%1000000, printed.S, back, err)
		}
	})
}

// Formats of printf never panic.
func FuzzPrintf(f *testing.F) {
	for _, p := range []string{"%s %d", "%2$05d|%1$-8s", "%,.2f", "%e%g%x%c%b%%%n", "%.", "%9999999999d", "%(+d"} {
		f.Add(p, int64(-7), 1.5, "ü")
	}
	f.Fuzz(func(t *testing.T, format string, i int64, d float64, s string) {
		_, _ = value("printf", format, s, i, d)
		_, _ = value("printf", format, d, i, s)
		_, _ = value("printf", format, i, nil)
		_, _ = value("format_number", d, format)
	})
}

// Regular expressions never panic, and what compiles replaces and splits
// without losing text between matches.
func FuzzRegex(f *testing.F) {
	for _, p := range []string{`\d+`, `(a|b)*?c`, `[^\w\s]`, `(?i)x.\.`, `\Qa.b\E`, `\p{Lu}\u0041`, `x*`, `(?<n>a)\k<n>`, `[a-z&&[^b]]`, `\b`, `(?s).`, `\0101`} {
		f.Add(p, "ab\nxxÄ", "<$0>")
	}
	f.Fuzz(func(t *testing.T, pattern, text, replacement string) {
		_, _ = value("regexp_replace", text, pattern, replacement)
		_, _ = value("regexp_extract_all", text, pattern, 0)
		_, _ = value("split", text, pattern)
		if same, err := value("regexp_replace", text, pattern, "$0"); err == nil && same.S != text {
			t.Fatalf("replacing the matches of %q in %q by themselves gives %q", pattern, text, same.S)
		}
	})
}

// JSON texts and paths never panic.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,{"b":null}]}`, "$.a[1].b")
	f.Add(`[[1],[2]]`, "$[*][0]")
	f.Fuzz(func(t *testing.T, text, path string) {
		_, _ = value("get_json_object", text, path)
	})
}

// Patterns of like never panic, and a text with everything escaped matches
// itself only.
func FuzzLike(f *testing.F) {
	f.Add("a%b", "a_b")
	f.Fuzz(func(t *testing.T, text, pattern string) {
		_, _ = value("like", text, pattern)
		escaped, err := value("regexp_replace", text, `[%_\\]`, `\\$0`)
		if err != nil {
			t.Fatal(err)
		}
		if is, err := value("like", text, escaped.S); err != nil || is.I != 1 {
			t.Fatalf("%q is not like %q: %v %v", text, escaped.S, is, err)
		}
	})
}
