package sql

import (
	"fmt"
	"strings"
	"testing"
)

// nests are texts that go n levels deep: an expression of each is one level, and
// a query in a select list two.
var nests = []struct {
	name               string
	begin, middle, end string
	levels, own        int
	query              bool
}{
	{"parentheses", "(", "a", ")", 1, 1, false},
	{"NOT", "not ", "a", "", 1, 1, false},
	{"signs", "- ", "a", "", 1, 1, false},
	{"tildes", "~", "a", "", 1, 1, false},
	{"CASE", "case when a then ", "a", " end", 1, 1, false},
	{"calls", "f(", "a", ")", 1, 1, false},
	{"indexes", "a[", "a", "]", 1, 1, false},
	{"IN", "a in (", "a", ")", 1, 1, false},
	{"queries in parentheses", "(", "select 1", ")", 1, 2, true},
	{"subqueries", "select (", "select 1", ")", 2, 2, true},
	{"derived tables", "select * from (", "select 1", ")", 2, 2, true},
	{"unions in parentheses", "(", "select 1", " union select 2)", 1, 2, true},
	{"EXPLAIN", "explain ", "select 1", "", 1, 2, true},
}

// Nesting is allowed up to maxNesting levels and refused beyond, however deep the
// text goes.
func TestNesting(t *testing.T) {
	for _, c := range nests {
		parse := func(n int) error {
			text := strings.Repeat(c.begin, n) + c.middle + strings.Repeat(c.end, n)
			var err error
			if c.query {
				_, err = Parse(text)
			} else {
				_, err = ParseExpr(text)
			}
			return err
		}
		most := (maxNesting - c.own) / c.levels
		if err := parse(most); err != nil {
			t.Errorf("%d %s: %v", most, c.name, err)
		}
		for _, n := range []int{most + 1, 100_000} {
			if err := parse(n); err == nil || !strings.Contains(err.Error(), "levels of nesting") {
				t.Errorf("%d %s: %v", n, c.name, err)
			}
		}
	}
}

// chains are texts of n links, each around all before it.
var chains = []struct{ name, begin, link string }{
	{"OR", "select a", " or a"},
	{"+", "select a", " + a"},
	{"indexes", "select a", "[0]"},
	{"casts", "select a", "::int"},
	{"UNION", "select 1", " union all select 1"},
	{"joins", "select 1 from t", " join t"},
}

// Chains are allowed up to maxChain links, and refused beyond, however they are
// put together.
func TestChains(t *testing.T) {
	for _, c := range chains {
		if _, err := Parse(c.begin + strings.Repeat(c.link, maxChain)); err != nil {
			t.Errorf("%d %s: %v", maxChain, c.name, err)
		}
		if _, err := Parse(c.begin + strings.Repeat(c.link, 3*maxChain)); err == nil || !strings.Contains(err.Error(), "in a row") {
			t.Errorf("too many %s: %v", c.name, err)
		}
	}
	half := "a" + strings.Repeat(" + a", maxChain*2/3)
	for _, text := range []string{"(" + half + ") * b" + strings.Repeat(" * b", maxChain*2/3), "f(" + half + ")" + strings.Repeat("[0]", maxChain*2/3)} {
		if _, err := ParseExpr(text); err == nil || !strings.Contains(err.Error(), "in a row") {
			t.Errorf("a chain on a chain: %v", err)
		}
	}
	if _, err := ParseExpr("f(" + half + ", " + half + ") or " + half); err != nil {
		t.Errorf("chains beside each other: %v", err)
	}
}

// What can be an expression or a query is read once: twice the text is twice the
// work, whatever the parentheses hold.
func TestWorkIsLinear(t *testing.T) {
	work := func(format string, n int) float64 {
		text := fmt.Sprintf(format, strings.Repeat("(", n), strings.Repeat(")", n))
		return testing.AllocsPerRun(1, func() { Parse(text) })
	}
	for _, format := range []string{
		"select %sa%s", "select %sselect 1%s", "select * from %st%s", "select * from %sselect 1%s", "select a in %s1%s", "select %sa",
		"select * from %sselect 1", "insert into t %sselect 1%s", "select 1 group by grouping sets (%sa%s)",
	} {
		if small, large := work(format, 200), work(format, 800); large > 5*small+100 {
			t.Errorf("%s: %v allocations for 200 parentheses, %v for 800", format, small, large)
		}
	}
}

// Keys and sets of ROLLUP and CUBE are bounded; keys without them are not.
func TestGroupingLimits(t *testing.T) {
	names := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprint("c", i)
		}
		return strings.Join(all, ", ")
	}
	for _, c := range []struct {
		groups string
		ok     bool
	}{
		{names(10_000), true},
		{"rollup(" + names(maxGroupingKeys) + ")", true},
		{"rollup(" + names(maxGroupingKeys+1) + ")", false},
		{names(maxGroupingKeys) + " with rollup", true},
		{names(maxGroupingKeys+1) + " with rollup", false},
		{names(10_000) + ", rollup(a)", false},
		{"cube(" + names(12) + ")", true},
		{"cube(" + names(13) + ")", false},
		{"cube(" + names(6) + "), cube(" + names(6) + ")", true},
		{"cube(" + names(6) + "), cube(" + names(7) + ")", false},
		{"rollup(a" + strings.Repeat(", a", 100_000) + ")", false},
	} {
		if _, err := Parse("select 1 group by " + c.groups); (err == nil) != c.ok {
			t.Errorf("%.60s: %v", c.groups, err)
		}
	}
}
