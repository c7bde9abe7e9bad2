package bench

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// Allocations fails if a run of derivative, after some to warm up, allocates more often than
// one of forced, the part of the function that its author has written and the derivative
// calls as it is; nil is nothing. Pools stay as they are, since no garbage is collected.
// Under the race detector pools lose objects on purpose, and nothing is counted.
func Allocations(t *testing.T, forced, derivative func()) {
	t.Helper()
	if raceDetector {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as AllocsPerRun does: pools are for each processor
	for range warmUps {
		derivative()
	}
	most := 0.0
	if forced != nil {
		most = testing.AllocsPerRun(5, forced)
	}
	if n := testing.AllocsPerRun(5, derivative); n > most {
		t.Errorf("%g allocations in each run, %g of them by what is differentiated", n, most)
	}
}
