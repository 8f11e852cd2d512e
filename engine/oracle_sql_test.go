package engine_test

import (
	"context"
	"testing"

	"stagecoach/engine"
)

// register puts the oracle's views under their names.
func (v tables) register(t testing.TB, s *engine.Session) {
	for name, f := range map[string]*engine.Frame{"green": v.green, "day": v.day, "samples": v.samples, "zones": v.zones, "weather": v.weather, "legacy": v.legacy} {
		if err := s.CreateView(name, f); err != nil {
			t.Fatal(err)
		}
	}
}

// tooManyPairs are queries whose tables are too large to compare every row with
// every other.
var tooManyPairs = map[string]bool{"weather_effect": true, "zone_revenue": true, "big_join": true}

// Every query of the oracle gives its answer from its SQL text in every cell of
// the matrix. Without ANSI, since the oracle divides by zero in silence.
func TestOracleSQL(t *testing.T) {
	dir := sharedTaxi(t)
	o := readOracle(t, dir)
	src := openSources(t, dir)
	for i, c := range cells(t) {
		t.Run(c.name(), func(t *testing.T) {
			tr := c.begin(t, i, 160, func(s *engine.Session) { src.views(s).register(t, s) }, "zones", "samples")
			for _, q := range o.Queries {
				text := q.SQL
				if c.hint != "SHUFFLE_REPLICATE_NL" || !tooManyPairs[q.Name] {
					text = tr.hinted(text)
				}
				f, err := tr.SQL(context.Background(), text)
				if err != nil {
					t.Errorf("%s: %v", q.Name, err)
					continue
				}
				r, err := f.Collect(context.Background())
				if err != nil {
					t.Errorf("%s: %v", q.Name, err)
				} else if d := compareOracle(r, q.Rows); d != "" {
					t.Errorf("%s: %s", q.Name, d)
				}
				tr.planned(text)
			}
			tr.end()
		})
	}
}
