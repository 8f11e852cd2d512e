package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
	"stagecoach/tui"
)

// uiCommand shows a log on screens.
func uiCommand() *cobra.Command {
	var theme string
	var follow bool
	c := &cobra.Command{
		Use:   "ui LOG",
		Short: "Look at a run on screens: verdict, stages, tasks, timeline, plans, findings",
		Long: `Ui reads an event log and shows it on screens. They fill while the log is being
read. Keys 1 to 9 and 0 lead to the screens, ? lists the keys that work where you
are, q quits. With --follow they go on filling while the application writes its
log, until it has ended. LOG can also be the address of a running application's
UI, which is then asked; with --follow once a second.

Colours follow the terminal and NO_COLOR; --theme says otherwise.`,
		Example: `  stagecoach ui /tmp/spark-events/app-20240101120000-0001
  stagecoach ui http://driver:4040 --follow`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			chosen, err := parseTheme(theme)
			if err != nil {
				return err
			}
			if !isatty.IsTerminal(os.Stdout.Fd()) {
				return fmt.Errorf("ui needs a terminal, and standard output is none; stagecoach profile %s prints the same numbers", args[0])
			}
			log := readLog(c.Context(), args[0], follow)
			if err := log.opened(); err != nil {
				return err
			}
			err = tui.Run(c.Context(), log.snapshot, tui.Options{
				Theme: chosen,
				Advise: func(p *profiler.Profile) advisor.Report {
					return advisor.Advise(p, rules.All, advisor.Option{})
				},
			})
			if errors.Is(err, context.Canceled) {
				err = nil // ctrl+c is a way to quit
			}
			return errors.Join(err, log.failed())
		},
	}
	c.Flags().BoolVar(&follow, "follow", false, "go on reading while the log is being written")
	c.Flags().StringVar(&theme, "theme", "auto", "colours: auto, mono, 16 or truecolor")
	return c
}

func parseTheme(name string) (tui.Theme, error) {
	for theme, known := range []string{"auto", "mono", "16", "truecolor"} {
		if name == known {
			return tui.Theme(theme), nil
		}
	}
	return 0, fmt.Errorf("--theme %s: there are auto, mono, 16 and truecolor", name)
}

// A logReader folds a log in the background, so that the first screen does not
// wait for the last line.
type logReader struct {
	live  profiler.Live
	first chan struct{} // closed when an event has come, or nothing will

	mu       sync.Mutex
	started  bool
	done     bool
	err      error
	warnings []*sparklog.Error
}

// readLog begins to read. Reading ends with the log or with ctx; with follow the
// log ends when its application does.
func readLog(ctx context.Context, path string, follow bool) *logReader {
	r := &logReader{first: make(chan struct{})}
	go func() {
		defer r.finish()
		for e, err := range eventsOf(ctx, path, follow, time.Second) {
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				r.live.Add(e)
			}
			if !r.note(err) {
				return
			}
		}
	}()
	return r
}

// note keeps an error, if there is one, and reports whether reading goes on.
func (r *logReader) note(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	var problem *sparklog.Error
	switch {
	case err == nil:
		if !r.started {
			r.started = true
			close(r.first)
		}
		return true
	case errors.As(err, &problem) && problem.Skipped:
		r.warnings = append(r.warnings, problem)
		return true
	}
	r.err = err
	return false
}

func (r *logReader) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	if !r.started {
		r.started = true
		close(r.first)
	}
}

// opened waits for the first event and returns the error that came instead.
func (r *logReader) opened() error {
	<-r.first
	return r.failed()
}

func (r *logReader) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// snapshot is a tui.Source.
func (r *logReader) snapshot() (*profiler.Profile, bool) {
	r.mu.Lock()
	done, warnings, err := r.done, r.warnings, r.err
	r.mu.Unlock()
	p := r.live.Snapshot()
	for _, w := range warnings {
		p.Warn(w.Place, "%s", w.Msg)
	}
	if err != nil {
		p.Warn("", "reading stopped: %v", err)
	}
	return p, !done
}
