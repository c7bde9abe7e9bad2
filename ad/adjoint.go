package ad

import (
	"fmt"
	"unsafe"
)

// CopyAdjoint is the reverse of copy(dst, src) on the shadows. With n the smaller
// length and t the values of dstb[:n] on entry, it sets dstb[:n] to 0 and then adds t
// to srcb[:n]. It is exact for shadows that overlap in any way, as copy itself is.
func CopyAdjoint[F Float](dstb, srcb []F) {
	n := min(len(dstb), len(srcb))
	if n == 0 || &dstb[0] == &srcb[0] {
		return // the copy moved nothing
	}
	dstb, srcb = dstb[:n], srcb[:n]
	// An element of dstb must be read before something is added to it as an element
	// of srcb, so the sweep goes up if dstb lies above srcb, and down otherwise.
	if uintptr(unsafe.Pointer(&dstb[0])) > uintptr(unsafe.Pointer(&srcb[0])) {
		for i := range dstb {
			t := dstb[i]
			dstb[i] = 0
			srcb[i] += t
		}
		return
	}
	for i := n - 1; i >= 0; i-- {
		t := dstb[i]
		dstb[i] = 0
		srcb[i] += t
	}
}

// Add adds src to dst element by element. It panics if the lengths differ.
func Add[F Float](dst, src []F) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("ad: Add of %d elements to %d: a shadow must have the length of its primal", len(src), len(dst)))
	}
	for i, x := range src {
		dst[i] += x
	}
}

// Zero sets all elements of x to 0.
func Zero[F Float](x []F) { clear(x) }
