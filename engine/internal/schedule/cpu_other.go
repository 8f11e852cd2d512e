//go:build !linux

package schedule

// threadCPU has no source here; tasks report no CPU time.
func threadCPU() int64 { return -1 }
