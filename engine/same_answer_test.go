package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

var schema = expr.Schema{{Name: "k", Type: expr.Int32}, {Name: "g", Type: expr.String}, {Name: "v", Type: expr.Float64},
	{Name: "t", Type: expr.TimestampNTZ}, {Name: "n", Type: expr.Int64}}

// table makes rows with nulls, few and many keys, and repeated strings.
func table(rows int, seed uint64) []*expr.Batch {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []*expr.Batch
	for rows > 0 {
		n := min(rows, 1+r.IntN(3000))
		rows -= n
		b := &expr.Batch{Schema: schema, Rows: n}
		for _, f := range schema {
			col := expr.NewBuilder(f.Type)
			for range n {
				v := expr.Value{Type: f.Type, IsNull: r.IntN(12) == 0}
				switch f.Name {
				case "k":
					v.I = int64(r.IntN(50)) - 5
				case "g":
					v.S = []string{"", "a", "Bronx", "Queens", "Manhattan north", "zoë"}[r.IntN(6)]
				case "v":
					v.F = math.Round(r.NormFloat64()*1000) / 8
				case "t":
					v.I = 1700000000e6 + int64(r.IntN(4e6))*60e6
				case "n":
					v.I = int64(r.IntN(100000))
				}
				col.AppendValue(v)
			}
			b.Cols = append(b.Cols, col.Take())
		}
		out = append(out, b)
	}
	return out
}

type query struct {
	name    string
	ordered bool
	build   func(a, b *engine.Frame) *engine.Frame
	naive   func(a, b [][]expr.Value) [][]expr.Value
}

func key(row []expr.Value, cols ...int) (string, bool) {
	text, null := "", false
	for _, c := range cols {
		text += row[c].String() + "|"
		null = null || row[c].IsNull
	}
	return text, null
}

// groupBy is aggregation as a child would do it.
func groupBy(rows [][]expr.Value, keys []int, agg func(group [][]expr.Value) []expr.Value) [][]expr.Value {
	groups := map[string][][]expr.Value{}
	for _, r := range rows {
		k, _ := key(r, keys...)
		groups[k] = append(groups[k], r)
	}
	var out [][]expr.Value
	for _, g := range groups {
		var row []expr.Value
		for _, k := range keys {
			row = append(row, g[0][k])
		}
		out = append(out, append(row, agg(g)...))
	}
	return out
}

func joinRows(a, b [][]expr.Value, left, right int, keepLeft, keepRight bool) [][]expr.Value {
	var out [][]expr.Value
	met := make([]bool, len(b))
	index := map[string][]int{}
	for j, y := range b {
		if k, null := key(y, right); !null {
			index[k] = append(index[k], j)
		}
	}
	nulls := func(n int) []expr.Value {
		row := make([]expr.Value, n)
		for i := range row {
			row[i].IsNull = true
		}
		return row
	}
	for _, x := range a {
		k, null := key(x, left)
		matches := index[k]
		if null {
			matches = nil
		}
		for _, j := range matches {
			met[j] = true
			out = append(out, append(slices.Clone(x), b[j]...))
		}
		if len(matches) == 0 && keepLeft {
			out = append(out, append(slices.Clone(x), nulls(2)...))
		}
	}
	for j, y := range b {
		if !met[j] && keepRight {
			out = append(out, append(nulls(5), y...))
		}
	}
	return out
}

func side(f *engine.Frame) *engine.Frame {
	return f.Where(expr.Lt(expr.Col("n"), 4000)).Select(expr.As{X: expr.Col("k"), Name: "k2"}, expr.As{X: expr.Col("g"), Name: "g2"})
}

func naiveSide(b [][]expr.Value) (out [][]expr.Value) {
	for _, r := range b {
		if !r[4].IsNull && r[4].I < 4000 {
			out = append(out, []expr.Value{r[0], r[1]})
		}
	}
	return out
}

