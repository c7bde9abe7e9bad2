// Package interval answers how often a long computation should save a checkpoint.
//
// The formulas [Young], [Daly] and [WithRecovery] tell the interval for known costs. A
// [Tuner] measures the costs while the computation runs: what goes in are the times of
// steps, of the stalls that snapshots cause, and of the writing of checkpoints, as they
// happen; what comes out is whether a checkpoint is due, the number of steps between
// checkpoints, and the limit that it follows from.
//
//	tuner, err := interval.New(interval.Options{Levels: []interval.Level{
//		{Overhead: 0.035, MTBF: 24 * time.Hour, RPO: time.Hour},
//	}})
//	for each step {
//		tuner.Step(time of the step)
//		if d, ok := tuner.Due(time since the start); ok {
//			tuner.Snapshot(d.Level, time for which the loop stood still)
//			tuner.Persisted(d.Level, time until it was durable, its bytes)
//		}
//	}
//
// With Ti the time of a step, O the stall of a snapshot, Tf the time from its begin until
// it is durable, and N snapshots in flight, the number of steps between checkpoints is
//
//	k = max(bandwidth, overhead, storage, min(Daly, RPO))
//
//	bandwidth  ⌈(Tf − O) / (N Ti)⌉      the writer keeps up
//	overhead   ⌈O / (p Ti)⌉             stalls take at most the share p
//	storage    ⌈3600 s · bytes / (bytes per hour · Ti)⌉
//	Daly       the interval of least waste for failures every MTBF, over Ti
//	RPO        ⌊(RPO − Tf) / Ti⌋        no more work than RPO is ever lost
//
// each at least 1. Bandwidth and overhead are those of CheckFreq (Mohan, Phanishayee and
// Chidambaram, FAST 2021).
//
// The package has no clock and no randomness: times are arguments, so the same calls give
// the same answers.
package interval
