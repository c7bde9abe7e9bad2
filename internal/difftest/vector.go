package difftest

import (
	"math"
	"reflect"
)

// runVector compares a derivative for several directions with the one for one direction,
// called for each of them: they must agree bit for bit.
func (e *examination) runVector(what string, single, vector any, adjoint bool) {
	n := e.directions(vector)
	if n == 0 {
		e.failf("%s of several directions has no array for them", what)
		return
	}
	args := e.newRun()
	var shadows []run
	var seeds [][]reflect.Value
	for k := range n {
		s, w := e.direction(k, n, adjoint)
		shadows, seeds = append(shadows, s), append(seeds, w)
	}
	results, back := e.callVector(vector, args, shadows, adjoint, seeds)
	var primals []reflect.Value
	next := 0
	for k := range reflect.TypeOf(e.Primal).NumOut() {
		primals = append(primals, results[next])
		next++
		if !adjoint && e.ofResult(k) {
			next++
		}
	}
	e.unchanged(what+" of several directions", args, primals)
	for k := range n {
		alone, w := e.direction(k, n, adjoint)
		want := e.call(single, e.newRun(), alone, adjoint, w)
		back(k)
		if i, g, v := differs(e.derivatives(results, shadows[k], k, adjoint), e.derivatives(want, alone, -1, adjoint)); i >= 0 {
			e.failf("%s of several directions: number %d of direction %d is %v, and %v in that direction alone", what, i, k, g, v)
			return
		}
	}
}

// directions returns the length of the first array that stands for the directions.
func (e *examination) directions(vector any) int {
	t := reflect.TypeOf(vector)
	at := 0
	for i := range e.Inputs {
		at++
		if !e.shadowed(i) {
			continue
		}
		a := t.In(at)
		if a.Kind() == reflect.Pointer {
			a = a.Elem()
		}
		if a.Kind() == reflect.Array {
			return a.Len()
		}
	}
	return 0
}

// direction makes the shadows and seeds of direction k of n; those of the last are zero.
func (e *examination) direction(k, n int, adjoint bool) (shadows run, seeds []reflect.Value) {
	factor := 1 - 0.75*float64(k)
	if k == n-1 && n > 1 {
		factor = 0
	}
	if !adjoint {
		shadows = e.shadows()
		once(shadows.places, e.taking, func(i, j int, p leaf) { p.SetFloat(factor * Direction(i+11*k, j)) })
		return shadows, nil
	}
	shadows, _ = e.outputShadows()
	once(shadows.places, e.wrt, func(i, j int, p leaf) { p.SetFloat(0.125 * Direction(i, j+k)) })
	once(shadows.places, e.of, func(i, j int, p leaf) { p.SetFloat(factor * Seed(i+3*k, j)) })
	for _, s := range e.seeds() {
		for _, p := range leaves(s) {
			p.SetFloat(factor * (p.Float() + float64(k)))
		}
		seeds = append(seeds, s)
	}
	return shadows, seeds
}

// callVector is call for arrays of shadows and seeds. The function back takes the shadows
// of one direction out of the arrays again.
func (e *examination) callVector(f any, args run, shadows []run, adjoint bool, seeds [][]reflect.Value) (results []reflect.Value, back func(k int)) {
	t := reflect.TypeOf(f)
	var in []reflect.Value
	arrays := map[int]reflect.Value{}
	array := func(at func(k int) reflect.Value) reflect.Value {
		a := reflect.New(reflect.ArrayOf(len(shadows), at(0).Type())).Elem()
		for k := range shadows {
			a.Index(k).Set(at(k))
		}
		return a
	}
	for i, a := range args.args {
		in = append(in, a)
		if !e.shadowed(i) {
			continue
		}
		arrays[i] = array(func(k int) reflect.Value { return shadows[k].args[i] })
		if t.In(len(in)).Kind() == reflect.Pointer {
			in = append(in, arrays[i].Addr())
		} else {
			in = append(in, arrays[i])
		}
	}
	for j := range seeds[0] {
		in = append(in, array(func(k int) reflect.Value { return seeds[k][j] }))
	}
	results = e.invoke(f, in)
	return results, func(k int) {
		for i, a := range arrays {
			shadows[k].args[i].Set(a.Index(k))
		}
	}
}

// derivatives lists the floats of results and shadows that hold derivatives; of results
// for several directions those of direction k.
func (e *examination) derivatives(results []reflect.Value, shadows run, k int, adjoint bool) []float64 {
	var out []float64
	if !adjoint {
		next := 1
		for j := range reflect.TypeOf(e.Primal).NumOut() {
			if e.ofResult(j) {
				r := results[next]
				if k >= 0 {
					r = r.Index(k)
				}
				out = append(out, floats(leaves(r))...)
				next++
			}
			next++
		}
	}
	for i := range shadows.args {
		if e.shadowed(i) {
			out = append(append(out, floats(shadows.places[i])...), floats(leaves(shadows.args[i]))...)
		}
	}
	return out
}

// differs returns where two lists differ first, or -1.
func differs(a, b []float64) (int, float64, float64) {
	if len(a) != len(b) {
		return 0, float64(len(a)), float64(len(b))
	}
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && !(a[i] != a[i] && b[i] != b[i]) {
			return i, a[i], b[i]
		}
	}
	return -1, 0, 0
}
