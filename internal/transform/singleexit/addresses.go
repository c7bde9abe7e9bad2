package singleexit

import (
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// steadyAssign takes parts of a left side's address that the assignment itself
// may change, as in idx[idx[0]] = 1 or i, x[i] = i+1, 0, into temporaries first.
func (r *rewriter) steadyAssign(s *ir.Assign) []ir.Stmt {
	if s.Define {
		return []ir.Stmt{s}
	}
	w := &written{vars: map[*ir.Var]bool{}}
	memory := false
	for _, l := range s.L {
		switch l := l.(type) {
		case nil:
		case *ir.Ref:
			w.vars[l.V] = true
		default:
			memory = true
			w.types = append(w.types, l.Type())
			if v := ir.Root(l); v != nil {
				w.vars[v] = w.vars[v] || !throughReference(l)
			}
		}
	}
	if !memory {
		return []ir.Stmt{s}
	}
	var before []ir.Stmt
	c := &ir.Assign{At: s.At, L: append([]ir.Expr{}, s.L...), R: s.R, Guard: s.Guard}
	for i, l := range c.L {
		if l != nil {
			if _, plain := l.(*ir.Ref); !plain {
				c.L[i] = r.steady(l, w, &before)
			}
		}
	}
	if len(before) == 0 {
		return []ir.Stmt{s}
	}
	return append(before, c)
}

// written is what an assignment writes: variables, and memory by type.
type written struct {
	vars  map[*ir.Var]bool
	types []types.Type
}

// reads reports whether evaluating e may read what is written.
func (w *written) reads(e ir.Expr) bool {
	hit := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.Ref:
			hit = hit || w.vars[x.V]
		case *ir.Index, *ir.Field, *ir.Deref:
			if throughReference(e) {
				for _, t := range w.types {
					hit = hit || overlaps(t, e.Type())
				}
			}
		}
		return !hit
	})
	return hit
}

// overlaps reports whether memory of one type may be part of memory of the other.
func overlaps(t, u types.Type) bool { return contains(t, u) || contains(u, t) }

func contains(t, u types.Type) bool {
	if types.Identical(t, u) {
		return true
	}
	switch v := t.Underlying().(type) {
	case *types.Struct:
		for i := range v.NumFields() {
			if contains(v.Field(i).Type(), u) {
				return true
			}
		}
	case *types.Array:
		return contains(v.Elem(), u)
	}
	return false
}

func throughReference(e ir.Expr) bool {
	for {
		switch x := e.(type) {
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if _, ok := x.X.Type().Underlying().(*types.Array); !ok {
				return true
			}
			e = x.X
		case *ir.Deref:
			return true
		default:
			return false
		}
	}
}

// steady rewrites the place l so that its address reads nothing that is written.
func (r *rewriter) steady(l ir.Expr, w *written, before *[]ir.Stmt) ir.Expr {
	hold := func(e ir.Expr) ir.Expr {
		if !w.reads(e) {
			return e
		}
		v := r.temp(e.Type())
		*before = append(*before, ir.Define(v, e))
		return &ir.Ref{V: v}
	}
	switch l := l.(type) {
	case *ir.Field:
		return &ir.Field{X: r.steady(l.X, w, before), I: l.I}
	case *ir.Index:
		if _, ok := l.X.Type().Underlying().(*types.Array); ok {
			return &ir.Index{X: r.steady(l.X, w, before), I: hold(l.I)}
		}
		return &ir.Index{X: hold(l.X), I: hold(l.I)}
	case *ir.Deref:
		return &ir.Deref{X: hold(l.X)}
	}
	return l
}

func (r *rewriter) temp(t types.Type) *ir.Var {
	name := "t1"
	for i := 2; r.names[name]; i++ {
		name = "t" + strconv.Itoa(i)
	}
	r.names[name] = true
	v := &ir.Var{Name: name, Type: t, Kind: ir.Temp}
	r.f.Locals = append(r.f.Locals, v)
	return v
}

