package difftest

import (
	"reflect"

	"github.com/cairn-ad/cairn/ad"
)

// runSplit runs the two sweeps, each by a call, and compares them with the primal and with
// the adjoint.
func (e *examination) runSplit() {
	args, bars := e.newRun(), e.shadows()
	given := e.seeds()
	st := ad.NewStack()
	out := e.invoke(e.Forward, append(e.forwardArgs(args, bars), reflect.ValueOf(st)))
	var primals, seeds []reflect.Value
	next, k := 0, 0
	for i := range reflect.TypeOf(e.Primal).NumOut() {
		primals = append(primals, out[next])
		next++
		if !e.ofResult(i) {
			continue
		}
		seed := given[k]
		k++
		t := primals[i].Type()
		if holdsRefs(t) { // the forward sweep has made the shadow
			seed = out[next]
			next++
			for j, p := range leaves(seed) {
				if e.ofLeaf(i, j, primals[i]) {
					p.SetFloat(Seed(ResultIndex+i, j))
				}
			}
		}
		if !refers(t) {
			seeds = append(seeds, seed)
		}
	}
	e.unchanged("the forward sweep", args, primals)
	once(bars.foundAs(args), e.of, func(i, j int, p leaf) { p.SetFloat(Seed(i, j)) })
	e.callSweep(args, bars, append(seeds, reflect.ValueOf(st)))
	st.Release()
	e.sameGradient(bars)
	e.strayed("the reverse sweep", bars)
}

// callSweep calls the reverse sweep, which goes on from where the forward sweep has left the
// package-level variables.
func (e *examination) callSweep(args, bars run, rest []reflect.Value) {
	var in []reflect.Value
	for i, a := range args.args {
		in = append(in, a)
		switch {
		case !e.shadowed(i):
		case isReference(a.Type()):
			in = append(in, bars.args[i])
		default:
			in = append(in, bars.args[i].Addr())
		}
	}
	reflect.ValueOf(e.Reverse).Call(append(in, rest...))
}

// forwardArgs are the arguments of the forward sweep, but for the stack: shadows follow
// references, and may follow structs and arrays that hold some.
func (e *examination) forwardArgs(args, bars run) []reflect.Value {
	t := reflect.TypeOf(e.Forward)
	structs := t.NumIn() - 1 - len(args.args) // how many of these have shadows
	for i, a := range args.args {
		if e.shadowed(i) && isReference(a.Type()) {
			structs--
		}
	}
	var in []reflect.Value
	for i, a := range args.args {
		in = append(in, a)
		switch {
		case !e.shadowed(i):
		case isReference(a.Type()):
			in = append(in, bars.args[i])
		case holdsRefs(a.Type()) && structs > 0 && t.In(len(in)) == reflect.PointerTo(a.Type()):
			in = append(in, bars.args[i].Addr())
			structs--
		}
	}
	return in
}

// sameGradient compares the adjoints with those that the adjoint in one call has given.
func (e *examination) sameGradient(bars run) {
	for i, ps := range bars.foundAs(e.newRun()) {
		if !e.Inputs[i].Wrt {
			continue
		}
		ps = list(ps, i, e.wrt)
		want, err := ParseFloats(e.report.Gradient[i])
		if err != nil {
			panic(err) // it was written by FormatFloats
		}
		if d := apart(floats(ps), want); d > e.tolerance(1e-11, 2e-4) {
			e.failf("the two sweeps give %v for %s, the adjoint %v", floats(ps), e.Inputs[i].Name, want)
		}
	}
}

// holdsRefs reports whether values of type t are, or hold, references that lead to floats.
func holdsRefs(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		return holdsFloats(t)
	case reflect.Array:
		return holdsRefs(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsRefs(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
