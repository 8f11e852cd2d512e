package schedule

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// nothing is a table of many empty splits.
type nothing struct {
	source.Source
	splits int
}

func (n nothing) Splits(source.SplitOptions) ([]source.Split, error) {
	return make([]source.Split, n.splits), nil
}

func (n nothing) Read(context.Context, source.Split, *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(func(*expr.Batch, error) bool) {}
}

// BenchmarkTasks runs 10,000 tasks that do nothing: what is left is scheduling,
// measuring and telling. The figure to look at is ns/task.
func BenchmarkTasks(b *testing.B) {
	for _, master := range []string{"local[2]", "local-cluster[4,2,512]"} {
		b.Run(master, func(b *testing.B) {
			conf, err := config.Parse("spark.master=" + master)
			if err != nil {
				b.Fatal(err)
			}
			events := 0
			emit := func(event.Event) { events++ }
			c, err := NewCluster(conf, emit)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			r := NewRunner(c, emit)
			const tasks = 10_000
			scan := plan.NewScan(nothing{source.Memory(expr.Schema{{Name: "x", Type: expr.Int64}}, nil), tasks})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Run(context.Background(), Query{Plan: scan, Config: conf, Action: fmt.Sprint(b.N)}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/tasks, "ns/task")
		})
	}
}
