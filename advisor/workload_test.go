package advisor_test

import (
	"testing"

	"stagecoach/advisor"
	"stagecoach/profiler/profiletest"
)

// A run is recognised by what it says of itself, then by where its bytes went.
func TestWorkloads(t *testing.T) {
	const learner = `
stage 1 run=1s name="treeAggregate at LogisticRegression.scala:1"
stage 2 run=1s name="treeAggregate at LogisticRegression.scala:1"
stage 3 run=1s name="treeAggregate at LogisticRegression.scala:1"
stage 4 run=1s name="treeAggregate at LogisticRegression.scala:1"
`
	for _, c := range []struct{ want, text string }{
		{"streaming", "app start=0 end=9s\njob 0 start=0 stages=0 description=\"id = a runId = b batch = 3\"\nstage 0 job=0 run=1s"},
		{"streaming", "app start=0 end=9s\nsql 0 start=0 end=1s\n  MicroBatchScan kafka\nstage 0 run=1s"},
		{"ml", "app start=0 end=9s" + learner + `stage 5 run=1s name="treeAggregate at LogisticRegression.scala:1"`},
		{"analytics", "app start=0 end=9s" + learner + "stage 5 run=1s input=1g"}, // four steps are no training
		{"etl", "app start=0 end=9s\nstage 0 run=1s input=1g output=100m"},
		{"analytics", "app start=0 end=9s\nstage 0 run=1s input=1g output=10m"}, // a small answer
		{"etl", "app start=0 end=9s\nsql 0 start=0 end=1s\n  Execute InsertIntoHadoopFsRelationCommand\nstage 0 run=1s input=1g output=10m"},
		{"analytics", "app start=0 end=9s\nsql 0 start=0 end=1s\n  OverwriteByExpression noop\nstage 0 run=1s input=1g"}, // it wrote nothing
		{"unknown", "app start=0 end=9s"},
	} {
		if got := advisor.WorkloadOf(profiletest.Must(t, c.text)); got.Type != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
