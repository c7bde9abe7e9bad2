package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A keeping is what the assignments of the program do to the slices and pointers that lead
// to one location.
type keeping struct {
	only     *ir.Var          // the variable v, if every append to them is v = append(v, …)
	other    bool             // there is another append
	named    map[*ir.Var]bool // variables that get another name for them, or a part
	appended bool             // an append starts from such a name
}

// growsOnly reports whether l = append(l, …) is the only kind of change that the
// plain variable l ever sees, but for fresh memory, so that what lies within its
// length is never written over by it.
func (in *Info) growsOnly(l ir.Expr, a *ir.Append) bool {
	v, ok := l.(*ir.Ref)
	if x, same := a.X.(*ir.Ref); !ok || !same || x.V != v.V {
		return false
	}
	if in.kept == nil {
		in.findKept()
	}
	for at := range in.mem.PointsTo(a.X) {
		for _, k := range in.keepings(at) {
			if k.other || k.only != nil && k.only != v.V || k.appended || k.named[v.V] {
				return false
			}
		}
	}
	return true
}

// keepings returns those of the locations that may share memory with l.
func (in *Info) keepings(l alias.Loc) []*keeping {
	out, ok := in.keptAt[l]
	if ok {
		return out
	}
	look := func(of *alias.Object) {
		for other, k := range in.kept[of] {
			if in.mem.Overlap(l, other) {
				out = append(out, k)
			}
		}
	}
	look(l.Obj)
	if l.Obj.Root != nil { // else it overlaps with itself only
		for o := range in.kept {
			if o != l.Obj && o.Root == l.Obj.Root {
				look(o)
			}
		}
	}
	in.keptAt[l] = out
	return out
}

// findKept looks at all assignments of slices and pointers.
func (in *Info) findKept() {
	in.kept, in.keptAt = map[*alias.Object]map[alias.Loc]*keeping{}, map[alias.Loc][]*keeping{}
	starts := map[string]bool{} // what appends start from, as text
	in.assigns(func(_, r ir.Expr) {
		if a, ok := r.(*ir.Append); ok {
			starts[ir.Format(a.X)] = true
		}
	})
	in.assigns(func(l, r ir.Expr) {
		if l == nil || !ir.IsRef(l.Type()) {
			return
		}
		for at := range in.mem.PointsTo(l) {
			of := in.kept[at.Obj]
			if of == nil {
				of = map[alias.Loc]*keeping{}
				in.kept[at.Obj] = of
			}
			if of[at] == nil {
				of[at] = &keeping{named: map[*ir.Var]bool{}}
			}
			of[at].add(l, r, starts)
		}
	})
}

// add notes the assignment l = r.
func (k *keeping) add(l, r ir.Expr, starts map[string]bool) {
	to, plain := l.(*ir.Ref)
	switch r := r.(type) {
	case *ir.Append:
		x, ok := r.X.(*ir.Ref)
		if !plain || !ok || to.V != x.V || k.only != nil && k.only != to.V {
			k.other = true
			return
		}
		k.only = to.V
	case *ir.Make, *ir.Const, *ir.Composite:
	default: // another name for it, or a part of it
		if plain {
			k.named[to.V] = true
		}
		k.appended = k.appended || starts[ir.Format(l)]
	}
}

// assigns calls f for each side of each assignment of the program.
func (in *Info) assigns(f func(l, r ir.Expr)) {
	for _, fn := range in.prog.Funcs {
		ir.WalkStmts(fn.Body, func(s ir.Stmt) {
			if a, ok := s.(*ir.Assign); ok {
				for i, l := range a.L {
					f(l, a.R[i])
				}
			}
		})
	}
}
