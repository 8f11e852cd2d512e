package sparklog

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"stagecoach/engine/event"
)

const formLine = `{"Event":"SparkListenerTaskEnd","Stage ID":1,"Stage Attempt ID":0,"Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},` +
	`"Task Info":{"Task ID":7,"Index":3,"Attempt":1,"Partition ID":4,"Launch Time":1700000000123,"Executor ID":"driver","Host":"h","Locality":"NODE_LOCAL",` +
	`"Speculative":true,"Getting Result Time":5,"Finish Time":1700000000999,"Failed":false,"Killed":true,"Accumulables":[` +
	`{"ID":12,"Name":"number of output rows","Update":"-5","Value":"50","Internal":true,"Count Failed Values":true,"Metadata":"sql"},` +
	`{"ID":13,"Name":"data size","Update":"6","Value":"60","Internal":true,"Count Failed Values":true,"Metadata":"sql"},` +
	`{"ID":3,"Name":"internal.metrics.peakExecutionMemory","Update":9,"Value":900,"Internal":true,"Count Failed Values":true}]},` +
	`"Task Executor Metrics":{"JVMHeapMemory":11,"OnHeap":12},"New":{"a":["b",1,{"c":2}]},` +
	`"Task Metrics":{"Executor Run Time":4,"Result Size":1,"Shuffle Read Metrics":{"Local Bytes Read":0,"Remote Requests Duration":17,` +
	`"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":0}},"Input Metrics":{"Bytes Read":7,"Records Read":-1}}}`

// formLines are the line and others that differ from it in one or two places.
func formLines() []string {
	lines := []string{formLine}
	for _, change := range [][]string{
		{`"Stage ID":1`, `"Stage ID":12345`},
		{`"Stage ID":1`, `"Stage ID": 1`},
		{`"Stage ID":1`, `"Stage ID":null`},
		{`"Stage ID":1,`, `"Stage ID":1,"Stage ID":2,`},
		{`"Task ID":7,"Index":3`, `"Index":3,"Task ID":7`},
		{`"Task ID":7`, `"Task ID":0000000000000000007`},
		{`"Task ID":7`, `"Task ID":9223372036854775807`},
		{`"Task ID":7`, `"Task ID":99999999999999999999`},
		{`"Attempt":1`, `"Attempt":-1`},
		{`"Attempt":1,"Partition ID":4,`, ``},
		{`"Launch Time":1700000000123`, `"Launch Time":-1`},
		{`"Host":"h"`, `"Host":"another-host"`},
		{`"Host":"h"`, `"Host":"\u0068\""`},
		{`"Host":"h"`, `"Host":null`},
		{`"Host":"h"`, `"Host":""`},
		{`NODE_LOCAL`, `ANY`},
		{`NODE_LOCAL`, `ELSEWHERE`},
		{`"Speculative":true`, `"Speculative":false`},
		{`"Killed":true,`, `"New":{"a":[1]},"Killed":true,`},
		{`"Accumulables":[`, `"Accumulables":[{"ID":1,"Name":"x","Update":"1","Value":"2"}],"Accumulables":[`},
		{`]},"Task Executor`, `],"Accumulables":[]},"Task Executor`},
		{`"Task Executor`, `"Task Info":{},"Task Executor`},
		{`"Reason":"Success"`, `"Reason":"Resubmitted"`},
		{`"Reason":"Success"`, `"Reason":"TaskKilled","Kill Reason":"late"`},
		{`"Update":"-5"`, `"Update":"-0000000000000000005"`},
		{`"Update":"-5"`, `"Update":"seven"`},
		{`"Update":"-5","Value":"50"`, `"Update":"seven","Value":"seven"`},
		{`"Update":"6"`, `"Update":6`},
		{`"Update":"6"`, `"Update":"-"`},
		{`data size`, `data s\u0069ze`},
		{`data size`, `number of files`},
		{`data size`, `internal.metrics.data size`},
		{`internal.metrics.peak`, `internal.metrics.deep`},
		{`internal.metrics.peak`, `external.metrics.peak`},
		{`"Update":9,"Value":900`, `"Update":[{"Block ID":"rdd_0_0","Size":5}],"Value":[]`},
		{`"Update":9,"Value":900`, `"Update":10,"Value":1e3`},
		{`{"JVMHeapMemory":11,"OnHeap":12}`, `{"OnHeap":13,"JVMHeapMemory":14}`},
		{`"a":["b",1,{"c":2}]`, `"a":["x}",10,{"c":-2}]`},
		{`"a":["b",1,{"c":2}]`, `"a":["b\"",1,{"c":2.5}]`},
		{`"a":["b",1,{"c":2}]`, `"a":b"1,"`},
		{`"Executor Run Time":4`, `"Executor Run Time":5.0`},
		{`"Executor Run Time":4`, `"Executor Run Time":null`},
		{`"Executor Run Time":4`, `"Executor Run Time":`},
		{`"Bytes Read":7`, `"Bytes Read":9007199254740993`},
		{`"Merged Fetch Fallback Count":0`, `"Merged Fetch Fallback Count":2`},
		{`"Records Read":-1}}}`, `"Records Read":-1}}} `},
		{`"Records Read":-1}}}`, `"Records Read":-1}}}x`},
		{`"Records Read":-1}}}`, `"Records Read":-1}}`},
	} {
		lines = append(lines, strings.Replace(formLine, change[0], change[1], 1))
	}
	metrics := formLine[strings.Index(formLine, `,"Task Metrics"`) : len(formLine)-1]
	return append(lines,
		strings.Replace(formLine, metrics, "", 1),
		strings.Replace(formLine, metrics, `,"Task Metrics":null`, 1),
		strings.Replace(formLine, metrics, `,"Task Metrics":{}`, 1),
		strings.Replace(strings.TrimSuffix(formLine, metrics+"}")+"}", "TaskEnd", "TaskStart", 1),
		strings.Replace(strings.TrimSuffix(formLine, metrics+"}")+"}", "TaskEnd", "TaskGettingResult", 1))
}

