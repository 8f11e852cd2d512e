package sparklog

import (
	"slices"
	"strings"

	"stagecoach/engine/event"
)

var accumulableKeys = keys("ID", "Name", "Update", "Value", "Internal", "Count Failed Values", "Metadata")

// accumulables reads a list of them. Those that repeat the Task Metrics, half of
// a usual line, are passed over, but for the peak of execution memory, which old
// logs have nowhere else.
func (d *decoder) accumulables() []event.Accumulable {
	list := d.batch.lists
	from := len(list)
	noted := func(slot int, read func() (int64, bool)) (int64, bool) {
		v, ok := read()
		if ok {
			d.note(value{slot: slot, scale: 1})
		}
		return v, ok
	}
	d.array(func() {
		var a event.Accumulable
		usable := false
		notes, slot := len(d.notes), listSlot+3*(len(list)-from)
		d.object(accumulableKeys, func(k int) {
			switch k {
			case 0:
				a.ID, _ = noted(slot, d.int)
			case 1:
				a.Name = d.name()
			case 2:
				v, ok := noted(slot+1, d.amount)
				a.Update, usable = v, usable || ok
			case 3:
				v, ok := noted(slot+2, d.amount)
				a.Value, usable = v, usable || ok
			case 6:
				a.SQL = d.peek() == '"' && string(d.raw()) == "sql"
			default:
				d.skip()
			}
		})
		name, internal := strings.CutPrefix(a.Name, internalPrefix)
		if usable && !internal {
			list = append(list, a)
			return
		}
		peak := name == "peakExecutionMemory" && internal
		if peak {
			d.own.numbers[peakSlot] = a.Update
		}
		for i := range d.notes[notes:] {
			switch n := &d.notes[notes+i]; {
			case peak && n.slot == slot+1:
				n.slot = peakSlot
			default:
				n.slot = -1
			}
		}
	})
	d.batch.lists = list
	if len(list) == from {
		return nil
	}
	return slices.Clip(list[from:])
}

// amount reads the value of an accumulable: a number, a number as text, or
// something else that nothing can be made of.
func (d *decoder) amount() (int64, bool) {
	switch d.peek() {
	case '{', '[', 't', 'f':
		d.skip()
		return 0, false
	}
	return d.int()
}
