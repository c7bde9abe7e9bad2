// Package lu is the NAS Parallel Benchmark LU, one of the three simulated CFD applications: the
// steady compressible Navier–Stokes equations in the unit cube, by symmetric successive
// over-relaxation (SSOR) on the implicit time step. The matrix of a step couples each grid
// point to its six neighbours by 5×5 blocks; one iteration is a block lower and a block upper
// triangular solve and a new right-hand side.
//
// In: the problem class. Out: a [Result] with the norms of the residual and of the error, and
// the surface integral of the pressure, all verified against the official values to 1e-8, and
// the wall time of the official timed section.
//
// Grid points are numbered i fastest, then j, then k. Rows and planes have the padding of the
// reference implementation, from n to n/2*2+1 points, because published results on the
// elements of an LU checkpoint count it. Nothing reads or writes a point of the padding.
//
// Routines have the names of the reference where they do the same: setbv, setiv, erhs, rhs, ssor
// (here [Solver.Step]), jacld, blts, jacu, buts, l2norm, error (here errorNorm), pintgr.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// chapter on the simulated CFD application benchmarks, in it the SSOR algorithm; NAS Parallel
// Benchmarks 3.x, NASA Ames.
package lu
