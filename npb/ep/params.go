package ep

import "github.com/cairn-ad/cairn/npb/common"

// Constants of the specification that all classes share.
const (
	logBatch  = 16   // a batch has 2^16 pairs
	annuli    = 10   // counts are kept for 0 <= max(|X|, |Y|) < 10
	tolerance = 1e-8 // relative, on SX and SY
)

// Params are the parameters of one problem class.
type Params struct {
	M            int     // there are 2^M pairs of uniform numbers
	SXRef, SYRef float64 // official sums
}

// Classes lists the classes that [ParamsOf] knows, from small to large.
func Classes() []common.Class {
	return []common.Class{common.ClassS, common.ClassW, common.ClassA, common.ClassB}
}

// ParamsOf returns the parameters of a class (NAS Parallel Benchmarks 3.x, NASA Ames); ok is
// false when EP does not define that class.
func ParamsOf(class common.Class) (p Params, ok bool) {
	switch class {
	case common.ClassS:
		return Params{M: 24, SXRef: -3247.83465203474, SYRef: -6958.407078382297}, true
	case common.ClassW:
		return Params{M: 25, SXRef: -2863.319731645753, SYRef: -6320.053679109499}, true
	case common.ClassA:
		return Params{M: 28, SXRef: -4295.875165629892, SYRef: -15807.32573678431}, true
	case common.ClassB:
		return Params{M: 30, SXRef: 40338.15542441498, SYRef: -26606.69192809235}, true
	}
	return Params{}, false
}

// batches is the number of batches of a class, the length of the main loop.
func (p Params) batches() int { return 1 << (p.M - logBatch) }

// operations is the official operation count: the number of uniform numbers.
func operations(p Params) float64 { return float64(uint64(1) << (p.M + 1)) }
