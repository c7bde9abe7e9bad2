// Package burgers is the two-dimensional viscous Burgers equation, explicit in time,
// with the gradient of its final energy with respect to the initial velocity.
//
// In: a grid and the initial velocity (u, v). Out: the mean kinetic energy after a
// number of steps ([Energy]), the gradient (EnergyAdjoint) and the directional
// derivative (EnergyTangent), both written by cairngen as the directives above Energy
// ask. [Run] does a whole case. Without the directives and gradient.go this is a plain
// Go program.
//
// The equations, the case [CI] and the published energies are those of the Burgers test
// of Checkpointing.jl (Schanen et al., ICCS 2023).
package burgers

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

import "math"

// Params is one case. Fields are stored by rows: point (i, j), with i along x and j
// along y, is element j*Nx+i.
type Params struct {
	Nx, Ny int     // points in each direction, boundary included; at least 2
	Steps  int     // time steps
	Mu     float64 // viscosity
	Dx, Dy float64 // spacing in the stencil
	Dt     float64 // time step
}

// CI is the published case: 100 by 100 points, 1000 steps.
func CI() Params {
	return Params{Nx: 100, Ny: 100, Steps: 1000, Mu: 0.01, Dx: 0.1, Dy: 0.1, Dt: 1e-3}
}

// Points is the number of grid points.
func (p Params) Points() int { return p.Nx * p.Ny }

// Initial returns the initial velocity: exp(-x²-y²) for both components, on Nx by Ny
// points that span [-3, 3] in each direction. That spacing is only how the initial
// values are sampled; the stencil uses Dx and Dy.
func Initial(p Params) (u, v []float64) {
	u = make([]float64, p.Points())
	for j := range p.Ny {
		y := -3 + float64(j)*6/float64(p.Ny-1)
		for i := range p.Nx {
			x := -3 + float64(i)*6/float64(p.Nx-1)
			u[j*p.Nx+i] = math.Exp(-x*x - y*y)
		}
	}
	v = make([]float64, p.Points())
	copy(v, u)
	return u, v
}
