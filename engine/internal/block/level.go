package block

import (
	"fmt"
	"strings"
)

// A Level says where a cached partition may live: Spark's storage levels.
type Level struct {
	Memory, Disk bool
	OffHeap      bool // in memory that the garbage collector does not see
	Serialized   bool // kept encoded in memory
	Replicas     int  // executors that each keep a copy; 0 where nothing is kept
}

// levels are those that keep one copy, by Spark's names.
var levels = map[string]Level{
	"MEMORY_ONLY":         {Memory: true, Replicas: 1},
	"MEMORY_ONLY_SER":     {Memory: true, Serialized: true, Replicas: 1},
	"MEMORY_AND_DISK":     {Memory: true, Disk: true, Replicas: 1},
	"MEMORY_AND_DISK_SER": {Memory: true, Disk: true, Serialized: true, Replicas: 1},
	"DISK_ONLY":           {Disk: true, Serialized: true, Replicas: 1},
	"OFF_HEAP":            {Memory: true, Disk: true, OffHeap: true, Serialized: true, Replicas: 1},
}

// ParseLevel reads a storage level by Spark's name; NONE gives the zero Level.
// A name that ends in _2 or _3 keeps as many copies, which OFF_HEAP cannot and of
// which only DISK_ONLY has three, as in Spark.
func ParseLevel(name string) (Level, error) {
	if name == "" || name == "NONE" {
		return Level{}, nil
	}
	if l, ok := levels[name]; ok {
		return l, nil
	}
	if one, ok := strings.CutSuffix(name, "_2"); ok && one != "OFF_HEAP" {
		if l, ok := levels[one]; ok {
			l.Replicas = 2
			return l, nil
		}
	}
	if name == "DISK_ONLY_3" {
		l := levels["DISK_ONLY"]
		l.Replicas = 3
		return l, nil
	}
	return Level{}, fmt.Errorf("unknown storage level %q", name)
}

// Stored reports whether blocks of the level are kept at all.
func (l Level) Stored() bool { return l.Memory || l.Disk }

// Replica is the level at which another executor keeps its copy.
func (l Level) Replica() Level {
	l.Replicas = 1
	return l
}
