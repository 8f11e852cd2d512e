package sql

import (
	"errors"
	"testing"
)

// exprCases are expressions, what they mean with every parenthesis written, and
// the name that Spark gives to a column of them.
var exprCases = []struct{ text, meaning, name string }{
	{"1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)", "((1 + (2 * 3)) - 4)"},
	{"a or b and not c = d", "(a OR (b AND (NOT (c = d))))", "(a OR (b AND (NOT (c = d))))"},
	{"not a in (1, 2) and b", "((NOT (a IN (1, 2))) AND b)", "((NOT (a IN (1, 2))) AND b)"},
	{"a = b is null", "((a = b) IS NULL)", "((a = b) IS NULL)"},
	{"a = b = c", "((a = b) = c)", "((a = b) = c)"},
	{"a < b between c and d", "`between`((a < b), c, d)", "between((a < b), c, d)"},
	{"a like b = c", "(a LIKE (b = c))", "a LIKE (b = c)"},
	{"a | b ^ c & d << 1 + 2 || 'x' * 3", "(a | (b ^ (c & (d << concat((1 + 2), ('x' * 3))))))", "(a | (b ^ (c & (d << concat((1 + 2), (x * 3))))))"},
	{"a div b % c / d", "(((a div b) % c) / d)", "(((a div b) % c) / d)"},
	{"-a * b", "((- a) * b)", "((- a) * b)"},
	{"~a & b", "((~ a) & b)", "(~a & b)"},
	{"- 1 + -2.5e3 - -x", "((-1 + -2.5e3) - (- x))", "((-1 + -2500.0) - (- x))"},
	{"-1::string", "CAST(-1 AS STRING)", "CAST(-1 AS STRING)"},
	{"-a::string", "(- CAST(a AS STRING))", "(- CAST(a AS STRING))"},
	{"a.b.c[0].d::int", "CAST((a.b.c)[0].d AS INT)", "CAST(c[0].d AS INT)"},
	{"f(x).y", "f(x).y", "f(x).y"},
	{"(-1).a", "(-1).a", "-1.a"},
	{"(a).b", "(a).b", "a.b"},
	{"x.from", "x.`from`", "from"},
	{"`a``b`.`c d`", "`a``b`.`c d`", "c d"},
	{"a between 1 and 2 + 3 and b", "(`between`(a, 1, (2 + 3)) AND b)", "(between(a, 1, (2 + 3)) AND b)"},
	{"a not between 1 and 2", "(NOT `between`(a, 1, 2))", "(NOT between(a, 1, 2))"},
	{"a !in (1)", "(NOT (a IN (1)))", "(NOT (a IN (1)))"},
	{`a like 'x\_%' escape '!'`, `(a LIKE 'x\\_%' ESCAPE '!')`, `a LIKE x\_% ESCAPE '!'`},
	{"a not like any ('x', 'y')", "((NOT (a LIKE 'x')) OR (NOT (a LIKE 'y')))", "((NOT a LIKE x) OR (NOT a LIKE y))"},
	{"a ilike all ('x', 'y')", "(`ilike`(a, 'x') AND `ilike`(a, 'y'))", "(ilike(a, x) AND ilike(a, y))"},
	{"a rlike 'x' or a regexp 'y'", "((a RLIKE 'x') OR (a RLIKE 'y'))", "(a RLIKE x OR a RLIKE y)"},
	{"a is not null and b is unknown", "((a IS NOT NULL) AND (b IS NULL))", "((a IS NOT NULL) AND (b IS NULL))"},
	{"c is true and d is not false", "((c IS TRUE) AND (NOT (d IS FALSE)))", "((c <=> true) AND (NOT (d <=> false)))"},
	{"a is distinct from b or a is not distinct from c", "((NOT (a <=> b)) OR (a <=> c))", "((NOT (a <=> b)) OR (a <=> c))"},
	{"a == b and a != c and a <=> d", "(((a = b) AND (a <> c)) AND (a <=> d))", "(((a = b) AND (NOT (a = c))) AND (a <=> d))"},
	{"! a = b", "(NOT (a = b))", "(NOT (a = b))"},
	{"case when a then b else c end", "CASE WHEN a THEN b ELSE c END", "CASE WHEN a THEN b ELSE c END"},
	{"case a when 1 then 'x' when 2 then 'y' end", "CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", "CASE WHEN (a = 1) THEN x WHEN (a = 2) THEN y END"},
	{"cast(a as dec(10, 2))", "CAST(a AS DECIMAL(10,2))", "CAST(a AS DECIMAL(10,2))"},
	{"try_cast(b as struct<x: integer, y array<array<string>>>)", "TRY_CAST(b AS STRUCT<x: INT, y: ARRAY<ARRAY<STRING>>>)", "TRY_CAST(b AS STRUCT<x: INT, y: ARRAY<ARRAY<STRING>>>)"},
	{"a::timestamp_ntz::interval day to second", "CAST(CAST(a AS TIMESTAMP_NTZ) AS INTERVAL DAY TO SECOND)", "CAST(CAST(a AS TIMESTAMP_NTZ) AS INTERVAL DAY TO SECOND)"},
	{"count(*)", "count(*)", "count(1)"},
	{"count(distinct a, b)", "count(DISTINCT a, b)", "count(DISTINCT a, b)"},
	{"count(*) filter (where a > 1)", "count(*) FILTER (WHERE (a > 1))", "count(1) FILTER (WHERE (a > 1))"},
	{"first(x ignore nulls)", "`first`(x) IGNORE NULLS", "first(x)"},
	{"first(x) ignore nulls over w", "`first`(x) IGNORE NULLS OVER w", "first(x) OVER w"},
	{"lag(n, 7) over (order by d)", "lag(n, 7) OVER (ORDER BY d ASC NULLS FIRST)", "lag(n, 7) OVER (ORDER BY d ASC NULLS FIRST)"},
	{"row_number() over (partition by a order by b)", "row_number() OVER (PARTITION BY a ORDER BY b ASC NULLS FIRST)", "row_number() OVER (PARTITION BY a ORDER BY b ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"},
	{"sum(x) over (partition by a)", "sum(x) OVER (PARTITION BY a)", "sum(x) OVER (PARTITION BY a ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"},
	{"sum(x) over (order by a, b desc nulls first)", "sum(x) OVER (ORDER BY a ASC NULLS FIRST, b DESC NULLS FIRST)", "sum(x) OVER (ORDER BY a ASC NULLS FIRST, b DESC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"},
	{"avg(n) over (order by d desc rows between 6 preceding and current row)", "avg(n) OVER (ORDER BY d DESC NULLS LAST ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)", "avg(n) OVER (ORDER BY d DESC NULLS LAST ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)"},
	{"sum(n) over (order by d range 3 preceding)", "sum(n) OVER (ORDER BY d ASC NULLS FIRST RANGE BETWEEN 3 PRECEDING AND CURRENT ROW)", "sum(n) OVER (ORDER BY d ASC NULLS FIRST RANGE BETWEEN 3 PRECEDING AND CURRENT ROW)"},
	{"sum(n) over (rows between unbounded preceding and 2 following)", "sum(n) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING)", "sum(n) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING)"},
	{"percentile_cont(0.5) within group (order by x desc)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC NULLS LAST)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC NULLS LAST)"},
	{"extract(year from d)", "extract('year' FROM d)", "extract(year FROM d)"},
	{"trim(both 'x' from a)", "btrim(a, 'x')", "btrim(a, x)"},
	{"trim(leading from a)", "ltrim(a)", "ltrim(a)"},
	{"trim(leading 'x' from a)", "ltrim('x', a)", "ltrim(x, a)"},
	{"struct(a as b, 1)", "struct(a AS b, 1)", "struct(a AS b, 1)"},
	{"trim(a)", "`trim`(a)", "trim(a)"},
	{"trim('x' from a)", "btrim(a, 'x')", "btrim(a, x)"},
	{"position('a' in b)", "`position`('a', b)", "position(a, b)"},
	{"substring(a from 1 for 2)", "`substring`(a, 1, 2)", "substring(a, 1, 2)"},
	{"overlay(a placing b from 3 for 4)", "`overlay`(a, b, 3, 4)", "overlay(a, b, 3, 4)"},
	{"timestampadd(DAY, 1, ts)", "timestampadd('DAY', 1, ts)", "timestampadd(DAY, 1, ts)"},
	{"datediff(a, b)", "datediff(a, b)", "datediff(a, b)"},
	{"current_date", "`current_date`()", "current_date()"},
	{"current_timestamp + interval 3 days", "(`current_timestamp`() + INTERVAL '3' DAY)", "(current_timestamp() + INTERVAL '3' DAY)"},
	{"interval 3 days 2 hours", "INTERVAL '3' DAY '2' HOUR", "INTERVAL '3' DAY '2' HOUR"},
	{"interval '3' day", "INTERVAL '3' DAY", "INTERVAL '3' DAY"},
	{"interval -3 day", "INTERVAL '-3' DAY", "INTERVAL '-3' DAY"},
	{"interval '1-2' year to month", "INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1-2' YEAR TO MONTH"},
	{"interval '1 day -2 hours'", "INTERVAL '1' DAY '-2' HOUR", "INTERVAL '1' DAY '-2' HOUR"},
	{"interval (a + 1) days", "INTERVAL ((a + 1)) DAY", "INTERVAL ((a + 1)) DAY"},
	{"a - interval '2' hour - 1", "((a - INTERVAL '2' HOUR) - 1)", "((a - INTERVAL '2' HOUR) - 1)"},
	{"interval + 1", "(`interval` + 1)", "(interval + 1)"},
	{`'a' 'b' "c" 'd''e'`, `'abcde'`, "abcde"},
	{`'f\'g\n\u0041\101\%' r'\n'`, `'f\'g
AA\\%\\n'`, `f'g
AA\%\n`},
	{"X'1aF'", "X'01AF'", "X'01AF'"},
	{"date '2024-01-01'", "DATE '2024-01-01'", "DATE '2024-01-01'"},
	{"timestamp '2024-01-01 00:00:00'", "TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '2024-01-01 00:00:00'"},
	{"timestamp_ntz'2024-01-01'", "TIMESTAMP_NTZ '2024-01-01'", "TIMESTAMP_NTZ '2024-01-01'"},
	{"1 + 1L + 1s + 1Y", "(((1 + 1L) + 1S) + 1Y)", "(((1 + 1) + 1) + 1)"},
	{"1.50 + .5 + 1. + 3BD", "(((1.50 + .5) + 1.) + 3BD)", "(((1.50 + 0.5) + 1) + 3)"},
	{"1e3 + 1.5D + 2F + 1e10", "(((1e3 + 1.5D) + 2F) + 1e10)", "(((1000.0 + 1.5) + 2.0) + 1.0E10)"},
	{"null is null and true", "((NULL IS NULL) AND true)", "((NULL IS NULL) AND true)"},
	{"(a, b) in ((1, 2), (3, 4))", "((a, b) IN (struct(1, 2), struct(3, 4)))", "((a, b) IN (struct(1, 2), struct(3, 4)))"},
	{"(a, b) = (c, d)", "(struct(a, b) = struct(c, d))", "(struct(a, b) = struct(c, d))"},
	{"if(a > 1, b, c)", "`if`((a > 1), b, c)", "(IF((a > 1), b, c))"},
	{"left(a, 2) || right(b, 3)", "concat(`left`(a, 2), `right`(b, 3))", "concat(left(a, 2), right(b, 3))"},
	{"db.f(x)", "db.f(x)", "db.f(x)"},
	{"2020_a + 1e", "(`2020_a` + `1e`)", "(2020_a + 1e)"},
	{"a /* x /* y */ z */ + b -- c", "(a + b)", "(a + b)"},
}

