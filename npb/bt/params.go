package bt

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

// ParamsOf returns the parameters of a class; ok is false when BT does not define that class.
// Their source is NAS Parallel Benchmarks 3.x, NASA Ames.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{
			N: 12, Niter: 60, Dt: 0.01,
			Reference: cfd.Norms{
				XCR: [5]float64{
					0.17034283709541312,
					0.012975252070034096,
					0.032527926989486054,
					0.0264364212751668,
					0.1921178413174443,
				},
				XCE: [5]float64{
					0.0004997691334581158,
					4.519566678296193e-05,
					7.397376517292135e-05,
					7.382123863243973e-05,
					0.0008926963098749145,
				},
			},
		}, true
	case common.ClassW:
		return Params{
			N: 24, Niter: 200, Dt: 0.0008,
			Reference: cfd.Norms{
				XCR: [5]float64{
					112.5590409344,
					11.80007595731,
					27.10329767846,
					24.69174937669,
					263.8427874317,
				},
				XCE: [5]float64{
					4.419655736008,
					0.4638531260002,
					1.011551749967,
					0.9235878729944,
					10.18045837718,
				},
			},
		}, true
	case common.ClassA:
		return Params{
			N: 64, Niter: 200, Dt: 0.0008,
			Reference: cfd.Norms{
				XCR: [5]float64{
					108.06346714637264,
					11.319730901220813,
					25.974354511582465,
					23.66562254467891,
					252.78963211748345,
				},
				XCE: [5]float64{
					4.2348416040525025,
					0.443902824969957,
					0.9669248013634565,
					0.8830206303976548,
					9.737990177082928,
				},
			},
		}, true
	case common.ClassB:
		return Params{
			N: 102, Niter: 200, Dt: 0.0003,
			Reference: cfd.Norms{
				XCR: [5]float64{
					1423.3597229287254,
					99.33052259015024,
					356.46025644535285,
					324.8544795908409,
					3270.7541254659363,
				},
				XCE: [5]float64{
					52.96984714093686,
					4.463289611567067,
					13.122573342210174,
					12.006925323559145,
					124.59576151035986,
				},
			},
		}, true
	}
	return Params{}, false
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	n := float64(p.N)
	return float64(p.Niter) * (3478.8*n*n*n - 17655.7*n*n + 28023.7*n)
}
