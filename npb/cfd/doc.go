// Package cfd is what the three simulated applications of the NAS Parallel Benchmarks, BT, SP and
// LU, share: the synthetic problem in the unit cube, whose exact solution is known.
//
// Each of the three solves the compressible Navier–Stokes equations for five unknowns per grid
// point: the density, the three components of the momentum and the energy, in this order. The
// forcing term is chosen so that a polynomial, [Exact], is the steady solution of the discretised
// equations.
//
// In: coordinates in the unit cube. Out: the five unknowns there.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// chapter on the simulated CFD application benchmarks; NAS Parallel Benchmarks 3.x, NASA Ames.
package cfd
