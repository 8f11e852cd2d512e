// Logs measures how fast and in how little memory stagecoach reads an event log.
// It writes a log of its own, once as text and once as zstd, lets the binary
// profile both, and prints what that took:
//
//	logs --bin bin/stagecoach --dir out/logs --tasks 1000000
//
// Times are of the child process: wall, and CPU over all its threads. Where
// SPARK_PYTHON names a Python that has pyspark, its History Server is asked for the
// stages of the same log, and the ratio of the costs is printed.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
)

func main() {
	bin := flag.String("bin", "bin/stagecoach", "the binary to measure")
	dir := flag.String("dir", "out/logs", "folder of the generated logs; they are kept for the next time")
	tasks := flag.Int("tasks", 1_000_000, "tasks of the log")
	runs := flag.Int("runs", 3, "runs of each reading, of which the fastest counts")
	heap := flag.String("server-heap", "4g", "heap of the History Server; it does not answer for a million tasks with its own 1g")
	flag.Parse()
	if err := run(*bin, *dir, *tasks, *runs, *heap); err != nil {
		fmt.Fprintln(os.Stderr, "logs:", err)
		os.Exit(1)
	}
}

func run(bin, dir string, tasks, runs int, heap string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	plain := filepath.Join(dir, fmt.Sprintf("tasks-%d", tasks))
	packed := plain + ".zstd"
	if err := makeLog(plain, packed, tasks); err != nil {
		return err
	}
	info, err := os.Stat(plain)
	if err != nil {
		return err
	}
	fmt.Printf("%d tasks, %.2f GB of text\n\n", tasks, float64(info.Size())/1e9)
	fmt.Println("| log | command | wall s | CPU s | GB/s of text | peak MB |")
	fmt.Println("|---|---|---:|---:|---:|---:|")
	var zstdCost cost
	for _, m := range []struct {
		name string
		args []string
	}{
		{"plain", []string{"profile", plain, "--format", "json", "--fresh"}},
		{"zstd", []string{"profile", packed, "--format", "json", "--fresh"}},
		{"zstd, sketch", []string{"profile", packed, "--format", "json", "--tasks", "sketch"}},
		{"zstd, once more", []string{"profile", packed, "--format", "json"}},
	} {
		best, err := measure(bin, m.args, tasks, runs)
		if err != nil {
			return err
		}
		if m.name == "zstd" {
			zstdCost = best
		}
		fmt.Printf("| %s | %s | %.2f | %.2f | %.2f | %.0f |\n", m.name, m.args[0], best.wall.Seconds(), best.cpu.Seconds(),
			float64(info.Size())/1e9/best.wall.Seconds(), float64(best.peak)/1e6)
	}
	return compare(packed, tasks, zstdCost, heap)
}

// compare prints what the History Server needs for the log that took ours.
func compare(log string, tasks int, ours cost, heap string) error {
	python := os.Getenv("SPARK_PYTHON")
	if python == "" {
		fmt.Println("\nSPARK_PYTHON names no Python with pyspark, so no History Server is asked.")
		return nil
	}
	server, err := findServer(python, heap)
	if err != nil {
		return err
	}
	theirs, err := server.measure(log, tasks)
	if err != nil {
		return err
	}
	fmt.Printf("| zstd | History Server, to its stages | %.2f | %.2f | | %.0f |\n", theirs.wall.Seconds(), theirs.cpu.Seconds(), float64(theirs.peak)/1e6)
	fmt.Printf("\nThe History Server takes %.1f times the wall time, %.1f times the CPU and %.1f times the memory of profile on the zstd log.\n",
		theirs.wall.Seconds()/ours.wall.Seconds(), theirs.cpu.Seconds()/ours.cpu.Seconds(), float64(theirs.peak)/float64(ours.peak))
	return nil
}

// makeLog writes the log in both forms unless it is there.
func makeLog(plain, packed string, tasks int) error {
	if _, err := os.Stat(packed); err == nil {
		return nil
	}
	text, err := os.Create(plain)
	if err != nil {
		return err
	}
	defer text.Close()
	small, err := os.Create(packed + ".part")
	if err != nil {
		return err
	}
	defer small.Close()
	z, err := zstd.NewWriter(small, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false)) // as Spark
	if err != nil {
		return err
	}
	if err := errors.Join(generate(io.MultiWriter(text, z), tasks), z.Close()); err != nil {
		return err
	}
	return os.Rename(packed+".part", packed)
}

// A cost is what one run of a command took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes resident
}

// measure runs the command and keeps the fastest run. The number of tasks that
// it prints must be the one that was written.
func measure(bin string, args []string, tasks, runs int) (best cost, err error) {
	for range runs {
		c := exec.Command(bin, args...)
		began := time.Now()
		out, err := c.Output()
		if err != nil {
			return best, fmt.Errorf("%s: %w", c, err)
		}
		wall := time.Since(began)
		var back struct {
			Totals struct{ Tasks int }
		}
		if err := json.Unmarshal(out, &back); err != nil {
			return best, fmt.Errorf("%s: %w", c, err)
		}
		if back.Totals.Tasks != tasks {
			return best, fmt.Errorf("%s: %d tasks, want %d", c, back.Totals.Tasks, tasks)
		}
		if best.wall == 0 || wall < best.wall {
			best = cost{wall, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peakOf(c.ProcessState)}
		}
	}
	return best, nil
}
