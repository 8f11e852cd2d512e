package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var manyOutputFiles = advisor.Rule{
	Name:  "many-output-files",
	Title: "Every task writes into many small files",
	Cause: "too-many-output-files",
	Doc: `
Under partitionBy each task opens a file for each value that its rows have. If
rows of every value are in every task, that is tasks times values files: each
costs a file's opening, its footer, its commit, and whoever reads them later pays
again.

On the plan's write: "number of written files" is many times the number of
tasks, and "written output" over it is small.

Bring the rows of a value together first: repartition by the partition columns
before the write (with a number and a further column where values are uneven),
or leave it to the table format.

Ignore it where each file is large: then the tasks are.`,
	Limits: []advisor.Limit{
		{Name: "files", Default: 4, Doc: "least files written per task of the stage that writes; below, the files are what the tasks are"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that write"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		open := settings(run).Int(config.OpenCost)
		for _, x := range run.Executions {
			for _, n := range x.Nodes {
				files, ok := total(n, metric.NumWrittenFiles.String())
				bytes, sized := total(n, "written output")
				if !ok || !sized || files == 0 || bytes/files >= open {
					continue
				}
				var tasks int64
				var span, work time.Duration
				ids := map[int]bool{}
				for s := range done(run) {
					if s.ExecutionID == x.ID && s.Metrics.Value(metric.OutputRecords) > 0 {
						ids[s.ID] = true
						tasks += int64(s.NumTasks)
						span += s.Duration()
						work += taskTime(s)
					}
				}
				if tasks == 0 || float64(files) < limit("files")*float64(tasks) || share(run, span) < limit("share") {
					continue
				}
				values, _ := total(n, "number of dynamic part")
				few := max(values, bytes/settings(run).Int(config.MaxPartitionBytes), 1)
				spared := max(0, 1-ratio(few*open+bytes, files*open+bytes)) // as for files that are read
				found = append(found, advisor.Finding{
					Where: advisor.AtNode(x.ID, n),
					Also:  placesOf(run, ids),
					Summary: fmt.Sprintf("%d tasks wrote %d files of %s on average into %d partitions", tasks, files,
						metric.FormatBytes(bytes/files), values),
					Evidence: []advisor.Evidence{
						{Name: metric.NumWrittenFiles.String(), Value: files},
						{Name: "written output", Unit: metric.Bytes, Value: bytes},
						{Name: "partitions of the table", Value: values},
						{Name: "time of the stages that write", Unit: metric.Duration, Value: int64(span)},
					},
					Waste:       time.Duration(float64(span) * spared),
					CoreSeconds: work.Seconds() * spared,
					Confidence:  advisor.High,
					CodeChange:  "df.repartition(n, partition columns) before write.partitionBy(partition columns)",
					Edits:       []whatif.Edit{whatif.Reclaim(keys(ids), time.Duration(float64(work)*spared))},
				})
			}
		}
		return found
	},
}

// placesOf are the places of the stages.
func placesOf(run *advisor.Run, ids map[int]bool) (places []advisor.Where) {
	for s := range done(run) {
		if ids[s.ID] {
			places = append(places, advisor.AtStage(s))
		}
	}
	return places
}
