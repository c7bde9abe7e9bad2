// Package ep is the NAS Parallel Benchmark EP, "embarrassingly parallel": pairs of Gaussian
// deviates by the polar method (Marsaglia and Bray), of which only the sums and a count by
// square annuli are kept. It measures the arithmetic of a machine, with hardly any traffic to
// memory and none between processors.
//
// In: the problem class. Out: a [Result] with the sums SX and SY, verified against the official
// values to 1e-8, the counts Q, and the wall time, of which all belongs to the timed section.
//
// The 2^M pairs are done in batches of 2^16, each of which jumps to its own place in the
// sequence of random numbers. The loop over batches is the main loop, and its state is SX, SY
// and Q, as in published results on the elements of an EP checkpoint. Random numbers are exact
// integers, so the only rounding is that of the sums.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// kernel EP; NAS Parallel Benchmarks 3.x, NASA Ames.
package ep
