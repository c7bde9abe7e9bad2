package cfd

import (
	"fmt"
	"math"
)

// The fewest and the most grid points in each direction. Fewer leave no room for the
// fourth-order dissipation, which has stencils of its own at two points next to each wall. The
// line solvers of BT and SP keep one line of at most MaxN points in an array.
const (
	MinN = 6
	MaxN = 102
)

// A Flow is a field on a grid of N³ points with what its right-hand side needs.
//
// Point (k, j, i) has the coordinates (i, j, k)/(N−1) and is element [Flow.Index](k, j, i) of U, Aux, RHS
// and Forcing. There are N planes of NX rows of NX elements, where NX is odd and N or N+1: the
// padding of the reference implementation is kept, because published results on the elements of
// a checkpoint count it. Elements of the padding are never touched.
type Flow struct {
	N, NX   int     // points in each direction; elements of a row, and rows of a plane
	Dt      float64 // time step
	X, Y, Z Axis

	U       [][5]float64 // density, momentum in x, y and z, energy
	RHS     [][5]float64 // right-hand side, then the correction of U; zero at the walls
	Forcing [][5]float64 // zero at the walls
	Aux     []Aux
}

// Aux is what the fluxes and the implicit operators need of U at one point.
type Aux struct {
	RhoI float64    // 1/ρ, reciprocal of the density
	V    [3]float64 // velocity in x, y and z
	Kin  float64    // kinetic energy per mass, V·V/2
	P    float64    // pressure
	Q    float64    // its second difference is the larger part of the viscous term of the energy
	C    float64    // speed of sound
}

// An Axis has the coefficients of one direction of the grid, whose spacing is h.
type Axis struct {
	T1, T2 float64 // 1/h² and 1/(2h)
	D      float64 // coefficient of the second-order dissipation, the same for all unknowns
}

// Coefficients of the second-order dissipation in the three directions (RNR-94-007, on the
// simulated CFD applications; BT and SP).
const (
	dx = 0.75
	dy = 0.75
	dz = 1.0
)

// Dissipation is the coefficient of the fourth-order dissipation: a quarter of the largest
// coefficient of second order.
const Dissipation = 0.25 * dz

// Viscosity is that of the momentum, and the unit of the other viscous coefficients.
const Viscosity = C3 * C4

// NewFlow allocates a flow on n³ points, from MinN to MaxN in each direction, with the time
// step dt, which has to be positive. All fields are zero: see [Initialize] and [ExactRHS].
func NewFlow(n int, dt float64) (*Flow, error) {
	if n < MinN || n > MaxN {
		return nil, fmt.Errorf("cfd: %d grid points in each direction: from %d to %d are possible", n, MinN, MaxN)
	}
	if !(dt > 0) || math.IsInf(dt, 1) {
		return nil, fmt.Errorf("cfd: time step %v: it has to be positive and finite", dt)
	}
	nx := n/2*2 + 1
	size := n * nx * nx
	return &Flow{
		N: n, NX: nx, Dt: dt,
		X: newAxis(n, dx), Y: newAxis(n, dy), Z: newAxis(n, dz),
		U:       make([][5]float64, size),
		RHS:     make([][5]float64, size),
		Forcing: make([][5]float64, size),
		Aux:     make([]Aux, size),
	}, nil
}

// newAxis is a direction of n points with dissipation d.
func newAxis(n int, d float64) Axis {
	return Axis{T1: float64((n - 1) * (n - 1)), T2: float64(n-1) / 2, D: d}
}

// Index is the element of point (k, j, i), where k counts planes in z, j rows in y and i points in x.
func (f *Flow) Index(k, j, i int) int { return (k*f.NX+j)*f.NX + i }
