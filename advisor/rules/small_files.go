package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var smallFiles = advisor.Rule{
	Name:  "small-files",
	Title: "The input is many small files",
	Cause: "small-input-files",
	Doc: `
Each file is listed, planned, opened, and its footer read, before its first row.
For files of a few kilobytes that is nearly all of the work, and on an object
store each step is a request.

On the plan's scan: "number of files read" is in the hundreds or thousands while
"size of files read" is small. Before it, perhaps a job that lists the files.

Write fewer, larger files (one compaction: read, repartition, write), or have
whoever writes them do so. A larger spark.sql.files.maxPartitionBytes puts more
files into a task, which saves tasks and no opening.

Ignore it where the files come one at a time and are read once.`,
	Limits: []advisor.Limit{
		{Name: "files", Default: 10, Doc: "least files per slot; fewer are opened side by side within a moment"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that read them"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		open := openCost(run)
		for _, x := range run.Executions {
			for _, n := range x.Nodes {
				files, ok := total(n, metric.NumFiles.String())
				bytes, sized := total(n, "size of files read")
				if !ok || !sized || files == 0 || bytes/files >= open || float64(files) < limit("files")*float64(slots(run)) {
					continue
				}
				f, span := opening(run, stagesOf(run, n), files, bytes, open)
				if from, to, ok := opened(run, x); ok {
					planning := time.Duration(to-from) * time.Millisecond
					span += planning
					f.Waste += planning
					f.Edits = append(f.Edits, whatif.Sooner(stagesOf(run, n), planning))
				}
				if share(run, span) >= limit("share") {
					f.Where = advisor.AtNode(x.ID, n)
					found = append(found, f)
				}
			}
		}
		for s := range done(run) {
			files, bytes := int64(s.NumTasks), s.Metrics.Value(metric.InputBytes)
			if s.ExecutionID >= 0 || bytes == 0 || !readsFiles(s) || bytes/files >= open || float64(files) < limit("files")*float64(slots(run)) {
				continue
			}
			f, span := opening(run, map[int]bool{s.ID: true}, files, bytes, open)
			if share(run, span) >= limit("share") {
				f.Where = advisor.AtStage(s)
				found = append(found, f)
			}
		}
		return found
	},
}

// openCost is what opening a file costs, in bytes that could have been read
// meanwhile: Spark's own measure; of the embedded engine, which opens a thousand
// files in 0.3 s, no more than it reads in such a time.
func openCost(run *advisor.Run) int64 {
	cost := settings(run).Int(config.OpenCost)
	if run.Model.Embedded() {
		cost = min(cost, 256<<10)
	}
	return cost
}

// opened is the time in which the driver of the embedded engine opened the many
// small files of a query: it reads the footers of all before the first task, from
// the end of the job before on.
func opened(run *advisor.Run, x *profiler.Execution) (from, to event.Millis, ok bool) {
	if !run.Model.Embedded() {
		return 0, 0, false
	}
	for _, n := range x.Nodes {
		files, _ := total(n, metric.NumFiles.String())
		bytes, _ := total(n, "size of files read")
		if files < 10*int64(slots(run)) || bytes/files >= openCost(run) {
			continue
		}
		for s := range done(run) {
			if s.ExecutionID == x.ID && (to == 0 || s.Submitted < to) {
				to = s.Submitted
			}
		}
		from = run.App.Start
		for _, j := range run.Jobs {
			if j.End > from && j.End <= to {
				from = j.End
			}
		}
		return from, to, to > from
	}
	return 0, 0, false
}

// readsFiles reports whether the stage of a program of RDDs reads files, in
// which case it has a task for each small one.
func readsFiles(s *profiler.Stage) bool {
	for _, r := range s.RDDs {
		if strings.Contains(r.Name, "HadoopRDD") || strings.Contains(r.Scope, `"textFile"`) || strings.Contains(r.Scope, `"hadoopFile"`) || strings.Contains(r.Scope, `"wholeTextFiles"`) {
			return true
		}
	}
	return false
}

// opening is the finding about so many files, and the time of the stages that
// read them. Opening costs what reading open bytes does (Spark's own measure,
// spark.sql.files.openCostInBytes), so of the stages' work so much is spared as
// the files are more than the slots need.
func opening(run *advisor.Run, ids map[int]bool, files, bytes, open int64) (advisor.Finding, time.Duration) {
	few := max(int64(slots(run)), bytes/settings(run).Int(config.MaxPartitionBytes))
	spared := 1 - ratio(few*open+bytes, files*open+bytes)
	var span, work time.Duration
	first := run.App.LastEvent
	for s := range done(run) {
		if ids[s.ID] {
			span += s.Duration()
			work += taskTime(s)
			first = min(first, s.Submitted)
		}
	}
	edits := []whatif.Edit{whatif.Reclaim(keys(ids), time.Duration(float64(work)*spared))}
	for _, id := range keys(ids) {
		edits = append(edits, whatif.Recut(id, int(few)))
	}
	for s := range done(run) {
		if listing(s) && s.Completed <= first && int64(s.NumTasks)*4 >= min(files, 10_000) {
			span += s.Duration()
			work += taskTime(s)
			edits = append(edits, whatif.Reclaim([]int{s.ID}, taskTime(s)), whatif.Recut(s.ID, 1))
		}
	}
	return advisor.Finding{
		Summary: fmt.Sprintf("%d files of %s on average are opened, in %s", files, metric.FormatBytes(bytes/files), metric.FormatDuration(span)),
		Evidence: []advisor.Evidence{
			{Name: metric.NumFiles.String(), Value: files},
			{Name: "size of files read", Unit: metric.Bytes, Value: bytes},
			{Name: "time of listing and reading", Unit: metric.Duration, Value: int64(span)},
		},
		Waste:       time.Duration(float64(span) * spared),
		CoreSeconds: work.Seconds() * spared,
		Confidence:  advisor.High,
		CodeChange:  fmt.Sprintf("compact the input once: read it, repartition(%d), write it; and read the copy", few),
		Edits:       edits,
	}, span
}

// listing reports whether the stage lists files for the driver: Spark does so
// with a task for each path, up to ten thousand.
func listing(s *profiler.Stage) bool { return strings.HasPrefix(s.Description, "Listing leaf files") }
