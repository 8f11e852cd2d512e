package profiletest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// Short are short names for the metrics that tests state most.
var Short = []struct {
	Name string
	ID   metric.ID
}{
	{"run", metric.ExecutorRunTime},
	{"cpu", metric.ExecutorCPUTime},
	{"deserialize", metric.ExecutorDeserializeTime},
	{"deserializeCpu", metric.ExecutorDeserializeCPUTime},
	{"serialize", metric.ResultSerializationTime},
	{"getting", metric.GettingResultTime},
	{"sched", metric.SchedulerDelay},
	{"gc", metric.JVMGCTime},
	{"peak", metric.PeakExecutionMemory},
	{"memorySpill", metric.MemoryBytesSpilled},
	{"spill", metric.DiskBytesSpilled},
	{"input", metric.InputBytes},
	{"inputRows", metric.InputRecords},
	{"output", metric.OutputBytes},
	{"outputRows", metric.OutputRecords},
	{"shuffleRead", metric.ShuffleLocalBytesRead},
	{"shuffleRemote", metric.ShuffleRemoteBytesRead},
	{"shuffleReadRows", metric.ShuffleReadRecords},
	{"fetchWait", metric.ShuffleFetchWaitTime},
	{"shuffleWrite", metric.ShuffleWriteBytes},
	{"shuffleWriteTime", metric.ShuffleWriteTime},
	{"shuffleWriteRows", metric.ShuffleWriteRecords},
}

func taskMetric(name string) (metric.ID, bool) {
	for _, s := range Short {
		if s.Name == name {
			return s.ID, true
		}
	}
	id, ok := metric.Parse(name)
	return id, ok && !id.SQL()
}

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// list reads "a,b*3,c" with one reader for the values.
func list(text string, value func(string) (int64, error)) ([]int64, error) {
	var out []int64
	for _, part := range strings.Split(text, ",") {
		part, times, repeated := strings.Cut(strings.TrimSpace(part), "*")
		n := 1
		if repeated {
			var err error
			if n, err = strconv.Atoi(times); err != nil || n < 0 || n > 1<<24 {
				return nil, errorf("%q is no number of repetitions", times)
			}
		}
		v, err := value(part)
		if err != nil {
			return nil, err
		}
		for range n {
			out = append(out, v)
		}
	}
	return out, nil
}

// number reads a value of the unit: durations in nanoseconds.
func number(unit metric.Unit) func(string) (int64, error) {
	switch unit {
	case metric.Duration:
		return nanoseconds
	case metric.Bytes:
		return size
	default:
		return size // counts take k and m as well, as 1024 and its square
	}
}

func nanoseconds(s string) (int64, error) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ms * int64(time.Millisecond), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, errorf("%q is no time, such as 250ms or 1m30s", s)
	}
	return int64(d), nil
}

func size(s string) (int64, error) {
	digits, scale := s, int64(1)
	if len(s) > 1 {
		if i := strings.IndexByte("kmgt", s[len(s)-1]|0x20); i >= 0 {
			digits, scale = s[:len(s)-1], int64(1)<<(10*(i+1))
		}
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err == nil {
		return v * scale, nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, errorf("%q is no number, such as 12, 64k or 1.5g", s)
	}
	return int64(f * float64(scale)), nil
}

func whole(s string) (int64, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errorf("%q is no whole number", s)
	}
	return v, nil
}

// millis reads the field as an offset from Epoch; ok is false when it is missing.
func (l *line) millis(key string) (t event.Millis, ok bool, err error) {
	text, ok := l.fields[key]
	if !ok {
		return 0, false, nil
	}
	ns, err := nanoseconds(text)
	if err != nil {
		return 0, false, mistake(l.number, "%s: %w", key, err)
	}
	return Epoch + event.Millis(ns/int64(time.Millisecond)), true, nil
}

// integers reads the field as a list of whole numbers.
func (l *line) integers(key string) ([]int, error) {
	text := l.fields[key]
	if text == "" {
		return nil, nil
	}
	values, err := list(text, whole)
	if err != nil {
		return nil, mistake(l.number, "%s: %w", key, err)
	}
	out := make([]int, len(values))
	for i, v := range values {
		out[i] = int(v)
	}
	return out, nil
}

// id reads the number after the line's word.
func (l *line) id(position int) (int, error) {
	if position >= len(l.args) {
		return 0, mistake(l.number, "%s needs a number after it", l.word)
	}
	v, err := whole(l.args[position])
	if err != nil {
		return 0, mistake(l.number, "%s: %w", l.word, err)
	}
	return int(v), nil
}

// bytes reads the field as a size, 0 when it is missing.
func (l *line) bytes(key string) (int64, error) {
	if l.fields[key] == "" {
		return 0, nil
	}
	v, err := size(l.fields[key])
	if err != nil {
		return 0, mistake(l.number, "%s: %w", key, err)
	}
	return v, nil
}
