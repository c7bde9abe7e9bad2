package schedule

import "iter"

// Schedule hands out the actions of one reversal, one by one. Each scheme is a type of
// its own that holds O(slots) memory, allocates nothing per action and can be used
// again by its Reset. No Schedule is safe for use by several goroutines at once.
type Schedule interface {
	// Next returns the next action, or false when all steps are reversed.
	Next() (Action, bool)
	// InForwardSweep reports whether the next action belongs to the forward sweep,
	// which is the primal run itself. It is false from the moment the last step has
	// been handed out to be recorded, or after Stop.
	InForwardSweep() bool
	// Stop tells that the loop has ended early, after done steps have begun; it is
	// called in place of the rest of the action in hand and of the forward sweep.
	// recorded says that step done-1 ran inside a Record. See [Cursor.Stop].
	Stop(done int64, recorded bool)
}

var _ Schedule = (*Cursor)(nil)

// All returns what s has still to hand out. It can be ranged over once.
func All(s Schedule) iter.Seq[Action] {
	return func(yield func(Action) bool) { drain(s, yield) }
}

func drain(s Schedule, yield func(Action) bool) {
	for {
		a, ok := s.Next()
		if !ok || !yield(a) {
			return
		}
	}
}
