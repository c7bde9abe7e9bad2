package singleexit

import (
	"fmt"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Versions gives each value of a variable that gets several, one after the other in the list of
// statements that declares it, a variable of its own:
//
//	p := &u[i]; …; p = &u[j]; …   becomes   p := &u[i]; …; p1 := &u[j]; …
//
// so that each of them can be worked out again where the reverse sweep needs it. It does so with
// slices, pointers, integers and booleans that are given values nowhere else, as a whole and by
// statements that do not permute variables. The program is one that [Transform] returned.
func Versions(prog *ir.Program) {
	for _, f := range prog.Funcs {
		v := &versions{f: f, names: map[string]bool{}, in: map[*ir.Var]*ir.Block{}, never: map[*ir.Var]bool{}}
		for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
			for _, w := range vs {
				v.names[w.Name] = true
			}
		}
		v.look(f.Body)
		for v.settle() {
		}
		if v.any() {
			f.Body = v.block(f.Body, map[*ir.Var]*ir.Var{})
		}
	}
}

// versions is the work on one function.
type versions struct {
	f     *ir.Func
	names map[string]bool
	in    map[*ir.Var]*ir.Block // the list that declares it
	never map[*ir.Var]bool      // keep one variable
	again []*ir.Assign          // that give variables other values in the lists that declare them
}

// look finds the declarations, and the variables that keep one variable.
func (v *versions) look(b *ir.Block) {
	for _, s := range b.Stmts {
		v.addresses(s)
		switch s := s.(type) {
		case *ir.Decl:
			v.in[s.V] = b
		case *ir.Assign:
			v.assign(s, b)
		case *ir.Call:
			v.give(s.L, s.Define, b)
		case *ir.Copy:
			if s.N != nil {
				v.give([]ir.Expr{s.N}, false, b)
			}
		case *ir.For:
			for _, part := range []*ir.Assign{s.Init, s.Post} {
				if part != nil {
					v.give(part.L, false, nil)
				}
			}
			if s.Stop != nil {
				v.never[s.Stop] = true
			}
			if s.Checkpoint != nil { // its arguments are no expressions of the loop
				ir.EachVar(s, func(w *ir.Var) { v.never[w] = true })
				for _, a := range s.Checkpoint.Args {
					v.named(a.X)
				}
			}
		case *ir.Closure:
			ir.EachVar(s, func(w *ir.Var) { v.never[w] = true })
		}
		for _, inner := range ir.Blocks(s) {
			v.look(inner)
		}
	}
}

func (v *versions) named(e ir.Expr) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			v.never[r.V] = true
		}
		return true
	})
}

// addresses notes the variables that pointers or slices may lead to.
func (v *versions) addresses(s ir.Stmt) {
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Addr:
				if w := ir.Held(e.X); w != nil {
					v.never[w] = true
				}
			case *ir.SliceOf:
				if _, array := e.X.Type().Underlying().(*types.Array); array && ir.Held(e.X) != nil {
					v.never[ir.Held(e.X)] = true
				}
			case *ir.Append:
				v.named(e)
			}
			return true
		})
	}
}

func (v *versions) assign(s *ir.Assign, b *ir.Block) {
	if s.Define {
		v.give(s.L, true, b)
		return
	}
	fit := !alias.IsSwap(s)
	for i, l := range s.L {
		r, whole := l.(*ir.Ref)
		fit = fit && whole && v.in[r.V] == b && simple(r.V.Type) && sameType(s.R[i], r.V.Type)
	}
	if fit {
		v.again = append(v.again, s)
		return
	}
	v.give(s.L, false, b)
}

// give notes places that get values, by declaration in the list b or otherwise.
func (v *versions) give(ls []ir.Expr, define bool, b *ir.Block) {
	for _, l := range ls {
		if l == nil {
			continue
		}
		switch w := ir.Held(l); {
		case w != nil && define:
			v.in[w] = b
		case w != nil:
			v.never[w] = true
		}
	}
}

// sameType reports whether a variable that is declared by getting the value x has type t.
func sameType(x ir.Expr, t types.Type) bool {
	return x.Type() != nil && types.Identical(x.Type(), t) && !ir.UntypedInGo(x)
}

// simple reports whether a variable of the type costs nothing.
func simple(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Pointer:
		return true
	case *types.Basic:
		return u.Info()&(types.IsInteger|types.IsBoolean) != 0
	}
	return false
}

// settle keeps the variables of statements that give others a value, too, that keep one. It
// reports whether it found any.
func (v *versions) settle() bool {
	found := false
	for _, s := range v.again {
		one := false
		for _, l := range s.L {
			one = one || v.never[l.(*ir.Ref).V]
		}
		for _, l := range s.L {
			if w := l.(*ir.Ref).V; one && !v.never[w] {
				v.never[w], found = true, true
			}
		}
	}
	return found
}

func (v *versions) any() bool {
	for _, s := range v.again {
		if !v.never[s.L[0].(*ir.Ref).V] {
			return true
		}
	}
	return false
}

// block copies a list; to are the variables that now stand for others.
func (v *versions) block(b *ir.Block, to map[*ir.Var]*ir.Var) *ir.Block {
	again := map[ir.Stmt]bool{}
	for _, s := range v.again {
		again[s] = !v.never[s.L[0].(*ir.Ref).V]
	}
	return v.list(b, to, again)
}

func (v *versions) list(b *ir.Block, to map[*ir.Var]*ir.Var, again map[ir.Stmt]bool) *ir.Block {
	out := &ir.Block{At: b.At, Checkpoint: b.Checkpoint}
	for _, s := range b.Stmts {
		out.Stmts = append(out.Stmts, v.stmt(s, to, again))
	}
	return out
}

func (v *versions) stmt(s ir.Stmt, to map[*ir.Var]*ir.Var, again map[ir.Stmt]bool) ir.Stmt {
	switch s := s.(type) {
	case *ir.Block:
		return v.list(s, to, again)
	case *ir.If:
		c := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{&ir.If{At: s.At, Cond: s.Cond, Then: &ir.Block{}}}}, to).Stmts[0].(*ir.If)
		c.Then = v.list(s.Then, to, again)
		if s.Else != nil {
			c.Else = v.list(s.Else, to, again)
		}
		return c
	case *ir.For:
		head := *s
		head.Body = &ir.Block{At: s.Body.At, Checkpoint: s.Body.Checkpoint}
		c := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{&head}}, to).Stmts[0].(*ir.For)
		c.Body = v.list(s.Body, to, again)
		return c
	case *ir.Assign:
		if again[s] {
			return v.version(s, to)
		}
	}
	return ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{s}}, to).Stmts[0]
}

// version makes the assignment the declaration of new variables.
func (v *versions) version(s *ir.Assign, to map[*ir.Var]*ir.Var) ir.Stmt {
	out := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{s}}, to).Stmts[0].(*ir.Assign)
	out.Define = true
	for i, l := range s.L {
		old := l.(*ir.Ref).V
		w := *old
		w.Bar = ""
		for n := 1; v.names[w.Name]; n++ {
			w.Name = fmt.Sprintf("%s%d", old.Name, n)
		}
		v.names[w.Name] = true
		v.f.Locals = append(v.f.Locals, &w)
		to[old] = &w
		out.L[i] = &ir.Ref{V: &w}
	}
	return out
}
