// Package is is the NAS Parallel Benchmark IS, integer sort: ten times it ranks a sequence of
// random integer keys, of which two change each time. There is no floating-point arithmetic in
// it; it measures integers and access to memory at random places.
//
// In: the problem class. Out: a [Result] with the number of verifications passed, which has to be
// exactly 51, and the wall time of the official timed section.
//
// A key is the mean of four uniform numbers times the largest key, so the middle keys are the
// most frequent. The rank of a key is the number of keys that are smaller, found by counting.
// Every iteration checks the ranks of five keys against official values, and once the timed
// section is over the last ranks have to sort the keys.
//
// The state of the main loop is the sequence of keys: 2^16 int32 in class S. All is integers, so
// nothing has a derivative: what scrutiny finds about them it finds by accesses only.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// kernel IS; NAS Parallel Benchmarks 3.x, NASA Ames.
package is
