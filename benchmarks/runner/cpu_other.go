//go:build !unix

package runner

import "time"

// ProcessCPU has no source here.
func ProcessCPU() time.Duration { return 0 }
