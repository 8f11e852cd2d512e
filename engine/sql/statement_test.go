package sql

import (
	"slices"
	"testing"
)

// statementCases are texts and the trees of their statements, as dump writes them.
var statementCases = []struct {
	text string
	want []string
}{
	{"select a, b c, d as `e f`, count(*) n from t where a > 1 group by a, b having n > 2 order by c desc nulls last, d limit 3 offset 2", []string{
		"(Query (Select [a b as [c] d as [e f] count(*) as [n]] From:[(Table t)] Where:(a > 1) GroupBy:(GroupBy Keys:[a b]) Having:(n > 2)) OrderBy:[(SortItem c Desc NullsLast) (SortItem d)] Limit:3 Offset:2)",
	}},
	{";;", []string{}},
	{"select 1; select ';' -- ; no", []string{
		"(Query (Select [1]))",
		"(Query (Select [';']))",
	}},
	{"select distinct a from db.t x, u", []string{
		"(Query (Select Distinct [a] From:[(Table db.t Alias:x) (Table u)]))",
	}},
	{"select /*+ broadcast(t), repartition(8, c) */ /*+ coalesce(1) */ all a from t", []string{
		"(Query (Select Hints:[(Hint BROADCAST Args:[t]) (Hint REPARTITION Args:[8 c]) (Hint COALESCE Args:[1])] [a] From:[(Table t)]))",
	}},
	{"select * except (a, b), t.* from t", []string{
		"(Query (Select [* EXCEPT (a, b) t.*] From:[(Table t)]))",
	}},
	{"select * except select 1", []string{
		"(Query (SetOperation Op:except Left:(Select [*]) Right:(Select [1])))",
	}},
	{"select * except (select 1)", []string{
		"(Query (SetOperation Op:except Left:(Select [*]) Right:(Query (Select [1]))))",
	}},
	{"select explode(m) as (k, v) from t", []string{
		"(Query (Select [explode(m) as [k v]] From:[(Table t)]))",
	}},
	{"select 1 union select 2 union all select 3 intersect select 4 minus select 5", []string{
		"(Query (SetOperation Op:except Left:(SetOperation Op:union All Left:(SetOperation Op:union Left:(Select [1]) Right:(Select [2])) Right:(SetOperation Op:intersect Left:(Select [3]) Right:(Select [4]))) Right:(Select [5])))",
	}},
	{"(select 1) union (select 2 order by a limit 1) order by b", []string{
		"(Query (SetOperation Op:union Left:(Query (Select [1])) Right:(Query (Select [2]) OrderBy:[(SortItem a)] Limit:1)) OrderBy:[(SortItem b)])",
	}},
	{"((select 1))", []string{
		"(Query (Select [1]))",
	}},
	{"with a as (select 1), b (x, y) as (select 1, 2) select * from a, b", []string{
		"(Query With:[(CTE a (Query (Select [1]))) (CTE b Columns:[x y] (Query (Select [1 2])))] (Select [*] From:[(Table a) (Table b)]))",
	}},
	{"values (1, 'a'), (2, 'b')", []string{
		"(Query (Values Rows:[[1 'a'] [2 'b']]))",
	}},
	{"values 1, 2 as t(x)", []string{
		"(Query (Select [*] From:[(Derived (Query (Values Rows:[[1] [2]])) Alias:t Columns:[x])]))",
	}},
	{"table t", []string{
		"(Query (TableBody t))",
	}},
	{"select * from values (1, 2), (3, 4) t (a, b)", []string{
		"(Query (Select [*] From:[(Derived (Query (Values Rows:[[1 2] [3 4]])) Alias:t Columns:[a b])]))",
	}},
	{"select * from (values (1), (2)) as t(a)", []string{
		"(Query (Select [*] From:[(Derived (Query (Values Rows:[[1] [2]])) Alias:t Columns:[a])]))",
	}},
	{"select * from a join b on a.x = b.x left outer join c using (k, l) cross join d natural full join e left semi join f on true left anti join g on true", []string{
		"(Query (Select [*] From:[(JoinRelation Left:(JoinRelation Left:(JoinRelation Left:(JoinRelation Left:(JoinRelation Left:(JoinRelation Left:(Table a) Right:(Table b) Type:inner On:(a.x = b.x)) Right:(Table c) Type:left Using:[k l]) Right:(Table d) Type:cross) Right:(Table e) Type:full Natural) Right:(Table f) Type:semi On:true) Right:(Table g) Type:anti On:true)]))",
	}},
	{"select * from (a join b on x) j", []string{
		"(Query (Select [*] From:[(Derived (Query (Select [*] From:[(JoinRelation Left:(Table a) Right:(Table b) Type:inner On:x)])) Alias:j)]))",
	}},
	{"select * from (a join b on x), ((c)) d", []string{
		"(Query (Select [*] From:[(JoinRelation Left:(Table a) Right:(Table b) Type:inner On:x) (Derived (Query (Select [*] From:[(Table c)])) Alias:d)]))",
	}},
	{"select * from ((select 1) union (select 2)) t", []string{
		"(Query (Select [*] From:[(Derived (Query (SetOperation Op:union Left:(Query (Select [1])) Right:(Query (Select [2])))) Alias:t)]))",
	}},
	{"select * from ((select 1) t join (select 2) u)", []string{
		"(Query (Select [*] From:[(JoinRelation Left:(Derived (Query (Select [1])) Alias:t) Right:(Derived (Query (Select [2])) Alias:u) Type:inner)]))",
	}},
	{"select * from parquet.`dir/*.parquet` p", []string{
		"(Query (Select [*] From:[(Table parquet.dir/*.parquet Alias:p)]))",
	}},
	{"select * from range(10) r join lateral (select 1) s, lateral explode(x) as e(c)", []string{
		"(Query (Select [*] From:[(JoinRelation Left:(TableFunction `range`(10) Alias:r) Right:(Derived (Query (Select [1])) Lateral Alias:s) Type:inner) (TableFunction explode(x) Lateral Alias:e Columns:[c])]))",
	}},
	{"select * from t tablesample (10 percent) repeatable (7) s, u tablesample (5 rows), v tablesample (bucket 3 out of 4)", []string{
		"(Query (Select [*] From:[(Table t Alias:s Sample:(Sample Percent:10 Seed:7)) (Table u Sample:(Sample Rows:5)) (Table v Sample:(Sample Percent:75))]))",
	}},
	{"select a from t lateral view outer explode(x) e as a, b lateral view posexplode(y) f where a > 1", []string{
		"(Query (Select [a] From:[(Table t)] Views:[(LateralView Outer explode(x) Alias:e Columns:[a b]) (LateralView posexplode(y) Alias:f)] Where:(a > 1)))",
	}},
	{"select a, sum(b) over w from t window w as (partition by a order by b), v as (order by c)", []string{
		"(Query (Select [a sum(b) OVER w] From:[(Table t)] Windows:[(NamedWindow w Window:(Window PartitionBy:[a] OrderBy:[(SortItem b)])) (NamedWindow v Window:(Window OrderBy:[(SortItem c)]))]))",
	}},
	{"select a from t group by all", []string{
		"(Query (Select [a] From:[(Table t)] GroupBy:(GroupBy All)))",
	}},
	{"select a, b from t group by a, rollup(b, c)", []string{
		"(Query (Select [a b] From:[(Table t)] GroupBy:(GroupBy Keys:[a b c] Sets:[[0 1 2] [0 1] [0]])))",
	}},
	{"select a from t group by a, b with cube", []string{
		"(Query (Select [a] From:[(Table t)] GroupBy:(GroupBy Keys:[a b] Sets:[[0 1] [0] [1] []])))",
	}},
	{"select a from t group by a, b grouping sets ((a, b), a, ())", []string{
		"(Query (Select [a] From:[(Table t)] GroupBy:(GroupBy Keys:[a b] Sets:[[0 1] [0] []])))",
	}},
	{"select a from t group by cube(a, (b, c)), rollup(d)", []string{
		"(Query (Select [a] From:[(Table t)] GroupBy:(GroupBy Keys:[a b c d] Sets:[[0 1 2 3] [0 1 2] [0 3] [0] [1 2 3] [1 2] [3] []])))",
	}},
	{"select a from t group by grouping sets (rollup(a, b), (A, c), grouping sets ((d)))", []string{
		"(Query (Select [a] From:[(Table t)] GroupBy:(GroupBy Keys:[a b c d] Sets:[[0 1] [0] [] [0 2] [3]])))",
	}},
	{"select a from t cluster by a", []string{
		"(Query (Select [a] From:[(Table t)]) SortBy:[(SortItem a)] DistributeBy:[a])",
	}},
	{"select a from t distribute by a, b sort by c desc", []string{
		"(Query (Select [a] From:[(Table t)]) SortBy:[(SortItem c Desc)] DistributeBy:[a b])",
	}},
	{"select a from t limit all", []string{
		"(Query (Select [a] From:[(Table t)]))",
	}},
	{"select x in (select 1), exists (select 2), (select 3), (a, b) in (select 1, 2), a in ((select 1) union (select 2)), ((select 1) limit 1) from t", []string{
		"(Query (Select [(In X:[x] (Query (Select [1]))) (Exists (Query (Select [2]))) (Subquery (Query (Select [3]))) (In X:[a b] (Query (Select [1 2]))) (In X:[a] (Query (SetOperation Op:union Left:(Query (Select [1])) Right:(Query (Select [2]))))) (Subquery (Query (Query (Select [1])) Limit:1))] From:[(Table t)]))",
	}},
	{"create or replace temp view v as select 1", []string{
		"(View v Replace (Query (Select [1])))",
	}},
	{"create temporary view if not exists v (a comment 'x', b) comment 'y' as select 1, 2", []string{
		"(View v Columns:[a b] IfNotExists (Query (Select [1 2])))",
	}},
	{"create or replace temporary view zones (LocationID INT, Borough STRING) using csv options (path 'x.csv', header 'true', `a.b` = 1, c.d true)", []string{
		"(View zones Replace Using:csv Schema:[(ColumnDef LocationID Type:INT) (ColumnDef Borough Type:STRING)] Options:[(Option Key:path Value:x.csv) (Option Key:header Value:true) (Option Key:a.b Value:1) (Option Key:c.d Value:true)])",
	}},
	{"create table t using parquet partitioned by (bucket) location '/x' as select /*+ REPARTITION(8, bucket) */ *, 1 bucket from trips", []string{
		"(Table t Using:parquet PartitionBy:[bucket] Location:/x (Query (Select Hints:[(Hint REPARTITION Args:[8 `bucket`])] [* 1 as [bucket]] From:[(Table trips)])))",
	}},
	{"create table if not exists db.t (a int not null comment 'x', b decimal(10, 2)) using csv options (header true) partitioned by (c string) comment 'z' tblproperties ('k' = 'v')", []string{
		"(Table db.t IfNotExists Columns:[(ColumnDef a Type:INT NotNull) (ColumnDef b Type:DECIMAL(10,2)) (ColumnDef c Type:STRING)] Using:csv Options:[(Option Key:header Value:true) (Option Key:k Value:v)] PartitionBy:[c])",
	}},
	{"create or replace table t select 1", []string{
		"(Table t Replace (Query (Select [1])))",
	}},
	{"insert into t values (1, 'a'), (2, 'b')", []string{
		"(Insert Table:t (Query (Values Rows:[[1 'a'] [2 'b']])))",
	}},
	{"insert overwrite table t partition (a = 1, b) select 1", []string{
		"(Insert Overwrite Table:t Partition:[(PartitionValue Column:a Value:1) (PartitionValue Column:b)] (Query (Select [1])))",
	}},
	{"insert into t (a, b) (select 1, 2)", []string{
		"(Insert Table:t Columns:[a b] (Query (Select [1 2])))",
	}},
	{"insert overwrite directory '/x' using parquet options (compression 'zstd') select 1", []string{
		"(Insert Overwrite Directory:/x Using:parquet Options:[(Option Key:compression Value:zstd)] (Query (Select [1])))",
	}},
	{"with a as (select 1) insert into table t select * from a", []string{
		"(Insert Table:t (Query With:[(CTE a (Query (Select [1])))] (Select [*] From:[(Table a)])))",
	}},
	{"drop table if exists t; drop view v; drop table t purge", []string{
		"(Drop IfExists t)",
		"(Drop View v)",
		"(Drop t)",
	}},
	{"cache table c options('storageLevel' 'DISK_ONLY') as select 1", []string{
		"(Cache c Options:[(Option Key:storageLevel Value:DISK_ONLY)] (Query (Select [1])))",
	}},
	{"cache lazy table c; uncache table if exists c; clear cache", []string{
		"(Cache c Lazy)",
		"(Uncache c IfExists)",
		"(Uncache)",
	}},
	{"set a.b = c d 'e' ; set; set a.b; set `a b` = `c d`; set time zone 'UTC'; set time zone local; reset; reset a.b", []string{
		"(Set Key:a.b Value:c d 'e' HasValue)",
		"(Set)",
		"(Set Key:a.b)",
		"(Set Key:a b Value:c d HasValue)",
		"(Set Key:spark.sql.session.timeZone Value:UTC HasValue)",
		"(Set Key:spark.sql.session.timeZone Value:local HasValue)",
		"(Set Reset)",
		"(Set Key:a.b Reset)",
	}},
	{"set p = /data/x -- rest", []string{
		"(Set Key:p Value:/data/x HasValue)",
	}},
	{"show tables; show tables in db like 'x*'; show columns from t; show partitions t; show functions like 'a'; show views; show create table t", []string{
		"(Show What:tables)",
		"(Show What:tables db Like:x*)",
		"(Show What:columns t)",
		"(Show What:partitions t)",
		"(Show What:functions Like:a)",
		"(Show What:views)",
		"(Show What:create table t)",
	}},
	{"desc t; describe extended db.t; desc function extended sum; desc function +; desc query select 1; describe select 1; desc table t", []string{
		"(Describe t)",
		"(Describe Extended db.t)",
		"(Describe Extended Function:sum)",
		"(Describe Function:+)",
		"(Describe (Query (Select [1])))",
		"(Describe (Query (Select [1])))",
		"(Describe t)",
	}},
	{"explain formatted select 1; explain insert into t select 1", []string{
		"(Explain Mode:formatted (Query (Select [1])))",
		"(Explain (Insert Table:t (Query (Select [1]))))",
	}},
	{"analyze table t compute statistics; analyze table t compute statistics noscan; analyze table t compute statistics for columns a, b; analyze table t compute statistics for all columns", []string{
		"(Analyze t)",
		"(Analyze t NoScan)",
		"(Analyze t Columns:[a b])",
		"(Analyze t AllColumns)",
	}},
	{"select date, timestamp, left, right, table, value, end, order, limit from t left join u on x", []string{
		"(Query (Select [`date` `timestamp` `left` `right` `table` value `end` `order` `limit`] From:[(JoinRelation Left:(Table t) Right:(Table u) Type:left On:x)]))",
	}},
	{"select a left, b right from t", []string{
		"(Query (Select [a as [left] b as [right]] From:[(Table t)]))",
	}},
	{"select sum(a) filter, b over from t", []string{
		"(Query (Select [sum(a) as [filter] b as [over]] From:[(Table t)]))",
	}},
}

