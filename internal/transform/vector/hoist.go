package vector

import (
	"go/token"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/internal/ir"
)

// hoist takes out of the body of a loop over the directions what is the same in all of
// them, such as partial derivatives, and returns the statements that compute it. The
// body writes to nothing that they read. They cannot panic: what they read the primal
// has read before, in the same state.
func (b *builder) hoist(l *ir.For) []ir.Stmt {
	h := &hoister{builder: b, own: map[*ir.Var]bool{}}
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		if loop, ok := s.(*ir.For); ok && loop.Init != nil {
			for _, v := range ir.Defined(loop.Init) {
				h.own[v] = true
			}
		}
		for _, v := range ir.Defined(s) {
			h.own[v] = true
		}
	})
	h.temporaries(l.Body)
	rewriteStmts(l.Body, h.value)
	return h.out
}

// hoister is at work on one loop.
type hoister struct {
	*builder
	own map[*ir.Var]bool // declared in the body
	out []ir.Stmt
}

// temporaries takes out the definitions of temporaries of the primal from branches.
func (h *hoister) temporaries(block *ir.Block) {
	var kept []ir.Stmt
	for _, s := range block.Stmts {
		if a, ok := s.(*ir.Assign); ok && a.Define && len(a.L) == 1 && h.same(a.R[0]) {
			if v := a.L[0].(*ir.Ref).V; v.Made && !h.vec[v] {
				delete(h.own, v)
				h.out = append(h.out, a)
				continue
			}
		}
		if f, ok := s.(*ir.If); ok {
			for _, inner := range ir.Blocks(f) {
				h.temporaries(inner)
			}
		}
		kept = append(kept, s)
	}
	block.Stmts = kept
}

// same reports whether e has the same value for all directions, wherever in the loop it
// is evaluated.
func (h *hoister) same(e ir.Expr) bool {
	same := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			same = same && !h.vec[e.V] && !h.own[e.V]
		case *ir.Addr, *ir.Make, *ir.New, *ir.Append, *ir.Composite:
			same = false
		}
		return same
	})
	return same
}

// value is for ir.Rewrite: it returns a variable for an expression that is worth one.
func (h *hoister) value(e ir.Expr) ir.Expr {
	if a, ok := e.(*ir.Addr); ok && h.same(a.X) {
		return e // of primal memory
	}
	if !worth(e) || !h.same(e) {
		return nil
	}
	for _, s := range h.out {
		if a := s.(*ir.Assign); ir.Equal(a.R[0], e) {
			return a.L[0]
		}
	}
	v := h.temp(nameFor(e), e.Type())
	h.hoisted[v] = true
	h.out = append(h.out, ir.Define(v, e))
	return &ir.Ref{V: v}
}

// worth reports whether computing e costs more than reading a variable.
func worth(e ir.Expr) bool {
	t := e.Type()
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsNumeric == 0 || !ok && !ir.IsRef(t) {
		return false
	}
	if cheap(e) {
		return false
	}
	switch e := e.(type) {
	case *ir.Binary:
		if ir.IsInteger(t) && (e.Op == token.ADD || e.Op == token.SUB) && cheap(e.X) && cheap(e.Y) {
			return false
		}
	case *ir.Unary:
		return !cheap(e.X)
	case *ir.Convert:
		if ir.IsInteger(t) && cheap(e.X) {
			return false
		}
	case *ir.SliceOf, *ir.Global:
		return false
	}
	return mentionsVariable(e)
}

func mentionsVariable(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Ref, *ir.Global:
			found = true
		}
		return !found
	})
	return found
}

// cheap reports whether e is a variable, a part of one, or a constant.
func cheap(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref, *ir.Const:
		return true
	case *ir.Len:
		return cheap(e.X)
	case *ir.Field:
		return cheap(e.X)
	case *ir.Index:
		_, array := e.X.Type().Underlying().(*types.Array)
		_, fixed := e.I.(*ir.Const)
		return array && fixed && cheap(e.X)
	}
	return false
}

