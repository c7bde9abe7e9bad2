// Package blasad has the derivatives of gonum.org/v1/gonum/blas/blas64.
//
// In: the arguments of a routine of BLAS with their shadows. Out: its results, and tangents
// or adjoints. The generator calls them in place of the source of gonum, in packages that
// import this one. All routines with derivatives are here but Rotmg.
//
// FTangent gets a tangent behind each argument that carries derivatives, FAdjoint a pointer
// to a shadow; the seed of a number that F returns comes last. Of a shadow only Data is read:
// its elements lie where those of the primal lie, with the N, Inc, Stride, Uplo and Diag of
// the primal. The shadow of what F writes to holds the seed on entry and the adjoint of the
// old value on return; all others are added to. Arguments have the values from before the
// call on entry, and those from after it on return. A nil shadow, or one without Data, is
// that of an argument without derivative.
//
// A symmetric, triangular, band or packed matrix is the numbers that are stored: the shadow
// of an element off the diagonal of a symmetric matrix is the derivative with respect to the
// one number that stands for both places. Elements that a routine does not look at, as the
// diagonal of a unit triangular matrix, get nothing.
//
// All functions panic where an argument that is written to overlaps another one, which BLAS
// forbids; of level 1, Axpy, Copy and Swap allow the same vector twice. Elements that lie
// between those of the other argument, as of two columns of a matrix, are no overlap.
//
// The formulas for products and solves are in M. Giles, Collected matrix derivative results
// for forward and reverse mode algorithmic differentiation, 2008.
package blasad
