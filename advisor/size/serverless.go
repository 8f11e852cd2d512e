package size

import "time"

// A worker is a size that EMR Serverless offers.
type worker struct{ vcpus, gib int }

// workers are the steps of EMR Serverless: for each number of cores the least and
// the greatest memory and the step between, in GB (EMR Serverless user guide).
var workers = []struct{ vcpus, least, most, step int }{
	{1, 2, 8, 1}, {2, 4, 16, 1}, {4, 8, 30, 1}, {8, 16, 60, 4}, {16, 32, 120, 8}, {32, 60, 60, 1}, {32, 120, 120, 1}, {32, 244, 244, 1},
}

// snap finds the smallest worker with so many cores and so much memory, overhead
// included; ok is false when there is none.
func snap(cores int, memory float64) (w worker, ok bool) {
	for _, row := range workers {
		if row.vcpus < cores {
			continue
		}
		for gib := row.least; gib <= row.most; gib += row.step {
			if float64(gib) >= memory {
				return worker{row.vcpus, gib}, true
			}
		}
	}
	return worker{}, false
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
