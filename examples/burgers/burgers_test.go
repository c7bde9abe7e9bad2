package burgers

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/schedule"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if rel := math.Abs(got-want) / math.Abs(want); !(rel <= tolerance) {
		t.Errorf("%s is %.17g, want %.17g: relative error %.2g, allowed %.2g", what, got, want, rel, tolerance)
	}
}

func run(t *testing.T, p Params, snaps int) *Result {
	t.Helper()
	r, err := Run(p, snaps)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func same(t *testing.T, what string, a, b *Result) {
	t.Helper()
	if a.FinalEnergy != b.FinalEnergy || !slices.Equal(a.Ub, b.Ub) || !slices.Equal(a.Vb, b.Vb) {
		t.Errorf("%s: the gradient or the energy is not the same to the bit", what)
	}
}

// The energies are published with the case (Checkpointing.jl, test of Burgers). The
// gradient values come from an independent hand-written adjoint.
func TestCI(t *testing.T) {
	var stats ad.Stats
	stop := ad.Observe(func(s ad.Stats) { stats = s })
	r := run(t, CI(), 20)
	stop()
	near(t, "initial energy", r.InitialEnergy, 0.0855298595153226, 1e-13)
	near(t, "final energy", r.FinalEnergy, 0.08426001732938161, 1e-13)
	near(t, "gradient norm", r.GradientNorm(), 1.302074170930382e-6, 1e-10)
	near(t, "dE/du0 at [55,46] counted from 1", r.DU0(54, 45), 2.612525652939337e-4, 1e-10)
	near(t, "2-norm of the interior gradient", r.InteriorNorm(), 6.244679598464821e-3, 1e-10)
	same(t, "20 snapshots and every step kept", r, run(t, CI(), 0))
	if want := 1000 + schedule.Advances(1000, 20); stats.ForwardSteps != want || stats.PeakSnapshots > 20 {
		t.Errorf("%d forward steps with %d snapshots, the optimum is %d with 20", stats.ForwardSteps, stats.PeakSnapshots, want)
	}
}

// A run with the adjoint must give the energy of a run without, to the bit.
func TestPrimalIsTheSame(t *testing.T) {
	p := small()
	u, v := Initial(p)
	want := Energy(p, u, v, 1)
	if got := run(t, p, 3).FinalEnergy; got != want {
		t.Errorf("adjoint returns %.17g, Energy %.17g", got, want)
	}
	if got, _ := EnergyTangent(p, u, u, v, v, 1); got != want {
		t.Errorf("tangent returns %.17g, Energy %.17g", got, want)
	}
}

// small is a case with large Courant numbers, so that every term counts.
func small() Params {
	return Params{Nx: 9, Ny: 7, Steps: 25, Mu: 0.05, Dx: 0.3, Dy: 0.2, Dt: 0.02}
}

func TestAllSchedules(t *testing.T) {
	p := small()
	for n := range 14 {
		p.Steps = n
		want := run(t, p, 0)
		for snaps := 1; snaps <= 5; snaps++ {
			same(t, "small case", want, run(t, p, snaps))
		}
	}
}

func TestOnDisk(t *testing.T) {
	p := small()
	for n := range 14 {
		p.Steps = n
		want := run(t, p, 0)
		for disk := range 4 {
			r, err := RunOnDisk(p, 1, disk)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "small case with snapshots on disk", want, r)
		}
	}
	if _, err := RunOnDisk(p, 0, 0); err == nil {
		t.Error("no snapshot at all is no error")
	}
	func() {
		defer func() {
			if r := recover(); r != "ad: a checkpointed loop: snaps=0: set snaps to 1 or more" {
				t.Errorf("no snapshots in memory: %v", r)
			}
		}()
		zeros := make([]float64, p.Points())
		EnergyOnDiskAdjoint(p, zeros, slices.Clone(zeros), slices.Clone(zeros), slices.Clone(zeros), 0, 3, 1)
	}()
	t.Setenv("TMPDIR", "/nowhere")
	if _, err := RunOnDisk(p, 1, 3); err == nil {
		t.Error("no place for the file is no error")
	}
}

// split takes x apart into the two components of the velocity.
func split(x []float64) (u, v []float64) { return x[:len(x)/2], x[len(x)/2:] }

