package difftest

import (
	"math"
	"reflect"
)

// Change is the tangent of the seed of leaf j of output i.
func Change(i, j int) float64 { return 0.2 - math.Sin(float64(2*i+7*j)) }

// Another is a second direction of leaf j of input i.
func Another(i, j int) float64 { return math.Cos(float64(5*i - 2*j + 1)) }

// second is one run of the tangent of the adjoint.
type second struct {
	args, bars, barsDot run
	results             []reflect.Value // of the primal
	moved               bool            // see outputShadows
}

// runHessian compares the tangent of the adjoint with the adjoint, with divided
// differences of it, and with itself: second derivatives are symmetric.
func (e *examination) runHessian() {
	s := e.hessianRun(Direction, Change)
	e.unchanged("the tangent of the adjoint", s.args, s.results)
	if !s.moved {
		e.sameHeaders(s.bars)
		e.sameHeaders(s.barsDot)
	}
	bars, _ := e.outputShadows()
	_, bars, _ = e.adjointRun(bars)
	bars.places = bars.found()
	s.bars.places, s.barsDot.places = s.bars.found(), s.barsDot.found()
	for i, ps := range bars.places {
		if d := apart(floats(ps), floats(s.bars.places[i])); e.shadowed(i) && d > e.tolerance(1e-11, 2e-4) {
			e.failf("the tangent of the adjoint gives other adjoints of %s than the adjoint, by %v", e.Inputs[i].Name, d)
		}
	}
	e.strayed("the tangent of the adjoint", s.bars)
	e.strayed("the tangent of the adjoint", s.barsDot)
	e.symmetry()
	e.differencesOfAdjoint(s)
}

// hessianRun calls the tangent of the adjoint.
func (e *examination) hessianRun(direction, change func(i, j int) float64) second {
	s := second{args: e.newRun()}
	s.bars, s.moved = e.outputShadows()
	s.barsDot, _ = e.outputShadows()
	dots := e.shadows()
	once(dots.places, e.taking, func(i, j int, p leaf) { p.SetFloat(direction(i, j)) })
	once(s.bars.places, e.of, func(i, j int, p leaf) { p.SetFloat(Seed(i, j)) })
	once(s.barsDot.places, e.of, func(i, j int, p leaf) { p.SetFloat(change(i, j)) })
	var in []reflect.Value
	for i, a := range s.args.args {
		in = append(in, a)
		if !e.shadowed(i) {
			continue
		}
		in = append(in, dots.args[i])
		for _, b := range []run{s.bars, s.barsDot} {
			if isReference(a.Type()) {
				in = append(in, b.args[i])
			} else {
				in = append(in, b.args[i].Addr())
			}
		}
	}
	changes := e.seedsBy(change)
	for k, seed := range e.seeds() {
		in = append(in, seed, changes[k])
	}
	results := e.invoke(e.Hessian, in)
	next := 0
	for k := range reflect.TypeOf(e.Primal).NumOut() {
		s.results = append(s.results, results[next])
		next++
		if e.ofResult(k) {
			next++
		}
	}
	return s
}

// symmetry compares u.Hv with v.Hu.
func (e *examination) symmetry() {
	none := func(i, j int) float64 { return 0 }
	product := func(along, with func(i, j int) float64) (sum, size float64) {
		s := e.hessianRun(along, none)
		s.barsDot.places = s.barsDot.found()
		once(s.barsDot.places, e.taking, func(i, j int, p leaf) {
			sum += p.Float() * with(i, j)
			size += math.Abs(p.Float() * with(i, j))
		})
		return sum, size
	}
	a, size := product(Direction, Another)
	b, other := product(Another, Direction)
	tol := e.tolerance(1e-10, 1e-3) * math.Max(1, math.Max(size, other))
	if d := math.Abs(a - b); !(d <= tol) && !(a != a && b != b) && !math.IsInf(size, 0) {
		e.failf("symmetry: u.Hv is %v, v.Hu is %v", a, b)
	}
}

// differencesOfAdjoint compares with central differences of the adjoint, with several
// steps.
func (e *examination) differencesOfAdjoint(s second) {
	if e.Single {
		return
	}
	var got []float64
	for i, ps := range s.barsDot.places {
		if e.shadowed(i) {
			got = append(got, floats(list(ps, i, e.taking))...)
		}
	}
	best := math.Inf(1)
	var value []float64
	for _, h := range []float64{1e-5, 1e-4, 1e-6, 1e-3} {
		up, down := e.adjointAlong(h), e.adjointAlong(-h)
		for i := range up {
			up[i] = (up[i] - down[i]) / (2 * h)
		}
		if d := apart(got, up); d < best {
			best, value = d, up
		}
		if best <= 1e-5 {
			return
		}
	}
	if e.Kinks {
		e.report.FDSkips++
		return
	}
	e.failf("divided differences of the adjoint give %v, the tangent of the adjoint %v", value, got)
}

// adjointAlong lists the adjoints for arguments and seeds moved by h along the direction.
func (e *examination) adjointAlong(h float64) []float64 {
	args := e.newRun()
	bars, _ := e.outputShadows()
	once(args.places, e.taking, func(i, j int, p leaf) { p.SetFloat(p.Float() + h*Direction(i, j)) })
	moved := func(i, j int) float64 { return Seed(i, j) + h*Change(i, j) }
	once(bars.places, e.of, func(i, j int, p leaf) { p.SetFloat(moved(i, j)) })
	e.call(e.Adjoint, args, bars, true, e.seedsBy(moved))
	var out []float64
	for i, ps := range bars.found() {
		if e.shadowed(i) {
			out = append(out, floats(list(ps, i, e.taking))...)
		}
	}
	return out
}

// apart is the largest difference of two lists, relative to the larger of 1 and the
// largest entry; entries that are no numbers, or infinite, in both are passed over.
func apart(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	size, worst := 1.0, 0.0
	for i, x := range a {
		y := b[i]
		switch {
		case x == y || x != x && y != y || math.IsInf(x, 0) && y != y:
		case x-y != x-y:
			return math.Inf(1)
		default:
			size = math.Max(size, math.Max(math.Abs(x), math.Abs(y)))
			worst = math.Max(worst, math.Abs(x-y))
		}
	}
	return worst / size
}