func sum(g [][]expr.Value, c int) expr.Value {
	v := expr.Value{Type: expr.Float64, IsNull: true}
	for _, r := range g {
		if !r[c].IsNull {
			v.F += r[c].F
			v.IsNull = false
		}
	}
	return v
}

func count(n int) expr.Value { return expr.Value{Type: expr.Int64, I: int64(n)} }

var queries = []query{
	{"filter and project", false,
		func(a, _ *engine.Frame) *engine.Frame {
			return a.Where(expr.And(expr.Gt(expr.Col("v"), 0), expr.IsNotNull(expr.Col("g")))).
				Select(expr.Col("k"), expr.As{X: expr.Mul(expr.Col("v"), 2), Name: "w"}, expr.As{X: expr.Fn("upper", expr.Col("g")), Name: "u"})
		},
		func(a, _ [][]expr.Value) (out [][]expr.Value) {
			for _, r := range a {
				if !r[2].IsNull && r[2].F > 0 && !r[1].IsNull {
					out = append(out, []expr.Value{r[0], {Type: expr.Float64, F: r[2].F * 2}, {Type: expr.String, S: strings.ToUpper(r[1].S)}})
				}
			}
			return out
		}},
	{"group by string and number", false,
		func(a, _ *engine.Frame) *engine.Frame {
			return a.GroupBy(expr.Col("g"), expr.Col("k")).Agg(expr.Count("c"), expr.Sum(expr.Col("v"), "s"), expr.Max(expr.Col("n"), "m"), expr.Min(expr.Col("g"), "l"))
		},
		func(a, _ [][]expr.Value) [][]expr.Value {
			return groupBy(a, []int{1, 0}, func(g [][]expr.Value) []expr.Value {
				m := expr.Value{Type: expr.Int64, IsNull: true}
				for _, r := range g {
					if !r[4].IsNull && (m.IsNull || r[4].I > m.I) {
						m = r[4]
					}
				}
				return []expr.Value{count(len(g)), sum(g, 2), m, g[0][1]}
			})
		}},
	{"many groups", false,
		func(a, _ *engine.Frame) *engine.Frame {
			return a.GroupBy(expr.Col("t"), expr.Col("n")).Agg(expr.Count("c"), expr.CountDistinct(expr.Col("k"), "d"))
		},
		func(a, _ [][]expr.Value) [][]expr.Value {
			return groupBy(a, []int{3, 4}, func(g [][]expr.Value) []expr.Value {
				d := map[int64]bool{}
				for _, r := range g {
					if !r[0].IsNull {
						d[r[0].I] = true
					}
				}
				return []expr.Value{count(len(g)), count(len(d))}
			})
		}},
	{"no keys", true,
		func(a, _ *engine.Frame) *engine.Frame {
			return a.Agg(expr.Count("c"), expr.Sum(expr.Col("v"), "s"), expr.CountOf(expr.Col("g"), "g"))
		},
		func(a, _ [][]expr.Value) [][]expr.Value {
			n := 0
			for _, r := range a {
				if !r[1].IsNull {
					n++
				}
			}
			return [][]expr.Value{{count(len(a)), sum(a, 2), count(n)}}
		}},
	{"inner join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.Inner, engine.On{Left: "k", Right: "k2"})
		},
		func(a, b [][]expr.Value) [][]expr.Value { return joinRows(a, naiveSide(b), 0, 0, false, false) }},
	{"left join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.LeftOuter, engine.On{Left: "g", Right: "g2"})
		},
		func(a, b [][]expr.Value) [][]expr.Value { return joinRows(a, naiveSide(b), 1, 1, true, false) }},
	{"full join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.FullOuter, engine.On{Left: "k", Right: "k2"})
		},
		func(a, b [][]expr.Value) [][]expr.Value { return joinRows(a, naiveSide(b), 0, 0, true, true) }},
	{"right join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.RightOuter, engine.On{Left: "k", Right: "k2"})
		},
		func(a, b [][]expr.Value) [][]expr.Value { return joinRows(a, naiveSide(b), 0, 0, false, true) }},
	{"anti join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.LeftAnti, engine.On{Left: "k", Right: "k2"})
		},
		func(a, b [][]expr.Value) (out [][]expr.Value) {
			for _, r := range joinRows(a, naiveSide(b), 0, 0, true, false) {
				if r[5].IsNull {
					out = append(out, r[:5])
				}
			}
			return out
		}},
	{"semi join", false,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.LeftSemi, engine.On{Left: "k", Right: "k2"})
		},
		func(a, b [][]expr.Value) (out [][]expr.Value) {
			in := map[int64]bool{}
			for _, r := range naiveSide(b) {
				if !r[0].IsNull {
					in[r[0].I] = true
				}
			}
			for _, r := range a {
				if !r[0].IsNull && in[r[0].I] {
					out = append(out, r)
				}
			}
			return out
		}},
	{"sort", true,
		func(a, _ *engine.Frame) *engine.Frame {
			return a.Select(expr.Col("g"), expr.Col("v"), expr.Col("n")).
				OrderBy(engine.Desc("g"), engine.NullsLast(engine.Asc("v")), engine.Asc("n"))
		},
		func(a, _ [][]expr.Value) (out [][]expr.Value) {
			for _, r := range a {
				out = append(out, []expr.Value{r[1], r[2], r[4]})
			}
			slices.SortFunc(out, func(x, y []expr.Value) int {
				return cmp.Or(ordered(x[0], y[0], true, false), ordered(x[1], y[1], false, false), ordered(x[2], y[2], false, true))
			})
			return out
		}},
	{"top n of a union", true,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Union(b).Select(expr.Col("n"), expr.Col("v")).OrderBy(engine.Desc("n"), engine.Desc("v")).Limit(37)
		},
		func(a, b [][]expr.Value) (out [][]expr.Value) {
			for _, r := range append(slices.Clone(a), b...) {
				out = append(out, []expr.Value{r[4], r[2]})
			}
			slices.SortFunc(out, func(x, y []expr.Value) int {
				return cmp.Or(ordered(x[0], y[0], true, false), ordered(x[1], y[1], true, false))
			})
			return out[:min(37, len(out))]
		}},
	{"distinct over a join and a sort", true,
		func(a, b *engine.Frame) *engine.Frame {
			return a.Join(side(b), engine.Inner, engine.On{Left: "k", Right: "k2"}).Select(expr.Col("g"), expr.Col("g2")).
				Distinct().OrderBy(engine.Asc("g"), engine.Asc("g2"))
		},
		func(a, b [][]expr.Value) (out [][]expr.Value) {
			seen := map[string]bool{}
			for _, r := range joinRows(a, naiveSide(b), 0, 0, false, false) {
				row := []expr.Value{r[1], r[6]}
				if k, _ := key(row, 0, 1); !seen[k] {
					seen[k] = true
					out = append(out, row)
				}
			}
			slices.SortFunc(out, func(x, y []expr.Value) int {
				return cmp.Or(ordered(x[0], y[0], false, true), ordered(x[1], y[1], false, true))
			})
			return out
		}},
	{"repartitioned, named and reused", false,
		func(a, b *engine.Frame) *engine.Frame {
			x := a.Repartition(5, "g").Named("x")
			return x.GroupBy(expr.Col("k")).Agg(expr.Count("c")).Union(
				x.RepartitionByRange(3, engine.Asc("n")).GroupBy(expr.Col("k")).Agg(expr.CountOf(expr.Col("v"), "c")))
		},
		func(a, _ [][]expr.Value) [][]expr.Value {
			return append(groupBy(a, []int{0}, func(g [][]expr.Value) []expr.Value { return []expr.Value{count(len(g))} }),
				groupBy(a, []int{0}, func(g [][]expr.Value) []expr.Value {
					n := 0
					for _, r := range g {
						if !r[2].IsNull {
							n++
						}
					}
					return []expr.Value{count(n)}
				})...)
		}},
}