// Operators bind as in Spark, every spelling of an expression gets its tree, and
// columns without an alias have Spark's names.
func TestExpressions(t *testing.T) {
	for _, c := range exprCases {
		e, err := ParseExpr(c.text)
		if err != nil {
			t.Errorf("%s\n%v", c.text, err)
			continue
		}
		if got := canonical(e); got != c.meaning {
			t.Errorf("%s\n   is %s\n want %s", c.text, got, c.meaning)
		}
		if got := Format(e); got != c.name {
			t.Errorf("%s\n named %s\n  want %s", c.text, got, c.name)
		}
	}
}

// levelCases are the operators from the loosest to the tightest; those of one line
// bind alike.
var levelCases = [][]string{
	{"or"}, {"and"}, {"=", "==", "<>", "!=", "<", "<=", "!>", ">", ">=", "!<", "<=>"}, {"|"}, {"^"}, {"&"},
	{"<<", ">>", ">>>"}, {"+", "-", "||"}, {"*", "/", "%", "div"},
}

// Of two operators the tighter one takes the operand between them, and of two
// alike the left one.
func TestPrecedence(t *testing.T) {
	top := func(text string) *Call {
		e, err := ParseExpr(text)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		return e.(*Call)
	}
	for i, left := range levelCases {
		for j, right := range levelCases {
			for _, l := range left {
				for _, r := range right {
					c := top("a " + l + " b " + r + " c")
					_, leftIsName := c.Args[0].(*Name)
					if takesRight := i < j; leftIsName != takesRight {
						t.Errorf("a %s b %s c is %s", l, r, canonical(c))
					}
				}
			}
		}
	}
}

