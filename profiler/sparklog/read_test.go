package sparklog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler/sparklog"
)

// Every codec holds the same events; logs cut in the middle yield every whole line.
func TestCodecVectors(t *testing.T) {
	dir := filepath.Join(corpus(t), "codec-vectors")
	for _, base := range []string{"app-20200706201101-0003", "eventlog_minimal_events"} {
		want := read(t, filepath.Join(dir, base))
		for _, suffix := range []string{".lz4", ".lzf", ".snappy", ".zstd", ".gz"} {
			path := filepath.Join(dir, base+suffix)
			if _, err := os.Stat(path); err != nil {
				continue
			}
			if diff := cmp.Diff(want, read(t, path), same); diff != "" {
				t.Errorf("%s: %s", path, diff)
			}
		}
	}
	edges, _ := filepath.Glob(filepath.Join(dir, "edge", "*"))
	for _, path := range edges {
		got, warnings := readOdd(t, path)
		want := read(t, filepath.Join(dir, "app-20200706201101-0003"))
		cut := strings.Contains(path, "truncated")
		switch {
		case cut && (len(warnings) != 1 || len(got) == 0):
			t.Errorf("%s: %d events, warnings %v", path, len(got), warnings)
		case strings.Contains(path, "minimal"):
		case cut:
			want = want[:min(len(got), len(want))]
			fallthrough
		default:
			if len(got) != len(want) && !cut || !cut && len(warnings) > 0 {
				t.Errorf("%s: %d events, want %d; warnings %v", path, len(got), len(want), warnings)
			}
		}
	}
}

func readOdd(t testing.TB, path string) (out []event.Event, warnings []*sparklog.Error) {
	for e, err := range sparklog.Events(path) {
		var odd *sparklog.Error
		switch {
		case errors.As(err, &odd) && odd.Skipped:
			warnings = append(warnings, odd)
		case err != nil:
			t.Fatal(err)
		default:
			out = append(out, e)
		}
	}
	return out, warnings
}

// Layouts are read as Spark's server reads them; what it refuses is read with a warning.
func TestLayouts(t *testing.T) {
	dir := corpus(t)
	source := read(t, filepath.Join(dir, "codec-vectors", "app-20200706201101-0003"))
	for name, want := range map[string]struct {
		whole    bool
		warnings string
	}{
		"complete-plain":        {true, ""},
		"complete-lz4":          {true, ""},
		"attempt-zstd":          {true, ""},
		"twelve-files":          {true, ""},
		"compacted":             {false, "compacted"},
		"compacted-zstd":        {false, "compacted"},
		"inprogress":            {false, "torn"},
		"bad-missing-index":     {false, "missing"},
		"bad-missing-appstatus": {false, "no appstatus file"},
	} {
		got, warnings := readOdd(t, filepath.Join(dir, "layouts", name))
		if want.whole && len(got) != len(source) {
			t.Errorf("%s: %d events, want %d", name, len(got), len(source))
		}
		if len(got) == 0 {
			t.Errorf("%s: no events", name)
		}
		var texts []string
		for _, w := range warnings {
			texts = append(texts, w.Error())
		}
		if all := strings.Join(texts, "\n"); (all == "") != (want.warnings == "") || !strings.Contains(all, want.warnings) {
			t.Errorf("%s: warnings %q, want %q", name, all, want.warnings)
		}
	}
}

