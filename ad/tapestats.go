package ad

import "sync"

// TapeStats is what one [Stack] has held between [NewStack] and Release.
type TapeStats struct {
	PeakRecord    int64 `json:"peak_record"`    // most bytes recorded: see [Stack.PeakBytes]
	PeakWorkspace int64 `json:"peak_workspace"` // most bytes of slices from [Make] at one time
}

// TapeStats returns what s has held since [NewStack].
func (s *Stack) TapeStats() TapeStats { return TapeStats{s.PeakBytes(), s.peakWorkspace()} }

func (s *Stack) peakWorkspace() int64 {
	n := s.work.high
	for _, f := range s.forks {
		n += f.peakWorkspace()
	}
	return n
}

var tapeObservers observerList[TapeStats]

// ObserveTapes calls f with the stats of every [Stack] that is released from now on, in the
// goroutine that releases it, until stop is called. A joint call inside a generated function
// has a stack of its own, released before that of its caller.
func ObserveTapes(f func(TapeStats)) (stop func()) { return tapeObservers.add(f) }

// PeakBytes runs f and returns how much memory derivatives have used in it: the most bytes
// that one stack has held, recorded and made, and the most that the snapshots of one
// checkpointed loop have had at one time. What stacks of joint calls hold beside the
// largest one is not in it, and other goroutines' derivatives are.
func PeakBytes(f func()) int64 {
	var mu sync.Mutex
	var tape, snapshots int64
	atMost := func(peak *int64, n int64) {
		mu.Lock()
		defer mu.Unlock()
		*peak = max(*peak, n)
	}
	defer ObserveTapes(func(s TapeStats) { atMost(&tape, s.PeakRecord+s.PeakWorkspace) })()
	defer Observe(func(s Stats) { atMost(&snapshots, s.PeakBytes) })()
	f()
	mu.Lock()
	defer mu.Unlock()
	return tape + snapshots
}
