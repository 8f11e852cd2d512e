SELECT abs(-1), abs(-1.5), abs(-1.5D), abs(cast(-1 AS bigint)), negative(3), positive(-3)
SELECT ceil(1.2), ceil(-1.2), floor(1.8), floor(-1.2), ceil(1.25D), floor(-0.5D), ceiling(5)
SELECT ceil(3.1411, 3), floor(3.1419, 3), ceil(-12.345, 1), floor(1234, -2)
SELECT round(2.5), round(3.5), round(-2.5), round(2.45, 1), round(1234.567, -2), round(2.5D), round(1.005D, 2)
SELECT bround(2.5), bround(3.5), bround(2.45, 1), bround(25, -1), rint(2.5D), rint(-1.5D)
SELECT sqrt(2), sqrt(-1), cbrt(27.0), exp(1), expm1(1e-10), ln(10), log(2, 8), log10(1000), log2(8), log1p(1e-10)
SELECT ln(0), ln(-1), log10(0), sqrt(0)
SELECT pow(2, 10), power(2, -1), pow(0, 0), pow(2.5D, 3)
SELECT sin(1), cos(1), tan(1), asin(0.5D), acos(0.5D), atan(1), atan2(1, 2), sinh(1), cosh(1), tanh(1)
SELECT asinh(1), acosh(2), atanh(0.5D), cot(1), sec(1), csc(1), hypot(3, 4), degrees(1), radians(180)
SELECT pi(), e(), sign(-2.5), signum(0), factorial(5), factorial(20), factorial(21)
SELECT hex(255), hex('abc'), hex(-1), unhex('4142'), bin(5), bin(-1), conv('ff', 16, 10), conv('100', 2, 16)
SELECT pmod(-7, 3), pmod(7, -3), mod(-7, 3), pmod(-7.5, 2), 7 % -3
SELECT isnan(cast('NaN' AS double)), isnan(1.0D), nanvl(cast('NaN' AS double), 5), nullif(1, 1), nullif(1, 2), nvl2(NULL, 1, 2), ifnull(NULL, 4)
SELECT bit_count(7), bit_count(-1), getbit(5, 0), getbit(5, 1), width_bucket(5.3, 0.2, 10.6, 5)
SELECT hash(1), hash('a'), hash(1, 'a'), hash(NULL), hash(1.5), hash(1.5D), hash(1.5F), hash(true), hash(1L), hash(DATE '2024-01-01')
SELECT hash(cast(1.5 AS decimal(20,2))), hash(cast(123456789012345678901234.5 AS decimal(30,1))), hash(array(1, 2)), hash(struct(1, 'a')), hash(X'0102')
SELECT xxhash64(1), xxhash64('Spark'), xxhash64(1L, 'a'), xxhash64(1.5D), xxhash64(NULL)
SELECT md5('Spark'), sha1('Spark'), sha2('Spark', 256), sha2('Spark', 0), sha2('Spark', 512), crc32('Spark')
SELECT try_add(1, 2), try_add(2147483647, 1), try_subtract(-2147483648, 1), try_multiply(2147483647, 2), try_divide(1, 0), try_divide(6, 3)
SELECT 0.1D + 0.2D, 1e308D * 10, -1e308D * 10, 1.0D / 3, 5e-324D / 2
SELECT cast(1 AS double) / 3, cast(2 AS float) / 3, 1F / 3F, 100.0F * 1.1F
SELECT 3.0 / 1.5, 1.00 / 7, 22.0 / 7.000, cast(1 AS decimal(10,2)) / cast(3 AS decimal(10,2))
SELECT cast(100 AS decimal(5,2)) * cast(100 AS decimal(5,2)), cast(1.23 AS decimal(38,18)) * cast(2 AS decimal(38,18))
SELECT 1.5 > 1, 1.5 = 1.50, 2.0 = 2, 1.5 < 1.5D, cast(0.1 AS decimal(1,1)) = 0.1D
SELECT 5 div 2, -5 div 2, 5.5 div 2, cast(7 AS decimal(5,1)) div 2, INTERVAL 10 HOURS div INTERVAL 3 HOURS
SELECT greatest(1.5, 2), least(1, 1.5D, -3), greatest('a', 'B')
SELECT format_number(1234567.891, 2), format_number(12332.123456, 4), format_number(5, 0)
SELECT uniform_free.x FROM (SELECT 1 x) uniform_free
SELECT rint(cast(NULL AS double)), abs(cast(NULL AS int)), round(cast(NULL AS decimal(5,2)), 1)
