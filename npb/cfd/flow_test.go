package cfd

import (
	"math"
	"math/rand/v2"
	"testing"
)

func mustFlow(t *testing.T, n int, dt float64) *Flow {
	t.Helper()
	f, err := NewFlow(n, dt)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// perturb changes U at all points, walls included, by up to size.
func perturb(f *Flow, size float64) {
	source := rand.New(rand.NewPCG(7, uint64(f.N)))
	for k := range f.N {
		for j := range f.N {
			for i := range f.N {
				for m := range 5 {
					f.U[f.Index(k, j, i)][m] += size * (2*source.Float64() - 1)
				}
			}
		}
	}
}

// TestPadding: class S has 12·13·13 elements (NPB 3.x; the shape counts in published results).
func TestPadding(t *testing.T) {
	for n, want := range map[int]int{12: 12 * 13 * 13, 24: 24 * 25 * 25, 9: 9 * 9 * 9} {
		f := mustFlow(t, n, 1)
		for name, got := range map[string]int{"U": len(f.U), "RHS": len(f.RHS), "Forcing": len(f.Forcing), "Aux": len(f.Aux)} {
			if got != want {
				t.Errorf("n = %d: %s has %d elements, want %d", n, name, got, want)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, n := range []int{-1, 0, 5, 103} {
		if f, err := NewFlow(n, 1); f != nil || err == nil {
			t.Errorf("%d points: %v, %v", n, f, err)
		}
	}
	for _, dt := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if f, err := NewFlow(9, dt); f != nil || err == nil {
			t.Errorf("time step %v: %v, %v", dt, f, err)
		}
	}
	mustFlow(t, MinN, 1)
	mustFlow(t, MaxN, 1)
}

// TestInitialField: at the walls it is exact, and inside it is the formula of the specification,
// written in the other way: 1 − (1−x)(1−y)(1−z) is x+y+z−xy−xz−yz+xyz.
func TestInitialField(t *testing.T) {
	f := mustFlow(t, 8, 1)
	Initialize(f)
	at := func(v int) float64 { return float64(v) / 7 }
	for k := range 8 {
		for j := range 8 {
			for i := range 8 {
				var exact [5]float64
				Exact(at(i), at(j), at(k), &exact)
				u := f.U[f.Index(k, j, i)]
				wall := k == 0 || j == 0 || i == 0 || k == 7 || j == 7 || i == 7
				for m := range u {
					want := exact[m]
					if !wall {
						product := 1.0
						for d, x := range [3]float64{at(i), at(j), at(k)} {
							var low, high [5]float64
							p := [3]float64{at(i), at(j), at(k)}
							p[d] = 0
							Exact(p[0], p[1], p[2], &low)
							p[d] = 1
							Exact(p[0], p[1], p[2], &high)
							product *= 1 - (x*high[m] + (1-x)*low[m])
						}
						want = 1 - product
					}
					if math.Abs(u[m]-want) > 1e-12*math.Abs(want) {
						t.Fatalf("point (%d,%d,%d), unknown %d: %v, want %v", k, j, i, m, u[m], want)
					}
				}
			}
		}
	}
}
