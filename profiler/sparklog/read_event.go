package sparklog

import (
	"bytes"
	"slices"

	"stagecoach/engine/event"
)

// A reader reads the rest of the line of an event of some name.
type reader struct {
	name string
	read func(*decoder) event.Event
}

// readers are the events that there are, most frequent first; the starts and
// ends of tasks, of which a log consists, stand before them in event. Everything
// else is counted and skipped.
var readers = slices.Concat(coreReaders, streamReaders, resourceReaders, statementReaders())

var coreReaders = []reader{
	{"SparkListenerStageCompleted", (*decoder).stageCompleted},
	{"SparkListenerStageSubmitted", (*decoder).stageSubmitted},
	{"SparkListenerBlockUpdated", (*decoder).blockUpdated},
	{"SparkListenerJobStart", (*decoder).jobStart},
	{"SparkListenerJobEnd", (*decoder).jobEnd},
	{"SparkListenerTaskGettingResult", (*decoder).gettingResult},
	{"SparkListenerExecutorAdded", (*decoder).executorAdded},
	{"SparkListenerExecutorRemoved", (*decoder).executorRemoved},
	{schedulerPrefix + "SparkListenerExecutorExcluded", (*decoder).excluded},
	{schedulerPrefix + "SparkListenerExecutorExcludedForStage", (*decoder).excludedForStage},
	{schedulerPrefix + "SparkListenerExecutorUnexcluded", (*decoder).unexcluded},
	{schedulerPrefix + "SparkListenerNodeExcluded", (*decoder).nodeExcluded},
	{schedulerPrefix + "SparkListenerNodeUnexcluded", (*decoder).nodeUnexcluded},
	{schedulerPrefix + "SparkListenerExecutorBlacklisted", (*decoder).excluded}, // before Spark 3.1, and beside the new names since
	{schedulerPrefix + "SparkListenerExecutorBlacklistedForStage", (*decoder).excludedForStage},
	{schedulerPrefix + "SparkListenerExecutorUnblacklisted", (*decoder).unexcluded},
	{schedulerPrefix + "SparkListenerNodeBlacklisted", (*decoder).nodeExcluded},
	{schedulerPrefix + "SparkListenerNodeUnblacklisted", (*decoder).nodeUnexcluded},
	{"SparkListenerBlockManagerAdded", (*decoder).blockManagerAdded},
	{"SparkListenerBlockManagerRemoved", (*decoder).blockManagerRemoved},
	{"SparkListenerStageExecutorMetrics", (*decoder).stageExecutorMetrics},
	{"SparkListenerUnpersistRDD", (*decoder).unpersistRDD},
	{"SparkListenerEnvironmentUpdate", (*decoder).environment},
	{"SparkListenerApplicationStart", (*decoder).applicationStart},
	{"SparkListenerApplicationEnd", (*decoder).applicationEnd},
	{"SparkListenerLogStart", (*decoder).logStart},
	{"DBCEventLoggingListenerMetadata", (*decoder).logStart}, // what Databricks writes instead
	{sqlPrefix + "SparkListenerSQLExecutionStart", (*decoder).sqlStart},
	{sqlPrefix + "SparkListenerSQLExecutionEnd", (*decoder).sqlEnd},
	{sqlPrefix + "SparkListenerSQLAdaptiveExecutionUpdate", (*decoder).sqlReplan},
	{sqlPrefix + "SparkListenerSQLAdaptiveSQLMetricUpdates", (*decoder).sqlDeclare},
	{sqlPrefix + "SparkListenerDriverAccumUpdates", (*decoder).sqlDriver},
}

const (
	sqlPrefix       = "org.apache.spark.sql.execution.ui."
	schedulerPrefix = "org.apache.spark.scheduler."
	eventPrefix     = `{"Event":"`
	taskEndName     = "SparkListenerTaskEnd"
	taskStartName   = "SparkListenerTaskStart"
)

// event reads the line of r into it: nothing but the name when the event is of
// a kind that is not read. d.failed says why the line could not be read.
func (d *decoder) event(r *Record) {
	d.reset(r.Line)
	name := eventName(r.Line)
	if name == nil {
		if name = d.searchName(); name == nil {
			return
		}
		d.i = 0
	}
	b := d.batch
	switch string(name) {
	case taskEndName:
		b.ends = append(b.ends, event.TaskEnd{})
		r.Name, r.end = taskEndName, &b.ends[len(b.ends)-1]
		d.taskEnd(r.end)
	case taskStartName:
		b.starts = append(b.starts, event.TaskStart{})
		r.Name, r.start = taskStartName, &b.starts[len(b.starts)-1]
		d.taskStart(r.start)
	default:
		for i := range readers {
			if string(name) == readers[i].name {
				r.Name = readers[i].name
				r.event = readers[i].read(d)
			}
		}
	}
	if r.Name == "" {
		r.Name = d.intern(name)
		if d.skip(); d.failed == "" {
			if b.ignored == nil {
				b.ignored = map[string]int{}
			}
			b.ignored[r.Name]++
		}
	}
	if d.failed == "" && d.peek() != 0 {
		d.fail("text behind the event")
	}
}

// eventName reads the name where Spark writes it: as the first key.
func eventName(line []byte) []byte {
	if !bytes.HasPrefix(line, []byte(eventPrefix)) {
		return nil
	}
	rest := line[len(eventPrefix):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil
	}
	return rest[:end]
}

var eventKey = keys("Event")

// searchName finds the name anywhere in the object, for logs that other tools
// have written anew.
func (d *decoder) searchName() (name []byte) {
	d.object(eventKey, func(int) { name = bytes.Clone(d.raw()) })
	if d.failed == "" && name == nil {
		d.fail("no Event in the object")
	}
	return name
}

// millis reads a time; -1, null and zero mean that it is not known.
func (d *decoder) millis() event.Millis { return millis(d.long()) }

func millis(v int64) event.Millis { return event.Millis(max(0, v)) }

func (d *decoder) small() int { v, _ := d.int(); return int(v) }

func (d *decoder) long() int64 { v, _ := d.int(); return v }

// stringMap reads an object of texts; values of other types are kept as JSON.
func (d *decoder) stringMap() map[string]string {
	if d.null() {
		return nil
	}
	m := map[string]string{}
	if !d.take('{') {
		d.fail("expected an object")
		return nil
	}
	for first := true; d.failed == ""; first = false {
		switch c := d.peek(); {
		case c == '}':
			d.i++
			return m
		case c == ',' && !first:
			d.i++
		case !first:
			d.fail("expected , or }")
			return nil
		}
		key := d.name()
		if !d.take(':') {
			d.fail("expected : after a key")
			return nil
		}
		m[key] = d.anyText()
	}
	return nil
}

func (d *decoder) anyText() string {
	if c := d.peek(); c == '"' || c == 'n' {
		return d.text()
	}
	from := d.i
	d.skip()
	return string(d.b[from:min(d.i, len(d.b))])
}

func (d *decoder) ints() (out []int) {
	d.array(func() { out = append(out, d.small()) })
	return out
}
