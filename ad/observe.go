package ad

import (
	"slices"
	"sync/atomic"
)

// observer is a pointer, so that two observers with the same function are two.
type observer[T any] struct{ f func(T) }

// observerList is who is told of something; it may be used by several goroutines.
type observerList[T any] struct {
	list atomic.Pointer[[]*observer[T]]
}

var observers observerList[Stats]

// Observe calls f with the stats of every [Loop] that is released from now on, in the
// goroutine that releases it, until stop is called. It is how a program learns what the
// loops inside a generated function have cost.
func Observe(f func(Stats)) (stop func()) { return observers.add(f) }

func (l *observerList[T]) add(f func(T)) (stop func()) {
	o := &observer[T]{f}
	l.edit(func(list []*observer[T]) []*observer[T] { return append(list, o) })
	return func() {
		l.edit(func(list []*observer[T]) []*observer[T] {
			return slices.DeleteFunc(list, func(p *observer[T]) bool { return p == o })
		})
	}
}

// edit replaces the list by a changed copy; an empty list is nil.
func (l *observerList[T]) edit(change func([]*observer[T]) []*observer[T]) {
	for {
		old := l.list.Load()
		var list []*observer[T]
		if old != nil {
			list = slices.Clone(*old)
		}
		list = change(list)
		next := &list
		if len(list) == 0 {
			next = nil
		}
		if l.list.CompareAndSwap(old, next) {
			return
		}
	}
}

func (l *observerList[T]) notify(s T) {
	if list := l.list.Load(); list != nil {
		for _, o := range *list {
			o.f(s)
		}
	}
}
