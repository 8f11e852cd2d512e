// Package sparkrest answers as Spark's REST API (/api/v1) does, from event logs,
// and asks the API of a running application in turn.
//
//	log ─► sparklog.Records ─┬► profiler.Profile ─┐
//	                         └► Details ──────────┴► View ─► JobData, StageData, ... ─► Server
//
//	UI of a running application ─► Application ─► event.Event ─► profiler.Profile
//
// Names, units, order and rules are those of Spark 4.1 (AppStatusListener,
// AppStatusStore, the resources of org.apache.spark.status.api.v1), so that a
// client of the History Server cannot tell the difference. A Profile holds what
// screens and rules need; Details hold the rest of what Spark's answers show:
// log addresses, attributes, peaks of every kind of memory, user accumulators.
// A View without Details leaves those fields out.
package sparkrest

import (
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A View shows one application attempt. Details may be nil.
type View struct {
	*profiler.Profile
	Details *Details
	Updated event.Millis // when its log was written last
}

// Date is a time as Spark's answers spell it: 2015-03-17T23:11:50.242GMT. Fields
// of this type are left out when they are zero.
type Date event.Millis

// MarshalJSON implements json.Marshaler.
func (d Date) MarshalJSON() ([]byte, error) {
	return []byte(time.UnixMilli(int64(d)).UTC().Format(`"2006-01-02T15:04:05.000GMT"`)), nil
}

// UnmarshalJSON implements json.Unmarshaler. What Spark writes for a time that has
// not come, -1, becomes zero.
func (d *Date) UnmarshalJSON(text []byte) error {
	t, err := time.Parse(`"2006-01-02T15:04:05.000GMT"`, string(text))
	if err != nil {
		return err
	}
	*d = Date(max(0, t.UnixMilli()))
	return nil
}

// ms is a duration in Spark's milliseconds.
func ms(nanoseconds int64) int64 { return nanoseconds / int64(time.Millisecond) }

// InSparkUnit turns a value of id into the unit that Spark shows it in: most
// times are in milliseconds, CPU and shuffle write times in nanoseconds.
func InSparkUnit(id metric.ID, v int64) int64 {
	switch id {
	case metric.ExecutorCPUTime, metric.ExecutorDeserializeCPUTime, metric.ShuffleWriteTime:
		return v
	}
	if id.Unit() == metric.Duration {
		return ms(v)
	}
	return v
}

// FromSparkUnit is the inverse of InSparkUnit, but for what milliseconds cut off.
func FromSparkUnit(id metric.ID, v int64) int64 {
	if id.Unit() == metric.Duration && InSparkUnit(id, int64(time.Millisecond)) == 1 {
		return v * int64(time.Millisecond)
	}
	return v
}

// value is a metric of a set in Spark's unit.
func value(m *metric.Set, id metric.ID) int64 { return InSparkUnit(id, m.Value(id)) }

// end is the end of the application, or the last time seen while it runs.
func (v *View) end() event.Millis {
	if v.App.End != 0 {
		return v.App.End
	}
	return v.App.LastEvent
}
