package plant

import (
	"context"
	"fmt"
	"slices"
)

// pair is the configuration of two executors, whatever the shape: what goes wrong
// with one needs another. Each file is a task of its own.
func (d *Data) pair(changes ...string) []string {
	return slices.Concat([]string{fmt.Sprintf("spark.master=local-cluster[2,1,%d]", d.Memory), fmt.Sprintf("spark.sql.shuffle.partitions=%d", 2*d.Parts),
		"spark.sql.files.maxPartitionBytes=5m", "spark.sql.files.openCostInBytes=5m", "spark.sql.adaptive.enabled=false", "spark.locality.wait=0"}, changes)
}

var broken = []Cause{
	{Name: "task-failures", Doc: "of a hundred attempts 5, 15 or 30 fail after their work; without, none does",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			rate := fmt.Sprintf("stagecoach.faults.taskFailureRate=0.%02d", s.of(5, 15, 30))
			return d.sql(d.pair(rate, "spark.task.maxFailures=20"), ranked("k")), d.sql(d.pair(), ranked("k")), nil
		}},
	{Name: "executor-lost", Doc: "one of two executors is lost after 6, 10 or 20 tasks, with the shuffle that it wrote; without, both live",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			lost := fmt.Sprintf("stagecoach.faults.loseAfterTasks.1=%d", s.of(6, 10, 20))
			return d.sql(d.pair(lost), ranked("k")), d.sql(d.pair(), ranked("k")), nil
		}},
	{Name: "slow-executor", Also: []string{"low-cpu-share", "straggler"}, Doc: "one of two executors takes 1.5, 2.5 or 5 times as long; without, both are alike",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			slow := fmt.Sprintf("stagecoach.faults.slowdown.1=%.1f", float64(s.of(15, 25, 50))/10)
			return d.sql(d.pair(slow), ranked("k")), d.sql(d.pair(), ranked("k")), nil
		}},
	{Name: "speculation-waste", Also: []string{"low-cpu-share", "skewed-shuffle-key"}, Doc: "of a shuffle with one large group, on four slots, copies of tasks are started as soon as 90, 50 or 10 % have ended and one takes 1 % longer; without, none is",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			free := fmt.Sprintf("spark.master=local-cluster[2,2,%d]", d.Memory) // slots for copies
			eager := []string{free, "spark.speculation=true", "spark.speculation.interval=5ms", "spark.speculation.multiplier=1.01", "spark.speculation.minTaskRuntime=5ms",
				fmt.Sprintf("spark.speculation.quantile=0.%02d", s.of(90, 50, 10))}
			return d.sql(d.pair(eager...), ranked(heavy(20, "-1L"))), d.sql(d.pair(free), ranked(heavy(20, "-1L"))), nil
		}},
	{Name: "incomplete-log", Doc: "the last 10, 40 or 70 % of the event log are lost; without, it is whole",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			plain := d.sql(d.base(), grouped, ranked("k"))
			planted := plain
			planted.Cut = float64(s.of(10, 40, 70)) / 100
			return planted, plain, nil
		}},
}