func ordered(a, b expr.Value, desc, nullsFirst bool) int {
	c := 0
	switch {
	case a.IsNull && b.IsNull:
		return 0
	case a.IsNull || b.IsNull:
		if a.IsNull == nullsFirst {
			return -1
		}
		return 1
	case a.Type == expr.String:
		c = cmp.Compare(a.S, b.S)
	case a.Type == expr.Float64:
		c = cmp.Compare(a.F, b.F)
	default:
		c = cmp.Compare(a.I, b.I)
	}
	if desc {
		return -c
	}
	return c
}

func text(rows [][]expr.Value, sorted bool) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		for _, v := range r {
			if v.Type == expr.Float64 && !v.IsNull {
				out[i] += fmt.Sprintf("%.6g|", v.F)
			} else {
				out[i] += v.String() + "|"
			}
		}
	}
	if !sorted {
		slices.Sort(out)
	}
	return out
}

// settings makes a random configuration: none of it may change an answer.
func settings(r *rand.Rand) []string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	return []string{
		"spark.master=" + pick("local[1]", "local[2]", "local-cluster[2,1,64]", "local-cluster[3,2,1]"),
		"spark.executor.memory=" + pick("1m", "2m", "1g"),
		"spark.sql.shuffle.partitions=" + pick("1", "3", "7", "40"),
		"spark.sql.autoBroadcastJoinThreshold=" + pick("-1", "20k", "100k"),
		"spark.sql.join.preferSortMergeJoin=" + pick("true", "false"),
		"spark.sql.adaptive.enabled=" + pick("true", "false"),
		"spark.sql.exchange.reuse=" + pick("true", "false"),
		"spark.sql.optimizer.runtime.bloomFilter.applicationSideScanSizeThreshold=" + pick("0", "10GB"),
		"spark.sql.optimizer.runtime.bloomFilter.numBits=" + pick("8", "8388608"),
		"spark.sql.adaptive.coalescePartitions.minPartitionSize=" + pick("1", "4k", "1m"),
		"spark.sql.adaptive.advisoryPartitionSizeInBytes=" + pick("1k", "64m"),
		"spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes=" + pick("1", "256m"),
		"spark.sql.adaptive.skewJoin.skewedPartitionFactor=" + pick("1", "5"),
		"stagecoach.batch.rows=" + pick("1", "100", "16384"),
		"stagecoach.storageLevel.x=" + pick(config.StorageLevels...),
		"stagecoach.metering.enabled=" + pick("true", "false"),
		"spark.locality.wait=" + pick("0", "2ms"),
	}
}

