package report

import (
	"fmt"
	"io"
	"strings"

	"stagecoach/advisor/lint"
)

// Linted is a file or a log and the remarks about its settings.
type Linted struct {
	Path    string
	Remarks []lint.Remark
}

// LintText prints remarks for a terminal, the worst first.
func LintText(w io.Writer, linted []Linted) error {
	p := &printer{w: w}
	for _, l := range linted {
		if len(linted) > 1 {
			p.line("%s:", printable(l.Path))
		}
		if len(l.Remarks) == 0 {
			p.line("Nothing to remark.")
		}
		for _, r := range l.Remarks {
			p.remark("", r)
		}
	}
	return p.err
}

// LintJSON prints the remarks as one list, each with the path that it is about.
func LintJSON(w io.Writer, linted []Linted) error {
	type located struct {
		Path string `json:"path"`
		lint.Remark
	}
	out := []located{}
	for _, l := range linted {
		for _, r := range l.Remarks {
			out = append(out, located{l.Path, r})
		}
	}
	return encode(w, out)
}

// LintMarkdown prints the remarks as tables.
func LintMarkdown(w io.Writer, linted []Linted) error {
	p := &printer{w: w}
	for _, l := range linted {
		p.line("## %s\n", md(l.Path))
		if len(l.Remarks) == 0 {
			p.line("Nothing to remark.\n")
		}
		p.remarksMarkdown(l.Remarks)
	}
	return p.err
}

func (p *printer) remark(indent string, r lint.Remark) {
	at := ""
	if r.Line > 0 {
		at = fmt.Sprintf("line %d: ", r.Line)
	}
	p.line("%s%s%s=%s  [%s, %s]", indent, at, printable(r.Key), cut(printable(r.Value), 60), r.Kind, r.Severity)
	p.line("%s   %s  (%s)", indent, remarked(r), r.Source)
}

// remarked is what a remark says in one sentence.
func remarked(r lint.Remark) string {
	var b strings.Builder
	b.WriteString(r.Says)
	if r.Since != "" {
		b.WriteString(" (since Spark " + r.Since + ")")
	}
	switch {
	case r.Instead != "" && r.Kind == lint.Mistyped:
		b.WriteString("; did you mean " + r.Instead + "?")
	case r.Instead != "":
		b.WriteString("; write " + r.Instead)
	}
	return b.String()
}

// configuration prints the remarks that stand beside advice.
func (p *printer) configuration(remarks []lint.Remark) {
	if len(remarks) == 0 {
		return
	}
	p.line("")
	p.line("Settings that do not do what they say (stagecoach lint has all):")
	for _, r := range remarks {
		p.remark("   ", r)
	}
}

func (p *printer) remarksMarkdown(remarks []lint.Remark) {
	var rows [][]string
	for _, r := range remarks {
		rows = append(rows, []string{code(r.Key), code(r.Value), string(r.Kind), r.Severity, md(remarked(r)), md(r.Source)})
	}
	p.grid([]string{"setting", "value", "kind", "severity", "remark", "source"}, rows, 6)
}
