package tui

import (
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"stagecoach/advisor"
	"stagecoach/profiler"
)

// Commands wait, read and write; they change nothing of the model, but return
// what Update is to keep.

const (
	interval       = 100 * time.Millisecond // between looks at a running application
	adviceInterval = 5 * time.Second        // between judgements of one
)

// snapshotMsg is a snapshot, digested; data is nil when the source has none yet.
type snapshotMsg struct {
	data *digest
	more bool
	at   time.Time
}

type adviceMsg struct{ report advisor.Report }

type tickMsg time.Time

// copiedMsg says what became of a copy.
type copiedMsg string

func fetchFrom(source Source, before *digest) tea.Cmd {
	return func() tea.Msg {
		start := time.Now()
		p, more := source()
		d := digestOf(p, before)
		now := time.Now()
		if d != nil {
			d.took = now.Sub(start)
		}
		return snapshotMsg{d, more, now}
	}
}

func adviseOn(advise func(*profiler.Profile) advisor.Report, p *profiler.Profile) tea.Cmd {
	return func() tea.Msg { return adviceMsg{advise(p)} }
}

func tickAfter(d time.Duration) tea.Cmd {
	return tea.Tick(d, func(t time.Time) tea.Msg { return tickMsg(t) })
}

// copyTo hands text to the terminal's clipboard by the OSC 52 sequence, which
// works over ssh too. Whether the terminal took it cannot be known.
func copyTo(out io.Writer, text, what string) tea.Cmd {
	return func() tea.Msg {
		if _, err := io.WriteString(out, ansi.SetSystemClipboard(text)); err != nil {
			return copiedMsg(fmt.Sprintf("%s was not copied: %v", what, err))
		}
		return copiedMsg("copied " + what)
	}
}