// Every part of Spark's statements and queries that the tree has a place for gets
// into it.
func TestStatements(t *testing.T) {
	for _, c := range statementCases {
		all, err := Parse(c.text)
		if err != nil {
			t.Errorf("%s\n%v", c.text, err)
			continue
		}
		got := make([]string, len(all))
		for i, s := range all {
			got[i] = dump(s)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// Nothing, and nothing but semicolons and comments, is no statement.
func TestNoStatement(t *testing.T) {
	for _, text := range []string{"", " \n", ";;", "-- x", "/* ; */ ;"} {
		if all, err := Parse(text); err != nil || len(all) != 0 {
			t.Errorf("%q: %d statements, %v", text, len(all), err)
		}
	}
}

// The value of SET is the text as it is, with signs that mean nothing elsewhere;
// one that begins a string without an end does not swallow the next statement.
func TestRawValues(t *testing.T) {
	all, err := Parse("set a = ${x}@#\\ 'y'; select 1")
	if err != nil || len(all) != 2 {
		t.Fatalf("%d statements, %v", len(all), err)
	}
	if s := all[0].(*SetStatement); s.Value != `${x}@#\ 'y'` {
		t.Errorf("the value is %q", s.Value)
	}
	if _, err := Parse("set a = it's; select 1"); err == nil || err.(*Error).Pos != 10 {
		t.Errorf("%v", err)
	}
}
