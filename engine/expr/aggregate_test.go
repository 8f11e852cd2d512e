package expr_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// fold is the aggregate of all rows of a batch, as one group: folded by one state
// and merged into another, as the two halves of an aggregation do.
func fold(a expr.Aggregate, b *expr.Batch) (expr.Value, error) {
	bound, err := expr.BindAggregate(a, b.Schema)
	if err != nil {
		return expr.Value{}, err
	}
	partial, final := bound.NewState(), bound.NewState()
	partial.Grow(1)
	final.Grow(1)
	if err := update(partial, bound, make([]int32, b.Rows), b); err != nil {
		return expr.Value{}, err
	}
	merge(final, []int32{0}, partial.Export())
	out := final.Final()
	if err := final.Err(); err != nil {
		return expr.Value{}, err
	}
	out.Check()
	if out.Type != bound.Type {
		return expr.Value{}, fmt.Errorf("%s is %v and was said to be %v", a, out.Type, bound.Type)
	}
	return out.Value(0), nil
}

func update(s expr.State, bound *expr.BoundAggregate, groups []int32, b *expr.Batch) error {
	args, err := evaluate(bound, b)
	if err != nil {
		return err
	}
	s.Update(groups, args)
	return s.Err()
}

func merge(s expr.State, groups []int32, state []expr.Column) {
	cols := make([]*expr.Column, len(state))
	for i := range state {
		state[i].Check()
		cols[i] = &state[i]
	}
	s.Merge(groups, cols)
}

var (
	dec52  = expr.DecimalOf(5, 2)
	dec380 = expr.DecimalOf(38, 0)
	nines  = bigDecimal("90000000000000000000000000000000000000")
	gtOne  = expr.Gt(expr.Col("x"), 1)
)

