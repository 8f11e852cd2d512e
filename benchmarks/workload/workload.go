// Package workload holds the jobs that stagecoach runs, one file each: written
// once against frames, run under any configuration. All is the list.
package workload

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A Category says what a workload stresses.
type Category string

// The categories of the benchmark report.
const (
	Loading      Category = "loading"
	Aggregations Category = "aggregations"
	Joins        Category = "joins"
	Shuffles     Category = "shuffles"
	Caching      Category = "caching"
	Memory       Category = "memory"
	Study        Category = "study" // several of them, as real jobs are
)

// A Workload is a job over the taxi tables.
type Workload struct {
	Name     string // kebab-case
	Category Category
	Title    string
	Doc      string
	// Build makes the job's queries. It reads nothing.
	Build func(s *engine.Session, d Data) []Question
	// Settings is the configuration the job runs with unless told otherwise.
	Settings []string
}

// Data is the tables that workloads read.
type Data struct{ Trips, Zones, Weather source.Source }

// A Question is one query of a workload.
type Question struct {
	Name    string
	Title   string
	Ordered bool // the order of the rows is part of the answer
	Frame   *engine.Frame
}

// An Answer is the rows of a question.
type Answer struct {
	Name    string
	Title   string
	Ordered bool
	Schema  expr.Schema
	Rows    [][]expr.Value
}

// All is every workload, in the order of the documentation.
var All = []Workload{
	taxiQuestions, loadTrips, hourlyRevenue, originDestination, zoneJoin, selfJoin, reshuffle, cacheReuse, globalSort,
}

// Lookup returns the workload called name; the error lists the names there are.
func Lookup(name string) (Workload, error) {
	i := slices.IndexFunc(All, func(w Workload) bool { return w.Name == name })
	if i < 0 {
		names := make([]string, len(All))
		for i, w := range All {
			names[i] = w.Name
		}
		return Workload{}, fmt.Errorf("no workload is called %q; there are %s", name, strings.Join(names, ", "))
	}
	return All[i], nil
}

// Run asks a workload's questions one after the other.
func (w Workload) Run(ctx context.Context, s *engine.Session, d Data) ([]Answer, error) {
	var answers []Answer
	for _, q := range w.Build(s, d) {
		r, err := q.Frame.Describe(q.Title).Collect(ctx)
		if err != nil {
			return answers, fmt.Errorf("%s: %w", q.Name, err)
		}
		answers = append(answers, Answer{q.Name, q.Title, q.Ordered, r.Schema, r.Rows()})
	}
	return answers, nil
}

// tolerance is how far two sums of doubles may differ, relatively, because
// their terms were added in another order.
const tolerance = 1e-9

// Differ compares the answers of two runs and returns what differs first, or
// "". Rows count in order only where the question orders them; doubles may
// differ by a relative 1e-9.
func Differ(a, b []Answer) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d answers and %d", len(a), len(b))
	}
	for i := range a {
		if len(a[i].Rows) != len(b[i].Rows) {
			return fmt.Sprintf("%s: %d rows and %d", a[i].Name, len(a[i].Rows), len(b[i].Rows))
		}
		x, y := a[i].Rows, b[i].Rows
		if !a[i].Ordered {
			x, y = sorted(x), sorted(y)
		}
		for r := range x {
			for c := range x[r] {
				if !same(x[r][c], y[r][c]) {
					return fmt.Sprintf("%s: row %d, column %s: %v and %v", a[i].Name, r+1, a[i].Schema[c].Name, x[r][c], y[r][c])
				}
			}
		}
	}
	return ""
}

func same(a, b expr.Value) bool {
	if a.IsNull || b.IsNull || a.Type != expr.Float64 {
		return a.Equal(b)
	}
	if math.IsNaN(a.F) || math.IsNaN(b.F) {
		return math.IsNaN(a.F) == math.IsNaN(b.F)
	}
	return math.Abs(a.F-b.F) <= tolerance*max(math.Abs(a.F), math.Abs(b.F), 1)
}

// sorted orders rows by their exact columns first: doubles, which may differ a
// little, decide last.
func sorted(rows [][]expr.Value) [][]expr.Value {
	out := slices.Clone(rows)
	key := func(r []expr.Value) string {
		var exact, near strings.Builder
		for _, v := range r {
			if v.Type == expr.Float64 {
				fmt.Fprintf(&near, "%.6g|", v.F)
			} else {
				exact.WriteString(v.String() + "|")
			}
		}
		return exact.String() + near.String()
	}
	keys := make([]string, len(out))
	for i, r := range out {
		keys[i] = key(r)
	}
	sort.Sort(byKey{keys, out})
	return out
}

type byKey struct {
	keys []string
	rows [][]expr.Value
}

func (b byKey) Len() int           { return len(b.keys) }
func (b byKey) Less(i, j int) bool { return b.keys[i] < b.keys[j] }
func (b byKey) Swap(i, j int) {
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
	b.rows[i], b.rows[j] = b.rows[j], b.rows[i]
}
