package flatten

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// How large a function may be, in nodes of its expressions: one that is called from one
// place, one that is called from several, and one that has taken in others.
const (
	largestOnce    = 800
	largestOften   = 60
	largestGrowing = 4000
)

// inline puts the bodies of small leaf functions in the place of their calls. The
// functions stand callees before callers.
func inline(pkg *types.Package, funcs []*ir.Func) {
	calls := map[*ir.Func]int{}
	for _, f := range funcs {
		for _, g := range ir.Callees(f) {
			calls[g]++
		}
	}
	fits := map[*ir.Func]*leaf{}
	for _, f := range funcs {
		if f.Rule == nil && f.Derivative == nil {
			in := &inliner{f: f, names: ir.NamesIn(f, pkg, f.Pkg), fits: fits, pkg: pkg, size: size(f.Body)}
			in.block(f.Body)
		}
		if l := leafOf(pkg, f); l != nil && (l.size <= largestOften || calls[f] == 1 && l.size <= largestOnce) {
			fits[f] = l
		}
	}
}

// A leaf is a function that can be put in the place of its calls: it computes numbers
// from its arguments without loops, calls or writes to memory.
type leaf struct {
	f       *ir.Func
	size    int
	changed map[*ir.Var]bool // its variables that are assigned
	derefs  map[*ir.Var]bool // its pointers that are used to read what they point to only
}

func leafOf(pkg *types.Package, f *ir.Func) *leaf {
	if f.Rule != nil || f.Derivative != nil || f.Tangent != nil || f.Passive || f.Mode != ir.DefaultMode ||
		f.Variadic || f.Body == nil || f.Pkg != pkg {
		return nil
	}
	for _, vs := range [][]*ir.Var{f.Results, f.Locals} {
		for _, v := range vs {
			if ir.HasRef(v.Type) || !known(v.Type) {
				return nil
			}
		}
	}
	l := &leaf{f: f, size: size(f.Body), changed: map[*ir.Var]bool{}, derefs: map[*ir.Var]bool{}}
	if l.size == 0 || !l.fits(f.Body) {
		return nil
	}
	for _, p := range f.Inputs() {
		if l.changed[p] && ir.HasRef(p.Type) || !known(p.Type) {
			return nil
		}
	}
	l.findDerefs()
	if _, simple := f.Body.Stmts[0].(*ir.Assign); !floats(f) && !(simple && len(f.Body.Stmts) == 1) {
		return nil // only formulas of integers are worth it
	}
	return l
}

// floats reports whether f has a result that holds floats.
func floats(f *ir.Func) bool {
	return slices.ContainsFunc(f.Results, func(r *ir.Var) bool { return ir.HasFloat(r.Type) })
}

// known reports whether t is made of basic types, slices, arrays, structs and pointers.
func known(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer && u.Info()&types.IsString == 0
	case *types.Array:
		return known(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !leads(f.Type()) && !known(f.Type()) {
				return false
			}
		}
		return true
	}
	return leads(t)
}

func leads(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Pointer:
		return !ir.IsBox(t)
	}
	return false
}

// fits looks at the statements, and notes which variables they assign.
func (l *leaf) fits(b *ir.Block) bool {
	if b.Checkpoint != nil {
		return false
	}
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Decl:
		case *ir.Assign:
			for _, e := range s.L {
				if e == nil {
					continue
				}
				v := local(e)
				if v == nil {
					return false
				}
				l.changed[v] = true
			}
			if !slices.ContainsFunc(s.R, makes) {
				continue
			}
			return false
		case *ir.If:
			if makes(s.Cond) || !l.fits(s.Then) || s.Else != nil && !l.fits(s.Else) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// local returns the variable that the place e is a part of, or nil if it lies in memory.
func local(e ir.Expr) *ir.Var {
	for {
		switch x := e.(type) {
		case *ir.Ref:
			return x.V
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if _, array := x.X.Type().Underlying().(*types.Array); !array {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}

// makes reports whether e makes memory or takes an address.
func makes(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Addr, *ir.SliceOf, *ir.Make, *ir.New, *ir.Append, *ir.Keys, *ir.Has, *ir.Absent:
			found = true
		case *ir.Composite, *ir.Convert:
			found = found || ir.HasRef(e.Type())
		}
		return !found
	})
	return found
}

// findDerefs notes the pointers that are never copied.
func (l *leaf) findDerefs() {
	for _, p := range l.f.Inputs() {
		if _, ok := p.Type.Underlying().(*types.Pointer); ok {
			l.derefs[p] = true
		}
	}
	walk := func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Deref:
			_, plain := e.X.(*ir.Ref)
			return !plain
		case *ir.Ref:
			delete(l.derefs, e.V)
		}
		return true
	}
	ir.WalkStmts(l.f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, es := range [][]ir.Expr{reads, places} {
			for _, e := range es {
				ir.WalkExpr(e, walk)
			}
		}
	})
}

// size counts the nodes of the expressions in b.
func size(b *ir.Block) int {
	n := 0
	node := func(ir.Expr) bool { n++; return true }
	ir.WalkStmts(b, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, es := range [][]ir.Expr{reads, places} {
			for _, e := range es {
				ir.WalkExpr(e, node)
			}
		}
	})
	return n
}

// inliner works on one caller.
type inliner struct {
	f     *ir.Func
	pkg   *types.Package
	names *ir.Names
	fits  map[*ir.Func]*leaf
	size  int
	taken map[*ir.Var]bool // variables whose address is taken, and not known any more after a change
}

func (in *inliner) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			in.block(inner)
		}
		c, ok := s.(*ir.Call)
		if !ok || c.Fn == nil || c.Mode != ir.DefaultMode || in.fits[c.Fn] == nil {
			out = append(out, s)
			continue
		}
		made := in.call(c, in.fits[c.Fn])
		if made == nil {
			made = []ir.Stmt{s}
		}
		out = append(out, made...)
	}
	b.Stmts = out
}

// call returns what stands for the call, or nil.
func (in *inliner) call(c *ir.Call, l *leaf) []ir.Stmt {
	if in.size+l.size > largestGrowing || c.Spread || c.Rule != nil || len(c.Args) != len(l.f.Inputs()) {
		return nil
	}
	x := &expansion{in: in, c: c, l: l, vars: map[*ir.Var]*ir.Var{}, args: map[*ir.Var]ir.Expr{}, points: map[*ir.Var]ir.Expr{}}
	if !x.arguments() || !x.results() {
		return nil
	}
	for _, v := range l.f.Locals {
		x.fresh(v)
	}
	in.size += l.size
	in.f.Locals = append(in.f.Locals, x.made...)
	body := ir.CopyBlockAll(l.f.Body, x.vars, x.rewrite).Stmts
	out := append(x.before, x.declare(body)...)
	return append(out, x.after()...)
}

// addressed lists the variables of the caller whose address is taken.
func (in *inliner) addressed() map[*ir.Var]bool {
	if in.taken != nil {
		return in.taken
	}
	in.taken = map[*ir.Var]bool{}
	ir.WalkStmts(in.f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				switch e := e.(type) {
				case *ir.Addr:
					in.taken[ir.Root(e.X)] = true
				case *ir.SliceOf:
					in.taken[ir.Root(e.X)] = true
				}
				return true
			})
		}
	})
	return in.taken
}
