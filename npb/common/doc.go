// Package common is what the NAS Parallel Benchmarks (NPB) of this module share: the
// random-number generator, the problem classes, the verification of a value against its
// official reference, and the report of a run.
//
// In: a seed, the name of a class, the values that a kernel computed. Out: uniform numbers in
// (0,1) that agree bit for bit with the official generator, and a [Result] that is written as
// JSON or as text.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// where the chapter on the kernels ends with the random-number generator; NAS Parallel
// Benchmarks 3.x, NASA Ames.
package common
