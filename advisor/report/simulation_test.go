package report_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"stagecoach/advisor/report"
	"stagecoach/advisor/size"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

func slotsOf(n string) config.Change {
	return config.Change{Key: config.Master, To: "local[" + n + "]"}
}

// Several settings stand in a table with a bar each, as long as their wall
// time; one that cannot be simulated says why.
func TestSimulationText(t *testing.T) {
	m := whatif.NewModel(profiletest.Must(t, `
app start=0 end=8s
conf spark.master=local[2]
executor driver cores=2
job 0 start=0 end=8s stages=0
stage 0 job=0 submitted=0 run=1s*16
`[1:]))
	h := report.Hypothesis{Node: size.Node{Type: "big", VCPUs: 4, MemoryGiB: 32, Hourly: 3, EMRHourly: 1}, Prices: size.Prices{Currency: "EUR"}}
	runs := []report.Simulated{report.Simulate(m, h, slotsOf("2")), report.Simulate(m, h, slotsOf("4")), report.Simulate(m, h, slotsOf("100"))}
	var b bytes.Buffer
	if err := report.SimulationText(&b, runs); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Count(text, "█") != 65 || !strings.Contains(text, "four times beyond") || !strings.Contains(text, "100 %") {
		t.Errorf("%s", text)
	}
	if x := runs[1]; x.Prediction.Slots != 4 || x.CoreHours < 0.005 || x.CoreHours > 0.006 || x.Utilisation < 0.99 {
		t.Errorf("four slots: %+v", x)
	}
	if x := runs[1]; math.Abs(x.Cost-x.CoreHours) > 1e-9 || !strings.Contains(text, "0.0056 EUR") || !strings.Contains(text, "in a big under EMR") {
		t.Errorf("a core for 1 EUR an hour: %+v\n%s", x, text)
	}
	if x := runs[2]; x.CoreHours != 0 || x.Utilisation != 0 || x.Prediction.Refused == "" {
		t.Errorf("a hundred slots: %+v", x)
	}
}
