package ad

import (
	"reflect"
	"slices"
	"unsafe"
)

// run is n scalars of unit bytes in a row.
type run struct {
	lo, unit uintptr
	n        int
}

func (r run) hi() uintptr { return r.lo + uintptr(r.n)*r.unit }

// collector lists the elements of one variable.
type collector struct {
	probe *Probe
	to    *watched
	seen  map[visit]struct{}
}

func (c *collector) many(p unsafe.Pointer, l *layout, n int) {
	if n == 0 || p == nil {
		return
	}
	if l.recursive {
		v := visit{uintptr(p), l, n}
		if _, ok := c.seen[v]; ok {
			return
		}
		if c.seen == nil {
			c.seen = map[visit]struct{}{}
		}
		c.seen[v] = struct{}{}
	}
	c.probe.keep = append(c.probe.keep, p)
	if o, ok := l.flat(); ok {
		c.add(p, o.unit*uintptr(o.per), n*o.n/o.per)
		return
	}
	for k := range n {
		c.walk(unsafe.Add(p, uintptr(k)*l.size), l)
	}
}

func (c *collector) walk(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat, opRaw:
			c.add(q, o.unit*uintptr(o.per), o.n/o.per)
		case opString:
			c.add(q, unsafe.Sizeof(""), 1)
		case opPointer:
			c.many(*(*unsafe.Pointer)(q), o.elem, 1)
		case opSlice:
			h := *(*header)(q)
			c.many(h.ptr, o.elem, h.len)
		case opArray:
			for k := range o.n {
				c.walk(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

func (c *collector) add(p unsafe.Pointer, unit uintptr, n int) {
	runs := c.to.runs
	if k := len(runs); k > 0 && runs[k-1].unit == unit && runs[k-1].hi() == uintptr(p) {
		runs[k-1].n += n
		return
	}
	c.to.runs = append(runs, run{uintptr(p), unit, n})
}

// shares returns the names of the other variables that share memory with the one of
// that name.
func (p *Probe) shares(name string) []string {
	w := p.find(name)
	if w == nil {
		return nil
	}
	var out []string
	mine := w.stretches()
	for i := range p.vars {
		if o := &p.vars[i]; o != w && meet(mine, o.stretches()) {
			out = append(out, o.Name)
		}
	}
	return out
}

// stretches is the memory of the elements in ascending order.
func (w *watched) stretches() []stretch {
	var out []stretch
	for _, r := range w.runs {
		if r.hi() > r.lo {
			out = append(out, stretch{r.lo, r.hi()})
		}
	}
	return inOrder(out)
}

// shapeOf returns the lengths of v level by level, and false if they are not the same
// all over or v is not made of slices, arrays and scalars alone.
func shapeOf(v reflect.Value) ([]int, bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, false
		}
		return shapeOf(v.Elem())
	case reflect.Slice, reflect.Array:
		return rowsOf(v)
	case reflect.Struct, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer:
		return nil, false
	}
	return []int{}, true
}

func rowsOf(v reflect.Value) ([]int, bool) {
	n := v.Len()
	if n == 0 {
		return []int{0}, true
	}
	first, ok := shapeOf(v.Index(0))
	if !ok {
		return nil, false
	}
	if l := layoutOf(v.Type().Elem()); !l.scalars {
		for i := 1; i < n; i++ {
			if s, ok := shapeOf(v.Index(i)); !ok || !slices.Equal(s, first) {
				return nil, false
			}
		}
	}
	return append([]int{n}, first...), true
}
