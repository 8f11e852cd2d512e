package sweep_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor/sweep"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

type answer string

func (a answer) Differs(b sweep.Answer) string {
	if a != b.(answer) {
		return string(a) + " is not " + string(b.(answer))
	}
	return ""
}

// job takes 10 s, 1 s a shuffle partition more, half of it with broadcasts.
func job(c config.Config) *sweep.Measurement {
	d := 10*time.Second + time.Duration(c.Int(config.ShufflePartitions))*time.Second
	if c.Int(config.BroadcastThreshold) > 0 {
		d /= 2
	}
	return &sweep.Measurement{Wall: d, Answer: answer("42")}
}

func axes(t *testing.T, texts ...string) (out []sweep.Axis) {
	t.Helper()
	for _, x := range texts {
		a, err := sweep.ParseAxis(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

func TestGridFindsTheBest(t *testing.T) {
	r, err := sweep.Run(context.Background(), config.Config{}, axes(t, "spark.sql.shuffle.partitions=50,2,200", "spark.sql.autoBroadcastJoinThreshold=-1,10m"),
		func(_ context.Context, c config.Config) (*sweep.Measurement, error) { return job(c), nil }, sweep.Options{})
	if err != nil {
		t.Fatal(err)
	}
	best := r.Points[r.Best]
	if len(r.Points) != 6 || best.Changes[0].To != "2" || best.Changes[1].To != "10m" || len(best.Runs) != 3 || r.Beaten != 5 {
		t.Errorf("best of %d is %v after %d runs, beats %d", len(r.Points), best.Changes, len(best.Runs), r.Beaten)
	}
	if r.Effects[0].Share < 1 || r.Effects[1].Share != 1 || r.Differs != "" {
		t.Errorf("effects %+v, differs %q", r.Effects, r.Differs)
	}
}

// A point that fails is left out and does not end the sweep; answers that
// differ are told.
func TestFailuresAndDifferences(t *testing.T) {
	r, err := sweep.Run(context.Background(), config.Config{}, axes(t, "spark.sql.shuffle.partitions=1,2,3"),
		func(_ context.Context, c config.Config) (*sweep.Measurement, error) {
			m := job(c)
			switch c.Int(config.ShufflePartitions) {
			case 1:
				return nil, errors.New("out of memory")
			case 3:
				m.Answer = answer("43")
			}
			return m, nil
		}, sweep.Options{Repeats: 2})
	if err != nil || r.Points[0].Failed == nil || len(r.Points[0].Runs) != 0 || r.Best != 1 || !strings.Contains(r.Differs, "is not") {
		t.Errorf("%+v %v", r, err)
	}
}

func TestTrial(t *testing.T) {
	predicted := whatif.Prediction{Before: 210 * time.Second, After: 105 * time.Second, Low: 100 * time.Second, High: 110 * time.Second}
	changes := []config.Change{{Key: config.BroadcastThreshold, To: "10m"}}
	base, _ := config.Parse("spark.sql.autoBroadcastJoinThreshold=-1")
	tr, err := sweep.Try(context.Background(), base, changes, predicted,
		func(_ context.Context, c config.Config) (*sweep.Measurement, error) { return job(c), nil }, sweep.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gain, low, high := tr.Gain()
	if held, ok := tr.Held(); !held || !ok || gain != 105*time.Second || low != gain || high != gain || len(tr.Before) != 6 {
		t.Errorf("gain %v [%v, %v], held %v %v", gain, low, high, held, ok)
	}
	if !strings.HasPrefix(tr.Verdict(), "faster: 50 %") {
		t.Error(tr.Verdict())
	}
}

func TestInterval(t *testing.T) {
	r := sweep.Interval([]float64{5, 1, 4, 2, 3, 6, 9, 8, 7})
	if r.Median != 5 || r.Low != 2 || r.High != 8 || r.Confidence < 0.95 {
		t.Errorf("%+v", r) // the binomial interval of nine values is the second to the eighth
	}
	if r := sweep.Interval([]float64{1, 2, 3}); r.Low != 1 || r.High != 3 || r.Confidence != 0.75 {
		t.Errorf("%+v", r)
	}
}

func TestAxes(t *testing.T) {
	a := axes(t, "spark.master=local[2],local-cluster[2,1,512]")[0]
	if len(a.Values) != 2 || a.Values[1] != "local-cluster[2,1,512]" {
		t.Errorf("%q", a.Values)
	}
	for _, bad := range []string{"spark.master", "spark.sql.shufle.partitions=1", "spark.sql.shuffle.partitions=1,x", "spark.master=local[2"} {
		if _, err := sweep.ParseAxis(bad); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}