// Aggregates have the types and values that Spark 4.0.1 gives them with ANSI mode
// off. Intervals are months and microseconds, dates days.
func TestAggregatesAsSpark(t *testing.T) {
	stats := intsOf(1, 2, 4, 9, nil)
	pairsY, pairsX := intsOf(1, 2, 3, nil, 3), intsOf(2, 4, 5, 1, nil)
	ten := doublesOf(0, 10, 20, 30)
	for _, c := range []struct {
		want string
		a    expr.Aggregate
		in   *expr.Batch
	}{
		{"double null", agg("sum", nil), rowsOf(intsOf(1))},
		{"double null", agg("avg", nil), rowsOf(intsOf(1))},
		{"double 3.5", agg("sum", "x"), rowsOf(textsOf("3.5"))},
		{"bigint -9223372036854775808", agg("sum", "x"), rowsOf(bigintsOf(math.MaxInt64, 1))},
		{"bigint null", agg("try_sum", "x"), rowsOf(bigintsOf(math.MaxInt64, 1, 5))},
		{"bigint 6", agg("try_sum", "x"), rowsOf(bigintsOf(1, 5))},
		{"bigint 3", agg("sum", "x"), rowsOf(columnOf(expr.Int8, 1, 2))},
		{"double 3.3000000715255737", agg("sum", "x"), rowsOf(columnOf(expr.Float32, float64(float32(1.1)), float64(float32(2.2))))},
		{"decimal(15,2) 3.75", agg("sum", "x"), rowsOf(columnOf(dec52, 150, 225))},
		{"decimal(38,0) null", agg("sum", "x"), rowsOf(columnOf(dec380, nines, nines))},
		{"decimal(38,0) 90000000000000000000000000000000000000", agg("sum", "x"), rowsOf(columnOf(dec380, nines, nines, nines.Neg()))},
		{"decimal(38,0) null", agg("try_sum", "x"), rowsOf(columnOf(dec380, nines, nines))},
		{"decimal(38,4) null", agg("avg", "x"), rowsOf(columnOf(dec380, nines, nines))},
		{"decimal(38,4) null", agg("avg", "x"), rowsOf(columnOf(dec380, nines))},
		{"decimal(9,6) 1.586667", agg("avg", "x"), rowsOf(columnOf(dec52, 150, 225, 101))},
		{"decimal(38,22) 1.5866666666666666666667", agg("avg", "x"), rowsOf(columnOf(expr.DecimalOf(38, 18), 1500000000000000000, 2250000000000000000, 1010000000000000000))},
		{"interval year to month 25", agg("sum", "x"), rowsOf(monthsOf(1, 24))},
		{"interval year to month null", agg("try_sum", "x"), rowsOf(monthsOf(math.MaxInt32, 1))},
		{"interval year to month 2", agg("avg", "x"), rowsOf(monthsOf(1, 2))},
		{"interval year to month -2", agg("avg", "x"), rowsOf(monthsOf(-1, -2))},
		{"interval day to second 1000000", agg("avg", "x"), rowsOf(microsOf(1000000, 2000000, 1))},
		{"interval year to month null", agg("try_avg", "x"), rowsOf(monthsOf(math.MaxInt32, 1))},
		{"double 9.223372036854776e+18", agg("avg", "x"), rowsOf(bigintsOf(math.MaxInt64, math.MaxInt64))},
		{"double 1.5", agg("mean", "x"), rowsOf(intsOf(1, nil, 2))},

		{"bigint 2", agg("count"), rowsOf(intsOf(1, nil))},
		{"bigint 1", agg("count", "x", "y"), rowsOf(intsOf(1, 2, nil), intsOf(nil, 3, 4))},
		{"bigint 2", unique(agg("count", "x", "y")), rowsOf(intsOf(1, 2, 2, 2), intsOf(nil, 3, 3, 4))},
		{"bigint 1", agg("count_if", "x"), rowsOf(truthsOf(1, nil, 0))},
		{"bigint 2", agg("count", "x"), rowsOf(columnOf(expr.ArrayOf(expr.Int32), []any{1}, nil, []any{}))},

		{"array<int> [1]", agg("min", "x"), rowsOf(columnOf(expr.ArrayOf(expr.Int32), []any{1, 2}, []any{1}, []any{1, nil}))},
		{"array<int> [3]", agg("max", "x"), rowsOf(columnOf(expr.ArrayOf(expr.Int32), []any{1, 2}, []any{1}, []any{3}))},
		{"struct<a:int,b:string> [1 a]", agg("min", "x"), rowsOf(columnOf(expr.StructOf(expr.Schema{{Name: "a", Type: expr.Int32}, {Name: "b", Type: expr.String}}), []any{1, "b"}, []any{1, "a"}))},
		{"double 1", agg("min", "x"), rowsOf(doublesOf(math.NaN(), 1.0))},
		{"double NaN", agg("max", "x"), rowsOf(doublesOf(math.NaN(), 1.0))},
		{"void null", agg("min", nil), rowsOf(intsOf(1))},
		{"interval year to month 1", agg("min", "x"), rowsOf(monthsOf(1, 24))},
		{"string c", agg("min_by", "x", "y"), rowsOf(textsOf("a", "b", "c", "d"), intsOf(1, 0, 0, nil))},
		{"string c", agg("max_by", "x", "y"), rowsOf(textsOf("a", "b", "c", "d"), intsOf(1, 2, 2, nil))},
		{"string null", agg("max_by", "x", "y"), rowsOf(textsOf("a", nil), intsOf(1, 2))},
		{"string null", agg("max_by", "x", "y"), rowsOf(textsOf("a"), intsOf(nil))},
		{"int null", agg("first", "x"), rowsOf(intsOf(nil, 1, 2))},
		{"int 1", agg("first_value", "x", true), rowsOf(intsOf(nil, 1, 2))},
		{"int null", agg("last", "x"), rowsOf(intsOf(1, 2, nil))},
		{"int 2", agg("last_value", "x", true), rowsOf(intsOf(1, 2, nil))},
		{"int null", agg("any_value", "x"), rowsOf(intsOf(nil, 1))},
		{"boolean 1", agg("bool_and", "x"), rowsOf(truthsOf(1, nil))},
		{"boolean null", agg("every", "x"), rowsOf(truthsOf(nil))},
		{"boolean 1", agg("some", "x"), rowsOf(truthsOf(0, nil, 1))},
		{"tinyint 1", agg("bit_and", "x"), rowsOf(columnOf(expr.Int8, 3, 5, nil))},
		{"smallint 7", agg("bit_or", "x"), rowsOf(columnOf(expr.Int16, 3, 5, nil))},
		{"int 6", agg("bit_xor", "x"), rowsOf(intsOf(3, 5, nil))},
		{"bigint null", agg("bit_and", "x"), rowsOf(bigintsOf(nil))},

		{"double 3.5590260840104366", agg("stddev", "x"), rowsOf(stats)},
		{"double 3.5590260840104366", agg("std", "x"), rowsOf(stats)},
		{"double 3.082207001484488", agg("stddev_pop", "x"), rowsOf(stats)},
		{"double 12.666666666666664", agg("variance", "x"), rowsOf(stats)},
		{"double 9.499999999999998", agg("var_pop", "x"), rowsOf(stats)},
		{"double 0.7684172579878226", agg("skewness", "x"), rowsOf(stats)},
		{"double -1", agg("kurtosis", "x"), rowsOf(stats)},
		{"double null", agg("stddev", "x"), rowsOf(intsOf(1))},
		{"double 0", agg("stddev_pop", "x"), rowsOf(intsOf(1))},
		{"double null", agg("skewness", "x"), rowsOf(intsOf(1, 1))},
		{"double null", agg("kurtosis", "x"), rowsOf(intsOf(1, 1))},
		{"double 0", agg("var_samp", "x"), rowsOf(intsOf(1, 1))},
		{"double null", agg("var_pop", "x"), rowsOf(intsOf(nil))},
		{"double 0.9819805060619656", agg("corr", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 1", agg("covar_pop", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 1.5", agg("covar_samp", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double null", agg("corr", "x", "y"), rowsOf(intsOf(1), intsOf(2))},
		{"double null", agg("corr", "x", "y"), rowsOf(intsOf(1, 1), intsOf(2, 3))},
		{"double 0", agg("covar_pop", "x", "y"), rowsOf(intsOf(1), intsOf(2))},
		{"double null", agg("covar_samp", "x", "y"), rowsOf(intsOf(1), intsOf(2))},
		{"bigint 3", agg("regr_count", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 0.6428571428571428", agg("regr_slope", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double -0.3571428571428563", agg("regr_intercept", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 0.9642857142857141", agg("regr_r2", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 3.6666666666666665", agg("regr_avgx", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 2", agg("regr_avgy", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 4.666666666666667", agg("regr_sxx", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 2", agg("regr_syy", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double 3", agg("regr_sxy", "x", "y"), rowsOf(pairsY, pairsX)},
		{"double null", agg("regr_slope", "x", "y"), rowsOf(intsOf(1), intsOf(2))},
		{"double 0", agg("regr_sxx", "x", "y"), rowsOf(intsOf(1), intsOf(2))},
		{"double null", agg("regr_r2", "x", "y"), rowsOf(intsOf(1, 1), intsOf(2, 3))},
		{"double 1", agg("regr_r2", "x", "y"), rowsOf(intsOf(1, 3), intsOf(2, 2))},
		{"double null", agg("regr_intercept", "x", "y"), rowsOf(intsOf(1, 3), intsOf(2, 2))},
		{"double null", agg("regr_sxy", "x", "y"), rowsOf(intsOf(nil), intsOf(2))},

		{"array<int> [1 2 1]", agg("collect_list", "x"), rowsOf(intsOf(1, nil, 2, 1))},
		{"array<int> [1 2]", agg("collect_set", "x"), rowsOf(intsOf(1, nil, 2, 1))},
		{"array<int> [1 2]", unique(agg("array_agg", "x")), rowsOf(intsOf(1, nil, 2, 1))},
		{"array<int> []", agg("collect_list", "x"), rowsOf(intsOf(nil))},
		{"bigint 3", unique(agg("sum", "x")), rowsOf(intsOf(1, nil, 2, 1))},
		{"double 1.5", unique(agg("avg", "x")), rowsOf(intsOf(1, nil, 2, 1))},
		{"bigint 2", unique(agg("count", "x")), rowsOf(intsOf(1, nil, 2, 1))},
		{"int 6", unique(agg("bit_xor", "x")), rowsOf(intsOf(3, 3, 5))},
		{"double 2.5", unique(agg("percentile", "x", 0.5)), rowsOf(intsOf(1, 1, 4))},

		{"double 6", agg("percentile", "x", 0.3), rowsOf(intsOf(0, 10, 20))},
		{"array<double> [2.5 7.5]", agg("percentile", "x", arrayOf(expr.Float64, 0.25, 0.75)), rowsOf(intsOf(0, 10, nil))},
		{"double 10", agg("percentile", "x", 0.5, "y"), rowsOf(intsOf(0, 10, 20, 5), intsOf(1, 3, 0, nil))},
		{"double null", agg("percentile", "x", 0.5), rowsOf(intsOf(nil))},
		{"array<double> null", agg("percentile", "x", arrayOf(expr.Float64, 0.5)), rowsOf(intsOf(nil))},
		{"interval year to month 2", agg("percentile", "x", 0.5), rowsOf(monthsOf(1, 4))},
		{"interval day to second 2500000", agg("percentile", "x", 0.5), rowsOf(microsOf(1000000, 4000000))},
		{"double 4", agg("median", "x"), rowsOf(intsOf(1, 4, 5))},
		{"double 1.75", agg("median", "x"), rowsOf(columnOf(expr.DecimalOf(4, 2), 150, 200))},
		{"double 5", within(agg("percentile_cont", 0.25), up("x")), rowsOf(intsOf(0, 10, 20))},
		{"double 15", within(agg("percentile_cont", 0.25), down("x")), rowsOf(intsOf(0, 10, 20))},
		{"double 0", within(agg("percentile_disc", 0.25), up("x")), rowsOf(intsOf(0, 10, 20))},
		{"double 20", within(agg("percentile_disc", 0.25), down("x")), rowsOf(intsOf(0, 10, 20))},
		{"array<double> [0 10 30]", within(agg("percentile_disc", arrayOf(expr.Float64, 0.0, 0.5, 1.0)), up("x")), rowsOf(ten)},
		{"array<double> [30 30 30 30 20 10 0]", within(agg("percentile_disc", arrayOf(expr.Float64, 0.1, 0.2, 0.24, 0.25, 0.26, 0.75, 0.76)), down("x")), rowsOf(ten)},
		{"interval year to month 1", within(agg("percentile_disc", 0.5), up("x")), rowsOf(monthsOf(1, 4))},
		{"int 7", agg("percentile_approx", "x", 0.5), rowsOf(intsOf(0, 6, 7, 9, 10))},
		{"array<int> [1 1 0]", agg("approx_percentile", "x", arrayOf(expr.Float64, 0.5, 0.4, 0.1), 100), rowsOf(intsOf(0, 1, 2, 10))},
		{"interval year to month 1", agg("percentile_approx", "x", 0.5, 100), rowsOf(monthsOf(0, 1, 2, 10))},
		{"date 19723", agg("percentile_approx", "x", 0.5), rowsOf(columnOf(expr.Date, 19723, 19727))},
		{"float 1.5", agg("percentile_approx", "x", 0.5), rowsOf(columnOf(expr.Float32, 1.5, 2.0))},
		{"decimal(12,2) 1.50", agg("percentile_approx", "x", 0.5), rowsOf(columnOf(expr.DecimalOf(12, 2), 150, 200))},
		{"array<int> null", agg("percentile_approx", "x", arrayOf(expr.Float64, 0.5)), rowsOf(intsOf(nil))},

		{"int 2", agg("mode", "x"), rowsOf(intsOf(1, 2, 2, nil))},
		{"int 1", agg("mode", "x", true), rowsOf(intsOf(3, 1, nil, nil))},
		{"int 3", within(agg("mode"), down("x")), rowsOf(intsOf(3, 1, 2))},
		{"int 1", within(agg("mode"), up("x")), rowsOf(intsOf(3, 1, 2))},
		{"int null", agg("mode", "x"), rowsOf(intsOf(nil))},
		{"array<struct<x:int,y:double>> [[0 1] [1 1] [2 1] [10 1]]", agg("histogram_numeric", "x", 5), rowsOf(intsOf(0, 1, 2, 10))},
		{"array<struct<x:int,y:double>> [[2 6] [10 1] [20 1]]", agg("histogram_numeric", "x", 3), rowsOf(intsOf(0, 1, 2, 10, 3, 5, 5, 20))},
		{"array<struct<x:double,y:double>> [[3.928571428571429 7] [20 1]]", agg("histogram_numeric", "x", 2), rowsOf(doublesOf(0.5, 1.25, 2.75, 10.0, 3.0, 5.0, 5.0, 20.0))},
		{"array<struct<x:date,y:double>> [[19723 1] [19724 1] [19731 2]]", agg("histogram_numeric", "x", 3), rowsOf(columnOf(expr.Date, 19723, 19724, 19731, 19732))},
		{"array<struct<x:decimal(4,2),y:double>> [[1.50 1] [2.50 1] [9.88 2]]", agg("histogram_numeric", "x", 3), rowsOf(columnOf(expr.DecimalOf(4, 2), 150, 250, 950, 1025))},
		{"array<struct<x:int,y:double>> null", agg("histogram_numeric", "x", 3), rowsOf(intsOf(nil))},

		{"string ab", agg("listagg", "x"), rowsOf(textsOf("a", nil, "b"))},
		{"string ab", agg("listagg", "x", nil), rowsOf(textsOf("a", "b"))},
		{"string b, a", within(agg("string_agg", "x", expr.Lit(", ")), down("x")), rowsOf(textsOf("a", nil, "b"))},
		{"string a|b", within(unique(agg("listagg", "x", expr.Lit("|"))), up("x")), rowsOf(textsOf("b", "a", "b"))},
		{"string c|b|a", within(agg("listagg", "x", expr.Lit("|")), up("y")), rowsOf(textsOf("b", "a", "c", nil), intsOf(2, 3, 1, 0))},
		{"string a|b|c|d", within(agg("listagg", "x", expr.Lit("|")), down("y"), up("x")), rowsOf(textsOf("b", "a", "c", "d"), intsOf(2, 2, 1, nil))},
		{"string null", agg("listagg", "x"), rowsOf(textsOf(nil))},
		{"string 1,2", agg("listagg", "x", expr.Lit(",")), rowsOf(intsOf(1, 2))},
		{"binary \x01|\x02", agg("listagg", "x", expr.Lit("|")), rowsOf(columnOf(expr.Binary, "\x01", "\x02"))},

		{"bigint 5", only(agg("sum", "x"), gtOne), rowsOf(intsOf(1, 2, 3))},
		{"bigint 2", only(agg("count"), gtOne), rowsOf(intsOf(1, 2, 3, nil))},
		{"int 2", only(agg("first", "x"), gtOne), rowsOf(intsOf(nil, 1, 2, 3))},
		{"int 2", only(agg("last_value", "x"), expr.Lt(expr.Col("x"), 3)), rowsOf(intsOf(nil, 1, 2, 3))},
		{"bigint 5", only(unique(agg("sum", "x")), gtOne), rowsOf(intsOf(1, 2, 2, 3))},
		{"bigint 1", only(agg("count_if", "y"), gtOne), rowsOf(intsOf(1, 2, 3), truthsOf(1, 1, nil))},
		{"array<int> [2 3]", only(agg("collect_list", "x"), gtOne), rowsOf(intsOf(1, 2, 3))},
	} {
		v, err := fold(c.a, c.in)
		if got := v.Type.String() + " " + plain(v); err != nil || got != c.want {
			t.Errorf("%s: want %s, got %s (%v)", c.a, c.want, got, err)
		}
	}
}

// What ANSI mode makes an error, and what is one in every mode, as in Spark
// 4.0.1.
func TestAggregateErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		a    expr.Aggregate
		in   *expr.Batch
	}{
		{"[ARITHMETIC_OVERFLOW]", ansi(agg("sum", "x")), rowsOf(bigintsOf(math.MaxInt64, 1))},
		{"[ARITHMETIC_OVERFLOW]", ansi(agg("sum", "x")), rowsOf(columnOf(dec380, nines, nines))},
		{"'try_avg'", ansi(agg("avg", "x")), rowsOf(columnOf(dec380, nines, nines))},
		{"[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION]", ansi(agg("avg", "x")), rowsOf(columnOf(dec380, nines))},
		{"[INTERVAL_ARITHMETIC_OVERFLOW", agg("sum", "x"), rowsOf(monthsOf(math.MaxInt32, 1))},
		{"[INTERVAL_ARITHMETIC_OVERFLOW", agg("avg", "x"), rowsOf(monthsOf(math.MaxInt32, 1))},
		{"[INTERVAL_ARITHMETIC_OVERFLOW", agg("sum", "x"), rowsOf(microsOf(math.MaxInt64, 1))},
		{"[DIVIDE_BY_ZERO]", ansi(agg("corr", "x", "y")), rowsOf(intsOf(1, 1), intsOf(2, 3))},
		{"[NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION]", agg("percentile", "x", 0.5, "y"), rowsOf(intsOf(0), intsOf(-1))},

		{`unknown aggregate function "summ"; did you mean "sum"?`, agg("summ", "x"), rowsOf(intsOf(1))},
		{"sum takes 1 argument, got 2", agg("sum", "x", "x"), rowsOf(intsOf(1))},
		{"x is boolean, neither a number nor an interval", agg("sum", "x"), rowsOf(truthsOf(1))},
		{"x is date, neither a number nor an interval", agg("avg", "x"), rowsOf(columnOf(expr.Date, 1))},
		{"x is int, not boolean", agg("count_if", "x"), rowsOf(intsOf(1))},
		{"x is int, not boolean", agg("every", "x"), rowsOf(intsOf(1))},
		{"x is double, not a whole number", agg("bit_or", "x"), rowsOf(doublesOf(1.0))},
		{"x is boolean, not a number", agg("stddev", "x"), rowsOf(truthsOf(1))},
		{"x is boolean, not a number", agg("median", "x"), rowsOf(truthsOf(1))},
		{"the percentage must be from 0 to 1, not 1.5", agg("percentile", "x", 1.5), rowsOf(intsOf(1))},
		{"the percentage must be from 0 to 1, not NULL", agg("percentile", "x", nil), rowsOf(intsOf(1))},
		{"x must be a constant", agg("percentile", "x", "x"), rowsOf(intsOf(1))},
		{"must be a whole number from 1", agg("percentile_approx", "x", 0.5, 0), rowsOf(intsOf(1))},
		{"must be a whole number from 2", agg("histogram_numeric", "x", 1), rowsOf(intsOf(1))},
		{"between 0.0003 and 0.39", agg("approx_count_distinct", "x", 0.5), rowsOf(intsOf(1))},
		{"x must be a constant", agg("first", "x", "x"), rowsOf(truthsOf(1))},
		{"WITHIN GROUP can order by x alone, not by y", within(unique(agg("listagg", "x")), up("y")), rowsOf(textsOf("a"), intsOf(1))},
		{"needs WITHIN GROUP", agg("percentile_cont", 0.5), rowsOf(intsOf(1))},
		{"mode takes one argument", agg("mode"), rowsOf(intsOf(1))},
		{"DISTINCT needs an argument", unique(agg("count")), rowsOf(intsOf(1))},
		{"x is int, not boolean", only(agg("first", "x"), expr.Col("x")), rowsOf(intsOf(1))},
	} {
		if v, err := fold(c.a, c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %s and %v", c.a, c.want, plain(v), err)
		}
	}
}
