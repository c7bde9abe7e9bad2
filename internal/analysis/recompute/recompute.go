// Package recompute finds what the reverse sweep can work out again instead of
// reading it from the stack.
//
// In: a program in single-exit form, its alias analysis and effects. Out: the
// loops whose index can simply run backwards, the conditions that can be asked
// again, and the local variables whose defining expression still has its value
// where the reverse sweep enters their block.
package recompute

import (
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// Counted describes a loop for i := Lo; i Cmp Hi; i += Step whose body changes
// neither the index nor the bound.
type Counted struct {
	Index  *ir.Var
	Lo, Hi ir.Expr
	Cmp    token.Token // LSS, LEQ, GTR or GEQ
	Step   int         // never 0; negative with GTR and GEQ
}

// Info is the result.
type Info struct {
	mem     *alias.Info
	eff     *effects.Info
	counted map[*ir.For]*Counted
	conds   map[*ir.If]bool
	locals  map[*ir.Var]ir.Expr
	steady  map[*ir.Var]bool // parameters never assigned, indices of counted loops
	assigns map[*ir.Var]int
	taken   map[*ir.Var]bool // their addresses are taken

	more       bool
	prog       *ir.Program
	f          *ir.Func         // that is looked at
	own, loose map[*ir.Var]bool // its variables; those of them that are local and that no pointer leads to
	candidates []*Candidate
	written    alias.Set // by anything; filled when first asked for
	constants  map[alias.Loc]bool
}

// Analyze looks at every function of prog. With more it finds also what can be worked out again
// from memory where the reverse sweep enters the body of a function, and of what calls give.
func Analyze(prog *ir.Program, mem *alias.Info, eff *effects.Info, more bool) *Info {
	in := &Info{
		mem: mem, eff: eff, counted: map[*ir.For]*Counted{}, conds: map[*ir.If]bool{},
		locals: map[*ir.Var]ir.Expr{}, steady: map[*ir.Var]bool{}, assigns: map[*ir.Var]int{}, taken: map[*ir.Var]bool{},
		more: more, prog: prog, constants: map[alias.Loc]bool{},
	}
	for _, f := range prog.Funcs {
		in.count(f)
		for _, p := range f.Inputs() {
			if in.assigns[p] == 0 {
				in.steady[p] = true
			}
		}
		in.enter(f)
		in.block(f.Body, true)
	}
	return in
}

// Counted returns the description of a counted loop, or nil.
func (in *Info) Counted(l *ir.For) *Counted { return in.counted[l] }

// Again reports whether the condition of s can be asked again in reverse.
func (in *Info) Again(s *ir.If) bool { return in.conds[s] }

// Local returns the expression from which v can be recomputed where the reverse
// sweep enters v's block, or nil.
func (in *Info) Local(v *ir.Var) ir.Expr { return in.locals[v] }

// Steady reports whether v is a parameter that is never assigned to and of which nobody
// takes the address, or the index of a counted loop.
func (in *Info) Steady(v *ir.Var) bool { return in.steady[v] }

// AssignedOnce reports whether v is given a value by one statement only.
func (in *Info) AssignedOnce(v *ir.Var) bool { return in.assigns[v] == 1 }

func (in *Info) count(f *ir.Func) {
	note := func(l ir.Expr) {
		if v := ir.Held(l); v != nil {
			in.assigns[v]++
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, l := range places {
			note(l)
		}
		if d, ok := s.(*ir.Decl); ok {
			in.assigns[d.V] += 2 // its zero value comes first
		}
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				switch e := e.(type) {
				case *ir.Addr:
					if v := ir.Held(e.X); v != nil {
						in.assigns[v] += 2
						in.taken[v] = true
					}
				case *ir.SliceOf:
					if _, ok := e.X.Type().Underlying().(*types.Array); ok {
						if v := ir.Held(e.X); v != nil {
							in.assigns[v] += 2
							in.taken[v] = true
						}
					}
				}
				return true
			})
		}
	})
}

func (in *Info) block(b *ir.Block, top bool) {
	rest := &writers{in: in, stmts: b.Stmts}
	for i, s := range b.Stmts {
		rest.from = i + 1
		switch s := s.(type) {
		case *ir.Assign:
			if s.Define {
				for k, l := range s.L {
					in.local(l, s.R[k], s.L, rest, top)
				}
			}
		case *ir.Call:
			if x := value(s); x != nil && in.more && types.Identical(x.Type(), s.L[0].Type()) {
				in.local(s.L[0], x, s.L, rest, top)
			}
		case *ir.If:
			in.block(s.Then, false)
			if s.Else != nil {
				in.block(s.Else, false)
			}
			in.conds[s] = in.askAgain(s)
		case *ir.For:
			if c := in.countedLoop(s); c != nil {
				in.counted[s] = c
				in.steady[c.Index] = true
			}
			in.block(s.Body, false)
		case *ir.Block:
			in.block(s, false)
		}
	}
}

