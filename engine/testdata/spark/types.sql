SELECT 1, 1L, 1S, 1Y, 1.5, 1e3, 1.5D, 1.5F, 'a', true, NULL
SELECT 2147483647, 2147483648, -2147483648, 9223372036854775807, 9223372036854775808
SELECT 0.1, 12345.678, 100.00BD, 1e-3BD, .5
SELECT X'1A2B', cast('abc' AS binary)
SELECT DATE '2024-02-29', TIMESTAMP '2024-02-29 12:34:56.789', TIMESTAMP_NTZ '2024-02-29 12:34:56'
SELECT INTERVAL 1 DAY, INTERVAL '2' HOUR, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04' DAY TO SECOND
SELECT INTERVAL 1 YEAR 2 MONTHS, INTERVAL -3 DAYS, INTERVAL '1 day 2 hours'
SELECT cast(1 AS tinyint), cast(1 AS smallint), cast(1 AS bigint), cast(1 AS float), cast(1 AS double), cast(1 AS decimal(5,2))
SELECT cast('12' AS int), cast(' 12 ' AS int), cast('-7' AS bigint), cast('+7' AS smallint)
SELECT cast('1.5' AS double), cast('1e3' AS double), cast('Infinity' AS double), cast('-inf' AS double), cast('NaN' AS double)
SELECT cast('1.55' AS decimal(3,1)), cast(1.55 AS decimal(3,1)), cast(-1.55 AS decimal(3,1)), cast(2.5 AS int), cast(-2.5 AS int)
SELECT cast(true AS int), cast(false AS double), cast(0 AS boolean), cast(7 AS boolean), cast('yes' AS boolean), cast('f' AS boolean)
SELECT cast(1.0 AS string), cast(1e7 AS string), cast(1.0e-4D AS string), cast(123456789.123D AS string), cast(0.1F AS string)
SELECT cast(cast(0.1 AS float) AS double), cast(1.1F AS string), cast(16777217 AS float)
SELECT cast(DATE '2024-01-02' AS string), cast(TIMESTAMP '2024-01-02 03:04:05.600' AS string), cast(TIMESTAMP_NTZ '2024-01-02 03:04:05' AS string)
SELECT cast('2024-01-02' AS date), cast('2024-1-2' AS date), cast('2024' AS date), cast('2024-07' AS date), cast('2024-01-02 11:12' AS date)
SELECT cast('2024-01-02 03:04:05' AS timestamp), cast('2024-01-02T03:04:05Z' AS timestamp), cast('2024-01-02 03:04:05+02:00' AS timestamp)
SELECT cast(DATE '2024-01-02' AS timestamp), cast(TIMESTAMP '2024-01-02 23:59:59' AS date), cast(TIMESTAMP_NTZ '2024-01-02 23:59:59' AS date)
SELECT cast(0 AS timestamp), cast(1700000000 AS timestamp), cast(TIMESTAMP '2024-01-01 00:00:00' AS bigint)
SELECT cast(TIMESTAMP '2024-07-01 00:00:00' AS timestamp_ntz), cast(TIMESTAMP_NTZ '2024-07-01 00:00:00' AS timestamp)
SELECT cast(TIMESTAMP_NTZ '2024-03-10 02:30:00' AS timestamp), cast(TIMESTAMP_NTZ '2024-11-03 01:30:00' AS timestamp)
SELECT cast(12345 AS decimal(10,3)), cast(12.345 AS decimal(10,1)), cast('00012.50' AS decimal(10,2))
SELECT cast(9.99 AS tinyint), cast(127.9 AS tinyint), cast(-128.9D AS tinyint)
SELECT cast(INTERVAL 1 DAY AS string), cast(INTERVAL '1-2' YEAR TO MONTH AS string), cast(INTERVAL -90 MINUTES AS string)
SELECT cast(array(1, 2, NULL) AS string), cast(struct(1, 'a') AS string), cast(array(1, 2) AS array<string>)
SELECT cast(named_struct('a', 1, 'b', 'x') AS struct<p: string, q: string>)
SELECT try_cast('x' AS int), try_cast('300' AS tinyint), try_cast('2024-13-01' AS date), try_cast('9' AS int)
SELECT typeof(1), typeof(1.5), typeof('a'), typeof(NULL), typeof(array(1)), typeof(struct(1)), typeof(DATE '2024-01-01'), typeof(1 + 1L)
SELECT 1 + 1L, 1 + 1.5, 1 + 1.5D, 1Y + 1S, 1F + 1, 1L + 1F, 1.5 + 1.5D
SELECT 1 / 2, 1.0 / 3, 10 / 4L, 1Y / 2Y, 7 div 2, -7 div 2, 7 % 3, -7 % 3, 7.5 % 2
SELECT 1.10 + 2.2, 1.10 - 2.2, 1.10 * 2.2, 1.10 / 2.2, 1.10 % 0.3
SELECT cast(1 AS decimal(38,0)) / 3, cast(1 AS decimal(20,10)) * cast(1 AS decimal(20,10)), cast(9 AS decimal(38,10)) + 1
SELECT 123456789012345678 * 10.5, 0.000001 * 0.000001, 99999999999999999999 + 1
SELECT '1' + 1, '1.5' + 1, '2' * '3', 10 - '4'
SELECT '1' = 1, '1.0' = 1, 'a' < 'b', '10' < 9
SELECT DATE '2024-01-01' = '2024-01-01', TIMESTAMP '2024-01-01 00:00:00' = DATE '2024-01-01', DATE '2024-01-02' > TIMESTAMP_NTZ '2024-01-01 10:00:00'
SELECT true = 'true', true > false, true AND NULL, false AND NULL, true OR NULL, NOT NULL
SELECT coalesce(1, 2.5), coalesce(NULL, 'a'), coalesce(1, 2L), if(true, 1, 2.5D), nvl(NULL, 3)
SELECT CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END, CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END, CASE WHEN false THEN 1 END
SELECT greatest(1, 2.5, 2L), least('b', 'a'), greatest(NULL, 1), least(DATE '2024-01-01', DATE '2023-01-01')
SELECT array(1, 2.5), array(1, NULL), array('a', 'b')[1], struct(1 AS a, 'x' AS b).b, named_struct('k', 2).k
SELECT 1 IN (1, 2), 3 IN (1, NULL), NULL IN (1), 1 IN (1, NULL), 'a' IN ('a')
SELECT 1 <=> NULL, NULL <=> NULL, 1 <=> 1, 1 IS DISTINCT FROM 2, NULL IS NOT DISTINCT FROM NULL
SELECT 5 BETWEEN 1 AND 10, 5 NOT BETWEEN 1 AND 4, 'm' BETWEEN 'a' AND 'z', NULL BETWEEN 1 AND 2
SELECT true IS TRUE, NULL IS FALSE, false IS NOT TRUE, NULL IS NULL, 1 IS NOT NULL
SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'a%c' LIKE 'a\\%c', 'abc' LIKE 'A%', 'abc' ILIKE 'A%', 'a_c' LIKE 'a#_c' ESCAPE '#'
SELECT 'abc' RLIKE '^a.*c$', 'abc' RLIKE 'b', regexp_like('abc', '[0-9]')
SELECT cast('NaN' AS double) = cast('NaN' AS double), cast('NaN' AS double) > 1e300, 0.0D = -0.0D
SELECT -1, - -1, +1, ~5, 5 & 3, 5 | 3, 5 ^ 3, shiftleft(1, 4), shiftright(-16, 2), shiftrightunsigned(-1, 28)
SELECT 1 || 'a', 'a' || 'b' || 'c', 'a' || NULL
SELECT INTERVAL '5' HOUR, INTERVAL '500' HOUR, INTERVAL '5.25' SECOND, INTERVAL '-75.5' SECOND, INTERVAL '1 2:3' DAY TO MINUTE, INTERVAL '26:03:04.5' HOUR TO SECOND, INTERVAL '5:3' MINUTE TO SECOND, INTERVAL '5' YEAR
SELECT INTERVAL 3 WEEKS, INTERVAL 1 DAY 30 MINUTES, INTERVAL 5 MILLISECONDS, cast(INTERVAL '1 02:03:04' DAY TO SECOND AS INTERVAL DAY), cast('3' AS INTERVAL DAY), cast(3 AS INTERVAL HOUR), cast(INTERVAL '3 5' DAY TO HOUR AS INT)
SELECT cast(INTERVAL '1-3' YEAR TO MONTH AS INTERVAL YEAR), cast(INTERVAL '1-3' YEAR TO MONTH AS INT), coalesce(INTERVAL 2 HOURS, INTERVAL 1 DAY), array(INTERVAL 2 HOURS, INTERVAL 1 MINUTE), INTERVAL '5' DAY > INTERVAL '3' HOUR
SELECT cast('1 02:03:04' AS INTERVAL DAY TO HOUR)
SELECT DATE '2024-01-03' + INTERVAL '0 00' DAY TO HOUR, DATE '2024-01-03' + INTERVAL '2' DAY, TIMESTAMP '2024-01-03 00:00:00' - DATE '2024-01-01'
