//go:build !linux

package tour

import "runtime/debug"

// resetPeak gives unused memory back to the system.
func resetPeak() { debug.FreeOSMemory() }

// peakRSS is 0: only Linux tells the peak of a stretch of a run.
func peakRSS() int64 { return 0 }
