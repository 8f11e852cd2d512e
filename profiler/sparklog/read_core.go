package sparklog

import (
	"strings"

	"stagecoach/engine/event"
)

var (
	jobStartKeys = keys("Job ID", "Submission Time", "Stage Infos", "Stage IDs", "Properties")
	jobEndKeys   = keys("Job ID", "Completion Time", "Job Result")
	resultKeys   = keys("Result", "Exception")
	messageKeys  = keys("Message", "Stack Trace")
	stageKeys    = keys("Stage Info", "Properties")
	infoKeys     = keys("Stage ID", "Stage Attempt ID", "Stage Name", "Number of Tasks", "RDD Info", "Parent IDs", "Details",
		"Submission Time", "Completion Time", "Failure Reason", "Accumulables", "Resource Profile Id", "Shuffle Push Enabled",
		"Shuffle Push Mergers Count")
	rddKeys = keys("RDD ID", "Name", "Scope", "Callsite", "Parent IDs", "Storage Level", "Number of Partitions")
	// ExternalBlockStore and Tachyon are what Spark 1.x called off-heap.
	levelKeys        = keys("Use Disk", "Use Memory", "Use Off Heap", "Deserialized", "Replication", "Use ExternalBlockStore", "Use Tachyon")
	blockManagerKeys = keys("Executor ID", "Host", "Port")
)

func (d *decoder) jobStart() event.Event {
	var e event.JobStart
	var ids []int
	d.object(jobStartKeys, func(k int) {
		switch k {
		case 0:
			e.JobID = d.small()
		case 1:
			e.Time = d.millis()
		case 2:
			d.array(func() { e.Stages = append(e.Stages, d.stageInfo()) })
		case 3:
			ids = d.ints()
		case 4:
			e.Properties = d.stringMap()
		}
	})
	if len(e.Stages) == 0 { // before Spark 1.2
		for _, id := range ids {
			e.Stages = append(e.Stages, event.StageInfo{StageID: id, Name: "unknown", Details: "unknown"})
		}
	}
	return e
}

func (d *decoder) jobEnd() event.Event {
	var e event.JobEnd
	d.object(jobEndKeys, func(k int) {
		switch k {
		case 0:
			e.JobID = d.small()
		case 1:
			e.Time = d.millis()
		case 2:
			failed, message := false, ""
			d.object(resultKeys, func(k int) {
				switch k {
				case 0:
					failed = string(d.raw()) != "JobSucceeded"
				case 1:
					d.object(messageKeys, func(k int) {
						if k == 0 {
							message = d.text()
						} else {
							d.skip()
						}
					})
				}
			})
			if failed && message == "" {
				message = "failed"
			}
			e.Error = message
		}
	})
	return e
}

func (d *decoder) stageSubmitted() event.Event {
	var e event.StageSubmitted
	d.object(stageKeys, func(k int) {
		if k == 0 {
			e.Info = d.stageInfo()
		} else {
			e.Properties = d.stringMap()
		}
	})
	return e
}

func (d *decoder) stageCompleted() event.Event {
	var e event.StageCompleted
	d.object(stageKeys, func(k int) {
		if k == 0 {
			e.Info = d.stageInfo()
		} else {
			d.skip()
		}
	})
	return e
}

func (d *decoder) stageInfo() (s event.StageInfo) {
	d.object(infoKeys, func(k int) {
		switch k {
		case 0:
			s.StageID = d.small()
		case 1:
			s.AttemptID = d.small()
		case 2:
			s.Name = d.name()
		case 3:
			s.NumTasks = d.small()
		case 4:
			d.array(func() { s.RDDs = append(s.RDDs, d.rddInfo()) })
		case 5:
			s.ParentIDs = d.ints()
		case 6:
			s.Details = d.name()
		case 7:
			s.SubmissionTime = d.millis()
		case 8:
			s.CompletionTime = d.millis()
		case 9:
			s.FailureReason = d.text()
		case 10:
			s.Accumulables = d.accumulables()
		case 11:
			s.ResourceProfile = d.small()
		case 12:
			s.PushEnabled = d.bool()
		case 13:
			s.PushMergers = d.small()
		}
	})
	return s
}

func (d *decoder) rddInfo() (r event.RDDInfo) {
	d.object(rddKeys, func(k int) {
		switch k {
		case 0:
			r.ID = d.small()
		case 1:
			r.Name = d.name()
		case 2:
			r.Scope = d.name()
		case 3:
			r.Callsite = d.name()
		case 4:
			r.ParentIDs = d.ints()
		case 5:
			r.StorageLevel = d.level()
		case 6:
			r.NumPartitions = d.small()
		}
	})
	return r
}

func (d *decoder) level() (l event.StorageLevel) {
	d.object(levelKeys, func(k int) {
		switch k {
		case 0:
			l.UseDisk = d.bool()
		case 1:
			l.UseMemory = d.bool()
		case 3:
			l.Deserialized = d.bool()
		case 4:
			l.Replication = d.small()
		default:
			l.UseOffHeap = d.bool() || l.UseOffHeap
		}
	})
	return l
}

