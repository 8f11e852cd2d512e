package sparklog

import (
	"reflect"
	"strings"
	"testing"

	"stagecoach/engine/event"
)

const (
	infoText = `{"Task ID":7,"Index":3,"Attempt":1,"Partition ID":4,"Launch Time":1700000000123,"Executor ID":"driver","Host":"h","Locality":"NODE_LOCAL",` +
		`"Speculative":true,"Getting Result Time":5,"Finish Time":1700000000999,"Failed":false,"Killed":true,"Accumulables":[` +
		`{"ID":12,"Name":"number of output rows","Update":"-5","Value":"50","Internal":true,"Count Failed Values":true,"Metadata":"sql"},` +
		`{"ID":13,"Name":"data size","Update":"6","Value":"60","Internal":true,"Count Failed Values":true,"Metadata":"sql"}]}`
)

func decodeInfo(text string) (event.TaskInfo, string) {
	d := decoder{scanner: scanner{names: map[string]string{}}, batch: newBatch()}
	d.reset([]byte(text))
	var t event.TaskInfo
	d.taskInfo(&t, nil)
	return t, d.failed
}

// What is read as Spark spells it is what the scanner reads when a blank, an
// escape, a long number or another order of the keys keeps it from that.
func TestSpelling(t *testing.T) {
	want, failed := decodeInfo(infoText)
	if failed != "" || len(want.Accumulables) != 2 || want.Accumulables[0].Update != -5 || !want.Killed || want.Host != "h" {
		t.Fatalf("%+v, %q", want, failed)
	}
	for _, other := range []string{
		strings.Replace(infoText, `"Task ID":7`, `"Task ID": 7`, 1),
		strings.Replace(infoText, `"Task ID":7,"Index":3`, `"Index":3,"Task ID":7`, 1),
		strings.Replace(infoText, `"Host":"h"`, `"Host":"\u0068"`, 1),
		strings.Replace(infoText, `"Killed":true,`, `"New":{"a":[1]},"Killed":true,`, 1),
		strings.Replace(infoText, `"Update":"-5"`, `"Update":"-0000000000000000005"`, 1),
		strings.Replace(infoText, `"Update":"6"`, `"Update":6`, 1),
		strings.Replace(infoText, `"data size"`, `"data s\u0069ze"`, 1),
		strings.TrimSuffix(infoText, "}") + " }",
	} {
		got, failed := decodeInfo(other)
		if failed != "" || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nreads as %+v (%s)\nand as Spark spells it %+v", other, got, failed, want)
		}
	}
}

// A Task Info that is cut anywhere is a mistake, not less of one.
func TestSpellingCut(t *testing.T) {
	for n := range len(infoText) {
		if _, failed := decodeInfo(infoText[:n]); failed == "" {
			t.Errorf("cut after %d bytes it reads without a mistake", n)
		}
	}
}
