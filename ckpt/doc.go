// Package ckpt lets a long computation survive the death of its process: it saves
// named variables durably while a loop runs and puts them back when the program is
// started again.
//
// What goes in are pointers to the program's own variables and a store to keep
// checkpoints in; what comes out is a loop that continues where the last valid
// checkpoint was taken:
//
//	run, err := ckpt.Open("file:checkpoints", ckpt.Options{Every: 100})
//	if err != nil { … }
//	run.Protect("u", &u)
//	run.Protect("dt", &dt)
//	for t := range run.Steps(ctx, n) {
//		u, dt = advance(u, dt, t)
//	}
//	if err := run.Err(); err != nil { … }
//
// A checkpoint of step t holds the state before step t is executed. The protected
// variables must be all that the loop carries from one step to the next; the result
// is then bit for bit that of an uninterrupted run.
//
// # Guarantees
//
// A checkpoint is published by the store's atomic Put of its manifest: it is there whole or
// not at all. Every checkpoint is verified to the last bit before anything of it reaches a
// variable, and a restore writes all variables or none. A damaged checkpoint is
// reported, passed over in favour of the next older one, and moved to the folder
// [Quarantine]; one from which the program never came to its next save is passed over, too.
// If none is valid the run does not begin anew unless [Options].StartAnew says so. A
// checkpoint that is sound but does not fit the program (other variables, types or
// lengths, another format version) is an error: falling back would silently lose
// work. A failed save never harms an older checkpoint, does not stop the loop, and is
// told by [Run.Err]. Where the store can keep others out (a directory can, by flock, and a
// bucket, by a lease), a run has one writer: another one is refused.
//
// # Variables
//
// Variables are given as pointers to booleans, numbers, strings, and slices, arrays,
// structs, maps and pointers of these in any nesting; unexported fields are included. A
// type whose pointer has MarshalBinary and UnmarshalBinary, or else GobEncode and
// GobDecode, is saved by these methods: time.Time, the numbers of math/big, and the sources
// of math/rand/v2 (protect the *rand.PCG or *rand.ChaCha8 that a *rand.Rand draws from).
// Interfaces, channels, functions and types that contain themselves are refused by name.
// The elements of a variable are its booleans, numbers and strings, numbered depth first
// in memory order, as in package scrutiny. With a mask ([Masked]) only the critical
// elements are stored; on restore the others keep the value that the program has given
// them.
//
// A restore fills what is there: slices that have their length, what pointers point to,
// and maps stay where they are, so what else refers to them sees the restored values. An
// empty slice, a nil pointer and a nil map get memory; a value that marshals itself is
// replaced. Keys of maps are booleans, numbers, strings, and arrays and structs of these,
// but not NaN, which no look-up finds.
//
// Variables are saved and restored one by one, so they must not share memory, and nor
// must two slices in one. That is checked when a variable is protected and at every save
// and restore; an error names both places. Capacity beyond a slice's length is not
// looked at.
//
// A Run and its variables must not be used by two goroutines at once.
//
// # Saves in the background
//
// A loop goes on while its checkpoint is written. Before that the state is copied, or frozen by
// a fork or in an arena of [Alloc], whichever costs less: see [Mode] and [Run.Snapshot].
// One save is in flight at most unless Options.InFlight says otherwise, and the loop waits for it if the next
// one is due, or leaves that for a later step (Options.SkipBusy). A save that fails there is told at the
// next step. With Options.FullEvery most saves hold only what has changed. [Run.Save]
// returns when its checkpoint is durable.
//
// # Looking into checkpoints
//
// [Find] and [Scan] read checkpoints without the program that saved them; the command
// cairn does so with ls, inspect, verify, diff and export.
//
// # Files
//
// The checkpoint before step STEP, the SEQ-th of the run NAME, is a small manifest
// NAME-SEQ-step-STEP.ckpt, which is written last, and a data file
// NAME-SEQ-step-STEP.RANK.data for every process (rank) that has saved it. Without its
// manifest a data file is nothing. The bytes of both are documented in
// docs/reference/checkpoint-format.md. Checkpoints of format version 1, which were one file,
// are still read.
package ckpt
