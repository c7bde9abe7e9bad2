// Package cg is the NAS Parallel Benchmark CG: the inverse power method for the smallest
// eigenvalue of a large sparse symmetric matrix with a random pattern of nonzeros. Every step
// of the power method solves a linear system by 25 iterations of conjugate gradients, without
// a preconditioner.
//
// In: the problem class. Out: a [Result] with the estimate zeta of the eigenvalue, verified
// against the official value to 1e-10, and the wall time of the official timed section.
//
// Vectors have NA+2 elements, where NA is the order of the matrix: the padding of the reference
// implementation is kept, because published results on the elements of a CG checkpoint count
// it. Elements 0..NA−1 are the unknowns. Element NA is initialised and copied but takes part in
// no sum; element NA+1 is never touched.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// kernel CG; NAS Parallel Benchmarks 3.x, NASA Ames.
package cg
