package sparklog

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"stagecoach/engine/event"
)

// A member ties a key of an object to where its value is, so that one list reads
// and writes the object. It serves events of which a log has few. The value is a
// pointer to a text, number, list or map, or one of the forms below.
type member struct {
	key   string
	value any
}

type (
	// nullable is a text that Spark writes as null when there is none.
	nullable struct{ text *string }
	// optional is a number that is null while it is negative.
	optional struct{ n *int64 }
	// isoTime is a time that is written as text, left out when it is not known.
	isoTime struct{ at *event.Millis }
	// object is an object of its own.
	object []member
	// several reads and writes a list or map of objects.
	several interface {
		read(*decoder)
		write(*text, string)
	}
)

// listOf are objects in a list.
type listOf[T any] struct {
	list    *[]T
	members func(*T) []member
}

// mapOf are objects by name.
type mapOf[T any] struct {
	byName  *map[string]T
	members func(*T) []member
}

func (l listOf[T]) read(d *decoder) {
	d.array(func() {
		var x T
		d.members(l.members(&x))
		*l.list = append(*l.list, x)
	})
}

func (l listOf[T]) write(t *text, key string) {
	t.list(key, len(*l.list), func(i int) { t.object("", func() { t.members(l.members(&(*l.list)[i])) }) })
}

func (m mapOf[T]) read(d *decoder) {
	*m.byName = map[string]T{}
	d.each(func(name string) {
		var x T
		d.members(m.members(&x))
		(*m.byName)[name] = x
	})
}

func (m mapOf[T]) write(t *text, key string) {
	t.object(key, func() {
		for _, name := range slices.Sorted(maps.Keys(*m.byName)) {
			x := (*m.byName)[name]
			t.name(name)
			t.object("", func() { t.members(m.members(&x)) })
		}
	})
}

// members reads an object.
func (d *decoder) members(list []member) {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = quoted(m.key)
	}
	d.object(names, func(k int) {
		switch to := list[k].value.(type) {
		case *string:
			*to = d.text()
		case nullable:
			*to.text = d.text()
		case *int:
			*to = d.small()
		case *int64:
			*to = d.long()
		case optional:
			if v, ok := d.int(); ok {
				*to.n = v
			}
		case *event.Millis:
			*to = d.millis()
		case isoTime:
			*to.at = d.isoTime()
		case *float64:
			*to = d.float()
		case *[]string:
			d.array(func() { *to = append(*to, d.text()) })
		case *map[string]string:
			*to = d.stringMap()
		case *map[string]int64:
			*to = map[string]int64{}
			d.each(func(name string) { (*to)[name], _ = d.amount() })
		case object:
			d.members(to)
		case several:
			to.read(d)
		}
	})
}

// members writes an object's inside.
func (t *text) members(list []member) {
	for _, m := range list {
		switch from := m.value.(type) {
		case *string:
			t.string(m.key, *from)
		case nullable:
			if *from.text == "" {
				t.null(m.key)
			} else {
				t.string(m.key, *from.text)
			}
		case *int:
			t.number(m.key, int64(*from))
		case *int64:
			t.number(m.key, *from)
		case optional:
			if *from.n < 0 {
				t.null(m.key)
			} else {
				t.number(m.key, *from.n)
			}
		case *event.Millis:
			t.number(m.key, int64(*from))
		case isoTime:
			if *from.at != 0 {
				t.string(m.key, time.UnixMilli(int64(*from.at)).UTC().Format(isoLayout))
			}
		case *float64:
			t.float(m.key, *from)
		case *[]string:
			t.list(m.key, len(*from), func(i int) {
				t.comma()
				t.b = appendQuoted(t.b, (*from)[i])
			})
		case *map[string]string:
			t.stringMap(m.key, *from)
		case *map[string]int64:
			t.object(m.key, func() {
				for _, name := range slices.Sorted(maps.Keys(*from)) {
					t.name(name)
					t.b = strconv.AppendInt(t.b, (*from)[name], 10)
				}
			})
		case object:
			t.object(m.key, func() { t.members(from) })
		case several:
			from.write(t, m.key)
		}
	}
}

// name writes a key that comes from a log and may hold anything.
func (t *text) name(k string) {
	t.comma()
	t.b = append(appendQuoted(t.b, k), ':')
}

// each calls value at the value of each member of an object.
func (d *decoder) each(value func(name string)) {
	if d.null() {
		return
	}
	if !d.take('{') {
		d.fail("expected an object")
		return
	}
	for first := true; d.failed == ""; first = false {
		switch c := d.peek(); {
		case c == '}':
			d.i++
			return
		case c == ',' && !first:
			d.i++
		case !first:
			d.fail("expected , or }")
			return
		}
		name := d.name()
		if !d.take(':') {
			d.fail("expected : after a key")
			return
		}
		value(name)
	}
}

const isoLayout = "2006-01-02T15:04:05.000Z"

// isoTime reads a time; a text that is none is not known.
func (d *decoder) isoTime() event.Millis {
	t, err := time.Parse(time.RFC3339, d.text())
	if err != nil {
		return 0
	}
	return event.Millis(max(0, t.UnixMilli()))
}

// float reads a number with a fraction, or the text that stands for one that
// JSON has not.
func (d *decoder) float() float64 {
	raw := d.rawValue()
	if len(raw) > 1 && raw[0] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// float writes a number as Jackson does.
func (t *text) float(key string, v float64) {
	switch {
	case math.IsNaN(v):
		t.string(key, "NaN")
	case math.IsInf(v, 1):
		t.string(key, "Infinity")
	case math.IsInf(v, -1):
		t.string(key, "-Infinity")
	default:
		t.key(key)
		t.b = strconv.AppendFloat(t.b, v, 'f', -1, 64)
	}
}
