CREATE OR REPLACE TEMP VIEW s AS SELECT * FROM VALUES ('a', 'x', 1), ('a', 'y', 2), ('b', 'x', 3), ('b', NULL, 4), (NULL, 'y', 5) AS v(p, q, n)
SELECT p, q, sum(n) FROM s GROUP BY ROLLUP (p, q) ORDER BY p, q, 3
SELECT p, q, sum(n) FROM s GROUP BY CUBE (p, q) ORDER BY p, q, 3
SELECT p, q, sum(n) FROM s GROUP BY GROUPING SETS ((p), (q), ()) ORDER BY p, q, 3
SELECT p, q, sum(n) FROM s GROUP BY p, q WITH ROLLUP ORDER BY p, q, 3
SELECT p, sum(n), grouping(p), grouping_id(p) FROM s GROUP BY CUBE (p) ORDER BY p, 3
SELECT p, q, grouping_id(), count(*) FROM s GROUP BY ROLLUP (p, q) ORDER BY 3, p, q
SELECT p, q, grouping(p) + grouping(q) g, sum(n) FROM s GROUP BY CUBE (p, q) ORDER BY g, p, q
SELECT p, sum(n) FROM s GROUP BY p, ROLLUP (q) ORDER BY p, 2
SELECT p, q, sum(n) FROM s GROUP BY GROUPING SETS ((p, q), (p, q)) ORDER BY p, q
SELECT p, sum(n) t FROM s GROUP BY ROLLUP (p) HAVING grouping(p) = 0 ORDER BY t
SELECT upper(p) u, count(DISTINCT q) FROM s GROUP BY ROLLUP (upper(p)) ORDER BY u, 2
SELECT p, rank() OVER (ORDER BY sum(n) DESC) r FROM s GROUP BY p ORDER BY r, p
SELECT p, sum(n), sum(sum(n)) OVER () FROM s GROUP BY p ORDER BY p
SELECT count(*) FROM s GROUP BY p HAVING count(*) > 1
SELECT max(n) FROM s GROUP BY p, q ORDER BY max(n) LIMIT 2
SELECT p FROM s GROUP BY p ORDER BY sum(n) DESC
SELECT CASE WHEN p IS NULL THEN 'none' ELSE p END k, sum(n) FROM s GROUP BY CASE WHEN p IS NULL THEN 'none' ELSE p END ORDER BY k
SELECT p, n + 1 AS m FROM s GROUP BY p, n ORDER BY m
SELECT 1 AS one, sum(n) FROM s GROUP BY 1
SELECT sum(n) FROM s HAVING sum(n) > 100
SELECT p, count(*) FROM s GROUP BY p ORDER BY count(*) DESC, p NULLS LAST
