package cg

import "github.com/cairn-ad/cairn/npb/common"

// Constants of the specification that all classes share.
const (
	rcond        = 0.1   // reciprocal condition number of the matrix before the shift
	cgIterations = 25    // iterations of conjugate gradients in one step of the power method
	tolerance    = 1e-10 // relative, on zeta
)

// Params are the parameters of one problem class.
type Params struct {
	NA      int     // order of the matrix
	Nonzer  int     // nonzeros of each random vector that the matrix is built from
	Niter   int     // steps of the inverse power method
	Shift   float64 // the matrix is shifted by −Shift times the identity
	ZetaRef float64 // official value of zeta after Niter steps
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class; ok is false when CG does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{NA: 1400, Nonzer: 7, Niter: 15, Shift: 10, ZetaRef: 8.5971775078648}, true
	case common.ClassW:
		return Params{NA: 7000, Nonzer: 8, Niter: 15, Shift: 12, ZetaRef: 10.362595087124}, true
	case common.ClassA:
		return Params{NA: 14000, Nonzer: 11, Niter: 15, Shift: 20, ZetaRef: 17.130235054029}, true
	case common.ClassB:
		return Params{NA: 75000, Nonzer: 13, Niter: 75, Shift: 60, ZetaRef: 22.712745482631}, true
	}
	return Params{}, false
}

// operations is the official count of floating-point operations of the timed section.
func operations(p Params) float64 {
	vector := float64(p.Nonzer * (p.Nonzer + 1))
	perRow := 3 + vector + cgIterations*(5+vector) + 3
	return 2 * float64(p.Niter) * float64(p.NA) * perRow
}
