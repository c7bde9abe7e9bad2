package tidy

import (
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// maker makes variables of a function.
type maker struct {
	f     *ir.Func
	names map[string]bool // taken ones, once a name was asked for
	last  map[string]int  // number of the last name with a beginning
}

// made makes a variable with a name that begins with base.
func (m *maker) made(base string, t types.Type) *ir.Var {
	if m.names == nil {
		m.names, m.last = takenNames(m.f), map[string]int{}
	}
	name := base
	for m.names[name] {
		m.last[base]++
		name = base + strconv.Itoa(m.last[base])
	}
	m.names[name] = true
	v := &ir.Var{Name: name, Type: t, Kind: ir.Temp, Made: true}
	m.f.Locals = append(m.f.Locals, v)
	return v
}

// takenNames returns the names that mean something in the function.
func takenNames(f *ir.Func) map[string]bool {
	out := map[string]bool{"st": true, "ad": true, "schedule": true, "math": true, "cmplx": true}
	note := func(vs ...*ir.Var) {
		for _, v := range vs {
			out[v.Name] = true
		}
	}
	note(f.Inputs()...)
	note(f.Results...)
	note(f.Locals...)
	for v := range ir.Vars(f.Body.Stmts) {
		note(v)
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Closure:
			note(append(s.Params, s.V)...)
		case *ir.Call:
			out[s.Name] = true
			if s.Fn != nil {
				out[s.Fn.Name] = true
			}
		}
	})
	for _, name := range types.Universe.Names() {
		out[name] = true
	}
	if f.Pkg != nil {
		for _, name := range f.Pkg.Scope().Names() {
			out[name] = true
		}
		for _, p := range f.Pkg.Imports() {
			out[p.Name()] = true
		}
	}
	return out
}
