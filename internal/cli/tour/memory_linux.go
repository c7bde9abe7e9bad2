package tour

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
)

// resetPeak gives unused memory back to the system and makes the kernel forget the peak
// so far (proc(5), clear_refs). Where the kernel does not let us, the peak remains that
// of the whole process. Memory in a sync.Pool takes two collections to go.
func resetPeak() {
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// peakRSS is the largest resident set of this process since resetPeak in bytes, or 0 if
// the kernel does not tell.
func peakRSS() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte(" kB"))), 10, 64)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}
