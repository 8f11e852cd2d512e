package workload

import (
	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// one makes a workload of a single question.
func one(name, title string, ordered bool, f *engine.Frame) []Question {
	return []Question{{name, title, ordered, f}}
}

var loadTrips = Workload{
	Name: "load-trips", Category: Loading, Title: "Read every column of the trips",
	Doc: "Decodes all columns and folds each into one number: what reading costs.",
	Build: func(s *engine.Session, d Data) []Question {
		trips := s.Read(d.Trips)
		var aggs []expr.Aggregate
		for _, f := range trips.Schema() {
			aggs = append(aggs, expr.CountOf(expr.Col(f.Name), "n_"+f.Name))
			if f.Type == expr.Float64 {
				aggs = append(aggs, expr.Sum(expr.Col(f.Name), "s_"+f.Name))
			}
		}
		return one("load-trips", "Read every column of the trips", true, trips.Agg(aggs...))
	},
}

var hourlyRevenue = Workload{
	Name: "hourly-revenue", Category: Aggregations, Title: "Revenue by hour and payment type",
	Doc: "Few groups: scan and partial aggregation do all the work, almost nothing is shuffled.",
	Build: func(s *engine.Session, d Data) []Question {
		return one("hourly-revenue", "Revenue by hour and payment type", true,
			s.Read(d.Trips).GroupBy(expr.Col("payment"), expr.As{X: expr.Fn("hour", expr.Col("pickup")), Name: "h"}).
				Agg(expr.Count("n"), expr.Sum(expr.Col("total"), "revenue"), expr.Avg(expr.Col("distance"), "distance")).
				OrderBy(engine.Asc("payment"), engine.Asc("h")))
	},
}

var originDestination = Workload{
	Name: "origin-destination", Category: Shuffles, Title: "Trips by pair of zones and hour",
	Doc: "About as many groups as rows: everything goes through the shuffle.",
	Build: func(s *engine.Session, d Data) []Question {
		col := expr.Col
		return one("origin-destination", "Trips by pair of zones and hour", true,
			s.Read(d.Trips).GroupBy(col("pu"), col("do_"), expr.As{X: expr.Fn("date_trunc", "hour", col("pickup")), Name: "h"}).
				Agg(expr.Count("c"), expr.Sum(col("total"), "s")).
				Agg(expr.Count("n"), expr.Max(col("c"), "m"), expr.Sum(col("s"), "s")))
	},
}

var zoneJoin = Workload{
	Name: "zone-join", Category: Joins, Title: "Revenue by zone name",
	Doc: "Joins all trips with the 265 zones, then aggregates: a broadcast join where the threshold allows it, else a shuffle of every trip.",
	Build: func(s *engine.Session, d Data) []Question {
		return one("zone-join", "Revenue by zone name", true, zoneRevenue(cleanTrips(s, d), s.Read(d.Zones)))
	},
}

var selfJoin = Workload{
	Name: "self-join", Category: Joins, Title: "Pickups against dropoffs by zone and day",
	Doc: "Joins two large aggregates of the trips on two columns.",
	Build: func(s *engine.Session, d Data) []Question {
		col := expr.Col
		day := func(c string) expr.Expr { return expr.Fn("date_trunc", "day", col(c)) }
		side := func(zone, time, prefix string) *engine.Frame {
			return s.Read(d.Trips).
				GroupBy(expr.As{X: col(zone), Name: prefix + "_zone"}, expr.As{X: day(time), Name: prefix + "_day"}).
				Agg(expr.Count(prefix + "_n"))
		}
		return one("self-join", "Pickups against dropoffs by zone and day", true,
			side("pu", "pickup", "a").Join(side("do_", "dropoff", "b"), engine.Inner,
				engine.On{Left: "a_zone", Right: "b_zone"}, engine.On{Left: "a_day", Right: "b_day"}).
				Agg(expr.Count("n"), expr.Sum(expr.Mul(col("a_n"), col("b_n")), "m")))
	},
}

var reshuffle = Workload{
	Name: "reshuffle", Category: Shuffles, Title: "Repartition all trips by pickup zone",
	Doc: "Moves every row once, by the hash of a skewed key.",
	Build: func(s *engine.Session, d Data) []Question {
		col := expr.Col
		return one("reshuffle", "Repartition all trips by pickup zone", true,
			s.Read(d.Trips).Select(col("pu"), col("do_"), col("pickup"), col("distance"), col("total")).
				Repartition(32, "pu").Agg(expr.Count("n"), expr.Sum(col("total"), "s")))
	},
}

var cacheReuse = Workload{
	Name: "cache-reuse", Category: Caching, Title: "Three questions to the same filtered trips",
	Doc: "The trips are a named frame: stagecoach.storageLevel.trips decides whether they are kept.",
	Build: func(s *engine.Session, d Data) []Question {
		col := expr.Col
		trips := cleanTrips(s, d).Named("trips")
		return []Question{
			{"hours", "Trips by hour", true, peakHours(trips)},
			{"pairs", "Busiest pairs of zones", true, trips.GroupBy(col("pu"), col("do_")).
				Agg(expr.Count("n"), expr.Avg(col("total"), "a")).
				OrderBy(engine.Desc("n"), engine.Asc("pu"), engine.Asc("do_")).Limit(50)},
			{"fares", "Spread of fares by payment type", true, trips.GroupBy(col("payment")).
				Agg(expr.Stat("stddev_samp", "s", col("fare")), expr.Max(col("tip"), "t")).OrderBy(engine.Asc("payment"))},
		}
	},
}

var globalSort = Workload{
	Name: "global-sort", Category: Memory, Title: "Sort all trips by total",
	Doc: "A total order over every trip, then one number of it: sorts spill when memory is short.",
	Build: func(s *engine.Session, d Data) []Question {
		col := expr.Col
		return one("global-sort", "Sort all trips by total", false,
			s.Read(d.Trips).Select(col("total"), col("distance"), col("pickup"), col("pu")).
				OrderBy(engine.Desc("total"), engine.Desc("distance"), engine.Asc("pickup"), engine.Asc("pu")).
				GroupBy(expr.As{X: expr.Fn("floor", expr.Div(col("total"), 100)), Name: "hundreds"}).
				Agg(expr.Count("n"), expr.Max(col("pickup"), "last")))
	},
}