// Every place that the tree tells is where the thing stands in the text.
func TestPlaces(t *testing.T) {
	e, err := ParseExpr("  f(a.b) + g[ 1 ]")
	if err != nil {
		t.Fatal(err)
	}
	sum := e.(*Call)
	f := sum.Args[0].(*Call)
	for _, c := range []struct {
		what string
		got  Pos
		want Pos
	}{
		{"the sum", sum.At(), 2}, {"f", f.At(), 2}, {"a.b", f.Args[0].At(), 4}, {"its b", f.Args[0].(*Name).Parts[1].Pos, 6},
		{"g[1]", sum.Args[1].At(), 11}, {"1", sum.Args[1].(*Index).I.At(), 14},
	} {
		if c.got != c.want {
			t.Errorf("%s is at %d, not %d", c.what, c.got, c.want)
		}
	}
}

// An expression is all of its text, and a mistake is an *Error with a place.
func TestParseExprTakesAll(t *testing.T) {
	_, err := ParseExpr("a + 1 ; b")
	var mistake *Error
	if !errors.As(err, &mistake) || mistake.Pos != 6 {
		t.Fatalf("%v", err)
	}
	if line, column := mistake.Line(); line != 1 || column != 7 {
		t.Errorf("line %d, column %d", line, column)
	}
}
