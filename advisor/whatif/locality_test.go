package whatif_test

import (
	"testing"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

// Slots that stood empty for two seconds between tasks, waiting for data near them,
// do not when nothing waits; the tasks that they take instead are as slow as those
// that ran elsewhere. Pauses of a driver that answers are none, and longer waits are
// not guessed.
func TestLocalityWait(t *testing.T) {
	const head = `
app start=0 end=30s
executor 1 cores=1
executor 2 cores=1
job 0 start=0 stages=0
stage 0 job=0 submitted=0 `
	for _, c := range []struct {
		name, tasks, to string
		least, most     time.Duration // wall
	}{
		{"two seconds between tasks", "run=1s*16 launch=0,3s,6s,9s,12s,15s,18s,21s,0,3s,6s,9s,12s,15s,18s,21s executors=1*8,2*8 locality=NODE_LOCAL", "0s", 15 * time.Second, 17 * time.Second},
		{"elsewhere takes twice as long", "run=1s*12,2s*4 launch=0,3s,6s,9s,12s,15s,18s,22s,0,3s,6s,9s,12s,15s,18s,22s executors=1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2 locality=NODE_LOCAL*12,ANY*4", "0s", 18 * time.Second, 28 * time.Second},
		{"half the wait", "run=1s*16 launch=0,3s,6s,9s,12s,15s,18s,21s,0,3s,6s,9s,12s,15s,18s,21s executors=1*8,2*8 locality=NODE_LOCAL", "1500ms", 22 * time.Second, 24 * time.Second},
		{"no pauses", "run=1s*16 locality=NODE_LOCAL", "0s", 30 * time.Second, 30 * time.Second},
		{"nothing near to wait for", "run=1s*16 launch=0,3s,6s,9s,12s,15s,18s,21s,0,3s,6s,9s,12s,15s,18s,21s executors=1*8,2*8 locality=NO_PREF", "0s", 30 * time.Second, 30 * time.Second},
	} {
		m := whatif.NewModel(profiletest.Must(t, head+c.tasks))
		p := m.Predict(whatif.Changes(config.Change{Key: config.LocalityWait, To: c.to}))
		if p.Refused != "" || p.After < c.least || p.After > c.most || p.Low > p.After || p.High < p.After {
			t.Errorf("%s: %v (%v to %v) %s", c.name, p.After, p.Low, p.High, p.Refused)
		}
	}
	m := whatif.NewModel(profiletest.Must(t, head+"run=1s*16"))
	if p := m.Predict(whatif.Changes(config.Change{Key: config.LocalityWait, To: "10s"})); p.Refused == "" {
		t.Error("a longer wait is predicted")
	}
}
