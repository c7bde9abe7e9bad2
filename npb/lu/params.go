package lu

import "github.com/cairn-ad/cairn/npb/common"

// Constants of the specification that all classes share.
const (
	omega     = 1.2  // over-relaxation factor of SSOR
	tolerance = 1e-8 // relative, on every verification value
)

// Params are the parameters of one problem class. The references are the official values after
// Niter iterations.
type Params struct {
	N           int        // grid points in each direction
	Niter       int        // iterations of SSOR
	Dt          float64    // pseudo-time step
	ResidualRef [5]float64 // norms of the residual
	ErrorRef    [5]float64 // norms of the error
	SurfaceRef  float64    // surface integral
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when LU does not define that class.
// Source: NAS Parallel Benchmarks 3.x, NASA Ames.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{
			N: 12, Niter: 50, Dt: 0.5,
			ResidualRef: [5]float64{0.016196343210976703, 0.002197674516482132, 0.0015179927653399185, 0.0015029584435994323, 0.03426407315589646},
			ErrorRef:    [5]float64{0.0006422331995796092, 8.414434204734792e-05, 5.8588269616485187e-05, 5.847422259515735e-05, 0.0013103347914111294},
			SurfaceRef:  7.841892886593708,
		}, true
	case common.ClassW:
		return Params{
			N: 33, Niter: 300, Dt: 0.0015,
			ResidualRef: [5]float64{12.36511638192, 1.317228477799, 2.550120713095, 2.326187750252, 28.26799444189},
			ErrorRef:    [5]float64{0.4867877144216, 0.05064652880982, 0.0928181810196, 0.08570126542733, 1.084277417792},
			SurfaceRef:  11.61399311023,
		}, true
	case common.ClassA:
		return Params{
			N: 64, Niter: 250, Dt: 2.0,
			ResidualRef: [5]float64{779.0210760668937, 63.40276525969287, 194.9924972729248, 178.45301160418538, 1838.4760349464248},
			ErrorRef:    [5]float64{29.964085685471943, 2.819457636500335, 7.347341269877474, 6.713922568777705, 70.71531568839258},
			SurfaceRef:  26.030925604886278,
		}, true
	case common.ClassB:
		return Params{
			N: 102, Niter: 250, Dt: 2.0,
			ResidualRef: [5]float64{3553.2672969982737, 262.1475079531069, 883.3372185095219, 778.1277473942527, 7308.796959254531},
			ErrorRef:    [5]float64{114.01176380212709, 8.109896365542157, 28.480597317698308, 25.90539456783294, 260.54907504857414},
			SurfaceRef:  47.88716270330823,
		}, true
	}
	return Params{}, false
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	n := float64(p.N)
	return float64(p.Niter) * (((1984.77*n-10923.3)*n+27770.9)*n - 144010)
}
