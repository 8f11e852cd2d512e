package runner

import (
	"errors"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// A Session is a session of the engine whose events fold into a profile and,
// where asked for, go into a Spark event log. Close it.
type Session struct {
	*engine.Session
	Profile *profiler.Profile
	log     *sparklog.Writer
}

// Open starts a session. Its application is called name unless the
// configuration says otherwise.
func Open(name string, conf config.Config, o Options) (*Session, error) {
	s := &Session{Profile: new(profiler.Profile)}
	id := engine.NewID()
	dir := o.LogDir
	if dir == "" && conf.Bool(config.EventLogEnabled) {
		dir = conf.Text(config.EventLogDir)
	}
	listeners := []event.Listener{s.Profile.Add, o.Listener}
	var err error
	if dir != "" {
		if s.log, err = sparklog.Create(dir, id, "", logOptions(conf)); err != nil {
			return nil, err
		}
		listeners = append(listeners, s.logged(conf.Bool(config.EventLogBlockUpdates)))
	}
	if !conf.IsSet(config.AppName) {
		if conf, err = conf.With(config.AppName, name); err != nil {
			return nil, err
		}
	}
	if s.Session, err = engine.NewSession(conf, engine.WithID(id), engine.WithListener(event.Tee(listeners...)), engine.WithMemoryLimit(0)); err != nil {
		return nil, errors.Join(err, s.closeLog())
	}
	return s, nil
}

// logged writes events into the log, moves of cached blocks where asked for.
func (s *Session) logged(blocks bool) event.Listener {
	return func(e event.Event) {
		if _, ok := e.(event.BlockUpdated); !ok || blocks {
			s.log.Add(e)
		}
	}
}

// Close ends the application; its log is complete then.
func (s *Session) Close() error { return errors.Join(s.Session.Close(), s.closeLog()) }

func (s *Session) closeLog() error {
	if s.log == nil {
		return nil
	}
	return s.log.Close()
}

// Log is the path of the event log; "" when none was written.
func (s *Session) Log() string {
	if s.log == nil {
		return ""
	}
	return s.log.Path()
}

// logOptions reads the spark.eventLog parameters.
func logOptions(c config.Config) sparklog.Options {
	o := sparklog.Options{Codec: "none", Rolling: c.Bool(config.EventLogRolling), MaxFileSize: c.Int(config.EventLogMaxFileSize)}
	if c.Bool(config.EventLogCompress) {
		o.Codec = c.Text(config.EventLogCodec)
	}
	return o
}
