package sp

import (
	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// Params are the parameters of one problem class.
type Params struct {
	N         int       // grid points in each direction
	Niter     int       // steps of time
	Dt        float64   // the time step; the reference is for this one
	Reference cfd.Norms // official values after Niter steps
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when SP does not define that class.
// Their source is NAS Parallel Benchmarks 3.x, NASA Ames.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{
			N: 12, Niter: 100, Dt: 0.015,
			Reference: cfd.Norms{
				XCR: [5]float64{
					0.02747031545133948,
					0.010360746705285417,
					0.016235745065095532,
					0.015840557224455615,
					0.03484904060936246,
				},
				XCE: [5]float64{
					2.7289258557377225e-05,
					1.0364446640837285e-05,
					1.615479828716647e-05,
					1.57507049944801e-05,
					3.417766618339053e-05,
				},
			},
		}, true
	case common.ClassW:
		return Params{
			N: 36, Niter: 400, Dt: 0.0015,
			Reference: cfd.Norms{
				XCR: [5]float64{
					0.001893253733584,
					0.0001717075447775,
					0.0002778153350936,
					0.0002887475409984,
					0.003143611161242,
				},
				XCE: [5]float64{
					7.542088599534e-05,
					6.512852253086e-06,
					1.049092285688e-05,
					1.128838671535e-05,
					0.0001212845639773,
				},
			},
		}, true
	case common.ClassA:
		return Params{
			N: 64, Niter: 400, Dt: 0.0015,
			Reference: cfd.Norms{
				XCR: [5]float64{
					2.4799822399300195,
					1.1276337964368832,
					1.5028977888770492,
					1.421781621169518,
					2.129211303513828,
				},
				XCE: [5]float64{
					0.0001090014029782055,
					3.734395176928209e-05,
					5.009278540654163e-05,
					4.767109393952825e-05,
					0.00013621613399213,
				},
			},
		}, true
	case common.ClassB:
		return Params{
			N: 102, Niter: 400, Dt: 0.001,
			Reference: cfd.Norms{
				XCR: [5]float64{
					69.03293579998,
					30.95134488084,
					41.03336647017,
					38.64769009604,
					56.43482272596,
				},
				XCE: [5]float64{
					0.009810006190188,
					0.00102282790567,
					0.001720597911692,
					0.001694479428231,
					0.01847456263981,
				},
			},
		}, true
	}
	return Params{}, false
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	n := float64(p.N)
	return float64(p.Niter) * (881.174*n*n*n - 4683.91*n*n + 11484.5*n - 19272.4)
}
