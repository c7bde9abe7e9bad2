package ft

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// Constants of the specification that all classes share.
const (
	alpha     = 1e-6  // diffusivity
	samples   = 1024  // values of the solution that make a checksum
	tolerance = 1e-12 // relative, on every checksum as a complex number
)

// maxSteps is the largest number of steps of all classes.
const maxSteps = 20

// Params are the parameters of one problem class.
type Params struct {
	NX, NY, NZ int // points in each direction, powers of 2
	Niter      int // steps
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when FT does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{NX: 64, NY: 64, NZ: 64, Niter: 6}, true
	case common.ClassW:
		return Params{NX: 128, NY: 128, NZ: 32, Niter: 6}, true
	case common.ClassA:
		return Params{NX: 256, NY: 256, NZ: 128, Niter: 6}, true
	case common.ClassB:
		return Params{NX: 512, NY: 256, NZ: 256, Niter: 20}, true
	}
	return Params{}, false
}

// points is the number of points of the grid.
func points(p Params) float64 {
	return float64(p.NX) * float64(p.NY) * float64(p.NZ)
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	n := points(p)
	log := math.Log(n)
	return n * (14.8157 + 7.19641*log + (5.23518+7.21113*log)*float64(p.Niter))
}
