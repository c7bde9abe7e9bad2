// Package cfd is what the three simulated applications of the NAS Parallel Benchmarks, BT, SP and
// LU, share: a synthetic problem in the unit cube whose exact solution is known, [Exact]. BT and SP
// also share its discretisation, which is here as a [Flow]; LU numbers its grid in another way and
// has its own.
//
// Each of the three solves the compressible Navier–Stokes equations for five unknowns per grid
// point: the density, the three components of the momentum and the energy, in this order. The
// forcing term is chosen so that the polynomial Exact is the steady solution of the discretised
// equations. BT and SP march to it in steps of time with an implicit scheme that is factored into
// the three directions, and they differ in how they treat a factor.
//
// In: the number of grid points in each direction and the time step. Out: the initial field, the
// right-hand side of a field, and the norms of the residual and of the error that verify a run.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// chapter on the simulated CFD application benchmarks; NAS Parallel Benchmarks 3.x, NASA Ames.
package cfd