// Any order of keys, blanks, unknown keys and other tools' spellings are read.
func TestForms(t *testing.T) {
	spark := `{"Event":"SparkListenerTaskEnd","Stage ID":1,"Stage Attempt ID":0,"Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":5,"Index":2,"Attempt":0,"Launch Time":10,"Executor ID":"1","Host":"h","Locality":"ANY","Speculative":false,"Getting Result Time":0,"Finish Time":30,"Failed":false,"Killed":false,"Accumulables":[{"ID":9,"Name":"internal.metrics.peakExecutionMemory","Update":77,"Value":77,"Internal":true,"Count Failed Values":true},{"ID":10,"Name":"number of output rows","Update":"3","Value":"4","Internal":true,"Count Failed Values":true,"Metadata":"sql"}]},"Task Metrics":{"Executor Run Time":4,"Result Size":1}}`
	other := `{ "Task Metrics" : { "Result Size" : 1.0 , "New \u00e4 Metric" : [ { "a" : "}]" } ] , "Executor Run Time" : 4 } ,
"Task Info" : { "Accumulables" : [ { "Update" : 77 , "Name" : "internal.metrics.peakExecutionMemory" , "ID" : 9 } , { "Metadata" : "sql" , "Name" : "number of output rows" , "Value" : 4 , "Update" : "3" , "ID" : 10 } ] , "Killed" : false , "Finish Time" : 30 , "Getting Result Time" : 0 , "Locality" : "ANY" , "Host" : "h" , "Executor ID" : "1" , "Launch Time" : 10 , "Attempt" : 0 , "Index" : 2 , "Task ID" : 5 } ,
"Task End Reason" : { "Reason" : "Success" } , "Task Type" : "ResultTask" , "Stage ID" : 1 , "Event" : "SparkListenerTaskEnd" , "x" : null }`
	a := parse(t, spark)
	b := parse(t, strings.ReplaceAll(other, "\n", " "))
	if diff := cmp.Diff(a, b, same); diff != "" {
		t.Error(diff)
	}
	end := a[0].(event.TaskEnd)
	if v, ok := end.Metrics.Get(metric.PeakExecutionMemory); !ok || v != 77 {
		t.Errorf("peak memory of an old log is %d, %v", v, ok)
	}
	if _, ok := end.Metrics.Get(metric.InputBytes); ok {
		t.Error("a metric that was not recorded is there")
	}
	if len(end.Info.Accumulables) != 1 || end.Info.Accumulables[0].Update != 3 || !end.Info.Accumulables[0].SQL {
		t.Errorf("%+v", end.Info.Accumulables)
	}
}

func parse(t *testing.T, text string) (out []event.Event) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

// A bad line costs itself; it is counted and told with its place.
func TestDamage(t *testing.T) {
	text := `{"Event":"SparkListenerLogStart","Spark Version":"4.0.1"}
{"Event":"SparkListenerJobStart","Job ID":"x{
[1,2]
{"Event":"com.example.Foreign","x":[1,{"y":"}"}]}
{"Event":"SparkListenerApplicationStart","App Name":"a","App ID":"b","Timestamp":5,"User":"u"}
{"Event":"SparkListenerAppl`
	p, err := sparklog.Read(strings.NewReader(text), "x.log")
	if err != nil || p.App.ID != "b" {
		t.Fatalf("%+v, %v", p, err)
	}
	var got []string
	for _, w := range p.Warnings {
		got = append(got, w.String())
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"x.log, line 2", "1 more lines", "x.log, line 6: the last line is torn", "com.example.Foreign × 1"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q:\n%s", want, all)
		}
	}
}

// What is no log is an error that says so.
func TestNoLog(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	several := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(several, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "absent"):     "no log there",
		file("readme", "# hello\nyou\n"): "not a Spark event log",
		file("empty", ""):                "empty",
		file("x.zip", "PK\x03\x04..."):   "cannot be unpacked",
		t.TempDir():                      "holds no event log",
		several:                          "a, b",
	} {
		_, err := sparklog.Open(path)
		var e *sparklog.Error
		if !errors.As(err, &e) || e.Skipped || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", path, err, want)
		}
	}
}

// Lines have no bound.
func TestLongLine(t *testing.T) {
	plan := strings.Repeat("Project [a]\n", 700_000)
	e := event.SQLExecutionStart{ID: 1, RootID: 1, PhysicalPlan: plan, Plan: &event.PlanNode{Name: "Project"}}
	got := read(t, write(t, t.TempDir(), []event.Event{e}, sparklog.Options{}))
	if len(got) != 1 || got[0].(event.SQLExecutionStart).PhysicalPlan != plan {
		t.Errorf("%d events", len(got))
	}
}
