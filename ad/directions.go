package ad

import (
	"fmt"
	"sync"
)

// ApartDirections panics if the shadows of two directions are the same memory, or parts
// of it. A derivative for several directions writes to what the shadows lead to, so that
// each direction needs memory of its own; this is the check.
func ApartDirections[S ~[]T, T any](fn, name string, shadows []S) {
	for j, b := range shadows {
		for i, a := range shadows[:j] {
			if overlapping(a, b) {
				sharedDirections(fn, name, i, j)
			}
		}
	}
}

// ApartDirectionsDeep is ApartDirections for shadows of any type: everything that they
// lead to is compared.
func ApartDirectionsDeep[T any](fn, name string, shadows []T) {
	lists := directionLists.Get().(*[]*stretchCollector)
	for j := range shadows {
		c := collect(&shadows[j])
		for i, a := range *lists {
			if meet(a.stretches, c.stretches) {
				sharedDirections(fn, name, i, j)
			}
		}
		*lists = append(*lists, c)
	}
	for _, c := range *lists {
		c.release()
	}
	clear(*lists)
	*lists = (*lists)[:0]
	directionLists.Put(lists)
}

var directionLists = sync.Pool{New: func() any { return new([]*stretchCollector) }}

func sharedDirections(fn, name string, i, j int) {
	panic(fmt.Sprintf("ad: %s: the shadows %s[%d] and %s[%d] share memory, and each direction needs its own; make one with ad.ZeroLike for each",
		fn, name, i, name, j))
}
