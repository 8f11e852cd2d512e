CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM VALUES (1, 'a', 10, 1.5D, 2.50, DATE '2024-01-01', true), (2, 'a', 20, 2.5D, 3.75, DATE '2024-01-02', false), (3, 'b', NULL, 3.5D, NULL, NULL, true), (4, 'b', 40, NULL, 5.00, DATE '2024-01-04', NULL), (5, NULL, 50, 5.5D, 6.25, DATE '2024-01-05', true), (6, 'c', 20, -1.5D, 0.10, DATE '2024-01-02', false) AS v(id, g, x, d, m, day, b)
SELECT count(*), count(x), count(DISTINCT x), count(g, x), sum(x), avg(x), min(x), max(x) FROM t
SELECT sum(d), avg(d), sum(m), avg(m), min(m), max(m), min(day), max(day), min(g), max(g) FROM t
SELECT g, count(*), sum(x), avg(d), sum(m) FROM t GROUP BY g ORDER BY g
SELECT g, count(DISTINCT x), sum(DISTINCT x), avg(DISTINCT x) FROM t GROUP BY g ORDER BY g
SELECT count_if(x > 15), bool_and(b), bool_or(b), every(b), some(b), any(b) FROM t
SELECT stddev(d), stddev_pop(d), variance(d), var_pop(d), skewness(d), kurtosis(d), std(d) FROM t
SELECT corr(x, d), covar_pop(x, d), covar_samp(x, d), regr_slope(d, x), regr_intercept(d, x), regr_r2(d, x), regr_count(d, x), regr_avgx(d, x), regr_avgy(d, x) FROM t
SELECT max_by(g, x), min_by(g, x), max_by(id, d), min_by(id, day) FROM t
SELECT bit_and(x), bit_or(x), bit_xor(x) FROM t
SELECT first(x), last(x), first(g, true), any_value(id) FROM (SELECT * FROM t WHERE id < 2)
SELECT sort_array(collect_list(x)), sort_array(collect_set(x)), size(collect_list(g)) FROM t
SELECT g, sort_array(collect_list(id)) FROM t GROUP BY g ORDER BY g
SELECT percentile(x, 0.5), percentile(x, array(0.25, 0.75)), percentile(d, 0.1), median(x) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x), percentile_disc(0.5) WITHIN GROUP (ORDER BY x), percentile_cont(0.25) WITHIN GROUP (ORDER BY x DESC) FROM t
SELECT percentile_approx(x, 0.5), percentile_approx(x, array(0.1, 0.9)), approx_percentile(d, 0.5, 100) FROM t
SELECT approx_count_distinct(x), approx_count_distinct(g), approx_count_distinct(id, 0.01) FROM t
SELECT mode(x), histogram_numeric(x, 3) FROM t
SELECT sum(x) FILTER (WHERE g = 'a'), count(*) FILTER (WHERE x IS NULL), avg(d) FILTER (WHERE b) FROM t
SELECT g, sum(x) FILTER (WHERE d > 2) FROM t GROUP BY g ORDER BY g
SELECT sum(x), count(*), min(x), avg(x), max(g), collect_list(x), stddev(x) FROM t WHERE false
SELECT g, sum(x) FROM t WHERE false GROUP BY g
SELECT sum(x) + count(*) * 2, round(avg(d), 2), max(x) - min(x) FROM t
SELECT g, sum(x) s FROM t GROUP BY g HAVING sum(x) > 25 ORDER BY s DESC
SELECT g AS k, count(*) n FROM t GROUP BY k HAVING n > 1 ORDER BY n, k
SELECT upper(g) u, sum(x) FROM t GROUP BY upper(g) ORDER BY u
SELECT x % 3, count(*) FROM t GROUP BY 1 ORDER BY 1
SELECT g, count(*) FROM t GROUP BY ALL ORDER BY g
SELECT DISTINCT g FROM t ORDER BY g
SELECT DISTINCT x, b FROM t ORDER BY x, b
SELECT count(DISTINCT g, x), count(DISTINCT *) FROM t
SELECT sum(cast(x AS decimal(10,2))), avg(cast(x AS decimal(10,2))), sum(cast(x AS tinyint)), avg(cast(x AS bigint)) FROM t
SELECT sum(INTERVAL 1 DAY), avg(INTERVAL 2 HOURS), max(INTERVAL 1 MONTH) FROM t
SELECT try_sum(x), try_avg(x) FROM t
SELECT string_agg(g, ',') WITHIN GROUP (ORDER BY g) FROM t
SELECT array_agg(id) FROM t WHERE id = 3
SELECT min(struct(x, g)), max(array(id)) FROM t
SELECT g, max(struct(x, id)).id FROM t GROUP BY g ORDER BY g
SELECT min(b), max(b), min(cast(x AS float)), max(cast(d AS float)) FROM t
