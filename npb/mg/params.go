package mg

import "github.com/cairn-ad/cairn/npb/common"

// tolerance is the official one, relative, on the norm of the residual.
const tolerance = 1e-8

// The coefficients of the operator A, the discrete Laplacian, on 27 points (RNR-94-007, kernel MG):
// that of the point itself, of its 12 neighbours over edges, and of its 8 neighbours over corners.
// That of the 6 neighbours over faces is 0.
const (
	laplaceCentre = -8.0 / 3
	laplaceEdge   = 1.0 / 6
	laplaceCorner = 1.0 / 12
)

// smoother returns the coefficients of the smoother S, an approximate inverse of A: of the point
// itself, of its neighbours over faces, and over edges. That over corners is 0. Large classes have
// another one (RNR-94-007, kernel MG).
func smoother(large bool) (centre, face, edge float64) {
	if large {
		return -3.0 / 17, 1.0 / 33, -1.0 / 61
	}
	return -3.0 / 8, 1.0 / 32, -1.0 / 64
}

// Params are the parameters of one problem class.
//
// Source: NAS Parallel Benchmarks 3.x, NASA Ames.
type Params struct {
	Levels  int     // the finest grid has 2^Levels points in each direction
	Nit     int     // V-cycles
	Large   bool    // has the smoother of classes B and above
	Rnm2Ref float64 // official norm of the residual after Nit cycles
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when MG does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{Levels: 5, Nit: 4, Rnm2Ref: 0.5307707005734e-04}, true
	case common.ClassW:
		return Params{Levels: 7, Nit: 4, Rnm2Ref: 0.6467329375339e-05}, true
	case common.ClassA:
		return Params{Levels: 8, Nit: 4, Rnm2Ref: 0.2433365309069e-05}, true
	case common.ClassB:
		return Params{Levels: 8, Nit: 20, Large: true, Rnm2Ref: 0.1800564401355e-05}, true
	}
	return Params{}, false
}

// points is the number of points of the finest grid.
func points(p Params) float64 {
	n := float64(int(1) << p.Levels)
	return n * n * n
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	return 58 * float64(p.Nit) * points(p)
}
