// Accuracy measures how far the advisor can be trusted, on runs of the engine
// made for the purpose, and writes what it found as advisor/ACCURACY.md.
//
//	plant ─► planted and plain jobs, healthy jobs ─► Advise ─► confusion matrix     detect.go
//	workloads × changes of parameters ─► Predict, then measure ─► errors, coverage  predict.go
//	labelled Spark logs with a repaired twin ─► Advise ─► predicted and realised    labelled.go
//
// Detection is judged by measurement alone: each planted job is also run without
// what was planted, and where that saves less than a twentieth of the wall, saying
// nothing is right as well.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/benchmarks/plant"
	"stagecoach/benchmarks/runner"
)

// A study is one run of the command.
type study struct {
	shapes    []plant.Shape
	long      plant.Shape // of the part on prediction
	strengths []plant.Strength
	only      string // causes, controls and workloads whose name holds it; "" is all
	part      string // detect, predict, labelled; "" is all
	runs      int    // of each configuration in the part on prediction
	shared    string // folder of eventlogs/labelled; what is not there is left out
	dir       string // for data
	progress  io.Writer
}

func main() {
	runner.TuneGC() // this and what follows as cmd/stagecoach does
	runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	s := study{shapes: plant.Shapes, long: plant.Long, strengths: plant.Strengths, runs: 4, progress: os.Stderr}
	out, shape, quick := "", "", false
	root := &cobra.Command{Use: "accuracy", Short: "measure how often the advisor is right", Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error {
			if quick {
				s.quick()
			}
			s.shapes = slices.DeleteFunc(slices.Clone(s.shapes), func(p plant.Shape) bool { return !strings.Contains(p.Name, shape) })
			return s.write(context.Background(), out)
		}}
	flags := root.Flags()
	flags.StringVar(&out, "out", "", "file to write the tables to; standard output otherwise")
	flags.StringVar(&s.only, "only", "", "causes, controls and workloads whose name holds this")
	flags.StringVar(&shape, "shape", "", "shapes whose name holds this")
	flags.StringVar(&s.part, "part", "", "detect, predict or labelled alone")
	flags.StringVar(&s.shared, "shared", "", "folder that holds eventlogs/labelled")
	flags.IntVar(&s.runs, "runs", s.runs, "runs of each configuration whose prediction is measured")
	flags.BoolVar(&quick, "quick", false, "few rows: whether everything works, not how well")
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

// quick makes a study that takes seconds and whose figures mean nothing.
func (s *study) quick() {
	s.shapes, s.long, s.strengths, s.runs = []plant.Shape{plant.Small}, plant.Small, []plant.Strength{plant.Weak}, 1
}

// write does the study and writes the report into a file, or to standard output.
func (s *study) write(ctx context.Context, path string) error {
	dir, err := os.MkdirTemp("", "accuracy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s.dir = dir
	text, err := s.report(ctx)
	if err != nil {
		return err
	}
	if path == "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// data generates the tables of a shape.
func (s *study) data(ctx context.Context, shape plant.Shape) (*plant.Data, error) {
	dir := filepath.Join(s.dir, shape.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return plant.Generate(ctx, dir, shape)
}
