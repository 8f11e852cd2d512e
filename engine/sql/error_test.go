package sql

import (
	"strings"
	"testing"
)

// errorCases are texts with a mistake and everything that is said about it.
var errorCases = []struct{ text, want string }{
	{"select a form t", `line 1, column 10: expected FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "form"; did you mean FROM?
  select a form t
           ^`},
	{`select a
from t whre x = 1`, `line 2, column 8: expected a join, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "whre"; did you mean WHERE?
  from t whre x = 1
         ^`},
	{"select a from t grup by a", `line 1, column 17: expected a join, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "grup"; did you mean GROUP BY?
  select a from t grup by a
                  ^`},
	{"select a from t left jion u on x", `line 1, column 22: expected JOIN, OUTER, SEMI or ANTI, found "jion"; did you mean JOIN?
  select a from t left jion u on x
                       ^`},
	{"selct a", `line 1, column 1: expected SELECT, WITH, VALUES, TABLE, CREATE, INSERT, DROP, CACHE, UNCACHE, CLEAR CACHE, SET, RESET, SHOW, DESCRIBE, EXPLAIN or ANALYZE, found "selct"; did you mean SELECT?
  selct a
  ^`},
	{"select a, from t", `line 1, column 11: expected an expression, found "from"
  select a, from t
            ^`},
	{"select a from t where x = 1 adn y", `line 1, column 29: expected GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "adn"; did you mean AND?
  select a from t where x = 1 adn y
                              ^`},
	{"select a from t limt 5", `line 1, column 17: expected a join, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "limt"; did you mean LIMIT?
  select a from t limt 5
                  ^`},
	{"select f(a b)", `line 1, column 12: expected an operator, "," or ")", found "b"
  select f(a b)
             ^`},
	{"select a from", `line 1, column 14: expected a table or "(", found the end
  select a from
               ^`},
	{"select a from t order a", `line 1, column 23: expected BY, found "a"
  select a from t order a
                        ^`},
	{"select a b c", `line 1, column 12: expected FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "c"
  select a b c
             ^`},
	{"select 1 from t t2 t3", `line 1, column 20: expected a join, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "t3"
  select 1 from t t2 t3
                     ^`},
	{"select 'abc", `line 1, column 8: the string has no closing '
  select 'abc
         ^`},
	{"select `a from t", "line 1, column 8: the name has no closing back quote\n  select `a from t\n         ^"},
	{"select /* x", `line 1, column 8: the comment has no end; write */ after it
  select /* x
         ^`},
	{"select # from t", `line 1, column 8: the character '#' means nothing here; names with such characters need back quotes
  select # from t
         ^`},
	{"select 1.5x", `line 1, column 8: "1.5x" is no number; a suffix is one of L, S, Y, D, F and BD
  select 1.5x
         ^`},
	{"select x'1g'", `line 1, column 8: a binary literal has hexadecimal digits only, as in X'1A2B'
  select x'1g'
         ^`},
	{"select ``", "line 1, column 8: a name has at least one letter\n  select ``\n         ^"},
	{"select a from t where a in ()", `line 1, column 29: expected an expression, found ")"
  select a from t where a in ()
                              ^`},
	{"select count(* from t", `line 1, column 16: expected an operator, "," or ")", found "from"
  select count(* from t
                 ^`},
	{"select a from (select 1", `line 1, column 24: expected FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or ")", found the end
  select a from (select 1
                         ^`},
	{"select cast(a as intt)", `line 1, column 18: there is no type "intt"; did you mean int?
  select cast(a as intt)
                   ^`},
	{"select cast(a as decimal(1, 2, 3))", `line 1, column 18: the type decimal has at most two numbers, precision and scale
  select cast(a as decimal(1, 2, 3))
                   ^`},
	{"select cast(a as map<int, int>)", `line 1, column 18: the type map is not supported
  select cast(a as map<int, int>)
                   ^`},
	{"select ?", `line 1, column 8: a parameter marker is not supported
  select ?
         ^`},
	{"select a[1", `line 1, column 11: expected "]", found the end
  select a[1
            ^`},
	{"select a.", `line 1, column 10: expected a name, found the end
  select a.
           ^`},
	{"select case a", `line 1, column 14: expected WHEN, found the end
  select case a
               ^`},
	{"select case when a then b", `line 1, column 26: expected WHEN, ELSE or END, found the end
  select case when a then b
                           ^`},
	{"select * from t where", `line 1, column 22: expected an expression, found the end
  select * from t where
                       ^`},
	{"select a from t qualify x", `line 1, column 17: QUALIFY is not supported
  select a from t qualify x
                  ^`},
	{"select a from t pivot (sum(a) for b in (1))", `line 1, column 17: PIVOT is not supported
  select a from t pivot (sum(a) for b in (1))
                  ^`},
	{"select f(x -> 1)", `line 1, column 12: a lambda function is not supported
  select f(x -> 1)
             ^`},
	{"select f(a => 1)", `line 1, column 12: an argument by name is not supported
  select f(a => 1)
             ^`},
	{"select a collate x", `line 1, column 10: COLLATE is not supported
  select a collate x
           ^`},
	{"select a * * b", `line 1, column 12: expected an expression, found *, which is all columns and stands alone in a list
  select a * * b
             ^`},
	{"select a from t where t.* = 1", `line 1, column 23: expected an expression, found *, which is all columns and stands alone in a list
  select a from t where t.* = 1
                        ^`},
	{"select * + 1", `line 1, column 10: "+" has no value on its left: * before it is all columns
  select * + 1
           ^`},
	{"select a from t where a not 5", `line 1, column 29: expected BETWEEN, IN, LIKE, ILIKE or RLIKE, found "5"
  select a from t where a not 5
                              ^`},
	{"select a from t order by a ascc", `line 1, column 28: expected LIMIT or the end, found "ascc"; did you mean ASC?
  select a from t order by a ascc
                             ^`},
	{"select f(x).*", `line 1, column 12: * of an expression is not supported
  select f(x).*
             ^`},
	{"update t set a = 1", `line 1, column 1: the statement UPDATE is not supported
  update t set a = 1
  ^`},
	{"create view v as select 1", `line 1, column 8: a view that outlives the session is not supported; write CREATE TEMPORARY VIEW
  create view v as select 1
         ^`},
	{"create database d", `line 1, column 1: CREATE DATABASE is not supported
  create database d
  ^`},
	{"create table t like u", `line 1, column 16: CREATE TABLE LIKE is not supported
  create table t like u
                 ^`},
	{"create table t (a int) stored as parquet", `line 1, column 24: STORED AS is not supported; name the format with USING
  create table t (a int) stored as parquet
                         ^`},
	{"drop tabel t", `line 1, column 6: expected TABLE or VIEW, found "tabel"; did you mean TABLE?
  drop tabel t
       ^`},
	{"drop database d", `line 1, column 6: DROP DATABASE is not supported
  drop database d
       ^`},
	{"insert t values (1)", `line 1, column 8: expected INTO or OVERWRITE, found "t"
  insert t values (1)
         ^`},
	{"insert into t by name select 1", `line 1, column 15: INSERT BY NAME is not supported
  insert into t by name select 1
                ^`},
	{"select interval '1 foo'", `line 1, column 17: "1 foo" is no interval; write it as '1 day 2 hours'
  select interval '1 foo'
                  ^`},
	{"select interval 1 foo", `line 1, column 19: expected a unit such as DAY or HOURS, found "foo"
  select interval 1 foo
                    ^`},
	{"select a as from t", `line 1, column 13: expected a name, found "from"; a name that is a word of SQL needs back quotes
  select a as from t
              ^`},
	{"select a from t join", `line 1, column 21: expected a table or "(", found the end
  select a from t join
                      ^`},
	{"select a from t as left", `line 1, column 20: expected a name, found "left"; a name that is a word of SQL needs back quotes
  select a from t as left
                     ^`},
	{"select a from t tablesample (10)", `line 1, column 32: expected PERCENT or ROWS, found ")"
  select a from t tablesample (10)
                                 ^`},
	{"select a from t tablesample (200 percent)", `line 1, column 30: TABLESAMPLE takes 0 to 100 percent
  select a from t tablesample (200 percent)
                               ^`},
	{"select a from t tablesample (bucket 3 out of 2)", `line 1, column 46: TABLESAMPLE takes bucket 1 to 2 of 2
  select a from t tablesample (bucket 3 out of 2)
                                               ^`},
	{"select * from (a join b) tablesample (1 rows)", `line 1, column 26: TABLESAMPLE of a join without an alias is not supported
  select * from (a join b) tablesample (1 rows)
                           ^`},
	{"select * from t for version as of 1", `line 1, column 17: a table as of a time is not supported
  select * from t for version as of 1
                  ^`},
	{"select date 2024", `line 1, column 13: expected FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "2024"
  select date 2024
              ^`},
	{"with t as select 1", `line 1, column 11: expected "(", found "select"
  with t as select 1
            ^`},
	{"with recursive t as (select 1) select 1", `line 1, column 6: WITH RECURSIVE is not supported
  with recursive t as (select 1) select 1
       ^`},
	{"from t select a", `line 1, column 1: a query that begins with FROM is not supported; write SELECT before it
  from t select a
  ^`},
	{"set = 3", `line 1, column 5: expected a key, found "="
  set = 3
      ^`},
	{"set time zone 3", `line 1, column 15: expected a time zone in quotes or LOCAL, found "3"
  set time zone 3
                ^`},
	{"set variable x = 1", `line 1, column 5: SET VARIABLE is not supported
  set variable x = 1
      ^`},
	{"show foo", `line 1, column 6: expected TABLES, COLUMNS, PARTITIONS, FUNCTIONS, VIEWS or CREATE TABLE, found "foo"
  show foo
       ^`},
	{"desc t a", `line 1, column 8: DESCRIBE of one column is not supported
  desc t a
         ^`},
	{"select sum(x) over (partiton by a) from t", `line 1, column 21: expected PARTITION BY, ORDER BY, ROWS, RANGE or ")", found "partiton"; did you mean PARTITION BY?
  select sum(x) over (partiton by a) from t
                      ^`},
	{"select sum(x) over (rows 1) from t", `line 1, column 27: expected PRECEDING or FOLLOWING, found ")"
  select sum(x) over (rows 1) from t
                            ^`},
	{"select a between 1 or 2", `line 1, column 20: expected AND, found "or"
  select a between 1 or 2
                     ^`},
	{"select x is 5", `line 1, column 13: expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM, found "5"
  select x is 5
              ^`},
	{"select a from t order by a nulls", `line 1, column 33: expected FIRST or LAST, found the end
  select a from t order by a nulls
                                  ^`},
	{"select a from t union", `line 1, column 22: expected SELECT, VALUES, TABLE or "(", found the end
  select a from t union
                       ^`},
	{"select a order by a sort by b", `line 1, column 21: ORDER BY sorts the whole result and goes with neither SORT BY, DISTRIBUTE BY nor CLUSTER BY
  select a order by a sort by b
                      ^`},
	{"select a cluster by a sort by b", `line 1, column 10: CLUSTER BY goes with neither DISTRIBUTE BY nor SORT BY: it is both
  select a cluster by a sort by b
           ^`},
	{"select /*+ broadcast(t select a", `line 1, column 24: expected "," or ")", found "select"
  select /*+ broadcast(t select a
                         ^`},
	{"select a from t group by cube(a,b,c,d,e,f,g,h,i,j,k,l,m)", `line 1, column 17: GROUP BY spells out to more than 4096 grouping sets; name those that are needed with GROUPING SETS
  select a from t group by cube(a,b,c,d,e,f,g,h,i,j,k,l,m)
                  ^`},
	{`select 1;
select 2;;
	select 3 +`, `line 3, column 12: expected an expression, found the end
   select 3 +
             ^`},
	{"select aaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc, dddddddddddddddddd ddd eeeeeeeeeeeeeeeeeeeeee, fffffffffffffffffffffffffffffffffffff", `line 1, column 104: expected FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found "eeeeeeeeeeeeeeeeeeeeee"
  ...b, cccccccccccccccccccccc, dddddddddddddddddd ddd eeeeeeeeeeeeeeeeeeeeee, ff...
                                                       ^`},
}

// A mistake is told at its place, with what could stand there instead and, where a
// word is mistyped, the word that was meant.
func TestErrors(t *testing.T) {
	for _, c := range errorCases {
		_, err := Parse(c.text)
		if err == nil {
			t.Errorf("%s\nparses", c.text)
		} else if err.Error() != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, err, c.want)
		}
	}
}

// A statement of Spark that nobody here runs says so.
func TestOtherStatements(t *testing.T) {
	for _, word := range otherStatements {
		_, err := Parse(word + " t x")
		if want := "line 1, column 1: the statement " + word + " is not supported\n"; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
}

// The caret counts runes, not bytes.
func TestCaretCountsRunes(t *testing.T) {
	_, err := Parse("select 'äöü' from t x y")
	want := "line 1, column 23: expected a join, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT or the end, found \"y\"\n" +
		"  select 'äöü' from t x y\n                        ^"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
