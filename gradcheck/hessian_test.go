package gradcheck_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/gradcheck"
)

// The function x0² x1 + sin(x0 x1) with its derivatives by hand.
func bilinearGradient(x []float64) []float64 {
	c := math.Cos(x[0] * x[1])
	return []float64{2*x[0]*x[1] + x[1]*c, x[0]*x[0] + x[0]*c}
}

func bilinearProduct(x, v []float64) []float64 {
	s, c := math.Sincos(x[0] * x[1])
	mixed := 2*x[0] + c - x[0]*x[1]*s
	return []float64{(2*x[1]-x[1]*x[1]*s)*v[0] + mixed*v[1], mixed*v[0] - x[0]*x[0]*s*v[1]}
}

func TestHessian(t *testing.T) {
	x := []float64{0.7, -1.3}
	report, err := gradcheck.Hessian(bilinearGradient, bilinearProduct, x, gradcheck.Options{})
	if err != nil || report.Product.WorstRel > 1e-8 || report.Symmetry.RelativeError > 1e-15 {
		t.Fatal(report, err)
	}
	for name, spoil := range map[string]func(hv []float64){
		"product of the Hessian": func(hv []float64) { hv[1] *= 1.0001 },
	} {
		_, err := gradcheck.Hessian(bilinearGradient, func(x, v []float64) []float64 {
			hv := bilinearProduct(x, v)
			spoil(hv)
			return hv
		}, x, gradcheck.Options{})
		if !errors.Is(err, gradcheck.ErrMismatch) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Right along the vector that is drawn first, and no derivative of a gradient.
	calls := 0
	_, err = gradcheck.Hessian(bilinearGradient, func(x, v []float64) []float64 {
		hv := bilinearProduct(x, v)
		if calls++; calls > 2 {
			hv[0] += 1e-3 * v[1]
		}
		return hv
	}, x, gradcheck.Options{})
	if !errors.Is(err, gradcheck.ErrMismatch) || !strings.Contains(err.Error(), "symmetry") {
		t.Error(err)
	}
}

type hessianArgs struct {
	x []float64
	p float64
}

type hessianResults struct{ y float64 }

func hessianRoot(spoil func(abd *hessianArgs)) gradcheck.Root[hessianArgs, hessianResults] {
	value := func(a *hessianArgs) hessianResults { return hessianResults{a.p * a.x[0] * a.x[0]} }
	return gradcheck.Root[hessianArgs, hessianResults]{
		Name: "f",
		Draw: func(rng *rand.Rand) (a hessianArgs, err error) {
			a.x = make([]float64, 1)
			err = gradcheck.Fill(rng, &a)
			return a, err
		},
		Wrt:  func(a *hessianArgs) []any { return []any{&a.x, &a.p} },
		Of:   func(a *hessianArgs, r *hessianResults) []any { return []any{&r.y} },
		Call: value,
		Hessian: func(a, ad, ab, abd *hessianArgs, rb, rbd *hessianResults) (r, rd hessianResults) {
			x, p, xd, pd := a.x[0], a.p, ad.x[0], ad.p
			ab.x[0] += 2 * p * x * rb.y
			ab.p += x * x * rb.y
			abd.x[0] += 2*(pd*x+p*xd)*rb.y + 2*p*x*rbd.y
			abd.p += 2*x*xd*rb.y + x*x*rbd.y
			spoil(abd)
			return value(a), hessianResults{2*p*x*xd + x*x*pd}
		},
	}
}

func TestRootHessian(t *testing.T) {
	if err := hessianRoot(func(*hessianArgs) {}).Check(gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	err := hessianRoot(func(abd *hessianArgs) { abd.p *= 1.01 }).Check(gradcheck.Options{})
	if !errors.Is(err, gradcheck.ErrMismatch) || !strings.Contains(err.Error(), "second derivative") {
		t.Error(err)
	}
}
