// Package ft is the NAS Parallel Benchmark FT: the heat equation ∂u/∂t = α ∇²u with periodic
// boundaries and random complex initial values, solved by Fourier transforms. The initial values
// are transformed once; each step lets the spectrum decay, transforms it back, and takes a
// checksum of 1024 values of the solution.
//
// In: the problem class. Out: a [Result] with the checksums, verified against the official values
// to 1e-12, and the wall time of the official timed section.
//
// Grids are stored in C order [NZ][NY][NX+1]: the padding of the reference implementation is kept,
// because published results on the elements of an FT checkpoint count it. Element NX of a row is
// never touched. The list of the checksums has an unused element 0, too.
//
// Source: D. Bailey et al., "The NAS Parallel Benchmarks", report RNR-94-007, NASA Ames, 1994,
// kernel FT; NAS Parallel Benchmarks 3.x, NASA Ames. The transform is Stockham's: W. T. Cochran
// et al., "What is the fast Fourier transform?", Proc. IEEE 55 (1967); P. N. Swarztrauber, "FFT
// algorithms for vector computers", Parallel Computing 1 (1984).
package ft
