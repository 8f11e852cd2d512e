package advisor

import (
	"fmt"
	"regexp"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Workload is what kind of job a run was, and what shows it.
type Workload struct {
	Type string `json:"type"` // streaming, ml, etl, analytics, or unknown
	Why  string `json:"why"`
}

// String prints "etl: it wrote ...".
func (w Workload) String() string {
	names := map[string]string{"ml": "machine learning", "etl": "ETL"}
	name, ok := names[w.Type]
	if !ok {
		name = w.Type
	}
	return name + " (" + w.Why + ")"
}

var (
	// microBatch is how Structured Streaming describes the jobs of a batch.
	microBatch = regexp.MustCompile(`batch = \d+|^Streaming job from|Batch: \d+`)
	// learning are the sources of Spark's learners, as call sites name them, and
	// the call that their iterations are made of.
	learning = regexp.MustCompile(`\bat (ALS|KMeans|LogisticRegression|LinearRegression|GradientDescent|LBFGS|RDDLossFunction|DecisionTree\w*|RandomForest\w*|GBT\w*|XGBoost\w*|Word2Vec|LDA\w*|GaussianMixture|StringIndexer|PCA|Optimizer|WeightedLeastSquares|BisectingKMeans|PageRank)\.scala|^tree(Aggregate|Reduce)\b`)
)

// WorkloadOf recognises a run by its descriptions, call sites and plan nodes, then
// by where its bytes went. A streaming job that trains or writes is streaming.
func WorkloadOf(p *profiler.Profile) Workload {
	jobs, batches := len(p.Jobs), 0
	for _, j := range p.Jobs {
		if microBatch.MatchString(j.Description) {
			batches++
		}
	}
	if batches > 0 && batches*2 >= jobs {
		return Workload{"streaming", fmt.Sprintf("%d of %d jobs belong to micro-batches", batches, jobs)}
	}
	var input, output int64
	stages, learners := 0, 0
	for _, s := range p.Stages {
		if s.Tasks.Len() == 0 {
			continue
		}
		stages++
		input += s.Metrics.Value(metric.InputBytes)
		output += s.Metrics.Value(metric.OutputBytes)
		if learning.MatchString(s.Name) {
			learners++
		}
	}
	writes := 0
	for _, x := range p.Executions {
		for _, n := range x.Nodes {
			switch {
			case strings.Contains(n.Name, "MicroBatchScan"), strings.HasPrefix(n.Name, "StateStore"), strings.HasPrefix(n.Name, "StreamingRelation"):
				return Workload{"streaming", "a query reads a stream (" + strings.TrimSpace(n.Name) + ")"}
			case strings.Contains(n.Name, "InsertInto"), strings.HasPrefix(n.Name, "WriteFiles"), strings.Contains(n.Name, "CreateDataSourceTableAsSelect"), strings.HasPrefix(n.Name, "AppendData"), strings.HasPrefix(n.Name, "OverwriteByExpression"):
				writes++
			}
		}
	}
	switch {
	case stages == 0:
		return Workload{"unknown", "no task ran"}
	case learners >= 5 && learners*4 >= stages:
		return Workload{"ml", fmt.Sprintf("%d of %d stages are steps of a learner", learners, stages)}
	case output > 0 && (output*20 >= input || writes > 0):
		return Workload{"etl", fmt.Sprintf("it read %s and wrote %s", metric.FormatBytes(input), metric.FormatBytes(output))}
	}
	return Workload{"analytics", fmt.Sprintf("it read %s and wrote %s", metric.FormatBytes(input), metric.FormatBytes(output))}
}