// said is what a decoder makes of a line.
func said(d *decoder, line []byte) any {
	d.batch = newBatch()
	r := Record{Line: line}
	if d.event(&r); d.failed != "" {
		return d.failed
	}
	return r.Event()
}

// byKey is what a decoder makes of a line that knows no form.
func byKey(d *decoder, line []byte) any {
	d.ends, d.starts = forms{}, forms{}
	return said(d, line)
}

// What is read by a form is what is read key by key, whatever lines came before:
// other numbers, names, keys, orders and spellings, and mistakes.
func TestForm(t *testing.T) {
	lines := formLines()
	slow := newDecoder()
	for _, first := range lines {
		for _, second := range lines {
			d := newDecoder()
			said(d, []byte(formLine))
			said(d, []byte(first))
			got, want := said(d, []byte(second)), byKey(slow, []byte(second))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("behind %s\n%s\nreads as %+v\nand key by key as %+v", first, second, got, want)
			}
		}
	}
}

// A line that differs in numbers and names alone has the form of the one before;
// one that differs in a key has not.
func TestFormFits(t *testing.T) {
	d := newDecoder()
	said(d, []byte(formLine))
	numbers := strings.NewReplacer(`"Task ID":7`, `"Task ID":8`, `"h"`, `"host"`, `"-5"`, `"123"`, `"OnHeap":12`, `"OnHeap":0`, `["b",1`, `["xyz",-1`)
	if said(d, []byte(numbers.Replace(formLine))); d.ends.learned != 1 {
		t.Error("other numbers are another form")
	}
	if said(d, []byte(strings.Replace(formLine, "OnHeap", "OffHeap", 1))); d.ends.learned != 2 {
		t.Error("another key is the same form")
	}
}

// A line that is cut anywhere is a mistake, not less of one.
func TestFormCut(t *testing.T) {
	d := newDecoder()
	said(d, []byte(formLine))
	for n := range len(formLine) {
		if got, isText := said(d, []byte(formLine[:n])).(string); !isText {
			t.Errorf("cut after %d bytes it reads as %+v", n, got)
		}
	}
}

// Each line of a task in the real logs reads as it does key by key, and so does
// each tenth when a byte of it is damaged.
func TestFormRealLogs(t *testing.T) {
	const seed = 5
	random := rand.New(rand.NewPCG(seed, seed))
	const dir = "../../../shared/eventlogs"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the collection of real logs is not beside the repository")
	}
	lines := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		used, slow := newDecoder(), newDecoder()
		readLog(path, true, func(r *Record, _ *Error) bool {
			if r == nil {
				return true
			}
			if r.end == nil && r.start == nil { // it must leave the forms alone
				said(used, r.Line)
				return true
			}
			for _, line := range [][]byte{r.Line, damaged(random, r.Line)} {
				if got, want := said(used, line), byKey(slow, line); !reflect.DeepEqual(got, want) {
					t.Errorf("%s, seed %d: %s\nreads as %+v\nand key by key as %+v", path, seed, line, got, want)
				}
				if lines++; lines%10 != 0 {
					break
				}
			}
			return !t.Failed()
		})
		return nil
	})
	if err != nil || lines < 100_000 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

// Whatever line is learned, it reads the second time as it did the first time, and
// the usual line behind it as ever.
func FuzzForm(f *testing.F) {
	for _, line := range formLines() {
		f.Add([]byte(line))
	}
	slow := newDecoder()
	usual := byKey(slow, []byte(formLine))
	f.Fuzz(func(t *testing.T, line []byte) {
		d := newDecoder()
		said(d, []byte(formLine))
		said(d, line)
		want := byKey(slow, line)
		switch want.(type) {
		case event.TaskEnd, event.TaskStart, string:
			if got := said(d, line); !reflect.DeepEqual(got, want) {
				t.Errorf("%s\nreads as %+v\nand key by key as %+v", line, got, want)
			}
		}
		if got := said(d, []byte(formLine)); !reflect.DeepEqual(got, usual) {
			t.Errorf("behind %s\nthe usual line reads as %+v\nand key by key as %+v", line, got, usual)
		}
	})
}

// damaged is line with one byte changed, left out or put in.
func damaged(random *rand.Rand, line []byte) []byte {
	const bytesOf = `0123456789"\{}[],:-.e tn`
	at := random.IntN(len(line))
	out := bytes.Clone(line[:at])
	how := random.IntN(3)
	if how > 0 {
		out = append(out, bytesOf[random.IntN(len(bytesOf))])
	}
	if how < 2 {
		at++
	}
	return append(out, line[at:]...)
}
