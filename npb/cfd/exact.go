package cfd

// Constants of the gas (RNR-94-007, on the simulated CFD applications): C1 is the ratio of the
// specific heats, C2 = C1 − 1, C3·C4 scales the viscous terms, C5 = C1.
const (
	C1 = 1.4
	C2 = 0.4
	C3 = 0.1
	C4 = 1.0
	C5 = 1.4
)

// CE holds the coefficients of the exact solution: CE[m] are those of unknown m, in the order
// 1, ξ, η, ζ, ξ², η², ζ², ξ³, η³, ζ³, ξ⁴, η⁴, ζ⁴. It is only read.
var CE = [5][13]float64{
	{2, 0, 0, 4, 5, 3, 0.5, 0.02, 0.01, 0.03, 0.5, 0.4, 0.3},
	{1, 0, 0, 0, 1, 2, 3, 0.01, 0.03, 0.02, 0.4, 0.3, 0.5},
	{2, 2, 0, 0, 0, 2, 3, 0.04, 0.03, 0.05, 0.3, 0.5, 0.4},
	{2, 2, 0, 0, 0, 2, 3, 0.03, 0.05, 0.04, 0.2, 0.1, 0.3},
	{5, 4, 3, 2, 0.1, 0.4, 0.3, 0.05, 0.04, 0.03, 0.1, 0.3, 0.2},
}

// Exact stores the exact solution at (xi, eta, zeta), coordinates in [0, 1], in u: a polynomial
// of degree four in each coordinate without mixed terms.
func Exact(xi, eta, zeta float64, u *[5]float64) {
	for m := range u {
		c := &CE[m]
		u[m] = c[0] +
			xi*(c[1]+xi*(c[4]+xi*(c[7]+xi*c[10]))) +
			eta*(c[2]+eta*(c[5]+eta*(c[8]+eta*c[11]))) +
			zeta*(c[3]+zeta*(c[6]+zeta*(c[9]+zeta*c[12])))
	}
}