// nameFor proposes the name of a variable for e: xi for x[i].
func nameFor(e ir.Expr) string {
	switch e := e.(type) {
	case *ir.Index:
		i, ok := e.I.(*ir.Ref)
		if base := baseName(e.X); ok && base != "" && len(base)+len(i.V.Name) <= 6 {
			return base + i.V.Name
		}
		if base := baseName(e.X); base != "" && len(base) <= 6 {
			return base
		}
	case *ir.Field, *ir.Deref:
		if base := baseName(e); base != "" && len(base) <= 8 {
			return base
		}
	}
	if ir.IsInteger(e.Type()) {
		return "at"
	}
	return "p"
}

// baseName is the name of a variable or field, as that of a variable.
func baseName(e ir.Expr) string {
	name := ""
	switch e := e.(type) {
	case *ir.Ref:
		name = e.V.Name
	case *ir.Field:
		name = e.Var().Name()
	case *ir.Deref:
		return baseName(e.X)
	}
	if first, size := utf8.DecodeRuneInString(name); size > 0 {
		name = string(unicode.ToLower(first)) + name[size:]
	}
	if token.IsKeyword(name) || strings.Trim(name, "_") == "" {
		return ""
	}
	return name
}

// isPure reports whether the body of the loop only computes derivatives from derivatives
// and from variables that change where they are assigned to by name.
func (b *builder) isPure(l *ir.For) bool {
	pure := true
	value := func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			pure = pure && (b.vec[e.V] || !b.addressed[e.V])
		case *ir.Index, *ir.Deref:
			v := ir.Root(e)
			pure = pure && (v != nil && b.vec[v] || !memory(e))
		case *ir.Global:
			pure = false
		}
		return pure
	}
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok && !onFloats[c.Name] {
			pure = false
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, value)
		}
	})
	return pure
}

// onFloats are the functions that change the floats of their arguments and read no others.
var onFloats = map[string]bool{"clear": true, "ad.Zero": true, "ad.ZeroStructs": true, "ad.CopyAdjoint": true, "ad.CopyStructsAdjoint": true}

// memory reports whether the place e lies behind a slice or pointer.
func memory(e ir.Expr) bool {
	for {
		switch x := e.(type) {
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if _, ok := x.X.Type().Underlying().(*types.Array); !ok {
				return true
			}
			e = x.X
		case *ir.Ref:
			return false
		default:
			return true
		}
	}
}

// rewriteStmts applies ir.Rewrite to all expressions in the block.
func rewriteStmts(block *ir.Block, f func(ir.Expr) ir.Expr) {
	for i, s := range block.Stmts {
		block.Stmts[i] = rewriteStmt(s, f)
	}
}

// rewriteStmt returns s with other expressions; blocks in it are changed in place.
func rewriteStmt(s ir.Stmt, f func(ir.Expr) ir.Expr) ir.Stmt {
	list := func(es []ir.Expr) []ir.Expr {
		out := make([]ir.Expr, len(es))
		for i, e := range es {
			out[i] = ir.Rewrite(e, f)
		}
		return out
	}
	assign := func(s *ir.Assign) *ir.Assign {
		if s == nil {
			return nil
		}
		return &ir.Assign{At: s.At, Define: s.Define, L: list(s.L), R: list(s.R)}
	}
	switch s := s.(type) {
	case *ir.Assign:
		return assign(s)
	case *ir.Call:
		c := *s
		c.L, c.Args = list(s.L), list(s.Args)
		return &c
	case *ir.Copy:
		return &ir.Copy{At: s.At, N: ir.Rewrite(s.N, f), Dst: ir.Rewrite(s.Dst, f), Src: ir.Rewrite(s.Src, f)}
	case *ir.Panic:
		return &ir.Panic{At: s.At, X: ir.Rewrite(s.X, f)}
	case *ir.Yield:
		return &ir.Yield{At: s.At, X: ir.Rewrite(s.X, f)}
	case *ir.If:
		s.Cond = ir.Rewrite(s.Cond, f)
	case *ir.For:
		s.Init, s.Cond, s.Post = assign(s.Init), ir.Rewrite(s.Cond, f), assign(s.Post)
	}
	for _, inner := range ir.Blocks(s) {
		rewriteStmts(inner, f)
	}
	return s
}
