// Package simulate runs a long computation with failures, without doing it: to compare
// ways of choosing when to save checkpoints, on the failures of a real machine or on random
// ones.
//
// In: a [Job] (steps, their times, the costs of checkpoints and restarts at one or several
// levels), when failures happen (a list read by [ReadTrace], or a [Distribution] and a
// seed), and a [Policy]: an interval.Tuner by way of [Tuned], or [Fixed]. Out: the time
// that it takes, and what was wasted on what ([Result]). [Best] finds the best fixed
// interval, which a policy can be compared with.
//
// All times are in seconds. The same arguments give the same result.
//
// The model: steps are done one after the other; a step is done whole or not at all. A
// snapshot stalls the steps; some time after its begin it is durable, with several in
// flight one after the other. A failure may come at any time, in a restart too. It destroys
// the checkpoints of the levels below its own and those not yet durable; the work goes
// on, after the time of recovery, from the newest one that is left, or from the start.
package simulate