// Any query under any settings equals its evaluation row by row.
func TestSameAnswer(t *testing.T) {
	rows := 6000
	a, b := table(rows, 7), table(700, 8)
	rowsOf := func(list []*expr.Batch) [][]expr.Value { return (&engine.Result{Batches: list}).Rows() }
	na, nb := rowsOf(a), rowsOf(b)
	for _, q := range queries {
		want := text(q.naive(na, nb), q.ordered)
		for seed := range uint64(6) {
			t.Run(fmt.Sprintf("%s/%d", q.name, seed), func(t *testing.T) {
				t.Parallel()
				set := settings(rand.New(rand.NewPCG(seed, uint64(len(q.name)))))
				conf, err := config.Parse(set...)
				if err != nil {
					t.Fatal(err)
				}
				s, err := engine.NewSession(conf, engine.WithListener(func(event.Event) {}))
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				f := q.build(s.Read(source.Memory(schema, a)), s.Read(source.Memory(schema, b)))
				r, err := f.Collect(context.Background())
				if err != nil {
					t.Fatalf("%v\n%s", err, strings.Join(set, "\n"))
				}
				got := text(r.Rows(), q.ordered)
				if !slices.Equal(got, want) {
					t.Errorf("%d rows, want %d; first difference: %s\n%s", len(got), len(want), firstDifference(got, want), strings.Join(set, "\n"))
				}
			})
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("row %d: got %q, want %q", i, g, w)
		}
	}
	return "none"
}
