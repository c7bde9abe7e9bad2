package adjoint

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
)

// The reverse sweep of a function has variables of its own, to which a pointer or slice from the stack
// does not lead. The variables at the top of a joint root serve both sweeps, unless it is called again
// from within: those calls have two forms.

// KeptPointers lists the variables whose addresses are kept anywhere but in a variable that can be worked out
// again, and those of the heads of loops whose addresses are taken at all, since their shadows would be out of scope. They
// have to be moved elsewhere before [Transform].
func KeptPointers(facts Facts, requests []*Request) []*ir.Var {
	t := newTransform(facts, requests)
	var out []*ir.Var
	for _, k := range t.keptPointers() {
		out = append(out, k.all...)
	}
	for _, f := range t.prog.Funcs {
		if f.Rule != nil || !t.funcActive(f) {
			continue
		}
		taken := ir.Addressed(f)
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok && l.Init != nil {
				for _, v := range ir.Defined(l.Init) {
					if taken[v] && t.carries(v) && !slices.Contains(out, v) {
						out = append(out, v)
					}
				}
			}
		})
	}
	return out
}

// checkPointers refuses such variables.
func (t *transform) checkPointers() {
	for _, k := range t.keptPointers() {
		t.diags.Add(t.prog.Fset, k.v.Pos, "variable "+k.v.Name+", whose address is kept in "+k.places(),
			"in the reverse sweep it is another variable, to which a kept pointer does not lead",
			"make it with new or &T{…}, or use a pointer that is assigned once")
	}
}

// keeping is a variable, with what it is in other copies of its function, and the names of what its address is kept in.
type keeping struct {
	v   *ir.Var
	all []*ir.Var
	in  []string
}

// keptPointers finds what is kept, by where the variable is declared.
func (t *transform) keptPointers() map[token.Pos]*keeping {
	lasting := map[*ir.Var]bool{}
	for _, r := range t.roots {
		if r.Joint && !r.Split && !t.mem.Recursive(r.Fn) {
			for _, v := range append(declared(r.Fn.Body), r.Fn.Results...) {
				lasting[v] = true
			}
		}
	}
	swept := map[*ir.Var]bool{} // of functions with a reverse sweep
	for _, f := range t.prog.Funcs {
		if f.Rule == nil && t.funcActive(f) {
			for _, v := range slices.Concat(f.Locals, f.Results, f.Inputs()) {
				swept[v] = true
			}
		}
	}
	snapshots := t.inSnapshots()
	keeps := map[token.Pos]*keeping{}
	for _, o := range t.mem.Objects() {
		again := o.Var != nil && (o.Var.Kind == ir.Param || t.rec.Local(o.Var) != nil)
		if again && !snapshots[o.Var] {
			continue
		}
		for _, leaf := range alias.Leaves(o.Type) {
			for target := range t.mem.Targets(alias.Loc{Obj: o, Path: leaf.Path}) {
				v := target.Obj.Var
				if v == nil || lasting[v] || !swept[v] {
					continue
				}
				k := keeps[v.Pos]
				if k == nil {
					k = &keeping{v: v}
					keeps[v.Pos] = k
				}
				if !slices.Contains(k.all, v) {
					k.all = append(k.all, v)
				}
				if !slices.Contains(k.in, o.Name) {
					k.in = append(k.in, o.Name)
				}
			}
		}
	}
	return keeps
}

// inSnapshots finds the variables with slices that snapshots of loops and calls hold: a snapshot gives a slice back as
// it was, with the memory that it led to.
func (t *transform) inSnapshots() map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	note := func(place ir.Expr) {
		if v := ir.Held(place); v != nil && ir.HasRef(v.Type) {
			out[v] = true
		}
	}
	for _, f := range t.prog.Funcs {
		if !t.funcActive(f) || f.Rule != nil {
			continue
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Call:
				if !t.joint(s) {
					return
				}
				var args []ir.Expr
				for _, a := range s.Args {
					args = append(args, handed(a)...)
				}
				for _, p := range t.placesOf(s, args) {
					note(p)
				}
			case *ir.For:
				if s.Scheduled() {
					for _, it := range t.state.Covering(refs(loopstate.Around(f, s)), t.eff.Writes(s)) {
						note(it.Place)
					}
				}
			}
		})
	}
	return out
}

// places lists a few of the names.
func (k *keeping) places() string {
	const some = 3
	names := k.in
	if n := len(names) - some; n > 1 {
		names = append(slices.Clip(names[:some]), fmt.Sprintf("%d others", n))
	}
	return list(names)
}
