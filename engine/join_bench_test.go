package engine_test

import (
	"context"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// keyed is rows of a key and a value; keys, far apart, come again after so many.
func keyed(name string, rows, keys int) []*expr.Batch {
	s := expr.Schema{{Name: name, Type: expr.Int64}, {Name: name + "v", Type: expr.Float64}}
	var out []*expr.Batch
	for from := 0; from < rows; from += 16384 {
		b := &expr.Batch{Schema: s, Rows: min(16384, rows-from)}
		k, v := expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.Float64)
		for i := from; i < from+b.Rows; i++ {
			k.AppendValue(expr.Value{Type: expr.Int64, I: int64(i*7919%keys) * 1000003})
			v.AppendValue(expr.Value{Type: expr.Float64, F: float64(i)})
		}
		b.Cols = []expr.Column{k.Take(), v.Take()}
		out = append(out, b)
	}
	return out
}

// BenchmarkJoin joins a million rows with 200,000, five to one, by every strategy
// that has keys.
func BenchmarkJoin(b *testing.B) {
	l, r := keyed("l", 1_000_000, 200_000), keyed("r", 200_000, 200_000)
	for _, c := range []struct {
		name, hint string
		kind       plan.JoinType
	}{
		{"broadcast", "BROADCAST", engine.Inner},
		{"hash", "SHUFFLE_HASH", engine.Inner},
		{"merge", "MERGE", engine.Inner},
		{"merge/left", "MERGE", engine.LeftOuter},
		{"merge/semi", "MERGE", engine.LeftSemi},
	} {
		b.Run(c.name, func(b *testing.B) {
			conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=8")
			if err != nil {
				b.Fatal(err)
			}
			s, err := engine.NewSession(conf)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			right := s.Read(source.Memory(r[0].Schema, r)).Hint(c.hint)
			f := s.Read(source.Memory(l[0].Schema, l)).Join(right, c.kind, engine.On{Left: "l", Right: "r"}).
				Agg(expr.Count("n"), expr.Sum(expr.Col("lv"), "sum"))
			for b.Loop() {
				if _, err := f.Collect(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
