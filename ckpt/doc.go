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
// A checkpoint is published by the store's atomic Put: it is there whole or not at
// all. Every checkpoint is verified to the last bit before anything of it reaches a
// variable, and a restore writes all variables or none. A damaged checkpoint is
// reported, passed over in favour of the next older one, and left where it is. A
// checkpoint that is sound but does not fit the program (other variables, types or
// lengths, another format version) is an error: falling back would silently lose
// work. A failed save never harms an older checkpoint, does not stop the loop, and is
// told by [Run.Err].
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
// # Looking into checkpoints
//
// [Find] and [Scan] read checkpoints without the program that saved them; the command
// cairn does so with ls, inspect, verify, diff and export.
//
// # File format, version 1
//
// A checkpoint is one blob named NAME-SEQ-step-STEP.ckpt, where SEQ counts the saves
// of the run in eight or more decimal digits. All integers in it are unsigned and
// little-endian. crc32c is the CRC-32 with Castagnoli's polynomial.
//
//	offset  bytes
//	0       8      89 43 4b 50 54 0d 0a 1a ("\x89CKPT\r\n\x1a")
//	8       4      format version: 1
//	12      4      H, length of the header in bytes, at most 16 MiB
//	16      8      length of the whole file in bytes
//	24      4      crc32c of bytes 0 to 23
//	28      H      header, JSON
//	28+H    4      crc32c of the header
//	32+H           one record per variable, in the order of the header
//	end-32  32     SHA-256 of everything before it
//
// The header is one JSON object. "type" is the Go type with named types replaced by
// what they stand for; "shape" has the length of every dimension of a regular array
// or slice and is null for a ragged one; "order" is the byte order of the payload;
// the three lengths are those of the parts of the variable's record:
//
//	{"seq": 7, "step": 700, "time": "2026-01-31T12:00:00Z", "variables": [
//	  {"name": "u", "type": "[]float64", "shape": [1402], "elements": 1402,
//	   "order": "little", "mask_bytes": 10, "layout_bytes": 8, "payload_bytes": 11200}]}
//
// If the loop is tuned, "costs" holds the last measured times in seconds and sizes, for the
// next life of the program:
//
//	"costs": {"steps": [0.8, 0.9], "levels": [
//	  {"stall": [2.1], "persist": [2.1], "bytes": [11500], "debt": 0}]}
//
// A record has four parts without gaps:
//
//	mask      run-length text of package scrutiny, for example "1400C1Z1D";
//	          empty if all elements are stored
//	layout    8 bytes per slice in the variable, depth first: its length
//	payload   the stored elements in order: a boolean as one byte, 0 or 1; int and
//	          uint in 8 bytes, other numbers in their own size; a complex number as
//	          its real and imaginary part; a string as its length in 8 bytes and its
//	          bytes
//	crc32c    4 bytes, over the three parts before
package ckpt
