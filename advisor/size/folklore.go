package size

import "stagecoach/engine/config"

// Folklore is a rule of thumb that would have applied here and is wrong today.
type Folklore struct {
	Rule  string `json:"rule"`
	Today string `json:"today"`
}

// rulesOfThumb are those still passed on, each with when somebody would have
// applied it to the plan.
var rulesOfThumb = []struct {
	Folklore
	would func(p *Plan) bool
}{
	{Folklore{"set spark.serializer to Kryo", "DataFrames and SQL move packed rows and never ask it; it matters for RDDs of objects"},
		func(p *Plan) bool { return p.run == nil || p.run.SQL }},
	{Folklore{"200 shuffle partitions are always wrong and must be set by hand", "with adaptive execution (default since 3.2) the number is an upper bound, and partitions are joined by their size"},
		func(p *Plan) bool { return p.Value(config.AdaptiveEnabled) == "true" }},
	{Folklore{"two to three tasks a core", "that is for RDDs in memory; partitions follow the data's size, and the number of cores follows the time"},
		func(p *Plan) bool { return p.Partitions > 3*p.Executors*p.Cores }},
	{Folklore{"never more than 5 cores an executor", "that was the throughput of HDFS clients; on object stores 4 to 8 do well"},
		func(p *Plan) bool { return p.Cores > 5 }},
	{Folklore{"as many small executors as fit (one core each)", "each holds its own copy of every broadcast, and pays the overhead and the reserve again"},
		func(p *Plan) bool { return p.Cores >= 4 }},
	{Folklore{"dynamic allocation wants the external shuffle service", "shuffle tracking does without it (3.0, default since 3.4), and Kubernetes has no such service"},
		func(*Plan) bool { return true }},
	{Folklore{"the overhead is 7 % of the heap", "it is 10 % since Spark 2, at least 384 MiB, and 40 % for Python and R on Kubernetes"},
		func(*Plan) bool { return true }},
	{Folklore{"more than 20 GB of heap is excessive", "collectors of 2016; up to 32 GiB is ordinary, beyond it compressed pointers are lost"},
		func(p *Plan) bool { return p.Heap > 16*gib }},
	{Folklore{"use the CMS collector for large heaps", "Java 14 removed it, and a JVM that is told to use it does not start"},
		func(p *Plan) bool { return p.Heap > 4*gib }},
	{Folklore{"a heap that is over 95 % full is too small", "G1 fills the heap before it collects; spill and the share of collections tell"},
		func(p *Plan) bool { return p.run != nil && p.run.HeapPeak*100 > p.Heap*95 }},
	{Folklore{"tune spark.shuffle.memoryFraction and spark.storage.memoryFraction", "Spark 1.6 unified them; Spark 3 ignores both"},
		func(p *Plan) bool { return p.run != nil && p.run.Spilled > 0 }},
}

func (p *Plan) folklore() {
	for _, r := range rulesOfThumb {
		if r.would(p) {
			p.Folklore = append(p.Folklore, r.Folklore)
		}
	}
}
