// Package sp is the NAS Parallel Benchmark SP, the scalar pentadiagonal application: implicit steps
// of time for the compressible Navier–Stokes equations in the unit cube, by the approximate
// factorisation of Beam and Warming in the diagonal form of Pulliam and Chaussee. In characteristic
// variables the five unknowns of a direction are uncoupled, and the fourth-order dissipation is
// taken in implicitly: every step solves, line by line in x, then y, then z, pentadiagonal
// systems of linear equations.
//
// In: the problem class. Out: a [Result] with the norms of the residual and of the error, verified
// against the official values to 1e-8, and the wall time of the official timed section.
//
// The problem itself, its right-hand side and the norms are in package cfd.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// simulated CFD application SP; NAS Parallel Benchmarks 3.x, NASA Ames.
package sp
