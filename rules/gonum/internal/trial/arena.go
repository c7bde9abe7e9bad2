package trial

// An Arena hands out views of the numbers of a case, in order, so that one function builds
// arguments and shadows alike.
type Arena struct {
	s        []float64
	at       int
	reads    int
	passive  int // the number of the read-only view that is passive, or -1
	shadow   bool
	counting bool
}

// Take returns the next n numbers, of something that the routine may write to.
func (a *Arena) Take(n int) []float64 {
	if a.counting {
		a.at += n
		return Positive(n)
	}
	v := a.s[a.at : a.at+n : a.at+n]
	a.at += n
	return v
}

// Read returns the next n numbers, of something that the routine only reads. If it is the
// passive argument, its numbers do not belong to the case, and its shadow is nil.
func (a *Arena) Read(n int) []float64 {
	a.reads++
	if a.reads-1 != a.passive {
		return a.Take(n)
	}
	if a.shadow {
		return nil
	}
	return Positive(n)
}

// A Routine is one call with its derivatives, whose arguments build makes.
type Routine[T any] struct {
	Name    string
	Build   func(a *Arena) T
	Func    func(x T) []float64
	Tangent func(x, d T) (y, yd []float64)
	Adjoint func(x, b T, yb []float64) []float64
	// Point, if not nil, changes the point that is drawn.
	Point func(x []float64)
}

// Cases are the routine with all arguments active, and with each passive that it only reads.
func (r Routine[T]) Cases() []Case {
	count := &Arena{passive: -1, counting: true}
	r.Build(count)
	list := []Case{r.with("", -1)}
	for k := range count.reads {
		if count.reads > 1 || count.at > 0 {
			list = append(list, r.with(" passive "+string(rune('0'+k)), k))
		}
	}
	return list
}

func (r Routine[T]) with(suffix string, passive int) Case {
	count := &Arena{passive: passive, counting: true}
	r.Build(count)
	x := Points(count.at)
	if r.Point != nil {
		r.Point(x)
	}
	build := func(s []float64, shadow bool) T {
		return r.Build(&Arena{s: s, passive: passive, shadow: shadow})
	}
	return Case{
		Name: r.Name + suffix, X: x,
		Func:    func(s []float64) []float64 { return r.Func(build(s, false)) },
		Tangent: func(s, d []float64) (y, yd []float64) { return r.Tangent(build(s, false), build(d, true)) },
		Adjoint: func(s, b, yb []float64) []float64 { return r.Adjoint(build(s, false), build(b, true), yb) },
	}
}
