// Package tiers makes one store of several levels, from the fastest to the safest: memory,
// local disk, bucket. A Put returns when the blob is where it was asked to be, and the
// slower levels are filled in the background.
//
// What goes in is a list of stores with options for each; what comes out is one store.Store,
// whose blobs are read from the fastest level that has a valid copy. Package ckpt imports this
// one, so ckpt.Open knows its URLs:
//
//	tiers:mem:,file:/scratch/run,s3://bucket/run;every=1h;keep=20
//
// A level is the URL of a store and options after semicolons; a URL that has a comma or a
// semicolon itself stands in brackets.
//
//	wait         Put returns when this level has the blob. Without it that is the first level
//	             that is not mem:
//	every=TIME   the level takes a unit only if the last one it took is so old, such as 30m
//	keep=K       the level keeps its K newest units by itself, however many the program keeps
//
// Instead of every there can be limits from which the interval follows, as package interval
// has them, with the time that a copy takes for the cost, measured as the run goes on:
//
//	mtbf=TIME       mean time between failures that need this level or a slower one; with
//	recovery=TIME   until the work goes on after one
//	rpo=TIME        the largest loss of work by such a failure
//	overhead=SHARE  of the time that copies may take, such as 0.05
//	perhour=BYTES   that the level may be sent in an hour
//
// # Units
//
// Blobs that belong together, as the files of a checkpoint do, are a unit; see [Units]. Slower
// levels take whole units, the blob that makes it whole last, so what a level lists is
// complete. Package ckpt tells its stores what its units are. Without that every blob is one.
// Blobs that are in no unit stay on the levels that Put waits for.
//
// # In the background
//
// Each slower level has a queue of at most four units; when it is full the oldest one is
// skipped, since newer ones matter more. A unit that is deleted before its turn is skipped,
// too; while it is copied its deletion waits. A copy that fails is tried again with growing
// pauses, then given up until the next unit comes. What is going on is told by
// [Store.Status] and, of failures, by the logger. [Store.Drain] waits until all levels have the
// newest unit. A program that dies loses nothing but time: when the store is opened again, it
// goes on with what a slower level lacks.
//
// # Reading
//
// The slower levels are listed once, when the store is listed first; if one cannot be, that
// is an error, so that a run whose newest checkpoint is there does not begin anew. A unit is
// verified where it is found before any blob of it but the last is given away; if it is
// damaged the next level is tried. So it is read twice.
package tiers