func (d *decoder) blockManager() (executor, host string, port int) {
	d.object(blockManagerKeys, func(k int) {
		switch k {
		case 0:
			executor = d.name()
		case 1:
			host = d.name()
		case 2:
			port = d.small()
		}
	})
	if port == noPort {
		port = 0
	}
	return executor, host, port
}

var (
	blockKeys  = keys("Block Updated Info")
	updateKeys = keys("Block Manager ID", "Block ID", "Storage Level", "Memory Size", "Disk Size")
)

// blockUpdated reads where a block is now. Spark writes the sizes that were
// freed when a block leaves memory or disk; an event has zero there.
func (d *decoder) blockUpdated() event.Event {
	var e event.BlockUpdated
	d.object(blockKeys, func(int) {
		d.object(updateKeys, func(k int) {
			switch k {
			case 0:
				e.ExecutorID, e.Host, e.Port = d.blockManager()
			case 1:
				e.BlockID = d.text()
			case 2:
				e.Level = d.level()
			case 3:
				e.MemorySize = d.long()
			case 4:
				e.DiskSize = d.long()
			}
		})
	})
	if !e.Level.UseMemory {
		e.MemorySize = 0
	}
	if !e.Level.UseDisk {
		e.DiskSize = 0
	}
	return e
}

var rddIDKeys = keys("RDD ID")

func (d *decoder) unpersistRDD() event.Event {
	var e event.UnpersistRDD
	d.object(rddIDKeys, func(int) { e.RDDID = d.small() })
	return e
}

var (
	executorAddedKeys   = keys("Timestamp", "Executor ID", "Executor Info")
	executorInfoKeys    = keys("Host", "Total Cores", "Resource Profile Id")
	executorRemovedKeys = keys("Timestamp", "Executor ID", "Removed Reason")
	managerAddedKeys    = keys("Block Manager ID", "Maximum Memory", "Timestamp", "Maximum Onheap Memory", "Maximum Offheap Memory")
)

func (d *decoder) executorAdded() event.Event {
	var e event.ExecutorAdded
	d.object(executorAddedKeys, func(k int) {
		switch k {
		case 0:
			e.Time = d.millis()
		case 1:
			e.ExecutorID = d.name()
		case 2:
			d.object(executorInfoKeys, func(k int) {
				switch k {
				case 0:
					e.Host = d.name()
				case 1:
					e.TotalCores = d.small()
				case 2:
					e.ResourceProfile = d.small()
				}
			})
		}
	})
	return e
}

func (d *decoder) executorRemoved() event.Event {
	var e event.ExecutorRemoved
	d.object(executorRemovedKeys, func(k int) {
		switch k {
		case 0:
			e.Time = d.millis()
		case 1:
			e.ExecutorID = d.name()
		case 2:
			e.Reason = d.text()
		}
	})
	return e
}

func (d *decoder) blockManagerAdded() event.Event {
	var e event.BlockManagerAdded
	d.object(managerAddedKeys, func(k int) {
		switch k {
		case 0:
			e.ExecutorID, e.Host, e.Port = d.blockManager()
		case 1:
			e.MaxMemory = d.long()
		case 2:
			e.Time = d.millis()
		case 3:
			e.MaxOnHeap = d.long()
		case 4:
			e.OffHeap = d.long()
		}
	})
	return e
}

func (d *decoder) blockManagerRemoved() event.Event {
	var e event.BlockManagerRemoved
	d.object(managerAddedKeys, func(k int) {
		switch k {
		case 0:
			e.ExecutorID, e.Host, e.Port = d.blockManager()
		case 2:
			e.Time = d.millis()
		default:
			d.skip()
		}
	})
	return e
}

var (
	logStartKeys    = keys("Spark Version")
	environmentKeys = keys("JVM Information", "Spark Properties", "Hadoop Properties", "System Properties", "Metrics Properties", "Classpath Entries")
	startKeys       = keys("App Name", "App ID", "Timestamp", "User", "App Attempt ID")
	timestampKeys   = keys("Timestamp")
)

func (d *decoder) logStart() event.Event {
	var e event.LogStart
	d.object(logStartKeys, func(int) { e.Version = strings.TrimSpace(d.text()) })
	return e
}

func (d *decoder) environment() event.Event {
	var e event.EnvironmentUpdate
	maps := []*map[string]string{&e.JVM, &e.Spark, &e.Hadoop, &e.System, &e.MetricConf, &e.Classpath}
	d.object(environmentKeys, func(k int) { *maps[k] = d.stringMap() })
	for _, k := range jvmKeys {
		if e.JVM[k] == "" {
			delete(e.JVM, k)
		}
	}
	return e
}

func (d *decoder) applicationStart() event.Event {
	var e event.ApplicationStart
	d.object(startKeys, func(k int) {
		switch k {
		case 0:
			e.Name = d.text()
		case 1:
			e.ID = d.text()
		case 2:
			e.Time = d.millis()
		case 3:
			e.User = d.text()
		case 4:
			e.AttemptID = d.anyText()
		}
	})
	return e
}

func (d *decoder) applicationEnd() event.Event {
	var e event.ApplicationEnd
	d.object(timestampKeys, func(int) { e.Time = d.millis() })
	return e
}
