package expr

import (
	"maps"
	"slices"
	"strings"
)

// An aggregate is one row of the table of aggregate functions.
type aggregate struct {
	names       string // the first is the one it is printed under
	least, most int    // arguments; most -1 means any number
	repeats     bool   // DISTINCT changes nothing
	bind        func(c *aggregateCall) (*BoundAggregate, error)
	doc         string
}

// aggregateSection is the part of the function table that aggregates are
// printed under.
const aggregateSection = "Aggregates"

var aggregateRows = []aggregate{
	{"count", 0, -1, false, bindCount, "rows; with arguments, rows where none of them is null"},
	{"count_if", 1, 1, false, bindCountIf, "rows where a condition is true"},
	{"sum", 1, 1, false, bindSum, "sum: bigint of whole numbers, ten digits more of decimals; null of no value"},
	{"try_sum", 1, 1, false, bindTrySum, "sum, null where it overflows"},
	{"avg mean", 1, 1, false, bindAvg, "arithmetic mean: double, of decimals four digits more after the point"},
	{"try_avg", 1, 1, false, bindTryAvg, "arithmetic mean, null where the sum overflows"},
	{"min", 1, 1, true, bindExtreme(-1), "least value; NaN is greater than any number"},
	{"max", 1, 1, true, bindExtreme(1), "greatest value"},
	{"min_by", 2, 2, true, bindBy(-1), "the first argument where the second is least"},
	{"max_by", 2, 2, true, bindBy(1), "the first argument where the second is greatest"},
	{"first first_value any_value", 1, 2, true, bindArrival(false), "value of the first row; of the first that is not null when the second argument is true"},
	{"last last_value", 1, 2, true, bindArrival(true), "value of the last row; of the last that is not null when the second argument is true"},
	{"bool_and every", 1, 1, true, bindBool(-1), "whether all are true"},
	{"bool_or some any", 1, 1, true, bindBool(1), "whether one is true"},
	{"bit_and", 1, 1, true, bindBitwise(bitAnd), "bits that all have"},
	{"bit_or", 1, 1, true, bindBitwise(bitOr), "bits that one has"},
	{"bit_xor", 1, 1, false, bindBitwise(bitXor), "bits that an odd number have"},
	{"var_pop", 1, 1, false, bindMoments(varPop), "population variance"},
	{"var_samp variance", 1, 1, false, bindMoments(varSamp), "sample variance; null of one value"},
	{"stddev_pop", 1, 1, false, bindMoments(stddevPop), "population standard deviation"},
	{"stddev_samp stddev std", 1, 1, false, bindMoments(stddevSamp), "sample standard deviation; null of one value"},
	{"skewness", 1, 1, false, bindMoments(skewness), "third standardized moment; null where nothing varies"},
	{"kurtosis", 1, 1, false, bindMoments(kurtosis), "fourth standardized moment minus 3; null where nothing varies"},
	{"covar_pop", 2, 2, false, bindPairs(covarPop), "population covariance"},
	{"covar_samp", 2, 2, false, bindPairs(covarSamp), "sample covariance; null of one pair"},
	{"corr", 2, 2, false, bindPairs(corr), "Pearson's correlation; null, in ANSI mode an error, where a side does not vary"},
	{"regr_count", 2, 2, false, bindCount, "pairs without null"},
	{"regr_avgx", 2, 2, false, bindOfPairs(1, bindAvg), "mean of the second argument over pairs without null"},
	{"regr_avgy", 2, 2, false, bindOfPairs(0, bindAvg), "mean of the first argument over pairs without null"},
	{"regr_sxx", 2, 2, false, bindOfPairs(1, bindMoments(squares)), "squared distances of the second argument from its mean, summed"},
	{"regr_syy", 2, 2, false, bindOfPairs(0, bindMoments(squares)), "squared distances of the first argument from its mean, summed"},
	{"regr_sxy", 2, 2, false, bindPairs(regrSXY), "products of both arguments' distances from their means, summed"},
	{"regr_slope", 2, 2, false, bindPairs(regrSlope), "slope of the line through the pairs (y, x)"},
	{"regr_intercept", 2, 2, false, bindPairs(regrIntercept), "where that line meets the y axis"},
	{"regr_r2", 2, 2, false, bindPairs(regrR2), "how much of the variance that line explains"},
	{"collect_list array_agg", 1, 1, false, bindCollect, "array of the values that are not null"},
	{"collect_set", 1, 1, true, bindCollectSet, "array of the distinct values that are not null"},
	{"listagg string_agg", 1, 2, false, bindListagg, "texts joined by a delimiter, in the order of WITHIN GROUP"},
	{"mode", 0, 2, false, bindMode, "most frequent value; of several the least, with WITHIN GROUP (ORDER BY x DESC) the greatest"},
	{"percentile", 2, 3, false, bindPercentile, "exact percentile or array of them, interpolated; the third argument says how often a row counts"},
	{"percentile_cont", 1, 1, false, bindWithin(false), "exact percentile of WITHIN GROUP (ORDER BY x), interpolated"},
	{"percentile_disc", 1, 1, false, bindWithin(true), "first value of WITHIN GROUP (ORDER BY x) that so large a part does not pass"},
	{"median", 1, 1, false, bindMedian, "percentile 0.5"},
	{"percentile_approx approx_percentile", 2, 3, false, bindApproxPercentile, "a value that is there whose rank is off by at most n/accuracy; accuracy is 10000 unless given"},
	{"approx_count_distinct", 1, 2, true, bindApproxCount, "distinct values by HyperLogLog; the second argument is the relative standard deviation, 0.05 unless given"},
	{"histogram_numeric", 2, 2, false, bindHistogram, "at most so many bins (x, y): y values lie around x"},
}

var aggregates = func() map[string]*aggregate {
	all := map[string]*aggregate{}
	for i := range aggregateRows {
		for name := range strings.FieldsSeq(aggregateRows[i].names) {
			all[name] = &aggregateRows[i]
		}
	}
	return all
}()

// IsAggregate reports whether there is an aggregate function called name.
func IsAggregate(name string) bool { return aggregates[name] != nil }

func aggregateNames() []string { return slices.Sorted(maps.Keys(aggregates)) }
