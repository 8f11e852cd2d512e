package engine_test

import (
	"context"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
)

// registered puts the oracle's views under their names.
func (v tables) register(t testing.TB, s *engine.Session) {
	for name, f := range map[string]*engine.Frame{"green": v.green, "day": v.day, "samples": v.samples, "zones": v.zones, "weather": v.weather, "legacy": v.legacy} {
		if err := s.CreateView(name, f); err != nil {
			t.Fatal(err)
		}
	}
}

// Every query of the oracle gives its answer from its SQL text; without ANSI, since
// the oracle divides by zero in silence.
func TestOracleSQL(t *testing.T) {
	dir := sharedTaxi(t)
	o := readOracle(t, dir)
	src := openSources(t, dir)
	conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=7", "spark.sql.ansi.enabled=false")
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.NewSession(conf)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src.views(s).register(t, s)
	for _, q := range o.Queries {
		t.Run(q.Name, func(t *testing.T) {
			f, err := s.SQL(context.Background(), q.SQL)
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Collect(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if d := compareOracle(r, q.Rows); d != "" {
				t.Error(d)
			}
		})
	}
}