// callToVariables redirects a call to the rewritten callee and lets it give its
// results to variables only; places in memory get theirs by an assignment.
func (r *rewriter) callToVariables(s *ir.Call) []ir.Stmt {
	c := *s
	if s.Fn != nil {
		c.Fn = r.funcs[s.Fn]
	}
	set := &ir.Assign{At: s.At}
	mixed := false
	for _, l := range s.L {
		if _, plain := l.(*ir.Ref); l != nil && !plain {
			mixed = true
		}
	}
	if !mixed {
		return []ir.Stmt{&c}
	}
	c.L = make([]ir.Expr, len(s.L))
	for i, l := range s.L {
		if l != nil {
			v := r.temp(l.Type())
			c.L[i] = &ir.Ref{V: v}
			set.L, set.R = append(set.L, l), append(set.R, c.L[i])
		}
	}
	c.Define = true
	return append([]ir.Stmt{&c}, r.steadyAssign(set)...)
}

// steadyArgs takes arguments into temporaries that would not be the same a second
// time: the reverse sweep evaluates arguments again, in the state that the callee
// left. These are arguments that are read from memory, if the callee may change
// that memory, and those that make memory.
func (r *rewriter) steadyArgs(c *ir.Call, before *[]ir.Stmt) {
	if c.Fn == nil {
		return
	}
	writes := writesMemory(c.Fn, map[*ir.Func]bool{})
	for i, a := range c.Args {
		if !allocates(a) && !(writes && r.readsMemory(a)) {
			continue
		}
		v := r.temp(a.Type())
		*before = append(*before, ir.Define(v, a))
		c.Args[i] = &ir.Ref{V: v}
	}
}

// allocates reports whether evaluating e makes memory.
func allocates(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		found = found || ir.Makes(e)
		switch x := e.(type) {
		case *ir.Make, *ir.New, *ir.Append, *ir.Keys:
			found = true
		case *ir.Composite:
			_, slice := x.Typ.Underlying().(*types.Slice)
			found = found || slice
		case *ir.Addr:
			_, literal := x.X.(*ir.Composite)
			found = found || literal
		}
		return !found
	})
	return found
}

// readsMemory reports whether the value of e depends on memory behind a reference
// or on a variable whose address is taken.
func (r *rewriter) readsMemory(e ir.Expr) bool {
	if r.taken == nil {
		r.taken = addressed(r.f.Body)
	}
	found := false
	var value func(e ir.Expr)
	value = func(e ir.Expr) {
		found = found || ir.Whole(e) != nil
		switch x := e.(type) {
		case *ir.Ref:
			found = found || r.taken[x.V]
		case *ir.Addr:
			address(x.X, value)
			return
		case *ir.Index:
			if _, ok := x.X.Type().Underlying().(*types.Array); !ok {
				found = true
			}
		case *ir.Deref:
			found = true
		case *ir.SliceOf:
			if _, ok := x.X.Type().Underlying().(*types.Array); ok {
				address(x.X, value)
				return
			}
		}
		for _, c := range ir.Children(e) {
			value(c)
		}
	}
	value(e)
	return found
}

// address calls value for what finding the place e evaluates.
func address(e ir.Expr, value func(ir.Expr)) {
	switch x := e.(type) {
	case *ir.Field:
		address(x.X, value)
	case *ir.Index:
		if _, ok := x.X.Type().Underlying().(*types.Array); ok {
			address(x.X, value)
		} else {
			value(x.X)
		}
		value(x.I)
	case *ir.Deref:
		value(x.X)
	case *ir.Composite:
		value(x)
	}
}

func addressed(b *ir.Block) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	ir.WalkStmts(b, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				switch x := e.(type) {
				case *ir.Addr:
					if v := ir.Root(x.X); v != nil && !throughReference(x.X) {
						out[v] = true
					}
				case *ir.SliceOf:
					if _, ok := x.X.Type().Underlying().(*types.Array); ok {
						if v := ir.Root(x.X); v != nil && !throughReference(x.X) {
							out[v] = true
						}
					}
				}
				return true
			})
		}
	})
	return out
}

// writesMemory reports whether f, or a function that it calls, assigns to memory
// behind a reference.
func writesMemory(f *ir.Func, seen map[*ir.Func]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	found := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, l := range places {
			found = found || throughReference(l)
		}
		switch s := s.(type) {
		case *ir.Copy:
			found = true
		case *ir.Call:
			found = found || s.Fn == nil && len(s.Args) > 0 || s.Fn != nil && writesMemory(s.Fn, seen)
		}
	})
	return found
}
