package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

const hostile = `
app name="<script>alert(1)</script> | **bold**" user=me start=0 end=3s spark=4.0.1
conf spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=false spark.hadoop.fs.s3a.secret.key=hunter2 my.db.url=jdbc:pg://ann:pw1@db/x app.opt=my-Password-7
executor driver cores=2 memory=400m
sql 0 start=0 end=2s description="<img src=x onerror=alert(1)>"
  HashAggregate "keys=[<b>]" [number of output rows=1*200@1]
    Exchange "hashpartitioning(x)" [data size=1m*2@0]
      Scan parquet {Location=trips} [number of output rows=1000*2@0]
job 0 start=0 stages=0,1 execution=0
stage 0 job=0 name="count at /a/b/<x>.py:3" submitted=100ms run=300ms*2 input=1m shuffleWrite=2m*2
stage 1 job=0 parents=0 submitted=450ms run=2ms,3ms sched=2ms tasks=200 shuffleRead=20k
`

func document(t *testing.T) (*profiler.Profile, *report.Document) {
	t.Helper()
	p := profiletest.Must(t, strings.Replace(hostile, "run=2ms,3ms sched", "run=2ms sched", 1))
	advice := advisor.Advise(p, rules.All, advisor.Option{})
	after := profiletest.Must(t, strings.NewReplacer("partitions=200", "partitions=4", "tasks=200", "tasks=4", "*200@", "*4@", "end=3s", "end=2s",
		"run=2ms,3ms sched", "run=2ms sched").Replace(hostile))
	changes := []config.Change{{Key: config.ShufflePartitions, To: "4"}}
	return p, report.New(p, &advice, after, report.NewTrial(p, after, whatif.Predict(p, changes...)))
}

func render(t *testing.T, to func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := to(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Nothing of a log reaches a page as markup, and no secret reaches any format.
func TestEscapesAndRedacts(t *testing.T) {
	_, d := document(t)
	for name, to := range map[string]func(io.Writer) error{"html": d.HTML, "markdown": d.Markdown, "text": d.Text, "json": d.JSON} {
		out := render(t, to)
		for _, secret := range []string{"hunter2", "ann:pw1", "Password-7"} {
			if strings.Contains(out, secret) {
				t.Errorf("%s shows %q", name, secret)
			}
		}
		if name == "html" || name == "markdown" {
			for _, tag := range []string{"<script", "<img", "<b>]", "<x>"} {
				if strings.Contains(out, tag) {
					t.Errorf("%s holds %q from the log", name, tag)
				}
			}
		}
	}
}

// The page needs nothing from elsewhere, and says the same each time.
func TestHTMLStandsAlone(t *testing.T) {
	_, d := document(t)
	page := render(t, d.HTML)
	if again := render(t, d.HTML); again != page {
		t.Error("two renderings differ")
	}
	if link := regexp.MustCompile(`(?i)(src|href)="[^#]|@import|url\(|<script|<link`).FindString(strings.ReplaceAll(page, "&lt;", "")); link != "" {
		t.Errorf("the page refers to something: %q", link)
	}
	for _, want := range []string{"prefers-color-scheme:dark", "@media print", `role="img"`, "<caption>", `scope="col"`, `lang="en"`, "--conf spark.sql.shuffle.partitions", "ZgotmplZ"} {
		if strings.Contains(page, want) == (want == "ZgotmplZ") {
			t.Errorf("%q: present %v", want, strings.Contains(page, want))
		}
	}
}

// What was predicted stands beside what was measured, stage by stage.
func TestTrialSetsPredictionBesideMeasurement(t *testing.T) {
	_, d := document(t)
	if len(d.Trial.Stages) != 2 || d.Trial.Stages[1].Measured < 0 || d.Trial.Stages[1].Predicted >= d.Trial.Stages[1].Before {
		t.Errorf("stages: %+v", d.Trial.Stages)
	}
	if d.Trial.Change > -0.3 || d.Trial.Change < -0.4 {
		t.Errorf("3 s became 2 s, and the change is %v", d.Trial.Change)
	}
	var keys []string
	for _, s := range d.Diff {
		keys = append(keys, s.Key)
	}
	if len(keys) != 1 || keys[0] != config.ShufflePartitions {
		t.Errorf("settings that differ: %v", keys)
	}
}

// A run of many stages makes a report of a bounded size, with a note.
func TestLargeRunsAreCut(t *testing.T) {
	var b strings.Builder
	fmt.Fprintln(&b, "executor driver cores=2 memory=400m")
	for i := range 1500 {
		fmt.Fprintf(&b, "job %d start=%ds stages=%d\nstage %d job=%d submitted=%ds run=%dms*4 input=1m\n", i, i, i, i, i, i, 100+i%700)
	}
	p := profiletest.Must(t, b.String())
	page := render(t, report.New(p, nil, nil, nil).HTML)
	if len(page) > 400<<10 {
		t.Errorf("the page has %d KiB", len(page)>>10)
	}
	if !strings.Contains(page, "longest of 1500 stages are listed") {
		t.Error("the page does not say that stages are left out")
	}
}

// JSON gives durations and sizes as numbers, and reads back.
func TestJSON(t *testing.T) {
	_, d := document(t)
	var back struct {
		Run struct {
			WallNanos time.Duration
			Stages    []struct{ ID int }
		}
		Advice struct {
			Findings []struct{ Rule, Cause string }
		}
	}
	if err := json.Unmarshal([]byte(render(t, d.JSON)), &back); err != nil {
		t.Fatal(err)
	}
	if back.Run.WallNanos != 3*time.Second || len(back.Run.Stages) != 2 || len(back.Advice.Findings) == 0 {
		t.Errorf("read back: %+v", back)
	}
}

// Text for a terminal holds no control characters from a log.
func TestTextIsPrintable(t *testing.T) {
	p := profiletest.Must(t, "app name=\"a\x1b[31mred\" start=0 end=1s\njob 0 start=0 stages=0\nstage 0 job=0 run=100ms name=\"x\x07y\"")
	if out := render(t, report.New(p, nil, nil, nil).Text); strings.ContainsAny(out, "\x1b\x07") {
		t.Errorf("%q", out)
	}
}
