package main

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// corpus holds logs of many versions of Spark, whole and broken.
const corpus = "../../../shared/eventlogs"

// Whatever a log holds, advice on it is made of numbers, ranges hold what is
// expected, nothing saves more than the run took, and no two findings contradict
// each other.
func TestAdviceOnEveryLog(t *testing.T) {
	if testing.Short() {
		t.Skip("reads every log")
	}
	logs := 0
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Skipf("no logs in %s", corpus)
		}
		rolling := d.IsDir() && strings.HasPrefix(d.Name(), "eventlog_v2_")
		if d.IsDir() && !rolling {
			return nil
		}
		if p, err := sparklog.Open(path); err == nil {
			logs++
			checkAdvice(t, path, p)
		}
		if rolling {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d logs", logs)
}

func checkAdvice(t *testing.T, log string, p *profiler.Profile) {
	t.Helper()
	r := advisor.Advise(p, rules.All, advisor.Option{All: true})
	if _, err := json.Marshal(r); err != nil { // which refuses NaN and infinity
		t.Errorf("%s: %v", log, err)
	}
	wanted := map[string]string{}
	for _, f := range r.Findings {
		low, high := f.SavingRange()
		if low > f.Stake() || f.Stake() > high || f.Stake() > r.Wall {
			t.Errorf("%s: %s saves %v, between %v and %v, of %v", log, f.Rule, f.Stake(), low, high, r.Wall)
		}
		for _, c := range f.Changes {
			if to, ok := wanted[c.Key]; ok && to != c.To {
				t.Errorf("%s: %s is wanted as %s and as %s", log, c.Key, to, c.To)
			}
			wanted[c.Key] = c.To
		}
	}
}
