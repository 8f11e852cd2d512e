// Package tui shows a profile in a terminal, while it grows or afterwards.
//
//	Source ─► digest ─► Update ─► grid, list ─► View
//
// There is one bubbletea model (model.go) and one file for each screen. A
// screen is a struct of functions that read: its rows as a grid of typed
// columns (table.go), from which printing, sorting and filtering follow, or its
// page of lines. Snapshots are taken and judged in commands; Update keeps what
// they return; View only reads. A file and a running application look alike.
package tui

import (
	"context"
	"errors"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"stagecoach/advisor"
	"stagecoach/profiler"
)

// A Source returns the latest snapshot of a profile, nil while there is none,
// and whether a later one may hold more. Nothing may change a profile that it
// has returned; profiler.Live.Snapshot keeps to that. It is called from one
// goroutine at a time, about ten times a second while there is more to come.
type Source func() (p *profiler.Profile, more bool)

// Still is the source of a profile that is complete.
func Still(p *profiler.Profile) Source {
	return func() (*profiler.Profile, bool) { return p, false }
}

// Options say how to show a profile.
type Options struct {
	Live   bool                                   // the application runs; otherwise more to come means more to read
	Advise func(*profiler.Profile) advisor.Report // nil: there are no findings
	Theme  Theme                                  // which colours; the zero value asks the terminal
	Input  io.Reader                              // nil: standard input
	Output io.Writer                              // nil: standard output
}

// Run shows the profile until the reader quits or ctx ends, which it returns as
// ctx's error.
func Run(ctx context.Context, source Source, opt Options) error {
	if opt.Output == nil {
		opt.Output = os.Stdout
	}
	with := []tea.ProgramOption{tea.WithAltScreen(), tea.WithContext(ctx), tea.WithOutput(opt.Output)}
	if opt.Input != nil {
		with = append(with, tea.WithInput(opt.Input))
	}
	_, err := tea.NewProgram(newModel(source, opt), with...).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
