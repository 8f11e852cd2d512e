package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/engine"
	"stagecoach/engine/metric"
	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// serveCommand answers Spark's REST API from logs.
func serveCommand() *cobra.Command {
	var listen string
	var keep int64
	c := &cobra.Command{
		Use:   "serve DIR",
		Short: "Answer Spark's REST API from the logs of a folder, as the History Server does",
		Long: `Serve answers Spark's REST API (/api/v1) from the event logs in DIR: applications,
jobs, stages, tasks and their quantiles, executors, storage, environment, SQL
executions, and the logs themselves as zip files. Clients of the History Server
work unchanged, and no JVM is needed. All tasks are served: nothing is dropped
when there are many.

A log is read when it is first asked for. What was read is kept up to --keep;
what was not used for longest goes first. A log that has grown is read again.

Only this machine can connect unless --listen says otherwise. There is no access
control: whoever can connect can read every log in DIR.`,
		Example: `  stagecoach serve /tmp/spark-events
  curl http://localhost:18080/api/v1/applications
  stagecoach serve /tmp/spark-events --listen :18080     # for every machine`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if keep < 1 {
				return fmt.Errorf("--keep %d: give a positive number of megabytes", keep)
			}
			s := sparkrest.NewServer(args[0], keep<<20, engine.SparkVersion)
			if index, err := sparklog.UserIndex(); err == nil { // without a home there is no cache
				s.UseIndex(index)
			}
			n, err := s.Applications()
			if err != nil {
				return err
			}
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return fmt.Errorf("--listen %s: %w", listen, err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s attempts of applications at http://%s/api/v1/applications; ctrl+c ends\n", metric.FormatCount(int64(n)), l.Addr())
			return serveHTTP(c.Context(), l, s)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:18080", "address to listen on, host:port")
	c.Flags().Int64Var(&keep, "keep", 512, "megabytes of read logs to keep in memory")
	return c
}

// serveHTTP serves until ctx ends, and then lets answers under way finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := server.Shutdown(wait)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
