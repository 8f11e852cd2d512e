package sparklog

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

var accumulableKeys = keys("ID", "Name", "Update", "Value", "Internal", "Count Failed Values", "Metadata")

// How Spark spells the beginning of an accumulable, and of one that repeats a
// task metric.
const (
	accumulableHead = `{"ID":`
	internalHead    = `,"Name":"internal.metrics.`
	peakTail        = `peakExecutionMemory","Update":`
)

// accumulables reads a list of them. Those that repeat the Task Metrics, half of
// a usual line, are passed over; peak, if not nil, receives the one that old
// logs have nowhere else.
func (d *decoder) accumulables(peak *int64) []event.Accumulable {
	list := d.batch.lists
	from := len(list)
	d.array(func() {
		var a event.Accumulable
		if d.internal(peak) {
			return
		}
		if d.usualMetric(&a) {
			list = append(list, a)
			return
		}
		a = event.Accumulable{}
		usable := false
		d.object(accumulableKeys, func(k int) {
			switch k {
			case 0:
				a.ID = d.long()
			case 1:
				a.Name = d.name()
			case 2:
				v, ok := d.amount()
				a.Update, usable = v, usable || ok
			case 3:
				v, ok := d.amount()
				a.Value, usable = v, usable || ok
			case 6:
				a.SQL = d.peek() == '"' && string(d.raw()) == "sql"
			default:
				d.skip()
			}
		})
		if name, ok := strings.CutPrefix(a.Name, internalPrefix); ok {
			if name == "peakExecutionMemory" && peak != nil {
				*peak = a.Update
			}
			return
		}
		if usable {
			list = append(list, a)
		}
	})
	d.batch.lists = list
	if len(list) == from {
		return nil
	}
	return slices.Clip(list[from:])
}

// internal consumes an accumulable of the kind that repeats a task metric, if
// one comes next in Spark's own spelling.
func (d *decoder) internal(peak *int64) bool {
	rest := d.b[d.i:]
	if !bytes.HasPrefix(rest, []byte(accumulableHead)) {
		return false
	}
	i := len(accumulableHead)
	for i < len(rest) && rest[i]-'0' <= 9 {
		i++
	}
	if !bytes.HasPrefix(rest[i:], []byte(internalHead)) {
		return false
	}
	i += len(internalHead)
	end := bytes.IndexByte(rest[i:], '}')
	if end < 0 || bytes.IndexByte(rest[i:i+end], '[') >= 0 { // a list of blocks, in 2.2 and earlier
		return false
	}
	if peak != nil && bytes.HasPrefix(rest[i:], []byte(peakTail)) {
		begin := d.i
		d.i += i + len(peakTail)
		*peak = d.long()
		d.i = begin
	}
	d.i += i + end + 1
	return true
}

// amount reads the value of an accumulable: a number, a number as text, or
// something else that nothing can be made of.
func (d *decoder) amount() (int64, bool) {
	switch c := d.peek(); {
	case c == '"':
		v, err := strconv.ParseInt(string(d.raw()), 10, 64)
		return v, err == nil
	case c == '{' || c == '[' || c == 't' || c == 'f':
		d.skip()
		return 0, false
	default:
		return d.int()
	}
}
