package workload

import (
	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// Naive is Spark's classic configuration: what a job runs with when nobody has
// tuned it and adaptive execution is not yet there. All are ordinary settings
// of Spark; nothing slows the job down on purpose.
var Naive = []string{
	"spark.master=local[2]",
	"spark.sql.shuffle.partitions=200",
	"spark.sql.adaptive.enabled=false",
	"spark.sql.autoBroadcastJoinThreshold=-1",
	"spark.sql.parquet.filterPushdown=false",
}

// taxiQuestions is the case study: four business questions, written as a data
// engineer in a hurry writes them.
var taxiQuestions = Workload{
	Name: "taxi-questions", Category: Study,
	Title: "Four business questions about New York taxi trips",
	Doc: `When is demand highest? Which zones earn most? How does the weather change
trips? Do longer trips tip better? Each question filters the same trips; two
join them with a small table.`,
	Settings: Naive,
	Build: func(s *engine.Session, d Data) []Question {
		trips := cleanTrips(s, d).Named("trips")
		return []Question{
			{"peak-hours", "When is demand highest?", true, peakHours(trips)},
			{"zone-revenue", "Which zones earn most?", true, zoneRevenue(trips, s.Read(d.Zones))},
			{"weather-effect", "How does the weather change trips?", true, weatherEffect(trips, s.Read(d.Weather))},
			{"distance-tip", "Do longer trips tip better?", true, distanceTip(trips)},
		}
	},
}

// cleanTrips is the trips that somebody paid for and that went somewhere.
func cleanTrips(s *engine.Session, d Data) *engine.Frame {
	col := expr.Col
	return s.Read(d.Trips).
		Where(expr.And(expr.Gt(col("fare"), 0), expr.Gt(col("distance"), 0))).
		Select(col("pickup"), col("pu"), col("do_"), col("distance"), col("fare"), col("tip"), col("total"), col("payment"))
}

func peakHours(trips *engine.Frame) *engine.Frame {
	hour := expr.As{X: expr.Fn("hour", expr.Col("pickup")), Name: "h"}
	return trips.GroupBy(hour).
		Agg(expr.Count("trips"), expr.Avg(expr.Col("total"), "avg_total"), expr.Sum(expr.Col("total"), "revenue")).
		OrderBy(engine.Desc("trips"), engine.Asc("h"))
}

func zoneRevenue(trips, zones *engine.Frame) *engine.Frame {
	col := expr.Col
	return trips.Join(zones, engine.Inner, engine.On{Left: "pu", Right: "LocationID"}).
		GroupBy(expr.As{X: col("Borough"), Name: "borough"}, expr.As{X: col("Zone"), Name: "zone"}).
		Agg(expr.Count("trips"), expr.Sum(col("total"), "revenue"), expr.Avg(col("distance"), "d")).
		Where(expr.Ge(col("trips"), 100)).
		OrderBy(engine.Desc("revenue"), engine.Asc("zone")).
		Limit(40)
}

func weatherEffect(trips, weather *engine.Frame) *engine.Frame {
	col := expr.Col
	sky := expr.Case([]expr.Expr{
		expr.Gt(col("snow"), 0), expr.Lit("snow"),
		expr.Gt(col("rain"), 0.3), expr.Lit("heavy rain"),
		expr.Gt(col("rain"), 0), expr.Lit("rain"),
	}, expr.Lit("dry"))
	return trips.With("day", expr.CastTo{X: col("pickup"), To: expr.Date}).
		Join(weather, engine.Inner, engine.On{Left: "day", Right: "date_"}).
		GroupBy(expr.As{X: sky, Name: "sky"}).
		Agg(expr.CountDistinct(col("date_"), "n_days"), expr.Count("trips"), expr.Avg(col("distance"), "d"), expr.Avg(col("total"), "t")).
		OrderBy(engine.Asc("sky"))
}

func distanceTip(trips *engine.Frame) *engine.Frame {
	col := expr.Col
	share := expr.Fn("try_divide", col("tip"), col("fare"))
	return trips.
		Where(expr.And(expr.Between(share, 0, 1), expr.IsNotNull(col("payment")))).
		GroupBy(col("payment")).
		Agg(expr.Stat("regr_r2", "explained", share, col("distance")), expr.Avg(share, "share"), expr.Count("n")).
		OrderBy(engine.Asc("payment"))
}
