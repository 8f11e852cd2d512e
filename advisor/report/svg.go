package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
	"time"
)

// Drawings are written by hand: numbers with one decimal, texts escaped, so
// that the same run yields the same bytes.

type drawing struct {
	b             strings.Builder
	width, height float64
}

func (d *drawing) rect(class string, x, y, w, h float64, title string) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5">`, class, x, y, w, h)
	if title != "" {
		fmt.Fprintf(&d.b, "<title>%s</title>", html.EscapeString(printable(title)))
	}
	d.b.WriteString("</rect>")
}

func (d *drawing) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" text-anchor="%s"`, x, y, anchor)
	if class != "" {
		fmt.Fprintf(&d.b, ` class="%s"`, class)
	}
	fmt.Fprintf(&d.b, ">%s</text>", html.EscapeString(printable(text)))
}

func (d *drawing) rule(x, y1, y2 float64) {
	fmt.Fprintf(&d.b, `<line class="grid" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, x, y1, x, y2)
}

func (d *drawing) svg(label string) template.HTML {
	label = html.EscapeString(printable(label))
	return template.HTML(fmt.Sprintf(`<svg role="img" aria-label="%s" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" xmlns="http://www.w3.org/2000/svg"><title>%s</title>%s</svg>`,
		label, d.width, d.height, d.width, d.height, label, d.b.String()))
}

// gantt draws the stages of one or two runs over one time axis.
func gantt(before Run, after *Run) template.HTML {
	const left, row, right = 250.0, 17.0, 70.0
	longest := before.Wall
	rows := len(before.Timeline)
	if after != nil {
		longest = max(longest, after.Wall)
		rows += len(after.Timeline) + 2
	}
	for _, b := range before.Timeline {
		longest = max(longest, b.To)
	}
	d := &drawing{width: 1072, height: float64(rows)*row + 34}
	span := d.width - left - right
	x := func(t time.Duration) float64 { return left + span*float64(t)/float64(max(1, longest)) }
	step := tick(longest)
	for t := time.Duration(0); t <= longest; t += step {
		d.rule(x(t), 18, d.height-4)
		d.text(x(t), 12, "middle", "dim", axis(t, step))
	}
	y := 24.0
	draw := func(r Run, class string) {
		for _, b := range r.Timeline {
			kind := class
			if b.Failed {
				kind = "fail"
			}
			title := fmt.Sprintf("stage %d: %s, %d tasks, %.1f at once, from %s for %s", b.StageID, b.Name, b.Tasks, b.Busy, duration(b.From), duration(b.To-b.From))
			d.text(left-8, y+11, "end", "", fmt.Sprintf("%d  %s", b.StageID, cut(site(b.Name), 34)))
			width := max(1.5, x(b.To)-x(b.From))
			d.rect(kind, x(b.From), y+2, width, row-5, title)
			d.text(x(b.From)+width+5, y+11, "start", "dim", duration(b.To-b.From))
			y += row
		}
	}
	draw(before, "bar")
	if after != nil {
		y += row
		d.text(left-8, y+11, "end", "dim", "second run")
		y += row
		draw(*after, "bar2")
	}
	return d.svg(fmt.Sprintf("Timeline of %d stages over %s", len(before.Timeline), duration(before.Wall)))
}

// tick is a round step that divides d into five to twelve parts.
func tick(d time.Duration) time.Duration {
	for _, unit := range []time.Duration{time.Millisecond, time.Second, time.Minute, time.Hour} {
		for _, n := range []time.Duration{1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500} {
			if step := n * unit; d/step <= 12 && (unit == time.Millisecond || n <= 30) {
				return max(step, 1)
			}
		}
	}
	return max(time.Duration(math.Ceil(float64(d)/10)), 1)
}

func axis(t, step time.Duration) string {
	switch {
	case t == 0:
		return "0"
	case step < time.Second && t < time.Second && step*12 < 2*time.Second:
		return fmt.Sprintf("%d ms", t/time.Millisecond)
	case step < time.Second:
		return fmt.Sprintf("%.1f s", t.Seconds())
	case step < time.Minute:
		return fmt.Sprintf("%d s", t/time.Second)
	case step < time.Hour:
		return fmt.Sprintf("%d min", t/time.Minute)
	}
	return fmt.Sprintf("%d h", t/time.Hour)
}

// bars draws a stage's histogram, small enough for a table. Heights are roots
// of the counts, so that a single straggler shows beside hundreds of peers.
func bars(s Stage) template.HTML {
	d := &drawing{width: 112, height: 24}
	most := 1
	for _, n := range s.Histogram.Counts {
		most = max(most, n)
	}
	for i, n := range s.Histogram.Counts {
		if n == 0 {
			continue
		}
		h := 22 * math.Sqrt(float64(n)/float64(most))
		from, to := time.Duration(i)*s.Histogram.Max/histogramSteps, time.Duration(i+1)*s.Histogram.Max/histogramSteps
		d.rect("bar", float64(i)*7, 23-h, 6, h, fmt.Sprintf("%d tasks of %s to %s", n, duration(from), duration(to)))
	}
	return d.svg(fmt.Sprintf("Task durations of stage %d: median %s, longest %s", s.ID, duration(s.Median), duration(s.Max)))
}

// trialChart draws every run of a trial as a bar of its wall time, and what was
// predicted as a range.
func trialChart(t *Trial) template.HTML {
	const left, row, right = 130.0, 18.0, 90.0
	var longest time.Duration
	for _, runs := range [][]time.Duration{t.Before, t.After, {t.Predicted.High}} {
		for _, w := range runs {
			longest = max(longest, w)
		}
	}
	d := &drawing{width: 760, height: float64(len(t.Before)+len(t.After)+1)*row + 8}
	x := func(w time.Duration) float64 { return (d.width - left - right) * float64(w) / float64(max(1, longest)) }
	y := 4.0
	draw := func(name, class string, runs []time.Duration) {
		for i, w := range runs {
			if i == 0 {
				d.text(left-8, y+12, "end", "", name)
			}
			d.rect(class, left, y+2, x(w), row-5, fmt.Sprintf("%s, run %d: %s", name, i+1, duration(w)))
			d.text(left+x(w)+6, y+12, "start", "dim", duration(w))
			y += row
		}
	}
	draw("before", "bar", t.Before)
	if p := t.Predicted; p.Refused == "" && p.Before > 0 {
		d.text(left-8, y+12, "end", "", "predicted")
		d.rect("range", left+x(p.Low), y+2, max(2, x(p.High)-x(p.Low)), row-5, fmt.Sprintf("between %s and %s", duration(p.Low), duration(p.High)))
		d.rect("bar", left+x(p.After)-1, y+1, 3, row-3, duration(p.After))
		d.text(left+x(p.High)+6, y+12, "start", "dim", duration(p.After))
		y += row
	}
	draw("after", "bar2", t.After)
	return d.svg("Wall time of every run, before and after, and the predicted range")
}
