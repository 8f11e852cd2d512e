package sql

import (
	"errors"
	"strings"
	"testing"
)

// No text makes the parser panic; a mistake has a place in the text; and an
// expression that parses has a canonical text that parses to the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"select a, b c from t where x = 1", "select /*+ BROADCAST(t) */ * from t join u using (a)",
		"a + b * -c::int", "case when a then b end", "interval '1-2' year to month", "x between 1 and 2 and y in (1, 2)",
		"sum(distinct x) filter (where y) over (partition by a order by b desc rows 2 preceding)",
		"cast(x as struct<a: array<int>, b: decimal(3,1)>)", "f(x).y[0]", "'a\\n''b' \"c\"", "X'1a' r'\\n'", "((select 1) union select 2)",
		"insert overwrite table t partition (a = 1, b) select 1", "create table t using parquet location 'x' as select 1", "set a.b = c d;",
		"select 1 group by rollup(a, (b, c)), cube(d)", "(a, b) in ((1, 2))", "a like any ('x', 'y') escape", "`a``b`.c", "!a is not true",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse(text)
		var mistake *Error
		if err != nil && (!errors.As(err, &mistake) || mistake.Pos < 0 || int(mistake.Pos) > len(text) || mistake.Error() == "") {
			t.Fatalf("%q: %#v", text, err)
		}
		e, err := ParseExpr(text)
		if err != nil {
			return
		}
		Format(e)
		once := canonical(e)
		if strings.Contains(once, "(#") {
			return // a subquery is only its place
		}
		again, err := ParseExpr(once)
		if err != nil && strings.Contains(err.Error(), "levels of nesting") {
			return // parentheses spell out what precedence said
		}
		if err != nil {
			t.Fatalf("%q is %s, which does not parse: %v", text, once, err)
		}
		if twice := canonical(again); twice != once {
			t.Fatalf("%q is %s, which is %s", text, once, twice)
		}
	})
}
