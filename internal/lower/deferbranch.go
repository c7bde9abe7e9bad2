package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A defer statement in a branch runs once or not at all. A number tells at the end of the
// function whether it has, and what it needs is kept in variables that live until then:
//
//	var deferred int
//	var t float64
//	if c { t = x; deferred = 1 }
//	…
//	if deferred == 1 { f(t) }
//
// Outside loops, calls are deferred in the order of the text, and made in the opposite one.

// A deferSlot is a defer statement in a branch. Its source may be lowered several times, as
// that of a case that another one falls through to: each is an alternative.
type deferSlot struct {
	tag   *ir.Var
	calls []func()
	kept  []*ir.Var
	list  *deferList  // of a statement in a loop
	at    []*ir.Block // where the call is put on the list
}

// nestedDefers lists the defer statements inside s, function literals apart, and reports
// whether one of them is in a loop.
func nestedDefers(s ast.Stmt) (list []*ast.DeferStmt, looped bool) {
	var visit func(n ast.Node, loop bool)
	visit = func(n ast.Node, loop bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt:
				if !loop {
					visit(n, true)
					return false
				}
			case *ast.DeferStmt:
				looped = looped || loop
				list = append(list, n)
				return false
			}
			return true
		})
	}
	visit(s, false)
	return list, looped
}

// nestedDefer lowers a defer statement in another one.
func (b *builder) nestedDefer(s *ast.DeferStmt, slot *deferSlot) {
	call := b.deferred(s, func(pos token.Pos, x ir.Expr) ir.Expr {
		if fixedAddress(x) {
			return x
		}
		if ir.UntypedInGo(x) {
			x = &ir.Convert{X: x, Typ: x.Type()}
		}
		v := b.temp(x.Type(), pos)
		slot.kept = append(slot.kept, v)
		b.set(pos, v, x)
		return &ir.Ref{V: v}
	})
	slot.calls = append(slot.calls, call)
	b.set(s.Pos(), slot.tag, ir.Int(len(slot.calls)))
	if slot.list != nil {
		at := &ir.Block{At: ir.At{P: s.Pos()}}
		b.emit(at)
		slot.at = append(slot.at, at)
	}
}

// fixedAddress reports whether x is the address of a variable, or of a part of one.
func fixedAddress(x ir.Expr) bool {
	a, ok := x.(*ir.Addr)
	if !ok {
		return false
	}
	for e := a.X; ; {
		switch y := e.(type) {
		case *ir.Ref:
			return true
		case *ir.Field:
			e = y.X
		default:
			return false
		}
	}
}

// bodyWithDefers is frameBody for a list whose first statement has defer statements in it.
func (b *builder) bodyWithDefers(list []ast.Stmt, defers []*ast.DeferStmt, looped bool) {
	pos := list[0].Pos()
	outer, others := b.frame.leave, b.frame.slots
	inner := &ir.Block{At: ir.At{P: pos}}
	b.frame.leave, b.frame.slots = inner, map[*ast.DeferStmt]*deferSlot{}
	var all *deferList
	if looped {
		all = &deferList{order: b.newVar("order", types.NewSlice(intType), ir.Local, pos)}
	}
	var slots []*deferSlot
	for _, d := range defers {
		slot := &deferSlot{tag: b.newVar("deferred", intType, ir.Local, d.Pos()), list: all}
		b.frame.slots[d] = slot
		slots = append(slots, slot)
	}
	rest := b.capture(pos, func() {
		b.stmt(list[0])
		b.frame.slots = others
		b.frameBody(list[1:])
	})
	b.frame.leave, b.frame.slots = outer, others
	var kept []*ir.Var
	for _, slot := range slots {
		kept = append(append(kept, slot.tag), slot.kept...)
	}
	late := b.capture(pos, func() {
		if looped {
			kept = append(kept, b.lateLoop(pos, all, slots, rest)...)
			return
		}
		for _, slot := range slices.Backward(slots) {
			b.lateCalls(pos, slot)
		}
	})
	b.declareAll(append(kept, outlive(rest, late)...))
	b.emitLeaving(rest, inner)
	for _, s := range late.Stmts {
		b.emit(s)
	}
}

// lateCalls emits the calls of a slot.
func (b *builder) lateCalls(pos token.Pos, slot *deferSlot) {
	for k, call := range slot.calls {
		b.emit(&ir.If{
			At:   ir.At{P: pos},
			Cond: &ir.Binary{Op: token.EQL, X: &ir.Ref{V: slot.tag}, Y: ir.Int(k + 1), Typ: types.Typ[types.Bool]},
			Then: b.capture(pos, call),
		})
	}
}

// outlive takes away the declarations in rest of variables that late mentions, and returns
// these variables.
func outlive(rest, late *ir.Block) (vars []*ir.Var) {
	wanted := ir.Vars(late.Stmts)
	moved := map[ir.Stmt]bool{}
	ir.WalkStmts(rest, func(s ir.Stmt) {
		defined := ir.Defined(s)
		if !slices.ContainsFunc(defined, func(v *ir.Var) bool { return wanted[v] }) {
			return
		}
		vars = append(vars, defined...)
		switch s := s.(type) {
		case *ir.Decl:
			moved[s] = true
		case *ir.Assign:
			s.Define = false
		case *ir.Call:
			s.Define = false
		}
	})
	if len(moved) > 0 {
		without(rest, moved)
	}
	return vars
}

// without takes statements out of b and the blocks in it.
func without(b *ir.Block, out map[ir.Stmt]bool) {
	b.Stmts = slices.DeleteFunc(b.Stmts, func(s ir.Stmt) bool { return out[s] })
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			without(inner, out)
		}
	}
}
