CREATE OR REPLACE TEMP VIEW l AS SELECT * FROM VALUES (1, 'a'), (2, 'b'), (2, 'c'), (3, NULL), (NULL, 'n') AS v(k, x)
CREATE OR REPLACE TEMP VIEW r AS SELECT * FROM VALUES (2, 'B'), (2, 'C'), (3, 'D'), (4, 'E'), (NULL, 'N') AS v(k, y)
SELECT l.k, x, y FROM l JOIN r ON l.k = r.k ORDER BY 1, 2, 3
SELECT l.k, x, r.k, y FROM l LEFT JOIN r ON l.k = r.k ORDER BY 1, 2, 3, 4
SELECT l.k, x, r.k, y FROM l RIGHT JOIN r ON l.k = r.k ORDER BY 3, 4, 1, 2
SELECT l.k, x, r.k, y FROM l FULL OUTER JOIN r ON l.k = r.k ORDER BY 1, 2, 3, 4
SELECT * FROM l LEFT SEMI JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT * FROM l LEFT ANTI JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT count(*) FROM l CROSS JOIN r
SELECT count(*) FROM l, r WHERE l.k < r.k
SELECT * FROM l JOIN r USING (k) ORDER BY 1, 2, 3
SELECT * FROM l LEFT JOIN r USING (k) ORDER BY 1, 2, 3
SELECT * FROM l FULL JOIN r USING (k) ORDER BY 1, 2, 3
SELECT k, l.k, r.k FROM l RIGHT JOIN r USING (k) ORDER BY 1, 2, 3
SELECT * FROM l NATURAL JOIN r ORDER BY 1, 2, 3
SELECT l.k, x, y FROM l JOIN r ON l.k = r.k AND y > 'B' ORDER BY 1, 2, 3
SELECT l.k, x, y FROM l LEFT JOIN r ON l.k = r.k AND y > 'B' ORDER BY 1, 2, 3
SELECT l.k, x, y FROM l LEFT JOIN r ON l.k = r.k AND x > 'b' ORDER BY 1, 2, 3
SELECT l.k, r.k FROM l FULL JOIN r ON l.k = r.k AND y < 'C' ORDER BY 1, 2
SELECT l.k, r.k FROM l JOIN r ON l.k < r.k ORDER BY 1, 2
SELECT l.k, r.k FROM l LEFT JOIN r ON l.k > r.k ORDER BY 1, 2
SELECT l.k, r.k FROM l FULL JOIN r ON l.k > r.k ORDER BY 1, 2
SELECT * FROM l LEFT SEMI JOIN r ON l.k < r.k ORDER BY 1, 2
SELECT * FROM l LEFT ANTI JOIN r ON l.k < r.k ORDER BY 1, 2
SELECT l.k, r.k FROM l JOIN r ON l.k <=> r.k ORDER BY 1, 2
SELECT a.x, b.x FROM l a JOIN l b ON a.k = b.k ORDER BY 1, 2
SELECT a.k, c.y FROM l a JOIN l b ON a.k = b.k JOIN r c ON c.k = b.k ORDER BY 1, 2
SELECT l.k, z.y FROM l LEFT JOIN (SELECT k, max(y) y FROM r GROUP BY k) z ON l.k = z.k ORDER BY 1, 2
SELECT l.k FROM l JOIN r ON l.k + 1 = r.k ORDER BY 1
SELECT l.k FROM l JOIN r ON l.k = r.k AND l.k IN (2, 3) ORDER BY 1
SELECT /*+ BROADCAST(r) */ l.k, y FROM l JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT /*+ MERGE(r) */ l.k, y FROM l JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT /*+ SHUFFLE_HASH(l) */ l.k, y FROM l JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT /*+ SHUFFLE_REPLICATE_NL(l) */ l.k, y FROM l JOIN r ON l.k = r.k ORDER BY 1, 2
SELECT l.k, r.k FROM l JOIN r ON cast(l.k AS bigint) = r.k ORDER BY 1, 2
SELECT l.k, r.y FROM l JOIN r ON cast(l.k AS string) = r.k ORDER BY 1, 2
SELECT count(*) FROM l a, l b, r c
SELECT * FROM l UNION ALL SELECT * FROM r ORDER BY 1, 2
SELECT k FROM l UNION SELECT k FROM r ORDER BY 1
SELECT k FROM l INTERSECT SELECT k FROM r ORDER BY 1
SELECT k FROM l EXCEPT SELECT k FROM r ORDER BY 1
SELECT k FROM l INTERSECT ALL SELECT k FROM r ORDER BY 1
SELECT k FROM l EXCEPT ALL SELECT k FROM r ORDER BY 1
SELECT k FROM l MINUS SELECT k FROM r WHERE k = 2 ORDER BY 1
SELECT 1 UNION ALL SELECT 2.5 UNION ALL SELECT 3L ORDER BY 1
SELECT NULL UNION ALL SELECT 'a' ORDER BY 1
SELECT k, x FROM l WHERE k > 1 UNION SELECT k, y FROM r WHERE k < 3 INTERSECT SELECT 2, 'B' ORDER BY 1, 2
SELECT t.a, t.b FROM VALUES (1, 2), (3, 4) AS t(a, b) ORDER BY a DESC
SELECT id, e FROM (SELECT 1 id, array(10, 20) a UNION ALL SELECT 2, array() UNION ALL SELECT 3, NULL) LATERAL VIEW explode(a) x AS e ORDER BY 1, 2
SELECT id, e FROM (SELECT 1 id, array(10, 20) a UNION ALL SELECT 2, array()) LATERAL VIEW OUTER explode(a) x AS e ORDER BY 1, 2
SELECT id, pos, e FROM (SELECT 1 id, array('p', 'q') a) LATERAL VIEW posexplode(a) x AS pos, e ORDER BY 2
SELECT explode(array(1, 2, 3)) AS v
SELECT stack(2, 1, 'a', 2, 'b') AS (n, s)
SELECT inline(array(struct(1, 'a'), struct(2, 'b')))
SELECT * FROM range(3) ORDER BY id
SELECT sum(id) FROM range(10, 0, -3)