// local decides whether l, which is declared together with others by getting the value r, can be
// worked out again at the end of its block; rest is what comes after it there.
func (in *Info) local(l, r ir.Expr, together []ir.Expr, rest *writers, top bool) {
	v := l.(*ir.Ref).V
	if in.assigns[v] != 1 || !cheap(r) || ir.HasRef(r.Type()) && ir.FromGlobal(r) {
		return
	}
	reads := alias.Set{}
	in.eff.Expr(r, reads)
	for _, other := range together {
		if o, ok := other.(*ir.Ref); ok && o.V != v && reads[alias.Loc{Obj: in.mem.VarObject(o.V)}] {
			return
		}
	}
	if rest.any(reads, func(s ir.Stmt) bool { return in.mem.OverlapAny(reads, in.eff.Writes(s)) && in.disturbs(s, r) }) {
		return
	}
	if top {
		in.outermost(v, r, reads)
	} else {
		in.locals[v] = r
	}
}

// disturbs reports whether s may change the value of e, looking more closely
// than at locations: a write through one slice does not touch what is read
// through another that is known to be apart from it.
func (in *Info) disturbs(s ir.Stmt, e ir.Expr) bool {
	switch s := s.(type) {
	case *ir.Assign:
		if in.allocates(s) {
			return true
		}
		for _, l := range s.L {
			if l != nil && in.hits(in.mem.Places(l), alias.Via(l), e) {
				return true
			}
		}
		return false
	case *ir.Block, *ir.If:
		for _, b := range ir.Blocks(s) {
			for _, c := range b.Stmts {
				if in.disturbs(c, e) {
					return true
				}
			}
		}
		return false
	case *ir.For:
		if s.Init != nil && in.disturbs(s.Init, e) || s.Post != nil && in.disturbs(s.Post, e) {
			return true
		}
		for _, c := range s.Body.Stmts {
			if in.disturbs(c, e) {
				return true
			}
		}
		return false
	}
	reads := alias.Set{}
	in.eff.Expr(e, reads)
	return in.mem.OverlapAny(reads, in.eff.Writes(s))
}

// allocates reports whether the right sides make memory, or append to some.
func (in *Info) allocates(s *ir.Assign) bool {
	found := false
	for _, r := range s.R {
		ir.WalkExpr(r, func(e ir.Expr) bool {
			switch e.(type) {
			case *ir.Append:
				found = true
			}
			return !found
		})
	}
	return found
}

// hits reports whether writing the locations via a reference may change what e
// reads.
func (in *Info) hits(writes alias.Set, via *ir.Var, e ir.Expr) bool {
	hit := false
	ir.WalkExpr(e, func(x ir.Expr) bool {
		if m := ir.Whole(x); m != nil {
			hit = hit || in.mem.OverlapAny(in.mem.PointsTo(m), writes)
		}
		switch x.(type) {
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
			other := alias.Via(x)
			if via != nil && other != nil && via != other && in.mem.Disjoint(via, other) {
				return true
			}
			hit = hit || in.mem.OverlapAny(in.mem.Places(x), writes)
		}
		return !hit
	})
	return hit
}

// steadyExpr reports whether e reads nothing but constants and variables that
// have one value for as long as they are in scope.
func (in *Info) steadyExpr(e ir.Expr) bool {
	ok := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if ir.Whole(e) != nil {
			ok = false
		}
		switch e := e.(type) {
		case *ir.Ref:
			if in.locals[e.V] == nil && !in.steady[e.V] {
				ok = false
			}
		case *ir.Field: // of a struct held by value
			for x := e.X; ; {
				if f, isField := x.(*ir.Field); isField {
					x = f.X
					continue
				}
				_, isRef := x.(*ir.Ref)
				ok = ok && isRef
				break
			}
		case *ir.Addr:
			ok = ok && in.steadyPlace(e.X)
			return false
		case *ir.SliceOf: // of a slice; that of an array is another one in the reverse sweep
			_, slice := e.X.Type().Underlying().(*types.Slice)
			ok = ok && slice
		case *ir.Index, *ir.Deref, *ir.Composite, *ir.Append, *ir.Make, *ir.New, *ir.Global:
			ok = false
		}
		return ok
	})
	return ok
}

// steadyPlace reports whether the place e is the same for as long as the variables
// of the scope are: a variable or what it holds, or memory that a steady reference
// leads to.
func (in *Info) steadyPlace(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref:
		return true
	case *ir.Field:
		return in.steadyPlace(e.X)
	case *ir.Deref:
		return in.steadyExpr(e.X)
	case *ir.Index:
		if _, array := e.X.Type().Underlying().(*types.Array); array {
			return in.steadyExpr(e.I) && in.steadyPlace(e.X)
		}
		return in.steadyExpr(e.I) && in.steadyExpr(e.X)
	}
	return false
}

