package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A generator writes the log of an application as Spark 4.0 does, field by
// field: SQL executions of one job each, whose stages of stageTasks tasks
// shuffle to one another. It writes text and not events, so that it owes nothing
// to the reader that is measured, and so that lines hold what the reader skips.
type generator struct {
	out   *bufio.Writer
	rand  *rand.Rand
	line  []byte
	clock int64 // milliseconds since the epoch
	task  int64
	left  int // tasks still to write
}

// applicationID is that of every log that is generated.
const applicationID = "app-20260101000000-0001"

const (
	stageTasks        = 5000
	jobStages         = 5
	executors         = 50
	planMetrics       = 3  // accumulators of plan nodes that every task reports
	stageAccumulators = 32 // more than a stage has; Spark numbers those of every stage anew
)

// generate writes a log of n tasks to w, the same for the same n.
func generate(w io.Writer, n int) error {
	g := &generator{out: bufio.NewWriterSize(w, 1<<20), rand: rand.New(rand.NewPCG(1, uint64(n))), clock: 1_767_225_600_000, left: n}
	g.write(`{"Event":"SparkListenerLogStart","Spark Version":"4.0.1"}`)
	g.write(`{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{"Java Home":"/opt/java","Java Version":"17.0.12","Scala Version":"version 2.13.16"},"Spark Properties":{"spark.app.name":"nightly","spark.executor.cores":"4","spark.sql.shuffle.partitions":"%d"},"Hadoop Properties":{},"System Properties":{},"Metrics Properties":{},"Classpath Entries":{}}`, stageTasks)
	g.write(`{"Event":"SparkListenerApplicationStart","App Name":"nightly","App ID":"%s","Timestamp":%d,"User":"etl"}`, applicationID, g.clock)
	for x := range executors {
		g.write(`{"Event":"SparkListenerExecutorAdded","Timestamp":%d,"Executor ID":"%d","Executor Info":{"Host":"10.0.0.%d","Total Cores":4,"Log Urls":{},"Attributes":{},"Resources":{},"Resource Profile Id":0}}`, g.clock, x, x)
		g.write(`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"%d","Host":"10.0.0.%d","Port":40000},"Maximum Memory":2101975449,"Timestamp":%d,"Maximum Onheap Memory":2101975449,"Maximum Offheap Memory":0}`, x, x, g.clock)
	}
	for job := 0; g.left > 0; job++ {
		g.job(job)
	}
	g.write(`{"Event":"SparkListenerApplicationEnd","Timestamp":%d,"ExitCode":0}`, g.clock)
	return g.out.Flush()
}

func (g *generator) write(format string, args ...any) {
	fmt.Fprintf(g.out, format+"\n", args...)
}

func (g *generator) job(job int) {
	var metrics, stages, ids []string
	for m := range planMetrics {
		metrics = append(metrics, fmt.Sprintf(`{"name":%q,"accumulatorId":%d,"metricType":%q}`, planNames[m], planAccumulator(job, m), planTypes[m]))
	}
	g.write(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":%d,"rootExecutionId":%d,"description":"insert %d","details":"","physicalPlanDescription":"== Physical Plan ==","sparkPlanInfo":{"nodeName":"Exchange","simpleString":"Exchange hashpartitioning(k, 200)","children":[],"metadata":{},"metrics":[%s]},"time":%d,"modifiedConfigs":{},"jobTags":[],"jobGroupId":null}`,
		job, job, job, strings.Join(metrics, ","), g.clock)
	sizes := make([]int, 0, jobStages)
	for left := g.left; left > 0 && len(sizes) < jobStages; {
		n := min(left, stageTasks)
		sizes, left = append(sizes, n), left-n
	}
	info := func(i int) string {
		parents := ""
		if i > 0 {
			parents = strconv.Itoa(job*jobStages + i - 1)
		}
		return fmt.Sprintf(`"Stage ID":%d,"Stage Attempt ID":0,"Stage Name":"save at Nightly.scala:42","Number of Tasks":%d,"RDD Info":[{"RDD ID":%d,"Name":"ShuffledRowRDD","Callsite":"save at Nightly.scala:42","Parent IDs":[],"Storage Level":{"Use Disk":false,"Use Memory":false,"Use Off Heap":false,"Deserialized":false,"Replication":1},"Barrier":false,"DeterministicLevel":"DETERMINATE","Number of Partitions":%d,"Number of Cached Partitions":0,"Memory Size":0,"Disk Size":0}],"Parent IDs":[%s],"Details":"org.example.Nightly.main(Nightly.scala:42)"`,
			job*jobStages+i, sizes[i], job*jobStages+i, sizes[i], parents)
	}
	const rest = `"Accumulables":[],"Resource Profile Id":0,"Shuffle Push Enabled":false,"Shuffle Push Mergers Count":0`
	for i := range sizes {
		stages = append(stages, "{"+info(i)+","+rest+"}")
		ids = append(ids, strconv.Itoa(job*jobStages+i))
	}
	g.write(`{"Event":"SparkListenerJobStart","Job ID":%d,"Submission Time":%d,"Stage Infos":[%s],"Stage IDs":[%s],"Properties":{"spark.sql.execution.id":"%d","spark.job.description":"insert %d"}}`,
		job, g.clock, strings.Join(stages, ","), strings.Join(ids, ","), job, job)
	for i, n := range sizes {
		from := g.clock
		g.write(`{"Event":"SparkListenerStageSubmitted","Stage Info":{%s,"Submission Time":%d,%s},"Properties":{"spark.sql.execution.id":"%d"}}`, info(i), from, rest, job)
		g.stage(job, job*jobStages+i, n)
		g.write(`{"Event":"SparkListenerStageCompleted","Stage Info":{%s,"Submission Time":%d,"Completion Time":%d,%s}}`, info(i), from, g.clock, rest)
	}
	g.write(`{"Event":"SparkListenerJobEnd","Job ID":%d,"Completion Time":%d,"Job Result":{"Result":"JobSucceeded"}}`, job, g.clock)
	g.write(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":%d,"time":%d,"errorMessage":""}`, job, g.clock)
}

// stage runs n tasks on slots as they become free, most of them of similar
// length and one in a hundred ten times as long.
func (g *generator) stage(job, stage, n int) {
	const slots = executors * 4
	var running [slots]*attempt
	var free [slots]int64
	end := g.clock
	for i := range n {
		slot := 0
		for s := range free {
			if free[s] < free[slot] {
				slot = s
			}
		}
		if a := running[slot]; a != nil {
			g.taskEnd(job, stage, a)
		}
		run := 200 + g.rand.Int64N(300)
		if g.rand.IntN(100) == 0 {
			run *= 10
		}
		a := &attempt{id: g.task, index: i, executor: slot / 4, launch: max(free[slot], g.clock), run: run}
		a.finish = a.launch + run + 6 + g.rand.Int64N(20)
		g.task++
		g.taskStart(stage, a)
		running[slot], free[slot], end = a, a.finish, max(end, a.finish)
	}
	for _, a := range running {
		if a != nil {
			g.taskEnd(job, stage, a)
		}
	}
	g.clock = end + 10
	g.left -= n
}

// add appends texts and whole numbers to the line.
func (g *generator) add(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			g.line = append(g.line, p...)
		case int:
			g.line = strconv.AppendInt(g.line, int64(p), 10)
		case int64:
			g.line = strconv.AppendInt(g.line, p, 10)
		}
	}
}

func (g *generator) endLine() {
	g.out.Write(append(g.line, '\n')) // Flush returns the first error
	g.line = g.line[:0]
}
