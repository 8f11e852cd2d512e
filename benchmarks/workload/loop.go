package workload

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A Loop is a job of rounds, each of which reads the same points and moves a state
// that the driver holds a step on. (A workload's queries are known before it runs;
// a round's depend on the answer of the round before.)
type Loop struct {
	Name, Title, Doc string
	Points           func(s *engine.Session, d Data) *engine.Frame // what every round reads
	Start            func() []float64
	Step             func(ctx context.Context, s *engine.Session, points *engine.Frame, state []float64) ([]float64, error)
	Answer           func(state []float64) string
}

// Loops are all of them.
var Loops = []Loop{gradientDescent, kMeans, pageRank}

// LookupLoop returns the loop called name; the error lists the names there are.
func LookupLoop(name string) (Loop, error) {
	i := slices.IndexFunc(Loops, func(l Loop) bool { return l.Name == name })
	if i < 0 {
		var names []string
		for _, l := range Loops {
			names = append(names, l.Name)
		}
		return Loop{}, fmt.Errorf("no loop is called %q; there are %s", name, strings.Join(names, ", "))
	}
	return Loops[i], nil
}

// gradientDescent fits fare = state[0] + state[1] x distance by the mean gradient,
// with the distance in units of ten miles so that one rate fits both.
var gradientDescent = Loop{
	Name: "gradient-descent", Title: "Fare by distance, by gradient descent",
	Doc:    "Every round sums the gradient over all trips: a scan and one aggregate, almost nothing is shuffled.",
	Points: func(s *engine.Session, d Data) *engine.Frame { return fares(s, d) },
	Start:  func() []float64 { return []float64{0, 0} },
	Step: func(ctx context.Context, _ *engine.Session, points *engine.Frame, state []float64) ([]float64, error) {
		x := expr.Div(expr.Col("distance"), 10.0)
		miss := expr.Sub(expr.Add(expr.Mul(x, state[1]), state[0]), expr.Col("fare"))
		r, err := points.Agg(expr.Avg(miss, "g0"), expr.Avg(expr.Mul(miss, x), "g1")).Describe("gradient").Collect(ctx)
		if err != nil {
			return nil, err
		}
		const rate = 0.5
		row := r.Rows()[0]
		return []float64{state[0] - rate*row[0].F, state[1] - rate*row[1].F}, nil
	},
	Answer: func(state []float64) string {
		return fmt.Sprintf("a fare is %.2f and %.2f a mile", state[0], state[1]/10)
	},
}

// fares are trips with a plausible distance and fare.
func fares(s *engine.Session, d Data) *engine.Frame {
	return s.Read(d.Trips).Where(expr.And(expr.Between(expr.Col("distance"), 0.1, 30.0), expr.Between(expr.Col("fare"), 2.5, 150.0))).
		Select(expr.Col("distance"), expr.Col("fare"))
}

// kMeans finds four kinds of trips by distance and fare. The state is the centres,
// distance and fare by turns.
var kMeans = Loop{
	Name: "k-means", Title: "Four kinds of trips by distance and fare, by k-means",
	Doc:    "Every round gives each trip to its nearest centre and takes the means: a scan with much computing, and an aggregate of four groups.",
	Points: func(s *engine.Session, d Data) *engine.Frame { return fares(s, d) },
	Start:  func() []float64 { return []float64{1, 7, 3, 15, 10, 40, 20, 70} },
	Step: func(ctx context.Context, _ *engine.Session, points *engine.Frame, state []float64) ([]float64, error) {
		r, err := points.With("centre", nearest(state)).GroupBy(expr.Col("centre")).
			Agg(expr.Avg(expr.Col("distance"), "x"), expr.Avg(expr.Col("fare"), "y")).Describe("centres").Collect(ctx)
		if err != nil {
			return nil, err
		}
		next := slices.Clone(state) // a centre without trips stays
		for _, row := range r.Rows() {
			next[2*row[0].I], next[2*row[0].I+1] = row[1].F, row[2].F
		}
		return next, nil
	},
	Answer: func(state []float64) string {
		var kinds []string
		for i := 0; i < len(state); i += 2 {
			kinds = append(kinds, fmt.Sprintf("%.1f miles for %.1f", state[i], state[i+1]))
		}
		return strings.Join(kinds, ", ")
	},
}

