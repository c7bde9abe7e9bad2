// Package mg is the NAS Parallel Benchmark MG: V-cycles of a multigrid method for the Poisson
// equation ∇²u = v on a cube of n³ points with periodic boundaries, where v is zero but for ten
// charges +1 and ten charges −1 at random points.
//
// In: the problem class. Out: a [Result] with the norm of the residual v − A u after the last
// cycle, verified against the official value to 1e-8, and the wall time of the official timed
// section.
//
// Grids carry one layer of ghost points on every side, so level k, of 2^k points in each
// direction, takes (2^k+2)³ elements in C order. U and R hold all levels in one array, the finest
// first; V holds the finest only. The length of U and R is that of the reference implementation,
// with a few elements that no level uses, because published results on the elements of an MG
// checkpoint count them.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// kernel MG; NAS Parallel Benchmarks 3.x, NASA Ames.
package mg
