package recompute

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Where the reverse sweep enters the body of a function, its caller has brought back what the
// reverse of the function reads as it was at its end, and nothing else: memory that the function
// reads may have got other values by then. So a variable of the outermost block can be worked out
// again from memory
//   - that nothing in the program writes to, at no cost, or
//   - that is kept anyway, since the reverse of the function reads it as well: a Candidate.

// A Candidate is a variable of the outermost block of a function whose defining expression still
// has its value at the end of the function.
type Candidate struct {
	Fn    *ir.Func
	V     *ir.Var
	Reads alias.Set // memory that the expression reads, and that something writes to
	Takes []*ir.Var // variables that it reads and that cannot be worked out again
	x     ir.Expr
}

// Candidates returns what could be worked out again if what it is made from is kept.
func (in *Info) Candidates() []*Candidate { return in.candidates }

// Accept makes a candidate a variable that is worked out again.
func (in *Info) Accept(c *Candidate) { in.locals[c.V] = c.x }

// outermost decides what becomes of v = r, of which nothing that comes after it in the body of
// the function disturbs the value.
func (in *Info) outermost(v *ir.Var, r ir.Expr, reads alias.Set) {
	if in.steadyExpr(r) || in.copies(r) {
		in.locals[v] = r
		return
	}
	if !in.more || !in.lasting(r) {
		return
	}
	c := &Candidate{Fn: in.f, V: v, Reads: alias.Set{}, x: r}
	for l := range reads {
		switch o := l.Obj.Var; {
		case o == nil || !in.own[o]:
			if !in.constant(l) {
				c.Reads[l] = true
			}
		case in.taken[o]:
			return
		case in.locals[o] == nil && !in.steady[o]:
			c.Takes = append(c.Takes, o)
		}
	}
	if len(c.Reads) == 0 && len(c.Takes) == 0 {
		in.locals[v] = r
		return
	}
	if !ir.IsFloat(v.Type) || cost(r) <= mostAgain {
		in.candidates = append(in.candidates, c)
	}
}

// copies reports whether r is a variable that several statements set, with a number that is no float.
// It would be recorded in the place of its copy, at no other cost.
func (in *Info) copies(r ir.Expr) bool {
	from, ok := r.(*ir.Ref)
	return ok && in.loose[from.V] && in.assigns[from.V] > 1 && ir.IsInteger(from.V.Type)
}

// mostAgain is the largest number of operations that takes no longer than to record a float with
// others beside it and to take it back (about 1.5 ns).
const mostAgain = 4

// cost is the number of operations of e, of which a division counts as several.
func cost(e ir.Expr) int {
	n := 0
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Binary:
			n++
			if e.Op == token.QUO {
				n += mostAgain
			}
		case *ir.Math:
			n += mostAgain
		}
		return true
	})
	return n
}

// lasting reports whether e can be evaluated where the reverse sweep enters the body of the
// function, with values of its variables and of memory that are brought back.
func (in *Info) lasting(e ir.Expr) bool {
	ok := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Const, *ir.Binary, *ir.Unary, *ir.Convert, *ir.Len, *ir.Deref, *ir.Math, *ir.Field:
			ok = ok && ir.Whole(e) == nil
		case *ir.Index:
			_, entry := e.X.Type().Underlying().(*types.Map)
			ok = ok && !entry
		case *ir.Ref:
			ok = ok && (in.steady[e.V] || in.loose[e.V])
		case *ir.SliceOf: // of a slice; that of an array is another one in the reverse sweep
			_, slice := e.X.Type().Underlying().(*types.Slice)
			ok = ok && slice
		case *ir.Addr:
			ok = ok && behind(e.X)
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// behind reports whether a slice or pointer leads to the place.
func behind(e ir.Expr) bool {
	for {
		switch x := e.(type) {
		case *ir.Deref:
			return true
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if _, array := x.X.Type().Underlying().(*types.Array); !array {
				_, slice := x.X.Type().Underlying().(*types.Slice)
				return slice
			}
			e = x.X
		default:
			return false
		}
	}
}

// constant reports whether nothing in the program writes to l.
func (in *Info) constant(l alias.Loc) bool {
	if known, ok := in.constants[l]; ok {
		return known
	}
	if in.written == nil {
		in.written = alias.Set{}
		for _, f := range in.prog.Funcs {
			for _, s := range f.Body.Stmts {
				in.written.Add(in.eff.Writes(s))
			}
		}
	}
	in.constants[l] = !in.mem.OverlapAny(alias.Set{l: true}, in.written)
	return in.constants[l]
}

// enter notes which variables are f's own.
func (in *Info) enter(f *ir.Func) {
	in.f, in.own, in.loose = f, map[*ir.Var]bool{}, map[*ir.Var]bool{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			in.own[v] = true
		}
	}
	for _, v := range f.Locals {
		in.loose[v] = !in.taken[v]
	}
}

// value is what the call gives as an expression of the caller, if the callee does nothing but
// return an integer or a boolean that follows from its arguments; else nil.
func value(c *ir.Call) ir.Expr {
	f := c.Fn
	if !c.Define || len(c.L) != 1 || c.L[0] == nil || f == nil || f.Rule != nil || f.Derivative != nil || f.Variadic ||
		len(f.Results) != 1 || ir.HasFloat(f.Results[0].Type) || ir.HasRef(f.Results[0].Type) || len(f.Body.Stmts) == 0 {
		return nil
	}
	for _, s := range f.Body.Stmts[1:] {
		if _, end := s.(*ir.Return); !end {
			return nil
		}
	}
	a, ok := f.Body.Stmts[0].(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 {
		return nil
	}
	if to, ok := a.L[0].(*ir.Ref); !ok || to.V != f.Results[0] {
		return nil
	}
	args := map[*ir.Var]ir.Expr{}
	for i, p := range f.Inputs() {
		switch c.Args[i].(type) {
		case *ir.Ref, *ir.Const, *ir.Binary, *ir.Field, *ir.Deref, *ir.Index, *ir.Len:
			args[p] = c.Args[i]
		default:
			return nil
		}
	}
	only := true
	ir.WalkExpr(a.R[0], func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			only = only && args[r.V] != nil
		}
		return only
	})
	if !only {
		return nil
	}
	return ir.Rewrite(a.R[0], func(e ir.Expr) ir.Expr {
		if r, ok := e.(*ir.Ref); ok {
			return args[r.V]
		}
		return nil
	})
}
