package plant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"

	"stagecoach/benchmarks/runner"
	"stagecoach/engine/config"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// Run runs a job with further settings and returns its profile as it is read back
// from the event log, which is written into a folder of its own below dir and
// deleted. It begins as a process does, with an empty heap, so that it does not
// matter which job ran before.
func Run(ctx context.Context, dir, name string, job Job, more ...string) (*profiler.Profile, error) {
	conf, err := config.Parse(slices.Concat([]string{"spark.eventLog.rolling.enabled=false", "spark.eventLog.compress=false", "spark.local.dir=" + dir}, job.Conf, more)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	logs, err := os.MkdirTemp(dir, "log")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(logs)
	debug.FreeOSMemory()
	s, err := runner.Open(name, conf, runner.Options{LogDir: logs})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := errors.Join(job.Do(ctx, s.Session), s.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if job.Cut > 0 {
		info, err := os.Stat(s.Log())
		if err != nil {
			return nil, err
		}
		if err := os.Truncate(s.Log(), int64(float64(info.Size())*(1-job.Cut))); err != nil {
			return nil, err
		}
	}
	return sparklog.Open(s.Log())
}
