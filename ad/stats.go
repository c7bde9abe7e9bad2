package ad

import (
	"fmt"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/schedule"
)

// Stats is what one run of a checkpointed loop has cost.
type Stats struct {
	Steps         int64 `json:"steps"`          // iterations reversed, as far as they got
	ForwardSteps  int64 `json:"forward_steps"`  // iterations executed, recorded ones included
	Advances      int64 `json:"advances"`       // iterations executed without recording
	Saves         int64 `json:"saves"`          // snapshots taken
	Restores      int64 `json:"restores"`       // snapshots read back by the schedule
	Lost          int64 `json:"lost"`           // snapshots given up at once, for which the budget had no room
	PeakSnapshots int64 `json:"peak_snapshots"` // most snapshots held at one time
	PeakBytes     int64 `json:"peak_bytes"`     // most bytes in snapshots at one time

	// Levels is the same by storage level of the schedule, from level 0.
	Levels [schedule.MaxLevels]LevelStats `json:"levels"`
}

// LevelStats is what the snapshots of one level have cost. What is not in the memory of
// the program is counted as stored; a level that is in memory stores nothing.
type LevelStats struct {
	Saves         int64 `json:"saves"`
	Restores      int64 `json:"restores"`
	PeakSnapshots int64 `json:"peak_snapshots"`
	PeakBytes     int64 `json:"peak_bytes"`    // most bytes of state held at one time
	BytesWritten  int64 `json:"bytes_written"` // to the storage, in its form
	BytesRead     int64 `json:"bytes_read"`    // from the storage
	PeakMemory    int64 `json:"peak_memory"`   // most bytes that stored snapshots still take of the memory: references and buffers

	Busy    time.Duration `json:"busy_ns"`    // time that the storage took
	Stalled time.Duration `json:"stalled_ns"` // the part of it that the loop waited for
}

// String returns the numbers for people to read; levels that store nothing are left out.
func (s Stats) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d steps, %d forward steps, %d advances, %d saves, %d restores, peak %d snapshots, %d bytes",
		s.Steps, s.ForwardSteps, s.Advances, s.Saves, s.Restores, s.PeakSnapshots, s.PeakBytes)
	for k, l := range s.Levels {
		if l.BytesWritten > 0 || l.BytesRead > 0 {
			fmt.Fprintf(&b, "; level %d: %d saves, %d bytes written, %d restores, %d bytes read, %v busy, %v stalled",
				k, l.Saves, l.BytesWritten, l.Restores, l.BytesRead, l.Busy.Round(time.Microsecond), l.Stalled.Round(time.Microsecond))
		}
	}
	return b.String()
}
