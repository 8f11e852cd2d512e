package engine_test

import (
	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// tables are the oracle's views.
type tables struct{ green, day, samples, zones, weather, legacy *engine.Frame }

func as(e expr.Expr, name string) expr.Expr { return expr.As{X: e, Name: name} }

var (
	col        = expr.Col
	asc        = engine.Asc
	desc       = engine.Desc
	paidTrips  = expr.And(expr.Gt(col("fare"), 0), expr.Gt(col("distance"), 0))
	twoHours   = expr.Lit(expr.Value{Type: expr.DayTime, I: 2 * 3600e6})
	pickupYear = as(expr.Fn("year", col("pickup")), "y")
)

func last(k engine.SortKey) engine.SortKey { return engine.NullsLast(k) }

// oracleQueries are the oracle's queries that frames can express by now. The
// six that need window functions or grouping sets are next_pickup,
// busiest_hour, moving_average, running_share, sort_checksum and rollup.
var oracleQueries = map[string]func(t tables) *engine.Frame{
	"rows": func(t tables) *engine.Frame { return t.green.Agg(expr.Count("n")) },
	"sums": func(t tables) *engine.Frame {
		return t.green.Agg(expr.CountOf(col("passengers"), "np"), expr.Sum(col("distance"), "d"), expr.Sum(col("fare"), "f"),
			expr.Sum(col("tip"), "t"), expr.Sum(col("total"), "s"), expr.Min(col("pickup"), "a"), expr.Max(col("pickup"), "b"), expr.CountDistinct(col("pu"), "z"))
	},
	"clean_rows": func(t tables) *engine.Frame {
		return t.green.Where(expr.And(paidTrips, expr.Between(col("passengers"), 1, 6))).Agg(expr.Count("n"), expr.Sum(col("total"), "s"))
	},
	"nulls": func(t tables) *engine.Frame {
		missing := func(name, as string) expr.Aggregate {
			return expr.CountOf(expr.Case([]expr.Expr{expr.IsNull(col(name)), expr.Lit(1)}, nil), as)
		}
		return t.green.Agg(missing("passengers", "p"), missing("ratecode", "r"), missing("payment", "y"), missing("congestion", "c"), missing("flag", "f"))
	},
	"peak_hours": func(t tables) *engine.Frame {
		return t.green.Where(paidTrips).GroupBy(as(expr.Fn("hour", col("pickup")), "h")).
			Agg(expr.Count("trips"), expr.Avg(col("total"), "avg_total"), expr.Sum(col("total"), "revenue")).OrderBy(desc("trips"), asc("h"))
	},
	"zone_revenue": func(t tables) *engine.Frame {
		return t.green.Join(t.zones, engine.Inner, engine.On{Left: "pu", Right: "LocationID"}).Where(paidTrips).
			GroupBy(as(col("Borough"), "borough"), as(col("Zone"), "zone")).
			Agg(expr.Count("trips"), expr.Sum(col("total"), "revenue"), expr.Avg(col("distance"), "d")).
			Where(expr.Ge(col("trips"), 100)).OrderBy(desc("revenue"), asc("zone")).Limit(40)
	},
	"weather_effect": func(t tables) *engine.Frame {
		sky := expr.Case([]expr.Expr{expr.Gt(col("snow"), 0), expr.Lit("snow"), expr.Gt(col("rain"), 0.3), expr.Lit("heavy rain"),
			expr.Gt(col("rain"), 0), expr.Lit("rain")}, expr.Lit("dry"))
		return t.green.With("day", expr.CastTo{X: col("pickup"), To: expr.Date}).
			Join(t.weather, engine.Inner, engine.On{Left: "day", Right: "date_"}).Where(paidTrips).
			GroupBy(as(sky, "sky")).
			Agg(expr.CountDistinct(col("date_"), "n_days"), expr.Count("trips"), expr.Avg(col("distance"), "d"), expr.Avg(col("total"), "t")).
			OrderBy(asc("sky"))
	},
	"distance_tip": func(t tables) *engine.Frame {
		share := expr.Div(col("tip"), col("fare"))
		return t.green.Where(expr.And(paidTrips, expr.Between(share, 0, 1), expr.IsNotNull(col("payment")))).
			GroupBy(col("payment")).Agg(expr.Stat("corr", "r", col("distance"), share), expr.Avg(share, "share"), expr.Count("n")).OrderBy(asc("payment"))
	},
	"grid_cells": func(t tables) *engine.Frame {
		cell := func(c string) expr.Expr {
			return expr.CastTo{X: expr.Fn("floor", expr.Mul(col(c), 100)), To: expr.Int64}
		}
		return t.legacy.Where(expr.Between(col("pickup_latitude"), 40, 42)).
			GroupBy(as(expr.Fn("concat", cell("pickup_latitude"), "_", cell("pickup_longitude")), "cell")).
			Agg(expr.Count("n"), expr.Avg(col("trip_distance"), "d")).OrderBy(desc("n"), asc("cell")).Limit(30)
	},
	"tq1": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("vendor")).Agg(expr.Count("n")).OrderBy(asc("vendor"))
	},
	"tq2": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("passengers")).Agg(expr.Avg(col("total"), "a")).OrderBy(last(asc("passengers")))
	},
	"tq3": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("passengers"), pickupYear).Agg(expr.Count("n")).OrderBy(last(asc("passengers")), asc("y"))
	},
	"tq4": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("passengers"), pickupYear, as(expr.Fn("round", col("distance")), "d")).Agg(expr.Count("n")).
			OrderBy(desc("n"), asc("y"), asc("d"), last(asc("passengers"))).Limit(200)
	},
	"od_top": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("pu"), col("do_")).Agg(expr.Count("n"), expr.Avg(col("total"), "a")).
			OrderBy(desc("n"), asc("pu"), asc("do_")).Limit(50)
	},
	"od_pairs": func(t tables) *engine.Frame {
		return t.green.Select(col("pu"), col("do_")).Distinct().Agg(expr.Count("n"))
	},
	"od_hour": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("pu"), col("do_"), as(expr.Fn("date_trunc", "hour", col("pickup")), "h")).
			Agg(expr.Count("c"), expr.Sum(col("total"), "s")).Agg(expr.Count("n"), expr.Max(col("c"), "m"), expr.Sum(col("s"), "s"))
	},
	"median_by_zone": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("pu")).Agg(expr.Percentile(col("fare"), 0.5, "m"), expr.Percentile(col("distance"), 0.9, "p")).OrderBy(asc("pu"))
	},
	"distinct_fares": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("pu")).Agg(expr.CountDistinct(col("fare"), "f"), expr.CountDistinct(col("do_"), "d")).OrderBy(asc("pu"))
	},
	"spread": func(t tables) *engine.Frame {
		return t.green.Where(expr.IsNotNull(col("payment"))).GroupBy(col("payment")).
			Agg(expr.Stat("stddev_samp", "s", col("fare")), expr.Stat("var_pop", "v", col("tip")), expr.Stat("corr", "c", col("fare"), col("tip")),
				expr.Stat("covar_samp", "k", col("distance"), col("fare")), expr.Count("n")).
			Where(expr.Gt(col("n"), 10)).Select(col("payment"), col("s"), col("v"), col("c"), col("k")).OrderBy(asc("payment"))
	},
	"big_join": func(t tables) *engine.Frame {
		side := func(zone, time, prefix string) *engine.Frame {
			return t.green.GroupBy(as(col(zone), prefix+"k"), as(expr.Fn("date_trunc", "day", col(time)), prefix+"d")).Agg(expr.Count(prefix + "n"))
		}
		return side("pu", "pickup", "a").Join(side("do_", "dropoff", "b"), engine.Inner, engine.On{Left: "ak", Right: "bk"}, engine.On{Left: "ad", Right: "bd"}).
			Agg(expr.Count("n"), expr.Sum(expr.Mul(col("an"), col("bn")), "m"))
	},
	"left_join_weather": func(t tables) *engine.Frame {
		return t.green.Select(as(expr.CastTo{X: col("pickup"), To: expr.Date}, "day")).
			Join(t.weather, engine.LeftOuter, engine.On{Left: "day", Right: "date_"}).Agg(expr.Count("n"), expr.CountOf(col("date_"), "matched"))
	},
	"full_join": func(t tables) *engine.Frame {
		a := t.green.Where(expr.Lt(expr.Fn("hour", col("pickup")), 6)).GroupBy(col("pu")).Agg(expr.Count("an"))
		b := t.green.Where(expr.Ge(expr.Fn("hour", col("dropoff")), 18)).GroupBy(col("do_")).Agg(expr.Count("bn"))
		return a.Join(b, engine.FullOuter, engine.On{Left: "pu", Right: "do_"}).
			Agg(expr.Count("n"), expr.CountOf(col("pu"), "l"), expr.CountOf(col("do_"), "r"),
				expr.Sum(expr.Sub(expr.Fn("coalesce", col("an"), 0), expr.Fn("coalesce", col("bn"), 0)), "x"))
	},
	"semi_join": func(t tables) *engine.Frame {
		return t.green.Join(t.zones.Where(expr.Eq(col("Borough"), "Brooklyn")), engine.LeftSemi, engine.On{Left: "pu", Right: "LocationID"}).Agg(expr.Count("n"))
	},
	"anti_join": func(t tables) *engine.Frame {
		return t.zones.Join(t.green, engine.LeftAnti, engine.On{Left: "LocationID", Right: "pu"}).Agg(expr.Count("n"))
	},
	"skew_join": func(t tables) *engine.Frame {
		x := t.green.GroupBy(as(col("pu"), "x_pu")).Agg(expr.Max(col("total"), "m"))
		return t.green.Join(x, engine.Inner, engine.On{Left: "pu", Right: "x_pu"}).Where(expr.Gt(col("total"), expr.Div(col("m"), 4))).
			Agg(expr.Count("n"), expr.Sum(col("total"), "s"))
	},
	"top_totals": func(t tables) *engine.Frame {
		return t.green.Select(col("total"), col("distance"), col("pickup"), col("pu")).
			OrderBy(desc("total"), desc("distance"), asc("pickup"), asc("pu")).Limit(100)
	},
	"union_eras": func(t tables) *engine.Frame {
		a := t.green.Select(pickupYear, as(col("total"), "t"))
		b := t.samples.Select(as(expr.Fn("year", col("pickup_datetime")), "y"), as(col("total_amount"), "t"))
		return a.Union(b).Where(expr.Between(col("y"), 2018, 2026)).GroupBy(col("y")).Agg(expr.Count("n"), expr.Sum(col("t"), "s")).OrderBy(asc("y"))
	},
	"months": func(t tables) *engine.Frame {
		return t.green.GroupBy(as(expr.Fn("date_format", col("pickup"), "yyyy-MM"), "m")).Agg(expr.Count("n")).
			Where(expr.Gt(col("n"), 1000)).OrderBy(asc("m"))
	},
	"zone_words": func(t tables) *engine.Frame {
		return t.zones.Where(expr.Or(expr.Like(col("Zone"), "%Park%"), expr.Like(col("Zone"), "East%"))).
			GroupBy(as(expr.Fn("upper", expr.Fn("substring", col("Zone"), 1, 3)), "w")).
			Agg(expr.Count("n"), expr.Max(expr.Fn("length", col("Zone")), "l")).OrderBy(asc("w"))
	},
	"durations": func(t tables) *engine.Frame {
		seconds := expr.Sub(expr.Fn("unix_timestamp", col("dropoff")), expr.Fn("unix_timestamp", col("pickup")))
		return t.green.Where(expr.And(expr.Ge(col("dropoff"), col("pickup")), expr.Lt(col("dropoff"), expr.Add(col("pickup"), twoHours)))).
			GroupBy(as(expr.Fn("floor", expr.Div(seconds, 600)), "b")).Agg(expr.Count("n")).OrderBy(asc("b"))
	},
	"refund_twins": func(t tables) *engine.Frame {
		return t.green.GroupBy(col("vendor"), col("pickup"), col("pu"), col("do_"), col("distance")).
			Agg(expr.Min(col("total"), "low"), expr.Max(col("total"), "high")).
			Where(expr.And(expr.Lt(col("low"), 0), expr.Gt(col("high"), 0))).Agg(expr.Count("n"))
	},
	"day_hours": func(t tables) *engine.Frame {
		return t.day.GroupBy(as(expr.Fn("hour", col("tpep_pickup_datetime")), "h")).Agg(expr.Count("n"), expr.Sum(col("total_amount"), "s")).OrderBy(asc("h"))
	},
	"haversine": func(t tables) *engine.Frame {
		half := func(a, b string) expr.Expr {
			return expr.Fn("power", expr.Fn("sin", expr.Div(expr.Fn("radians", expr.Sub(col(a), col(b))), 2)), 2)
		}
		cosine := func(c string) expr.Expr { return expr.Fn("cos", expr.Fn("radians", col(c))) }
		km := expr.Mul(expr.Fn("asin", expr.Fn("sqrt", expr.Add(half("dropoff_latitude", "pickup_latitude"),
			expr.Mul(expr.Mul(cosine("pickup_latitude"), cosine("dropoff_latitude")), half("dropoff_longitude", "pickup_longitude"))))), 12742)
		return t.legacy.Where(expr.And(expr.Between(col("pickup_latitude"), 40, 42), expr.Between(col("dropoff_latitude"), 40, 42))).
			Agg(expr.Count("n"), expr.Avg(km, "km"))
	},
}
