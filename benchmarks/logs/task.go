package main

// An attempt is one run of a task.
type attempt struct {
	id                  int64
	index, executor     int
	launch, finish, run int64 // milliseconds
}

var (
	planNames = [planMetrics]string{"number of output rows", "data size", "shuffle bytes written"}
	planTypes = [planMetrics]string{"sum", "size", "size"}
)

func planAccumulator(job, metric int) int64 { return int64(1_000_000_000 + job*planMetrics + metric) }

// taskInfo appends an attempt as both task events have it, but for its accumulables.
func (g *generator) taskInfo(a *attempt, finish int64) {
	g.add(`"Task Info":{"Task ID":`, a.id, `,"Index":`, a.index, `,"Attempt":0,"Partition ID":`, a.index, `,"Launch Time":`, a.launch,
		`,"Executor ID":"`, a.executor, `","Host":"10.0.0.`, a.executor,
		`","Locality":"NODE_LOCAL","Speculative":false,"Getting Result Time":0,"Finish Time":`, finish,
		`,"Failed":false,"Killed":false,"Accumulables":[`)
}

func (g *generator) taskStart(stage int, a *attempt) {
	g.add(`{"Event":"SparkListenerTaskStart","Stage ID":`, stage, `,"Stage Attempt ID":0,`)
	g.taskInfo(a, 0)
	g.add(`]}}`)
	g.endLine()
}

func (g *generator) taskEnd(job, stage int, a *attempt) {
	rows := 40_000 + g.rand.Int64N(20_000)
	bytes := rows*37 + g.rand.Int64N(1000)
	cpu := a.run*900_000 + g.rand.Int64N(900_000)
	gc := a.run / 20
	g.add(`{"Event":"SparkListenerTaskEnd","Stage ID":`, stage, `,"Stage Attempt ID":0,"Task Type":"ShuffleMapTask","Task End Reason":{"Reason":"Success"},`)
	g.taskInfo(a, a.finish)
	for m := range planMetrics {
		if m > 0 {
			g.add(`,`)
		}
		v := rows * int64(1+m)
		g.add(`{"ID":`, planAccumulator(job, m), `,"Name":"`, planNames[m], `","Update":"`, v, `","Value":"`, v*int64(a.index+1),
			`","Internal":true,"Count Failed Values":true,"Metadata":"sql"}`)
	}
	for i, x := range []struct {
		name string
		v    int64
	}{{"executorDeserializeTime", 4}, {"executorDeserializeCpuTime", 3_912_345}, {"executorRunTime", a.run}, {"executorCpuTime", cpu},
		{"resultSize", 5123}, {"jvmGCTime", gc}} {
		g.add(`,{"ID":`, int64(stage*stageAccumulators+i), `,"Name":"internal.metrics.`, x.name, `","Update":`, x.v, `,"Value":`, x.v*int64(a.index+1),
			`,"Internal":true,"Count Failed Values":true}`)
	}
	g.add(`]},"Task Executor Metrics":{"JVMHeapMemory":`, 400_000_000+bytes, `,"JVMOffHeapMemory":150123456,"OnHeapExecutionMemory":`, bytes,
		`,"OffHeapExecutionMemory":0,"OnHeapStorageMemory":1234567,"OffHeapStorageMemory":0,"OnHeapUnifiedMemory":`, bytes+1234567,
		`,"OffHeapUnifiedMemory":0,"DirectPoolMemory":98765,"MappedPoolMemory":0,"ProcessTreeJVMVMemory":0,"ProcessTreeJVMRSSMemory":0,"ProcessTreePythonVMemory":0,"ProcessTreePythonRSSMemory":0,"ProcessTreeOtherVMemory":0,"ProcessTreeOtherRSSMemory":0,"MinorGCCount":12,"MinorGCTime":`, gc,
		`,"MajorGCCount":3,"MajorGCTime":123,"TotalGCTime":`, gc+123, `,"ConcurrentGCCount":0,"ConcurrentGCTime":0}`)
	g.add(`,"Task Metrics":{"Executor Deserialize Time":4,"Executor Deserialize CPU Time":3912345,"Executor Run Time":`, a.run,
		`,"Executor CPU Time":`, cpu, `,"Peak Execution Memory":`, bytes, `,"Peak On Heap Execution Memory":`, bytes,
		`,"Peak Off Heap Execution Memory":0,"Result Size":5123,"JVM GC Time":`, gc,
		`,"Result Serialization Time":0,"Memory Bytes Spilled":0,"Disk Bytes Spilled":0,"Shuffle Read Metrics":{"Remote Blocks Fetched":0,"Local Blocks Fetched":40,"Fetch Wait Time":`, gc/2,
		`,"Remote Bytes Read":`, bytes, `,"Remote Bytes Read To Disk":0,"Local Bytes Read":`, bytes/49, `,"Total Records Read":`, rows,
		`,"Remote Requests Duration":17,"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":0,"Merged Remote Blocks Fetched":0,"Merged Local Blocks Fetched":0,"Merged Remote Chunks Fetched":0,"Merged Local Chunks Fetched":0,"Merged Remote Bytes Read":0,"Merged Local Bytes Read":0,"Merged Remote Requests Duration":0}},"Shuffle Write Metrics":{"Shuffle Bytes Written":`, bytes/2,
		`,"Shuffle Write Time":`, 4_000_000+bytes, `,"Shuffle Records Written":`, rows/2,
		`},"Input Metrics":{"Bytes Read":0,"Records Read":0},"Output Metrics":{"Bytes Written":0,"Records Written":0},"Updated Blocks":[]}}`)
	g.endLine()
}
