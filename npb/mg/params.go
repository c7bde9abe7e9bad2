package mg

import "github.com/cairn-ad/cairn/npb/common"

// tolerance is the official one, relative, on the norm of the residual.
const tolerance = 1e-8

// maxWidth is the largest number of points in a row, ghosts included, of all classes.
const maxWidth = 2 + 256

// A Stencil holds the coefficients of an operator on 27 points by distance: those of the point
// itself, its 6 neighbours over faces, its 12 neighbours over edges, its 8 over corners.
type Stencil [4]float64

// The coefficients of the operator A, the discrete Laplacian (RNR-94-007, kernel MG). That of the
// faces is 0.
const (
	laplaceCentre = -8.0 / 3
	laplaceEdge   = 1.0 / 6
	laplaceCorner = 1.0 / 12
)

// The smoother S, an approximate inverse of A, is another one for the larger classes.
var (
	smootherSmall = Stencil{-3.0 / 8, 1.0 / 32, -1.0 / 64, 0}
	smootherLarge = Stencil{-3.0 / 17, 1.0 / 33, -1.0 / 61, 0}
)

// Params are the parameters of one problem class.
//
// Source: NAS Parallel Benchmarks 3.x, NASA Ames.
type Params struct {
	Levels   int     // the finest grid has 2^Levels points in each direction
	Nit      int     // V-cycles
	Smoother Stencil // of the operator S; its corner coefficient is 0
	Rnm2Ref  float64 // official norm of the residual after Nit cycles
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when MG does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{Levels: 5, Nit: 4, Smoother: smootherSmall, Rnm2Ref: 0.5307707005734e-04}, true
	case common.ClassW:
		return Params{Levels: 7, Nit: 4, Smoother: smootherSmall, Rnm2Ref: 0.6467329375339e-05}, true
	case common.ClassA:
		return Params{Levels: 8, Nit: 4, Smoother: smootherSmall, Rnm2Ref: 0.2433365309069e-05}, true
	case common.ClassB:
		return Params{Levels: 8, Nit: 20, Smoother: smootherLarge, Rnm2Ref: 0.1800564401355e-05}, true
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
