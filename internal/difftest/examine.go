package difftest

import (
	"fmt"
	"math"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
)

// examination is a case at work.
type examination struct {
	*Case
	report    Report
	final     []uint64 // results and memory after the primal
	tangent   float64  // derivative of the weighted outputs along the direction
	magnitude float64  // of the terms of that sum
	known     bool     // the tangent is
}

// Examine calls the derivatives of the case and compares them with each other
// and with divided differences.
func (c *Case) Examine() (r Report) {
	e := &examination{Case: c, report: Report{Name: c.Name, Gradient: make([]string, len(c.Inputs))}}
	e.guard("the primal", e.runPrimal)
	if len(e.report.Failures) > 0 {
		return e.report
	}
	if c.Tangent != nil {
		e.guard("the tangent", e.runTangent)
	}
	if c.Pattern != nil {
		e.guard("the pattern", e.runPattern)
	}
	if c.Adjoint != nil {
		e.guard("the adjoint", e.runAdjoint)
	}
	if c.Forward != nil && len(e.report.Failures) == 0 {
		e.guard("the split form", e.runSplit)
	}
	if c.TangentVector != nil {
		e.guard("the tangent of several directions", func() { e.runVector("the tangent", c.Tangent, c.TangentVector, false) })
	}
	if c.AdjointVector != nil {
		e.guard("the adjoint of several directions", func() { e.runVector("the adjoint", c.Adjoint, c.AdjointVector, true) })
	}
	if c.Hessian != nil {
		e.guard("the tangent of the adjoint", e.runHessian)
	}
	return e.report
}

func (e *examination) failf(format string, args ...any) {
	e.report.Failures = append(e.report.Failures, fmt.Sprintf(format, args...))
}

// guard turns a panic into a failure.
func (e *examination) guard(what string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			e.failf("%s panics: %v\n%s", what, p, trim(string(debug.Stack())))
		}
	}()
	f()
}

// trim keeps of a stack the lines that lead to generated code.
func trim(stack string) string {
	var keep []string
	for _, l := range strings.Split(stack, "\n") {
		if strings.HasPrefix(l, "\t") && strings.Contains(l, "_cairn.go") && len(keep) < 4 {
			keep = append(keep, strings.TrimSpace(l))
		}
	}
	return strings.Join(keep, "\n")
}

func (e *examination) tolerance(double, single float64) float64 {
	if e.Single {
		return single
	}
	return double
}

func (e *examination) runPrimal() {
	r := e.newRun()
	results := e.primal(r)
	e.final = e.state(r, results)
	e.noteFields(results)
}

// state is all that the last run leaves behind.
func (e *examination) state(r run, results []reflect.Value) []uint64 {
	all := bits(append(append([]reflect.Value{}, results...), r.args...))
	for _, ps := range r.places {
		for _, p := range ps {
			all = append(all, math.Float64bits(p.Float()))
		}
	}
	for _, p := range e.before {
		all = append(all, math.Float64bits(p.Float()))
	}
	if e.Vars != nil {
		for _, p := range e.Vars() {
			all = append(all, bits([]reflect.Value{reflect.ValueOf(p).Elem()})...)
		}
	}
	return all
}

// unchanged checks that a derivative left behind what the primal leaves.
func (e *examination) unchanged(what string, r run, results []reflect.Value) {
	got := e.state(r, results)
	if len(got) != len(e.final) {
		e.failf("%s leaves memory of another shape than the primal", what)
		return
	}
	for i := range got {
		if got[i] != e.final[i] && !(isNaN(got[i]) && isNaN(e.final[i])) {
			e.failf("%s leaves other values than the primal: word %d of %d (results first) is %v, not %v",
				what, i, len(got), math.Float64frombits(got[i]), math.Float64frombits(e.final[i]))
			return
		}
	}
}

func isNaN(b uint64) bool { x := math.Float64frombits(b); return x != x }

// addTerm adds x*y to one of the two sides of the dot product.
func (e *examination) addTerm(sum *float64, x, y float64) {
	*sum += x * y
	e.magnitude += math.Abs(x * y)
}

func (e *examination) runTangent() {
	args, dots := e.newRun(), e.shadows()
	once(dots.places, e.taking, func(i, j int, p leaf) { p.SetFloat(Direction(i, j)) })
	results := e.call(e.Tangent, args, dots, false, nil)
	var primals []reflect.Value
	next := 0
	for k := range reflect.TypeOf(e.Primal).NumOut() {
		primals = append(primals, results[next])
		next++
		if e.ofResult(k) {
			for j, p := range leaves(results[next]) {
				if e.ofLeaf(k, j, results[next-1]) {
					e.addTerm(&e.tangent, Seed(ResultIndex+k, j), p.Float())
				}
			}
			next++
		}
	}
	once(dots.foundAs(args), e.of, func(i, j int, p leaf) { e.addTerm(&e.tangent, Seed(i, j), p.Float()) })
	e.known = true
	e.unchanged("the tangent", args, primals)
	e.differences()
}

