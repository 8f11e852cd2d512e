package schedule

import "golang.org/x/sys/unix"

// threadCPU returns the CPU time of the calling thread in nanoseconds, or -1.
func threadCPU() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return -1
	}
	return t.Nano()
}
