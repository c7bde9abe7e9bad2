package interval

import "fmt"

// Limit names what an interval follows from.
type Limit int

// The limits.
const (
	// LimitMeasuring: nothing is known yet of a step or a snapshot; the first checkpoint
	// comes early, to measure one.
	LimitMeasuring Limit = iota
	// LimitStep: no limit asks for more than one step.
	LimitStep
	// LimitBandwidth: checkpoints are as frequent as they can be written.
	LimitBandwidth
	// LimitOverhead: as frequent as the allowed overhead permits.
	LimitOverhead
	// LimitStorage: as frequent as the allowed bytes per hour permit.
	LimitStorage
	// LimitDaly: the interval of least waste for the time between failures.
	LimitDaly
	// LimitRPO: as rare as the largest loss of work permits (recovery point objective).
	LimitRPO
	// LimitDeadline: the last moment at which a checkpoint is durable before the end.
	LimitDeadline
)

var limitNames = [...]string{"measuring", "step", "bandwidth", "overhead", "storage", "daly", "rpo", "deadline"}

// String returns the name of the limit, such as "overhead".
func (l Limit) String() string {
	if l < 0 || int(l) >= len(limitNames) {
		return fmt.Sprintf("Limit(%d)", int(l))
	}
	return limitNames[l]
}

// MarshalText writes the name.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