func (e *examination) runAdjoint() {
	bars, moved := e.outputShadows()
	args, bars, results := e.adjointRun(bars)
	e.unchanged("the adjoint", args, results)
	if moved {
		bars.places = bars.found()
	} else {
		e.sameHeaders(bars)
	}
	for i, ps := range bars.places {
		if e.Inputs[i].Wrt {
			e.report.Gradient[i] = FormatFloats(floats(list(ps, i, e.wrt)))
		}
	}
	e.strayed("the adjoint", bars)
	e.dotProduct(bars)
	if !moved {
		e.accumulates(bars)
	}
}

// outputShadows are the shadows that the adjoint is called with. Where the primal leaves
// an output in another shape than on entry, which is moved, its shadow has that one.
func (e *examination) outputShadows() (bars run, moved bool) {
	bars = e.shadows()
	after := e.newRun()
	e.primal(after)
	for i, in := range e.Inputs {
		if in.Of && !slices.Equal(lengths(bars.args[i]), lengths(after.args[i])) {
			moved = true
			for _, p := range leaves(after.args[i]) {
				p.SetFloat(0)
			}
			bars.args[i] = after.args[i]
		}
	}
	bars.places = bars.found()
	return bars, moved
}

// adjointRun seeds the outputs and calls the adjoint, with bars as shadows.
func (e *examination) adjointRun(bars run) (args, shadows run, results []reflect.Value) {
	once(bars.places, e.of, func(i, j int, p leaf) { p.SetFloat(Seed(i, j)) })
	args = e.newRun()
	results = e.call(e.Adjoint, args, bars, true, e.seeds())
	return args, bars, results
}

// seeds are the adjoints of the results that are outputs.
func (e *examination) seeds() []reflect.Value { return e.seedsBy(Seed) }

func (e *examination) seedsBy(seed func(i, j int) float64) []reflect.Value {
	var out []reflect.Value
	for k, r := range e.primal(e.newRun()) {
		if !e.ofResult(k) {
			continue
		}
		to := copyOf(r)
		for j, p := range leaves(to) {
			switch {
			case e.ofLeaf(k, j, r):
				p.SetFloat(seed(ResultIndex+k, j))
			case !holdsRefs(r.Type()): // it must not matter
				p.SetFloat(Stray(ResultIndex+k, j))
			}
		}
		out = append(out, to)
	}
	return out
}

// sameHeaders checks that the shadows lead to the same memory as before the
// call, where the adjoints of the values on entry stand.
func (e *examination) sameHeaders(bars run) {
	for i, ps := range bars.found() {
		same := len(ps) == len(bars.places[i])
		for j := 0; same && j < len(ps); j++ {
			same = ps[j].UnsafeAddr() == bars.places[i][j].UnsafeAddr()
		}
		if !same {
			e.failf("the adjoint leaves other headers in the shadow of %s", e.Inputs[i].Name)
		}
	}
}

func (e *examination) dotProduct(bars run) {
	if !e.known {
		return
	}
	sum := 0.0
	once(bars.places, e.taking, func(i, j int, p leaf) { e.addTerm(&sum, p.Float(), Direction(i, j)) })
	tol := e.tolerance(1e-10, 2e-4) * math.Max(1, e.magnitude)
	if d := math.Abs(sum - e.tangent); !(d <= tol) && !(sum != sum && e.tangent != e.tangent) {
		e.failf("dot product: the adjoint gives %v, the tangent %v", sum, e.tangent)
	}
}

// accumulates calls the adjoint again: what is not in of= doubles.
func (e *examination) accumulates(bars run) {
	first := make([][]float64, len(bars.places))
	for i, ps := range bars.places {
		first[i] = floats(ps)
	}
	_, again, _ := e.adjointRun(bars)
	shared := map[uintptr]bool{} // with an output, whose shadow starts anew
	once(again.places, e.of, func(i, j int, p leaf) { shared[p.UnsafeAddr()] = true })
	for i, ps := range again.places {
		for j, p := range ps {
			if !e.wrt(i, j) {
				continue
			}
			want := 2 * first[i][j]
			if shared[p.UnsafeAddr()] {
				want = first[i][j]
			}
			if d := math.Abs(p.Float() - want); d > e.tolerance(1e-12, 1e-4)*math.Max(1, norm(first[i])) {
				e.failf("a second call of the adjoint gives %v for %s leaf %d, not %v", p.Float(), e.Inputs[i].Name, j, want)
				return
			}
		}
	}
}

func norm(xs []float64) float64 {
	m := 0.0
	for _, x := range xs {
		m = math.Max(m, math.Abs(x))
	}
	return m
}
