// Package gradcheck tells whether derivative code is right.
//
// In: a function, its derivative and a point. Out: a report with the numbers of the
// test, and an error if the derivative is wrong there. The tests, by what they need:
//
//   - [DotProduct] compares a tangent with an adjoint, <ȳ, J ẋ> = <Jᵀ ȳ, ẋ>. It is exact
//     to rounding and costs one run of each, but a mistake that both share goes unseen.
//   - [Taylor] compares a gradient with the function along one direction: the remainder
//     |f(x+hd) - f(x) - h g·d| of a right gradient falls like h², of a wrong one like h.
//   - [FiniteDifference] compares every component with extrapolated central differences
//     of the function. It names the component that is wrong; it costs some ten runs of
//     the function per component.
//   - [ComplexStep] does the same with the complex-step derivative, which is exact to
//     rounding but needs the function written for complex128, without abs, comparisons
//     or conjugates.
//   - [Jacobian.Compare] compares whole Jacobians: by tangents, by adjoints, by divided
//     differences, by complex steps and as given. It names the worst entry.
//   - [Root.Check] runs all that applies on functions that cairngen made, and looks at
//     their primal values and at what they add to, too; cairngen -tests writes the call.
//
// Functions of other arguments than one vector are brought into this form by [Flatten]
// and [Unflatten]; [Fill] draws arguments.
//
// A dot-product test and a Taylor test together are the usual proof of an adjoint: the
// second ties the derivative to the function, the first ties adjoint to tangent in all
// directions. Test at several points, away from kinks, with directions that are not
// special; a nil direction is drawn at random from a fixed seed.
//
// The functions given are called with copies of x, so they may write to what they get.
// Vectors of no and of one component are as good as any.
package gradcheck

import "errors"

// ErrMismatch is wrapped by every error that says a derivative is wrong. An error
// without it says that the test could not be made.
var ErrMismatch = errors.New("derivative does not match")