// cheap reports whether evaluating e again costs no more than a store and a
// load, and makes no new memory.
func cheap(e ir.Expr) bool {
	ok := true
	ops := 0
	ir.WalkExpr(e, func(e ir.Expr) bool {
		ok = ok && !ir.Makes(e)
		switch e := e.(type) {
		case *ir.Math:
			r := rule.Lookup(e.Fn)
			ok = ok && r != nil && r.Cheap
		case *ir.Make, *ir.New, *ir.Append, *ir.Composite, *ir.Keys:
			ok = false
		case *ir.Addr:
			if _, lit := e.X.(*ir.Composite); lit {
				ok = false
			}
		case *ir.Binary:
			ops++
			if e.Op == token.QUO {
				ops++
			}
		}
		return ok
	})
	return ok && ops <= 8
}

func (in *Info) askAgain(s *ir.If) bool {
	if !in.steadyExpr(s.Cond) || !cheap(s.Cond) {
		return false
	}
	reads := alias.Set{}
	in.eff.Expr(s.Cond, reads)
	return !in.mem.OverlapAny(reads, in.eff.Writes(s))
}

func (in *Info) countedLoop(l *ir.For) *Counted {
	c := Shape(l)
	if c == nil {
		return nil
	}
	bound := alias.Set{}
	in.eff.Expr(c.Hi, bound)
	in.eff.Expr(c.Lo, bound)
	writes := alias.Set{}
	for _, s := range l.Body.Stmts {
		writes.Add(in.eff.Writes(s))
	}
	index := alias.Loc{Obj: in.mem.VarObject(c.Index)}
	if writes[index] || bound[index] || in.mem.OverlapAny(bound, writes) {
		return nil
	}
	return c
}

// Shape reads the head of a loop; it does not look at the body. It returns nil
// unless the head is that of a counted loop over a signed integer.
func Shape(l *ir.For) *Counted {
	if l.Init == nil || !l.Init.Define || len(l.Init.L) != 1 || l.Post == nil || len(l.Post.L) != 1 {
		return nil
	}
	i := l.Init.L[0].(*ir.Ref).V
	b, ok := i.Type.Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsInteger == 0 {
		return nil
	}
	c := &Counted{Index: i, Lo: l.Init.R[0]}
	cond, ok := l.Cond.(*ir.Binary)
	if !ok {
		return nil
	}
	switch {
	case isRef(cond.X, i):
		c.Cmp, c.Hi = cond.Op, cond.Y
	case isRef(cond.Y, i):
		c.Cmp, c.Hi = mirror(cond.Op), cond.X
	default:
		return nil
	}
	post, ok := l.Post.R[0].(*ir.Binary)
	if !ok || !isRef(l.Post.L[0], i) || !isRef(post.X, i) {
		return nil
	}
	by, ok := post.Y.(*ir.Const)
	if !ok {
		return nil
	}
	step, exact := constant.Int64Val(constant.ToInt(by.Val))
	if !exact || step <= 0 || step > 1<<30 {
		return nil
	}
	switch {
	case post.Op == token.ADD && (c.Cmp == token.LSS || c.Cmp == token.LEQ):
		c.Step = int(step)
	case post.Op == token.SUB && (c.Cmp == token.GTR || c.Cmp == token.GEQ):
		c.Step = -int(step)
	default:
		return nil
	}
	if !neverWraps(c, b) {
		return nil
	}
	return c
}

// neverWraps reports whether the index, of a basic type, surely passes the bound
// without running over the end of its type first. With int and int64 that takes
// bounds near the largest number, which no program has.
func neverWraps(c *Counted, b *types.Basic) bool {
	if b.Kind() == types.Int || b.Kind() == types.Int64 {
		return true
	}
	if c.Step == 1 && c.Cmp == token.LSS || c.Step == -1 && c.Cmp == token.GTR {
		return true
	}
	hi, ok := c.Hi.(*ir.Const)
	if !ok {
		return false
	}
	past := constant.BinaryOp(constant.ToInt(hi.Val), token.ADD, constant.MakeInt64(int64(c.Step)))
	least, most := limits(b)
	return constant.Compare(least, token.LEQ, past) && constant.Compare(past, token.LEQ, most)
}

// limits returns the least and the largest number of an integer type.
func limits(b *types.Basic) (least, most constant.Value) {
	bits := map[types.BasicKind]uint{
		types.Int8: 8, types.Int16: 16, types.Int32: 32, types.Int64: 64, types.Int: 64,
		types.Uint8: 8, types.Uint16: 16, types.Uint32: 32, types.Uint64: 64, types.Uint: 64, types.Uintptr: 64,
	}[b.Kind()]
	one := constant.MakeInt64(1)
	if b.Info()&types.IsUnsigned != 0 {
		return constant.MakeInt64(0), constant.BinaryOp(constant.Shift(one, token.SHL, bits), token.SUB, one)
	}
	half := constant.Shift(one, token.SHL, bits-1)
	return constant.UnaryOp(token.SUB, half, 0), constant.BinaryOp(half, token.SUB, one)
}

func isRef(e ir.Expr, v *ir.Var) bool {
	r, ok := e.(*ir.Ref)
	return ok && r.V == v
}

func mirror(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.LEQ:
		return token.GEQ
	case token.GTR:
		return token.LSS
	case token.GEQ:
		return token.LEQ
	}
	return op
}
