CREATE OR REPLACE TEMP VIEW g AS SELECT * FROM VALUES (1, array(1, NULL, 3)), (2, array()), (3, NULL), (4, array(4)) AS v(id, a)
SELECT id, e FROM g LATERAL VIEW explode(a) t AS e ORDER BY id, e
SELECT id, e FROM g LATERAL VIEW OUTER explode(a) t AS e ORDER BY id, e
SELECT id, p, e FROM g LATERAL VIEW posexplode(a) t AS p, e ORDER BY id, p
SELECT id, p, e FROM g LATERAL VIEW OUTER posexplode(a) t AS p, e ORDER BY id, p
SELECT count(*) FROM g LATERAL VIEW explode(a) t AS e
SELECT e, count(*), max(id) FROM g LATERAL VIEW OUTER explode(a) t AS e GROUP BY e ORDER BY e
SELECT posexplode(array('a', 'b'))
SELECT explode(NULL)
SELECT explode_outer(array())
SELECT inline(array(struct(1, 'a'), NULL, struct(2, NULL)))
SELECT inline_outer(CAST(NULL AS array<struct<x: int, y: string>>))
SELECT stack(2, 1, 'a', 2)
SELECT id, x, y FROM g LATERAL VIEW stack(3, id, 'a', id + 1, 'b', 0) t AS x, y ORDER BY id, x
SELECT id, x, z FROM g LATERAL VIEW explode(a) t AS x LATERAL VIEW explode(array(x, x + 1)) u AS z ORDER BY id, x, z
CREATE OR REPLACE TEMP VIEW r1 AS SELECT id FROM range(0, 60, 1, 3)
SELECT id FROM r1 TABLESAMPLE (30 PERCENT) REPEATABLE (42) ORDER BY id
CREATE OR REPLACE TEMP VIEW r2 AS SELECT id FROM range(0, 100000, 1, 8)
SELECT count(*), sum(id) FROM r2 TABLESAMPLE (1 PERCENT) REPEATABLE (123456789)
CREATE OR REPLACE TEMP VIEW r3 AS SELECT id FROM range(0, 100, 1, 2)
SELECT count(*) FROM r3 TABLESAMPLE (0 PERCENT) REPEATABLE (1)
CREATE OR REPLACE TEMP VIEW r4 AS SELECT id FROM range(0, 100, 1, 2)
SELECT count(*) FROM r4 TABLESAMPLE (100 PERCENT) REPEATABLE (1)
SELECT id, (SELECT max(x) FROM VALUES (1), (2) AS v(x) WHERE x > 5) FROM g ORDER BY id
SELECT id, (SELECT x FROM VALUES (1), (2) AS v(x) WHERE x > 1) FROM g ORDER BY id
SELECT id, (SELECT x FROM VALUES (1), (2) AS v(x)) FROM g ORDER BY id
SELECT id % 2, id, count(*), grouping_id() FROM g GROUP BY ROLLUP (id % 2, id) ORDER BY 1, 2, 4
SELECT id % 2, id > 2, count(*), sum(id) FROM g GROUP BY CUBE (id % 2, id > 2) ORDER BY 1, 2, 3
SELECT id, count(*) FROM g GROUP BY GROUPING SETS ((id), (id), ()) ORDER BY id
