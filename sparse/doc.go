// Package sparse works out sparse Jacobians and Hessians with few sweeps.
//
// In: a function that was made by //cairn:pattern, and one that multiplies the matrix, or
// its transpose, by a vector: a tangent or an adjoint. Out: the matrix in compressed rows.
// There are three steps, and the first two are done once for a problem:
//
//   - [Detect] finds the [Pattern], 64 columns in one sweep;
//   - [ColorColumns], [ColorRows] and [ColorStar] put columns, or rows, into groups that
//     one sweep can tell apart;
//   - a [Plan] gives the seed of each group, and reads the entries of a [Matrix] off the
//     products.
//
// [JacobianPlan] and [HessianPlan] do the second step and make the plan. Nothing is
// approximated: an entry is the same number that a sweep for its column alone gives, as
// long as the function's other derivatives are finite.
//
// The terms are those of Gebremedhin, Manne & Pothen, What Color Is Your Jacobian? Graph
// Coloring for Computing Derivatives, SIAM Review 47 (2005).
package sparse
