SELECT 1 / 0
SELECT 1 % 0
SELECT 1 div 0
SELECT 1.5 / 0
SELECT 2147483647 + 1
SELECT -2147483648 - 1
SELECT 9223372036854775807 + 1
SELECT 2147483647 * 2
SELECT cast('x' AS int)
SELECT cast('1.5' AS int)
SELECT cast('' AS double)
SELECT cast('2024-13-01' AS date)
SELECT cast('nope' AS timestamp)
SELECT cast(300 AS tinyint)
SELECT cast(1e20D AS bigint)
SELECT cast(123.45 AS decimal(3,1))
SELECT cast('maybe' AS boolean)
SELECT abs(cast(-128 AS tinyint))
SELECT -cast(-2147483648 AS int)
SELECT cast(99999999999999999999999999999999999999 AS decimal(38,0)) + 1
SELECT array(1, 2)[5]
SELECT element_at(array(1), 3)
SELECT element_at(array(1), 0)
SELECT to_date('bad', 'yyyy-MM-dd')
SELECT to_timestamp('bad')
SELECT make_date(2024, 13, 1)
SELECT sum(x) FROM VALUES (9223372036854775807), (1) AS v(x)
SELECT sum(cast(x AS int)) FROM VALUES (2147483647), (1) AS v(x)
SELECT nope FROM VALUES (1) AS v(x)
SELECT x FROM nope
SELECT nope(1)
SELECT x, count(*) FROM VALUES (1) AS v(x)
SELECT sum(x) FROM VALUES (1) AS v(x) WHERE sum(x) > 1
SELECT * FROM VALUES (1), (2, 3)
SELECT a.x FROM VALUES (1) AS a(x), VALUES (2) AS b(y) WHERE z = 1
SELECT x FROM VALUES (1) AS a(x), VALUES (2) AS b(x)
SELECT (SELECT x FROM VALUES (1), (2) AS v(x))
SELECT 1 UNION SELECT 1, 2
SELECT CASE WHEN true THEN 1 ELSE 1 / 0 END
SELECT if(false, 1 / 0, 7), coalesce(1, 1 / 0), false AND 1 / 0 > 1
SELECT x FROM VALUES (0), (2) AS v(x) WHERE x <> 0 AND 4 / x = 2
SELECT rank() FROM VALUES (1) AS v(x)
SELECT cast(DATE '2024-01-01' AS int)
SELECT 1 + DATE '2024-01-01'
SELECT upper(1, 2)
SELECT 'a' + 1
SELECT 1 = 'x'
SELECT try_add(9223372036854775807, 1), try_divide(1, 0), try_cast('x' AS int)
SELECT date_add('bad', 1)
SELECT year('bad')
SELECT concat(1, array(1))
SELECT 1 ORDER BY 2
SELECT 1 GROUP BY 3
SELECT interval_free FROM (SELECT INTERVAL 100000000 YEARS AS interval_free)
SELECT factorial(-1), conv('zz', 37, 10), lpad('a', -1, 'x')
