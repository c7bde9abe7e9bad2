package curvature

import (
	"testing"

	"github.com/cairn-ad/cairn/gradcheck"
)

// Products with the Hessian agree with differences of the gradient, in directions that leave
// some numbers alone, too, and where coefficients are 0 and 1.
func TestHessians(t *testing.T) {
	type (
		adjoint = func(x, xb, y, yb []float64, seed float64) float64
		hessian = func(x, xd, xb, xbd, y, yd, yb, ybd []float64, seed, seedd float64) (float64, float64)
	)
	for name, f := range map[string]struct {
		adjoint adjoint
		hessian hessian
	}{
		"Elements": {ElementsAdjoint, ElementsHessian},
		"Sizes":    {SizesAdjoint, SizesHessian},
		"Vectors":  {VectorsAdjoint, VectorsHessian},
		"Matrices": {MatricesAdjoint, MatricesHessian},
	} {
		for _, s := range [][]float64{
			{1.2, 0.7, -0.4, 1.9, 0.8, 1.3, 0.5, 0.6},
			{1.5, 1, -0.4, 1, 1, 1, 0.5, 1},
		} {
			gradient := func(s []float64) []float64 {
				b := make([]float64, 8)
				f.adjoint(s[:4], b[:4], s[4:], b[4:], 1)
				return b
			}
			product := func(s, d []float64) []float64 {
				b, bd := make([]float64, 8), make([]float64, 8)
				f.hessian(s[:4], d[:4], b[:4], bd[:4], s[4:], d[4:], b[4:], bd[4:], 1, 0)
				return bd
			}
			if _, err := gradcheck.Hessian(gradient, product, s, gradcheck.Options{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for i := range s {
				unit := make([]float64, 8)
				unit[i] = 1
				b, bd := make([]float64, 8), make([]float64, 8)
				f.hessian(s[:4], unit[:4], b[:4], bd[:4], s[4:], unit[4:], b[4:], bd[4:], 1, 0)
				for j, g := range gradient(s) {
					if diff := b[j] - g; diff > 1e-12*(1+g*g) || -diff > 1e-12*(1+g*g) {
						t.Errorf("%s: the Hessian along %d gives %v for element %d of the gradient, not %v", name, i, b[j], j, g)
					}
				}
			}
		}
	}
}