// nearest is the number of the centre that a trip is nearest to.
func nearest(centres []float64) expr.Expr {
	distance := func(i int) expr.Expr {
		x, y := expr.Sub(expr.Col("distance"), centres[2*i]), expr.Sub(expr.Col("fare"), centres[2*i+1])
		return expr.Add(expr.Mul(x, x), expr.Mul(y, y))
	}
	k := len(centres) / 2
	var cases []expr.Expr
	for i := range k - 1 {
		var closer []expr.Expr
		for o := i + 1; o < k; o++ {
			closer = append(closer, expr.Le(distance(i), distance(o)))
		}
		cases = append(cases, expr.And(closer...), expr.Lit(i))
	}
	return expr.Case(cases, expr.Lit(k-1))
}

// pageRank ranks the taxi zones by where trips lead. The state is each zone's rank,
// by its number.
var pageRank = Loop{
	Name: "pagerank", Title: "Zones by where trips lead, by PageRank",
	Doc: "Every round joins the trips' edges with the ranks and adds up by zone. The edges are made from all trips: kept, they are 265 x 265 rows at most.",
	Points: func(s *engine.Session, d Data) *engine.Frame {
		edges := s.Read(d.Trips).GroupBy(expr.Col("pu"), expr.Col("do_")).Agg(expr.Count("n"))
		out := edges.GroupBy(expr.Col("pu")).Agg(expr.Sum(expr.Col("n"), "all")).Select(expr.As{X: expr.Col("pu"), Name: "from"}, expr.Col("all"))
		return edges.Join(out, engine.Inner, engine.On{Left: "pu", Right: "from"}).
			Select(expr.Col("pu"), expr.Col("do_"), expr.As{X: expr.Div(expr.Col("n"), expr.Col("all")), Name: "part"})
	},
	Start: func() []float64 {
		state := make([]float64, zones+1)
		for i := range state[1:] {
			state[i+1] = 1.0 / zones
		}
		return state
	},
	Step: func(ctx context.Context, s *engine.Session, points *engine.Frame, state []float64) ([]float64, error) {
		r, err := points.Join(ranks(s, state), engine.Inner, engine.On{Left: "pu", Right: "zone"}).GroupBy(expr.Col("do_")).
			Agg(expr.Sum(expr.Mul(expr.Col("rank"), expr.Col("part")), "r")).Describe("ranks").Collect(ctx)
		if err != nil {
			return nil, err
		}
		next, kept := make([]float64, len(state)), 0.0
		for _, row := range r.Rows() {
			if zone := row[0].I; zone >= 1 && zone <= zones {
				next[zone] = row[1].F
				kept += row[1].F
			}
		}
		for i := range next[1:] { // the rank of zones that no trip leaves goes to all, like a jump
			next[i+1] = 0.85*(next[i+1]+(1-kept)/zones) + 0.15/zones
		}
		return next, nil
	},
	Answer: func(state []float64) string {
		best := 1
		for i := range state {
			if state[i] > state[best] {
				best = i
			}
		}
		return fmt.Sprintf("zone %d has the highest rank, %.4f", best, state[best])
	},
}

// zones is the greatest number of a taxi zone.
const zones = 265

// ranks is the state as a table.
func ranks(s *engine.Session, state []float64) *engine.Frame {
	schema := expr.Schema{{Name: "zone", Type: expr.Int32}, {Name: "rank", Type: expr.Float64}}
	number, rank := expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.Float64)
	for zone := 1; zone < len(state); zone++ {
		number.AppendValue(expr.Value{Type: expr.Int32, I: int64(zone)})
		rank.AppendValue(expr.Value{Type: expr.Float64, F: state[zone]})
	}
	batch := &expr.Batch{Schema: schema, Rows: len(state) - 1, Cols: []expr.Column{number.Take(), rank.Take()}}
	return s.Read(source.Memory(schema, []*expr.Batch{batch}))
}

// Run makes so many rounds and returns what each took, and the state at the end.
// The points are kept in memory when cached is true, else made again every round.
func (l Loop) Run(ctx context.Context, s *engine.Session, d Data, rounds int, cached bool) (took []time.Duration, state []float64, err error) {
	points := l.Points(s, d)
	if cached {
		points = points.Persist("points", "MEMORY_ONLY")
	}
	state = l.Start()
	for range rounds {
		from := time.Now()
		if state, err = l.Step(ctx, s, points, state); err != nil {
			return took, state, fmt.Errorf("%s: %w", l.Name, err)
		}
		took = append(took, time.Since(from))
	}
	if cached {
		s.Unpersist("points")
	}
	return took, state, nil
}
