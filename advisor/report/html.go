package report

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

//go:embed page.tmpl
var page string

//go:embed style.css
var style string

// html/template escapes by context whatever comes out of a log. What is marked
// as safe here is this package's own: the style sheet, and drawings that escape
// their texts themselves (svg.go).
var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"css":        func() template.CSS { return template.CSS(style) },
	"dur":        duration,
	"size":       bytesOrNothing,
	"when":       when,
	"saving":     saving,
	"stake":      stake,
	"place":      place,
	"also":       also,
	"conf":       conf,
	"was":        was,
	"assumed":    assumed,
	"selfError":  selfError,
	"upper":      upper,
	"add":        func(a, b int) int { return a + b },
	"gantt":      gantt,
	"bars":       bars,
	"trialChart": trialChart,
}).Parse(page))

// HTML prints the document as one file that needs no network: style and
// drawings are inside, and a policy in its head forbids everything else. It
// follows the reader's choice of light or dark, and prints.
func (d *Document) HTML(w io.Writer) error { return pageTemplate.Execute(w, d) }

// Measured says what the trial found, in a sentence.
func (t *Trial) Measured() string { return t.measured() }

// Promised says what was predicted, in a sentence.
func (t *Trial) Promised() string { return t.predicted() }

// Outcome prints the measured time, or that the stage did not run.
func (s TrialStage) Outcome() string { return s.measured() }

func bytesOrNothing(n int64) string {
	if n == 0 {
		return ""
	}
	return metric.FormatBytes(n)
}

func when(t event.Millis) string {
	if t == 0 {
		return ""
	}
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02 15:04 UTC")
}
