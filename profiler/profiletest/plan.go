package profiletest

import (
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// planReader builds trees from indented lines.
type planReader struct {
	stack       []level
	accumulator int64
}

type level struct {
	indent int
	node   *event.PlanNode
}

// node reads one line of a tree: name "detail" {metadata} [metrics].
func (r *planReader) node(l *line, indent int, body string) error {
	rest := body
	n := &event.PlanNode{}
	if at := strings.LastIndexByte(rest, '['); at >= 0 && strings.HasSuffix(rest, "]") {
		if err := r.metrics(l, n, rest[at+1:len(rest)-1]); err != nil {
			return err
		}
		rest = strings.TrimSpace(rest[:at])
	}
	if at := strings.LastIndexByte(rest, '{'); at >= 0 && strings.HasSuffix(rest, "}") {
		n.Metadata = map[string]string{}
		for _, pair := range strings.Split(rest[at+1:len(rest)-1], ",") {
			key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			n.Metadata[key] = value
		}
		rest = strings.TrimSpace(rest[:at])
	}
	if at := strings.IndexByte(rest, '"'); at >= 0 && strings.HasSuffix(rest, `"`) && at < len(rest)-1 {
		n.Detail = rest[at+1 : len(rest)-1]
		rest = strings.TrimSpace(rest[:at])
	}
	n.Name = rest
	if n.Detail == "" {
		n.Detail = n.Name
	}
	if n.Name == "" {
		return errorf("a plan node needs a name")
	}
	for len(r.stack) > 0 && r.stack[len(r.stack)-1].indent >= indent {
		r.stack = r.stack[:len(r.stack)-1]
	}
	switch {
	case len(r.stack) > 0:
		parent := r.stack[len(r.stack)-1].node
		parent.Children = append(parent.Children, n)
	case l.plan != nil:
		return errorf("a plan has one root; indent %q below it", n.Name)
	default:
		l.plan = n
	}
	r.stack = append(r.stack, level{indent, n})
	return nil
}

// metrics reads "name=v,v@stage, name=v". A piece without '=' is a further
// value of the metric before it.
func (r *planReader) metrics(l *line, n *event.PlanNode, text string) error {
	var names, values []string
	for _, piece := range strings.Split(text, ",") {
		if name, value, ok := strings.Cut(piece, "="); ok {
			names, values = append(names, strings.TrimSpace(name)), append(values, value)
		} else if len(values) > 0 {
			values[len(values)-1] += "," + piece
		} else {
			return errorf("%q is no metric; write name=value", strings.TrimSpace(piece))
		}
	}
	for i, name := range names {
		kind, read := metricKind(name)
		r.accumulator++
		v := planValue{accumulator: r.accumulator, stage: -1}
		text, stage, at := strings.Cut(values[i], "@")
		if at {
			id, err := whole(stage)
			if err != nil {
				return err
			}
			v.stage = int(id)
		}
		n.Metrics = append(n.Metrics, event.PlanMetric{Name: name, AccumulatorID: v.accumulator, Type: kind})
		if strings.TrimSpace(text) == "" {
			continue // declared, reported by nobody
		}
		var err error
		if v.values, err = list(text, read); err != nil {
			return errorf("%s: %w", name, err)
		}
		l.values = append(l.values, v)
	}
	return nil
}

// metricKind returns Spark's type of a plan metric and how its values are read.
func metricKind(name string) (kind string, read func(string) (int64, error)) {
	id, known := metric.Parse(name)
	switch {
	case known && id.Unit() == metric.Bytes:
		return "size", size
	case known && id == metric.NodeShuffleWriteTime:
		return "nsTiming", nanoseconds
	case known && id.Unit() == metric.Duration, strings.Contains(name, "time"):
		return "timing", func(s string) (int64, error) {
			ns, err := nanoseconds(s)
			return ns / int64(time.Millisecond), err
		}
	case strings.Contains(name, "size"), strings.Contains(name, "bytes"):
		return "size", size
	default:
		return "sum", size
	}
}
