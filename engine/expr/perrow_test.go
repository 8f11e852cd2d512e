package expr_test

import (
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// named is a column of codes into a dictionary; code -1 is a null.
func named(names []string, codes ...int32) *expr.Batch {
	dict := expr.NewBuilder(expr.String)
	for _, n := range names {
		dict.AppendBytes([]byte(n))
	}
	d := dict.Take()
	c := expr.Column{Type: expr.String, Len: len(codes), Dict: &d, Codes: codes, Valid: make([]byte, (len(codes)+7)/8)}
	for i, code := range codes {
		if code < 0 {
			codes[i] = 0
		} else {
			c.Valid[i>>3] |= 1 << (i & 7)
		}
	}
	return &expr.Batch{Schema: expr.Schema{{Name: "s", Type: expr.String}}, Rows: len(codes), Cols: []expr.Column{c}}
}

// flat is the batch without its dictionary.
func flat(b *expr.Batch) *expr.Batch {
	return &expr.Batch{Schema: b.Schema, Rows: b.Rows, Cols: []expr.Column{b.Cols[0].Flatten()}}
}

// A function of a column answers the same whether the column has a dictionary
// or not, with constants and with itself beside it.
func TestDictionariesDoNotChangeAnswers(t *testing.T) {
	s := expr.Col("s")
	names := []string{"2024-02-29", "a,b,,c", "", "Ünï", "x%y"}
	for _, e := range []expr.Expr{
		expr.Fn("upper", s), expr.Fn("length", s), expr.Fn("split", s, ","), expr.Fn("to_date", s, "yyyy-MM-dd"),
		expr.Fn("concat", s, "-", s), expr.Fn("like", s, "%,%"), expr.Fn("like", "x", s), expr.Fn("regexp_substr", s, "[a-z]+"),
		expr.Fn("concat_ws", ",", s, nil), expr.Fn("array", s), expr.Fn("rpad", s, 12, "."), expr.Fn("substring", s, 2),
		expr.Fn("levenshtein", s, "a,b"), expr.Fn("struct", s, 1), expr.Fn("element_at", expr.Fn("split", s, ","), 2),
	} {
		bound, err := expr.Bind(e, expr.Schema{{Name: "s", Type: expr.String}})
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		for _, b := range []*expr.Batch{named(names, 0, 1, -1, 2, 3, 4, 4), named(names, 3), named(names), named([]string{"b", "a"}, 1, 0, -1)} {
			with, err := bound.Eval(b)
			if err != nil {
				t.Fatalf("%s: %v", e, err)
			}
			with.Check()
			got := with.Copy()
			plain, err := bound.Eval(flat(b))
			if err != nil {
				t.Fatalf("%s: %v", e, err)
			}
			for i := range b.Rows {
				if !got.Value(i).Equal(plain.Value(i)) {
					t.Errorf("%s, row %d: %v by names, %v by rows", e, i, got.Value(i), plain.Value(i))
				}
			}
		}
	}
}

// A name that no row has cannot fail a batch; one that a row has does.
func TestNamesOfNoRowDoNotFail(t *testing.T) {
	e := expr.In(expr.Fn("to_date", expr.Col("s"), "yyyy-MM-dd"), expr.Mode{ANSI: true})
	bound, err := expr.Bind(e, expr.Schema{{Name: "s", Type: expr.String}})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"2024-02-29", "no date"}
	if c, err := bound.Eval(named(names, 0, 0, -1)); err != nil || c.Value(0).String() != "2024-02-29" {
		t.Errorf("a date beside an unused name: %v", err)
	}
	if _, err := bound.Eval(named(names, 0, 1)); err == nil {
		t.Error("a row that is no date does not fail")
	}
}

// What RE2 cannot do is refused when the expression is bound, by name.
func TestRefusedPatterns(t *testing.T) {
	for pattern, what := range map[string]string{"(?=a)": "look-ahead", "(?<!a)b": "look-behind", `(a)\1`: "back-reference",
		"(?>a)": "atomic", "a*+": "possessive", "[a&&b]": "intersection", "[a[b]]": "class inside", "(?x) a": "flag"} {
		_, err := expr.Bind(expr.Fn("rlike", expr.Col("s"), pattern), expr.Schema{{Name: "s", Type: expr.String}})
		wantError(t, pattern, err, what)
	}
	_, err := expr.Bind(expr.Fn("date_format", expr.Col("s"), "zzzz"), expr.Schema{{Name: "s", Type: expr.String}})
	wantError(t, "zzzz", err, "long names of zones")
	_, err = expr.Bind(expr.Fn("window", expr.Col("s"), "1 hour", "10 minutes"), expr.Schema{{Name: "s", Type: expr.Timestamp}})
	wantError(t, "sliding window", err, "leave the slide out")
}

func wantError(t *testing.T, what string, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %q", what, err, text)
	}
}
