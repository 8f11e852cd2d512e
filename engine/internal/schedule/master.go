package schedule

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"stagecoach/engine/config"
)

// A Master is what spark.master says.
type Master struct {
	Executors, Cores int
	MemoryBytes      int64
	Local            bool // local[N]: one executor, called driver, one attempt a task
}

// ParseMaster reads local, local[N], local[*] and
// local-cluster[executors,cores,memoryMiB].
func ParseMaster(text string, conf config.Config) (Master, error) {
	m := Master{Executors: 1, Cores: 1, MemoryBytes: conf.Int(config.ExecutorMemory), Local: true}
	if conf.IsSet(config.DriverMemory) {
		m.MemoryBytes = conf.Int(config.DriverMemory)
	}
	wrong := fmt.Errorf("spark.master=%s: accepts local[N], local[*] and local-cluster[executors,cores,memoryMiB]", text)
	switch {
	case text == "local":
		return m, nil
	case text == "local[*]":
		m.Cores = runtime.NumCPU()
		return m, nil
	case strings.HasPrefix(text, "local[") && strings.HasSuffix(text, "]"):
		n, err := strconv.Atoi(text[len("local[") : len(text)-1])
		if err != nil || n < 1 || n > 1024 {
			return m, wrong
		}
		m.Cores = n
		return m, nil
	case strings.HasPrefix(text, "local-cluster[") && strings.HasSuffix(text, "]"):
		fields := strings.Split(text[len("local-cluster["):len(text)-1], ",")
		if len(fields) != 3 {
			return m, wrong
		}
		var v [3]int
		for i, f := range fields {
			n, err := strconv.Atoi(strings.TrimSpace(f))
			if err != nil || n < 1 || n > 1<<20 {
				return m, wrong
			}
			v[i] = n
		}
		if v[0] > 256 || v[1] > 256 {
			return m, wrong
		}
		return Master{Executors: v[0], Cores: v[1], MemoryBytes: int64(v[2]) << 20}, nil
	}
	return m, wrong
}
