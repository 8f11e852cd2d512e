CREATE OR REPLACE TEMP VIEW trips AS SELECT id, id % 7 pu, id % 5 do_, cast(id % 90 AS double) / 4 fare, timestamp_seconds(1700000000 + id * 600) pickup FROM range(0, 2000, 1, 4)
SELECT pu, count(*) n, round(avg(fare), 4) a FROM trips GROUP BY pu ORDER BY n DESC, pu LIMIT 5
SELECT hour(pickup) h, count(*) n FROM trips WHERE fare > 5 GROUP BY 1 ORDER BY n DESC, h LIMIT 10
SELECT pu, do_, count(*) n FROM trips GROUP BY pu, do_ HAVING count(*) > 50 ORDER BY n DESC, pu, do_
SELECT date_trunc('day', pickup) d, sum(fare) s, sum(sum(fare)) OVER (ORDER BY date_trunc('day', pickup)) c FROM trips GROUP BY 1 ORDER BY 1
SELECT pu, percentile(fare, 0.5), percentile_approx(fare, 0.9) FROM trips GROUP BY pu ORDER BY pu
SELECT a.pu, count(*) FROM trips a JOIN trips b ON a.pu = b.do_ AND a.id = b.id + 1 GROUP BY a.pu ORDER BY 1
SELECT count(*) FROM trips WHERE pu IN (SELECT do_ FROM trips WHERE fare > 20) AND EXISTS (SELECT 1 FROM trips t WHERE t.id = trips.id + 1000)
SELECT * FROM (SELECT pu, fare, row_number() OVER (PARTITION BY pu ORDER BY fare DESC, id) r FROM trips) WHERE r <= 2 ORDER BY pu, r
SELECT CASE WHEN fare < 5 THEN 'low' WHEN fare < 15 THEN 'mid' ELSE 'high' END b, count(*), min(fare), max(fare) FROM trips GROUP BY 1 ORDER BY 1
SELECT pu, collect_list(do_) FROM (SELECT DISTINCT pu, do_ FROM trips ORDER BY do_) GROUP BY pu HAVING pu = 0
SELECT window(pickup, '1 day').start d, count(*) FROM trips GROUP BY window(pickup, '1 day') ORDER BY d LIMIT 4
SELECT count(DISTINCT pu * 10 + do_), approx_count_distinct(id), corr(fare, id) FROM trips
SELECT pu, stddev(fare), skewness(fare) FROM trips GROUP BY ROLLUP (pu) ORDER BY pu NULLS LAST
SELECT spark_hash, count(*) FROM (SELECT pmod(hash(pu, do_), 8) spark_hash FROM trips) GROUP BY 1 ORDER BY 1
SELECT weekday(pickup) w, sum(CASE WHEN fare > 10 THEN 1 ELSE 0 END) n FROM trips GROUP BY weekday(pickup) ORDER BY w
