package ad

import (
	"slices"
	"sync/atomic"
)

// observer is a pointer, so that two observers with the same function are two.
type observer struct{ f func(Stats) }

var observers atomic.Pointer[[]*observer]

// Observe calls f with the stats of every [Loop] that is released from now on, in the
// goroutine that releases it, until stop is called. It is how a program learns what the
// loops inside a generated function have cost.
func Observe(f func(Stats)) (stop func()) {
	o := &observer{f}
	edit(func(list []*observer) []*observer { return append(list, o) })
	return func() {
		edit(func(list []*observer) []*observer {
			return slices.DeleteFunc(list, func(p *observer) bool { return p == o })
		})
	}
}

// edit replaces the list by a changed copy; an empty list is nil.
func edit(change func([]*observer) []*observer) {
	for {
		old := observers.Load()
		var list []*observer
		if old != nil {
			list = slices.Clone(*old)
		}
		list = change(list)
		next := &list
		if len(list) == 0 {
			next = nil
		}
		if observers.CompareAndSwap(old, next) {
			return
		}
	}
}

func notify(s Stats) {
	if list := observers.Load(); list != nil {
		for _, o := range *list {
			o.f(s)
		}
	}
}
