package main

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"stagecoach/engine/event"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// openIndexed reads a running application, a log, or what was kept of it unless
// fresh.
func openIndexed(ctx context.Context, path string, fresh bool) (*profiler.Profile, error) {
	p := &profiler.Profile{}
	if found, err := foldRunning(ctx, p, path); found || err != nil {
		return p, err
	}
	index, err := sparklog.UserIndex()
	if fresh || err != nil { // without a home there is no cache
		return sparklog.Open(path)
	}
	return index.Open(path)
}

// foldRunning folds what a running application says of itself into p, and
// reports whether path is the address of one.
func foldRunning(ctx context.Context, p *profiler.Profile, path string) (found bool, err error) {
	app, err := sparkrest.Find(ctx, http.DefaultClient, path)
	if app == nil || err != nil {
		return false, err
	}
	for e, err := range app.Events(ctx, false, 0) {
		if err := foldEvent(p, e, err); err != nil {
			return true, err
		}
	}
	p.Settle()
	return true, nil
}

// foldEvent folds an event, or what is wrong with the source of events; it
// returns what ends the reading.
func foldEvent(p *profiler.Profile, e event.Event, err error) error {
	var odd *sparklog.Error
	switch {
	case errors.As(err, &odd) && odd.Skipped:
		odd.Warn(p)
	case err != nil:
		return err
	default:
		p.Add(e)
	}
	return nil
}

// eventsOf yields what a log holds, or what a running application says of itself.
// With follow it goes on until the application has ended or ctx does, looking
// once in every.
func eventsOf(ctx context.Context, path string, follow bool, every time.Duration) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		app, err := sparkrest.Find(ctx, http.DefaultClient, path)
		switch {
		case err != nil:
			yield(nil, err)
			return
		case app != nil:
			app.Events(ctx, follow, every)(yield)
			return
		}
		records := sparklog.Records(path)
		if follow {
			records = sparklog.Follow(ctx, path, every)
		}
		for r, err := range records {
			switch {
			case err != nil:
				if !yield(nil, err) {
					return
				}
			case r.Event() != nil:
				if !yield(r.Event(), nil) {
					return
				}
			}
		}
	}
}