func TestDerivatives(t *testing.T) {
	for _, c := range []struct {
		name      string
		p         Params
		tolerance float64
	}{{"small", small(), 1e-12}, {"ci", CI(), 1e-11}} {
		t.Run(c.name, func(t *testing.T) {
			p := c.p
			u0, v0 := Initial(p)
			x := append(u0, v0...)
			for k := range x { // u and v differ
				x[k] *= 1 + 0.3*math.Sin(float64(k))
			}
			f := func(x []float64) float64 {
				u, v := split(x)
				return EnergyStored(p, u, v)
			}
			adjoint := func(x, seed []float64) []float64 {
				u, v := split(x)
				xb := make([]float64, len(x))
				ub, vb := split(xb)
				EnergyAdjoint(p, u, ub, v, vb, 10, seed[0])
				return xb
			}
			tangent := func(x, d []float64) []float64 {
				u, v := split(x)
				ud, vd := split(d)
				_, yd := EnergyTangent(p, u, ud, v, vd, 1)
				return []float64{yd}
			}
			grad := func(x []float64) []float64 { return adjoint(x, []float64{1}) }
			opt := gradcheck.Options{Tolerance: c.tolerance}
			if _, err := gradcheck.DotProduct(tangent, adjoint, x, nil, nil, opt); err != nil {
				t.Error(err)
			}
			if r, err := gradcheck.Taylor(f, grad, x, nil, gradcheck.Options{Step: 0.1}); err != nil || r.Exact {
				t.Errorf("%v\n%v", err, r)
			}
			if c.name != "small" {
				return
			}
			if _, err := gradcheck.FiniteDifference(f, grad, x, gradcheck.Options{Step: 0.1}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Goroutines change the gradient by rounding only, and their number does not matter to the energy.
func TestTogether(t *testing.T) {
	p := small()
	want := run(t, p, 0)
	u, v := Initial(p)
	direction := func() []float64 {
		d := make([]float64, p.Points())
		for k := range d {
			d[k] = math.Cos(float64(k))
		}
		return d
	}
	_, slope := EnergyTangent(p, u, direction(), v, direction(), 1)
	for _, workers := range []int{1, 2, 3, 40} {
		ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
		if e := EnergyTogetherAdjoint(p, u, ub, v, vb, workers, 1); e != want.FinalEnergy {
			t.Errorf("%d goroutines: the energy is %v, want %v", workers, e, want.FinalEnergy)
		}
		for k := range ub {
			if math.Abs(ub[k]-want.Ub[k]) > 1e-17 || math.Abs(vb[k]-want.Vb[k]) > 1e-17 {
				t.Fatalf("%d goroutines: point %d: %v and %v, want %v and %v", workers, k, ub[k], vb[k], want.Ub[k], want.Vb[k])
			}
		}
		if _, got := EnergyTogetherTangent(p, u, direction(), v, direction(), workers); got != slope {
			t.Errorf("%d goroutines: the tangent is %v, want %v", workers, got, slope)
		}
	}
}

// The adjoint is added to what is there, times the seed.
func TestAdjointAccumulates(t *testing.T) {
	p := small()
	r := run(t, p, 0)
	u, v := Initial(p)
	ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
	EnergyAdjoint(p, u, ub, v, vb, 3, 1)
	EnergyAdjoint(p, u, ub, v, vb, 4, 2)
	for k := range ub {
		if math.Abs(ub[k]-3*r.Ub[k]) > 1e-15 || math.Abs(vb[k]-3*r.Vb[k]) > 1e-15 {
			t.Fatalf("point %d: %v and %v, want %v and %v", k, ub[k], vb[k], 3*r.Ub[k], 3*r.Vb[k])
		}
	}
}

func TestAllocations(t *testing.T) {
	p := small()
	u, v := Initial(p)
	ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
	for _, steps := range []int{50, 500} {
		p.Steps = steps
		bench.Allocations(t, nil, func() { EnergyAdjoint(p, u, ub, v, vb, 5, 1) })
		bench.Allocations(t, nil, func() { EnergyStoredAdjoint(p, u, ub, v, vb, 1) })
	}
}

// A step that is stored records the interior points that it writes, and the run makes two
// fields and their shadows.
func TestPeakBytes(t *testing.T) {
	p := small()
	u, v := Initial(p)
	ub, vb := make([]float64, p.Points()), make([]float64, p.Points())
	var tape ad.TapeStats
	defer ad.ObserveTapes(func(s ad.TapeStats) { tape = s })()
	EnergyStoredAdjoint(p, u, ub, v, vb, 1)
	want := ad.TapeStats{
		PeakRecord:    int64(16 * p.Steps * (p.Nx - 2) * (p.Ny - 2)),
		PeakWorkspace: int64(4 * 16 * p.Points()),
	}
	if tape != want {
		t.Errorf("%+v, want %+v", tape, want)
	}
}

func TestBadParams(t *testing.T) {
	for want, change := range map[string]func(p *Params, snaps *int){
		"grid of 1 by 7":    func(p *Params, _ *int) { p.Nx = 1 },
		"Steps is -1":       func(p *Params, _ *int) { p.Steps = -1 },
		"spacing is 0.3 by": func(p *Params, _ *int) { p.Dy = 0 },
		"snaps is -2":       func(_ *Params, snaps *int) { *snaps = -2 },
	} {
		p, snaps := small(), 3
		change(&p, &snaps)
		if _, err := Run(p, snaps); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
