package lu

import "github.com/cairn-ad/cairn/npb/cfd"

// Coefficients of diffusion along x, y and z, the same for all five unknowns, and of the
// dissipation of fourth order (RNR-94-007, on the model problem).
const (
	diffusionX  = 0.75
	diffusionY  = 0.75
	diffusionZ  = 1.0
	dissipation = diffusionZ / 4 // a quarter of the largest
)

// The viscous terms: the viscosity, and what the formula for the energy makes of the conduction
// of heat.
const (
	viscosity = cfd.C3 * cfd.C4
	heat      = cfd.C1 * cfd.C5
)

// coefficients are what the grid and the time step make of the constants. The grid is a cube:
// all but the diffusion is the same in each direction.
type coefficients struct {
	advection  float64    // 1/(2h), of central differences
	diffusion  [4]float64 // d/h², of second differences of the unknowns, by direction
	viscous    float64    // viscosity/h², of second differences of the velocity
	jAdvection float64    // of the blocks beside the diagonal, ω·dt included: as above
	jDiffusion [4]float64
	jViscous   float64
	diagonal   float64 // of the diagonal block: that of the density, and
	dMomentum  float64 // what 1/density is multiplied by in the rows of the momentum
	dEnergy    float64 // and of the energy
}

// Directions: also the place of the momentum along them among the unknowns.
const (
	alongX = 1
	alongY = 2
	alongZ = 3
)

func makeCoefficients(par Params) coefficients {
	d := float64(par.N - 1) // 1/h
	dt := par.Dt
	c := coefficients{
		advection: d / 2,
		diffusion: [4]float64{0, diffusionX * d * d, diffusionY * d * d, diffusionZ * d * d},
		viscous:   viscosity * d * d,
	}
	c.jAdvection = omega * dt * c.advection
	c.jViscous = omega * dt * c.viscous
	total := 0.0
	for direction := alongX; direction <= alongZ; direction++ {
		c.jDiffusion[direction] = omega * dt * c.diffusion[direction]
		total += c.diffusion[direction]
	}
	c.diagonal = 1 + 2*dt*total
	c.dMomentum = 2 * dt * c.viscous * (1 + 1 + 4.0/3)
	c.dEnergy = 2 * dt * c.viscous * 3 * heat
	return c
}
