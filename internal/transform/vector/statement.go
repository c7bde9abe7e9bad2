package vector

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// list turns a list of statements for one direction into one for all: statements that
// have to do with derivatives are put into loops over the directions, those in between
// stay, and neighbouring loops become one. It changes the block.
func (b *builder) list(block *ir.Block) {
	var out []ir.Stmt
	for _, s := range block.Stmts {
		made := b.statement(s)
		front := b.takenOut(made)
		at := len(out)
		for front > 0 && at > 0 && onStatement(out[at-1]) { // a comment stays with the loop
			at--
		}
		comments := append([]ir.Stmt{}, out[at:]...)
		out = append(append(append(out[:at], made[:front]...), comments...), made[front:]...)
	}
	block.Stmts = b.join(b.withoutRepeats(out))
}

// takenOut returns how many statements were taken out of the loop over the directions
// that follows them.
func (b *builder) takenOut(made []ir.Stmt) int {
	for i, s := range made {
		if l, ok := s.(*ir.For); ok && b.loops[l] != nil {
			return i
		}
		if a, ok := s.(*ir.Assign); !ok || !a.Define {
			return 0
		}
	}
	return 0
}

func (b *builder) statement(s ir.Stmt) []ir.Stmt {
	if !b.concerned(s) {
		return []ir.Stmt{s}
	}
	switch s := s.(type) {
	case *ir.Decl:
		if b.beside[s.V] {
			return []ir.Stmt{&ir.Decl{At: s.At, V: b.array(s.V)}}
		}
		return []ir.Stmt{b.loop(across{pure: true}, s)}
	case *ir.Assign:
		return b.assign(s)
	case *ir.Copy:
		if s.N != nil {
			b.lost(s)
		}
		if v := b.slice(s.Dst); v != nil && b.beside[v] {
			return []ir.Stmt{s}
		}
		return b.directions(s)
	case *ir.If:
		if b.depends(s.Cond) {
			return b.directions(s)
		}
	case *ir.For:
		for _, head := range []*ir.Assign{s.Init, s.Post} {
			if head != nil && b.concerned(head) {
				b.lost(s)
			}
		}
	case *ir.Call:
		if g := b.t.facts[s.Fn]; s.Fn != nil && g != nil {
			return b.call(s)
		}
		if s.Rule != nil {
			return b.byHand(s)
		}
		return b.runtime(s)
	}
	inner := ir.Blocks(s)
	if len(inner) == 0 {
		b.lost(s)
	}
	for _, block := range inner {
		b.list(block)
	}
	return []ir.Stmt{s}
}

// lost ends the generator: the transforms make no such statement.
func (b *builder) lost(s ir.Stmt) {
	panic(fmt.Sprintf("vector: %s: no form for several directions of %s", b.key.fn.Name, ir.FormatStmt(s)))
}

// concerned reports whether s, or a statement in it, has to do with derivatives.
func (b *builder) concerned(s ir.Stmt) bool {
	for v := range ir.Vars([]ir.Stmt{s}) {
		if b.vec[v] {
			return true
		}
	}
	found := false
	ir.WalkStmt(s, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Decl:
			found = found || b.vec[s.V]
		case *ir.Call:
			found = found || s.Shadow || s.Fn != nil && b.t.facts[s.Fn] != nil
		}
	})
	return found
}

// assign takes the part of an assignment that is for derivatives into a loop. It comes
// first: its operands are those before the primal part, which reads no derivatives.
func (b *builder) assign(s *ir.Assign) []ir.Stmt {
	wholes, s := b.besides(s)
	each := &ir.Assign{At: s.At, Define: s.Define}
	once := &ir.Assign{At: s.At, Define: s.Define}
	for i, l := range s.L {
		part := once
		if l == nil && b.depends(s.R[i]) || l != nil && b.vec[ir.Root(l)] {
			part = each
		} else if b.depends(s.R[i]) {
			b.lost(s)
		}
		part.L, part.R = append(part.L, l), append(part.R, s.R[i])
	}
	var out []ir.Stmt
	if len(each.L) > 0 {
		out = b.directions(each)
	}
	for _, part := range []*ir.Assign{wholes, once} {
		if len(part.L) > 0 {
			out = append(out, part)
		}
	}
	return out
}

