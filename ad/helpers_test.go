package ad

import (
	"fmt"
	"strings"
	"testing"
)

// panics runs f, which must panic with a message that contains want.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), want) {
			t.Errorf("panic %v, want one with %q", r, want)
		}
	}()
	f()
}

// noAllocs runs f once to warm up and then expects it to allocate nothing. Under the
// race detector it only runs f.
func noAllocs(t *testing.T, f func()) {
	t.Helper()
	f()
	if n := testing.AllocsPerRun(100, f); n != 0 && !raceDetector {
		t.Errorf("%v allocations per run", n)
	}
}
