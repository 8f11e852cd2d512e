//go:build !linux

package runner

// ResetPeak has nothing to reset here.
func ResetPeak() {}

// Peak is not known here.
func Peak() int64 { return 0 }