// eachDirection are the functions that do something for the shadows of one direction.
var eachDirection = map[string]bool{
	"clear": true, "ad.ZeroLike": true, "ad.ZeroBoxed": true, "ad.ShapeLike": true, "ad.AddLike": true, "ad.ClearLike": true,
	"ad.Zero": true, "ad.ZeroStructs": true, "ad.CopyAdjoint": true, "ad.CopyStructsAdjoint": true,
	"ad.TakeEntry": true, "ad.AddEntry": true, "ad.Carry": true, "ad.Hold": true, "ad.SeedMoved": true, "ad.AddMoved": true,
	"ad.Apart": true, "ad.ApartSlices": true, "ad.ApartRoom": true,
	"ad.SetAside": true, "ad.PutBack": true, "ad.AddBack": true, "ad.ClearParts": true,
}

// runtime makes a call of the run-time library, or of a builtin function, for all
// directions.
func (b *builder) runtime(c *ir.Call) []ir.Stmt {
	verb := strings.TrimPrefix(c.Name, "ad.")
	if c.Name == "clear" {
		if v := b.slice(c.Args[0]); v != nil && b.beside[v] {
			return []ir.Stmt{c}
		}
	}
	switch {
	case c.Fn != nil || c.Ext != nil:
		b.lost(c)
	case verb == "Push" && b.isWhole(c.Args[1]):
		return []ir.Stmt{c}
	case verb == "Pop" && (len(c.L) == 0 || c.L[0] == nil || b.isWhole(c.L[0])): // a variable, pushed as a whole
		whole := *c
		whole.TArgs = []types.Type{types.NewArray(c.TArgs[0], int64(b.t.Directions))}
		return []ir.Stmt{&whole}
	case strings.HasPrefix(verb, "Push"):
		return b.stack(c, false)
	case strings.HasPrefix(verb, "Pop"):
		return b.stack(c, true)
	case strings.HasSuffix(verb, "Headers"), verb == "GiveBack":
		if a, ok := c.Args[len(c.Args)-1].(*ir.Addr); ok && b.isWhole(a.X) {
			return []ir.Stmt{c}
		}
		return b.stack(c, false)
	case !eachDirection[c.Name]:
		b.lost(c)
	}
	l := b.loop(across{}, c)
	out := b.hoist(l)
	b.loops[l].pure = b.isPure(l)
	return append(out, l)
}

// isWhole reports whether e is a variable that as an array stands for all directions.
func (b *builder) isWhole(e ir.Expr) bool {
	r, ok := e.(*ir.Ref)
	return ok && b.vec[r.V] && r.V.Shadow != ir.ShadowPointer
}

// stack makes a call whose order among others matters. What is pushed in the order of
// the directions is popped in the opposite one.
func (b *builder) stack(c *ir.Call, down bool) []ir.Stmt {
	l := b.loop(across{down: down, alone: true}, c)
	return append(b.hoist(l), l)
}

// directions puts a statement that changes nothing but derivatives into a loop over the
// directions.
func (b *builder) directions(s ir.Stmt) []ir.Stmt {
	ir.WalkStmt(s, func(inner ir.Stmt) {
		switch inner := inner.(type) {
		case *ir.Return, *ir.Break, *ir.Continue, *ir.Closure, *ir.Yield, *ir.Panic, *ir.Block:
			b.lost(s)
		case *ir.Call:
			if inner.Fn != nil || inner.Ext != nil || strings.HasPrefix(strings.TrimPrefix(inner.Name, "ad."), "P") {
				b.lost(s)
			}
		}
	})
	l := b.loop(across{pure: true}, s)
	out := b.hoist(l)
	b.loops[l].pure = b.isPure(l)
	return append(out, l)
}
