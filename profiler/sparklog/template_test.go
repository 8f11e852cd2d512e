package sparklog

import (
	"fmt"
	"strings"
	"testing"
)

const templateLine = `{"Event":"SparkListenerTaskEnd","Stage ID":1,"Stage Attempt ID":0,"Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":5,"Index":2,"Attempt":0,"Launch Time":10,"Executor ID":"1","Host":"h","Locality":"ANY","Speculative":false,"Getting Result Time":0,"Finish Time":30,"Failed":false,"Killed":false,"Accumulables":[]},"Task Metrics":METRICS}`

// What a template reads is what is read key by key, whatever came before: other
// numbers, other keys, another order, numbers of other forms, and mistakes.
func TestTemplate(t *testing.T) {
	objects := []string{
		`{"Executor Run Time":4,"Result Size":1,"Input Metrics":{"Bytes Read":7,"Records Read":-1}}`,
		`{"Executor Run Time":12345,"Result Size":0,"Input Metrics":{"Bytes Read":9007199254740993,"Records Read":5}}`,
		`{"Executor Run Time":12345,"Result Size":0,"Input Metrics":{"Bytes Read":9,"Records Read":5},"Updated Blocks":[]}`,
		`{"Executor Run Time":4.0,"Result Size":1e3,"Input Metrics":{"Bytes Read":9223372036854775807,"Records Read":5}}`,
		`{"Result Size":1,"Executor Run Time":4,"Input Metrics":{"Bytes Read":7,"Records Read":1}}`,
		`{"Executor Run Time":null,"Result Size":1,"Other":{"Bytes Read":99,"x":[1,{"y":2}]},"Shuffle Read Metrics":{"Push Based Shuffle":{"Bytes Read":5},"Local Bytes Read":6}}`,
		`{"Executor Run Time":8,"Result Size":2,"Other":{"Bytes Read":98,"x":[1,{"y":2}]},"Shuffle Read Metrics":{"Push Based Shuffle":{"Bytes Read":5},"Local Bytes Read":60}}`,
		`{"Executor Run Time":8,"Shuffle Read Metrics":{"Remote Requests Duration":17,"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":2,"Merged Local Bytes Read":5}}}`,
		`{"Executor Run Time":8,"Shuffle Read Metrics":{"Remote Requests Duration":0,"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":0,"Merged Local Bytes Read":0}}}`,
		`{ "Executor Run Time" : 8 , "Result Size" : 2 }`,
		`{"Executor Run Time":,"Result Size":2}`,
		`{}`,
		`null`,
	}
	decode := func(d *decoder, object string) (string, string) {
		d.batch = newBatch()
		r := Record{Line: []byte(strings.Replace(templateLine, "METRICS", object, 1))}
		d.event(&r)
		if d.failed != "" || r.end.Metrics == nil {
			return d.failed, ""
		}
		text, err := r.end.Metrics.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if r.end.Merged != nil {
			text = fmt.Appendf(text, " %+v", *r.end.Merged)
		}
		return "", fmt.Sprint(string(text), " ", r.end.RemoteRequests)
	}
	fresh := func() *decoder { return &decoder{scanner: scanner{names: map[string]string{}}} }
	used := fresh()
	for _, first := range objects {
		for _, second := range objects {
			decode(used, first)
			failed, got := decode(used, second)
			if wantFailed, want := decode(fresh(), second); got != want || failed != wantFailed {
				t.Errorf("behind %s, %s is %s %s, want %s %s", first, second, got, failed, want, wantFailed)
			}
		}
	}
	used = fresh()
	decode(used, objects[0])
	decode(used, objects[1])
	if used.template.misses != 0 {
		t.Error("an object of the same form did not fit its template")
	}
}
