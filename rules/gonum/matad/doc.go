// Package matad has the derivatives of gonum.org/v1/gonum/mat.
//
// In: the arguments of a function or method of package mat with their shadows, the receiver
// first. Out: its results, and tangents or adjoints. The generator calls them in place of the
// source of gonum, in packages that import this one.
//
// TypeMethodTangent gets a tangent behind each argument that carries derivatives,
// TypeMethodAdjoint a shadow, or a pointer to one for a number; the seed of a number that is
// returned comes last. The shadow of what is written to holds the seed on entry and the
// adjoint of the old value on return; all others are added to. Arguments have the values from
// before the call on entry, and those from after it on return. A nil shadow is that of an
// argument without derivative.
//
// The shadow of a matrix is a matrix of the same type, and the shadow of a view or transpose
// is the same view or transpose of the shadow. An empty shadow counts as zero, and gets the
// shape of its matrix when something is added to it. On return from the adjoint of a method
// that gave an empty receiver its shape, the shadow of the receiver is empty again.
//
// A symmetric or triangular matrix is the numbers that are stored. The shadow of an element
// off the diagonal of a SymDense is the derivative with respect to the one number that stands
// for both places, so it is the sum of what a full matrix would have in both; what falls on
// places that a triangular, diagonal or band matrix does not store is dropped.
//
// The shadow of a Cholesky holds the derivatives with respect to the elements of U. The
// shadows of an LU and of a QR hold the derivatives with respect to the elements of the matrix
// that was factorized, in the place of the factors.
//
// Formulas are from M. Giles, Collected matrix derivative results for forward and reverse mode
// algorithmic differentiation, 2008, and where it is said from others.
package matad
