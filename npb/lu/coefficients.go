package lu

import "github.com/cairn-ad/cairn/npb/cfd"

// Directions: also the place of the momentum along them among the unknowns.
const (
	alongX = 1
	alongY = 2
	alongZ = 3
)

// Coefficients of diffusion by direction, the same for all five unknowns, and of the dissipation
// of fourth order, a quarter of the largest of them (RNR-94-007, on the model problem).
var diffusion = [4]float64{alongX: 0.75, alongY: 0.75, alongZ: 1}

const dissipation = 0.25

// The viscous terms: the viscosity, and what the formula for the energy makes of the conduction
// of heat.
const (
	viscosity = cfd.C3 * cfd.C4
	heat      = cfd.C1 * cfd.C5
)

// coefficients are what the grid and the time step make of the constants. The grid is a cube:
// all but the diffusion is the same in each direction.
type coefficients struct {
	advection  float64          // 1/(2h), of central differences
	viscous    float64          // viscosity/h², of second differences of the velocity
	stencils   [4][5][5]float64 // of second and fourth differences: by direction and kind of point
	jAdvection float64          // of the blocks beside the diagonal, ω·dt included: as above
	jDiffusion [4]float64
	jViscous   float64
	diagonal   float64 // of the diagonal block: that of the density,
	byDiagonal float64 // its reciprocal,
	dMomentum  float64 // what 1/density is multiplied by in the rows of the momentum
	dEnergy    float64 // and of the energy
}

func makeCoefficients(par Params) coefficients {
	d := float64(par.N - 1) // 1/h
	dt := par.Dt
	c := coefficients{
		advection: d / 2,
		viscous:   viscosity * d * d,
	}
	c.jAdvection = omega * dt * c.advection
	c.jViscous = omega * dt * c.viscous
	total := 0.0
	for direction, coefficient := range diffusion {
		weight := coefficient * d * d
		c.stencils[direction] = makeStencils(weight, dissipation)
		c.jDiffusion[direction] = omega * dt * weight
		total += weight
	}
	c.diagonal = 1 + 2*dt*total
	c.byDiagonal = 1 / c.diagonal
	c.dMomentum = 2 * dt * c.viscous * (1 + 1 + 4.0/3)
	c.dEnergy = 2 * dt * c.viscous * 3 * heat
	return c
}
