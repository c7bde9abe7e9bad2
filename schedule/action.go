// Package schedule decides when a loop that is run backwards stores its state,
// when it recomputes, and when it reverses a step.
//
// In: the number of steps of the loop and the number of snapshot slots. Out: a
// sequence of [Action] values, handed out one at a time by a [Schedule] (which the
// runtime of generated code drives, and which a loop that ends early can stop) or
// as an iter.Seq ([All], [Binomial], [StoreAll]). The package knows nothing of the model:
// it never sees a state, only step numbers and slot numbers.
//
// Steps are numbered from 0. "The state before step i" is the state after i steps;
// a slot holds one such state. Slots lie in levels of storage: level 0 is memory, a
// higher level is slower. Recorded steps that are not reversed yet form one stack.
// [Simulate] and [Validate] execute any sequence against these rules and count what it
// costs, [PlanBinomial] gives the same counts in closed form, and [Beta], [Repetition],
// [Advances] and [ForwardSteps] are the formulas behind them.
//
// Sources: A. Griewank, Achieving logarithmic growth of temporal and spatial
// complexity in reverse automatic differentiation, Optim. Methods Softw. 1 (1992);
// A. Griewank and A. Walther, Algorithm 799: revolve, ACM TOMS 26 (2000).
package schedule

import "fmt"

// Kind says what an [Action] does.
type Kind uint8

// The actions. In the words of Algorithm 799, Save is "take shot", a Record followed
// by its Reverse is "first turn" for the last step and "you turn" for the others.
const (
	// Advance runs steps From..To-1 without recording.
	Advance Kind = iota + 1
	// Save stores the state before step From into Slot. To equals From.
	Save
	// Restore loads the state before step From out of Slot. To equals From. Last
	// reports that this is the last use: the slot is free afterwards.
	Restore
	// Record runs step From and records its intermediates. To equals From+1. The
	// recorded steps are a stack of ascending steps; other actions may come before
	// the Reverse, among them Record actions of later steps.
	Record
	// Reverse reverses the step From, the last recorded one. To equals From+1.
	Reverse
)

// MaxLevels is the number of storage levels that an [Action] can name.
const MaxLevels = 8

var kindNames = [...]string{Advance: "advance", Save: "save", Restore: "restore", Record: "record", Reverse: "reverse"}

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	if k >= Advance && k <= Reverse {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Action is one thing to do, in the order in which it is handed out. It has four fields
// and the size of four words, so that the compiler keeps it in registers.
type Action struct {
	Op
	Slot     int   // of Save and Restore, counted from 0 within each level
	From, To int64 // steps, see the kinds
}

// Op is what an [Action] does, and with which level of storage.
type Op struct {
	Kind  Kind
	Level uint8 // of Save and Restore: 0 is memory, 1 the next slower storage, …
	Last  bool  // of Restore
}

func advance(from, to int64) Action { return Action{Op{Kind: Advance}, 0, from, to} }
func record(step int64) Action      { return Action{Op{Kind: Record}, 0, step, step + 1} }
func reverse(step int64) Action     { return Action{Op{Kind: Reverse}, 0, step, step + 1} }

func save(step int64, slot int, level uint8) Action {
	return Action{Op{Kind: Save, Level: level}, slot, step, step}
}

func restore(step int64, slot int, level uint8, last bool) Action {
	return Action{Op{Restore, level, last}, slot, step, step}
}

// String returns the action for people to read, for example "advance 0..5",
// "save 5 -> slot 1", "restore 5 <- slot 1 (last)", "record 9", "reverse 9", and above level 0
// "save 5 -> level 1 slot 1".
func (a Action) String() string {
	switch a.Kind {
	case Advance:
		return fmt.Sprintf("advance %d..%d", a.From, a.To)
	case Save:
		return fmt.Sprintf("save %d -> %s", a.From, a.place())
	case Restore:
		last := ""
		if a.Last {
			last = " (last)"
		}
		return fmt.Sprintf("restore %d <- %s%s", a.From, a.place(), last)
	case Record, Reverse:
		return fmt.Sprintf("%s %d", a.Kind, a.From)
	}
	return fmt.Sprintf("%s %d..%d %s", a.Kind, a.From, a.To, a.place())
}

// place names the slot.
func (a Action) place() string {
	if a.Level > 0 {
		return fmt.Sprintf("level %d slot %d", a.Level, a.Slot)
	}
	return fmt.Sprintf("slot %d", a.Slot)
}
