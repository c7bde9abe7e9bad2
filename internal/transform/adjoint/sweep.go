package adjoint

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// forwardBlock makes the forward sweep of a statement list: the primal with the
// shadows of references kept in step and, if record is set, with everything
// pushed that the reverse sweep will ask for.
func (g *generator) forwardBlock(stmts []ir.Stmt, record bool) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range stmts {
		out = append(out, g.forwardStmt(s, record)...)
	}
	return out
}

// forwardScope is forwardBlock with what leaving the scope requires.
func (g *generator) forwardScope(b *ir.Block, record bool) *ir.Block {
	out := &ir.Block{At: b.At, Stmts: g.forwardBlock(b.Stmts, record)}
	if record {
		out.Stmts = append(out.Stmts, g.pushExits(b, declared(b))...)
	}
	return out
}

func (g *generator) pushExits(scope ir.Stmt, vars []*ir.Var) []ir.Stmt {
	var out []ir.Stmt
	for _, v := range vars {
		if g.t.tbr.Exit(scope, v) {
			out = append(out, g.push(&ir.Ref{V: v})...)
		}
	}
	return out
}

func (g *generator) forwardStmt(s ir.Stmt, record bool) []ir.Stmt {
	switch s := s.(type) {
	case *ir.Block:
		return []ir.Stmt{g.forwardScope(s, record)}
	case *ir.Decl:
		out := []ir.Stmt{s}
		if g.act.Shadowed(s.V) || g.pointedTo(s.V) {
			out = append(out, &ir.Decl{V: g.sh.Var(s.V)})
		}
		return out
	case *ir.Assign:
		out := append(g.savesBefore(s, s.L, record), g.assignWithShadows(s)...)
		if s.Define {
			out = append(out, g.pointedShadows(s.L)...)
		}
		return out
	case *ir.Copy:
		return g.forwardCopy(s, record)
	case *ir.Call:
		if s.Impure != "" && g.drawing != nil && g.t.drawn(s) {
			return g.drawOnce(s)
		}
		if record && g.t.isFused(s) {
			return g.fusedCall(s)
		}
		out := g.forwardCall(s, record)
		if s.Define {
			out = append(out, g.pointedShadows(s.L)...)
		}
		return out
	case *ir.If:
		return g.forwardIf(s, record)
	case *ir.For:
		if s.IsFixed() {
			return g.forwardFixed(s, record && g.isScheduled(s))
		}
		if g.isScheduled(s) {
			return g.forwardScheduled(s, record)
		}
		if s.IsBlock() {
			return []ir.Stmt{g.plainLoop(s)}
		}
		if record && g.t.isFused(s) {
			return g.fusedLoop(s)
		}
		return g.forwardLoop(s, record)
	}
	return []ir.Stmt{s}
}

// pointedShadows declares the shadows of the variables to which pointers lead
// among those that are declared on a left side.
func (g *generator) pointedShadows(ls []ir.Expr) []ir.Stmt {
	var out []ir.Stmt
	for _, l := range ls {
		if l == nil {
			continue
		}
		if v := l.(*ir.Ref).V; g.pointedTo(v) {
			out = append(out, &ir.Decl{V: g.sh.Var(v)})
		}
	}
	return out
}

// pointedTo reports whether v, which holds its floats by value, has its address
// taken: the forward sweep then passes the address of its shadow along.
func (g *generator) pointedTo(v *ir.Var) bool {
	return g.addressed()[v] && !g.act.Shadowed(v) && g.t.carries(v)
}

func (g *generator) addressed() map[*ir.Var]bool {
	if g.taken != nil {
		return g.taken
	}
	g.taken = map[*ir.Var]bool{}
	ir.WalkStmts(g.f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				switch e := e.(type) {
				case *ir.Addr:
					if v := ir.Root(e.X); v != nil {
						g.taken[v] = true
					}
				case *ir.SliceOf:
					if v := ir.Root(e.X); v != nil {
						g.taken[v] = true
					}
				}
				return true
			})
		}
	})
	return g.taken
}

// savesBefore pushes the old values of the left sides that are to be recorded:
// memory first, so that its address is computed, in reverse, with the variables
// already restored.
func (g *generator) savesBefore(s ir.Stmt, ls []ir.Expr, record bool) []ir.Stmt {
	if !record || g.inBulk[s] {
		return nil
	}
	var memory, vars []ir.Stmt
	for i, l := range ls {
		if l == nil || !g.t.tbr.Saves(s, i) || g.t.tbr.Moved(s, i) != nil {
			continue
		}
		if _, ok := l.(*ir.Ref); ok {
			vars = append(vars, g.push(l)...)
		} else {
			memory = append(memory, g.push(l)...)
		}
	}
	return append(memory, vars...)
}

// restores pops what savesBefore pushed, after it has taken what is now in another variable.
func (g *generator) restores(s ir.Stmt, ls []ir.Expr) []ir.Stmt {
	if g.inBulk[s] {
		return nil
	}
	var memory, vars []ir.Stmt
	if moved := g.takenFromOthers(s, ls); moved != nil {
		vars = append(vars, moved)
	}
	for i := len(ls) - 1; i >= 0; i-- {
		if ls[i] == nil || !g.t.tbr.Saves(s, i) || g.t.tbr.Moved(s, i) != nil {
			continue
		}
		if _, ok := ls[i].(*ir.Ref); ok {
			vars = append(vars, g.pop(ls[i], false)...)
		} else {
			memory = append(memory, g.pop(ls[i], false)...)
		}
	}
	return append(vars, memory...)
}

// takenFromOthers takes the old values of left sides from where they are now, nil if none is.
func (g *generator) takenFromOthers(s ir.Stmt, ls []ir.Expr) ir.Stmt {
	back := &ir.Assign{}
	for i, l := range ls {
		if from := g.t.tbr.Moved(s, i); from != nil {
			back.L, back.R = append(back.L, l), append(back.R, &ir.Ref{V: from})
		}
	}
	if len(back.L) == 0 {
		return nil
	}
	return back
}

// assignWithShadows returns the assignment and that of the shadow references.
func (g *generator) assignWithShadows(s *ir.Assign) []ir.Stmt {
	shadow := &ir.Assign{At: s.At, Define: s.Define}
	var parts []ir.Stmt // component by component, for structs
	var fresh []ir.Stmt // for memory without a shadow
	parallel := len(s.L) > 1 && !s.Define
	for i, l := range s.L {
		if l == nil || !g.act.ShadowedRefs(l) {
			continue
		}
		lb := g.sh.Place(l)
		if ir.FromGlobal(s.R[i]) {
			if !parallel {
				fresh = append(fresh, zeroLike(lb, s.R[i], s.Define))
				continue
			}
			made := &ir.Ref{V: g.sh.ShadowTemp("tb", l.Type())}
			fresh = append(fresh, zeroLike(made, s.R[i], true))
			shadow.L, shadow.R = append(shadow.L, g.refLeaves(lb)...), append(shadow.R, g.refLeaves(made)...)
			continue
		}
		if _, gone := s.R[i].(*ir.Absent); gone {
			fresh = append(fresh, ir.Set(lb, s.R[i]))
			continue
		}
		if ir.IsRef(l.Type()) {
			shadow.L, shadow.R = append(shadow.L, lb), append(shadow.R, g.refValue(s.R[i]))
			continue
		}
		if s.Define {
			parts = append(parts, &ir.Decl{V: g.sh.Var(l.(*ir.Ref).V)})
		}
		from := g.refsValue(s.R[i])
		var mine []ir.Stmt
		if c, ok := from.(*ir.Composite); ok {
			mine = g.compositeRefs(lb, c)
		} else {
			tos, froms := g.refLeaves(lb), g.refLeaves(from)
			for k := range tos {
				mine = append(mine, ir.Set(tos[k], froms[k]))
			}
		}
		if !parallel {
			parts = append(parts, atOnce(mine)...)
			continue
		}
		for _, m := range mine {
			set := m.(*ir.Assign)
			shadow.L, shadow.R = append(shadow.L, set.L...), append(shadow.R, set.R...)
		}
	}
	if len(shadow.L) == 0 && len(parts) == 0 {
		return append(fresh, s)
	}
	if parallel && !alias.IsSwap(s) {
		both := &ir.Assign{At: s.At, L: append(append([]ir.Expr{}, s.L...), shadow.L...), R: append(append([]ir.Expr{}, s.R...), shadow.R...)}
		return append(fresh, both)
	}
	parts = append(parts, fresh...)
	var out []ir.Stmt
	if len(shadow.L) > 0 {
		out = append(out, shadow)
	}
	out = append(out, parts...)
	if s.Define || alias.IsSwap(s) {
		return append([]ir.Stmt{s}, out...)
	}
	return append(out, s) // the shadow's index expressions see the old values
}

// atOnce makes one parallel assignment of several if a later one may read what an earlier
// one sets.
func atOnce(sets []ir.Stmt) []ir.Stmt {
	all := &ir.Assign{}
	conflict := false
	for _, s := range sets {
		a := s.(*ir.Assign)
		for _, before := range all.L {
			conflict = conflict || mayRead(a.R[0], before)
		}
		all.L, all.R = append(all.L, a.L[0]), append(all.R, a.R[0])
	}
	if !conflict {
		return sets
	}
	return []ir.Stmt{all}
}

// mayRead reports whether evaluating e may read the place: a part of the same variable,
// or memory if it is in memory.
func mayRead(e, place ir.Expr) bool {
	found, in := false, ir.Held(place)
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
			found = found || in == nil && ir.Held(e) == nil || in != nil && ir.Root(e) == in
		}
		return !found
	})
	return found
}

// refValue returns the shadow of the reference e. One that leads nowhere, a part of a nil
// slice, has no variable for it.
func (g *generator) refValue(e ir.Expr) ir.Expr {
	if len(g.mem.PointsTo(e)) == 0 {
		return &ir.Const{Typ: e.Type()}
	}
	return g.sh.Value(e)
}

// refsValue is refValue for structs and arrays.
func (g *generator) refsValue(e ir.Expr) ir.Expr {
	if g.nowhere(e) {
		return shadow.Zero(e.Type())
	}
	return g.sh.Value(e)
}

// nowhere reports whether e is a place, or the conversion of one, whose references lead to
// nothing with a shadow: where there are shadows, those of its references are nil.
func (g *generator) nowhere(e ir.Expr) bool {
	for {
		c, ok := e.(*ir.Convert)
		if !ok {
			return isPlace(e) && !g.act.ShadowedRefs(e)
		}
		e = c.X
	}
}

// compositeRefs stores the references of a struct literal in the struct at l.
func (g *generator) compositeRefs(l ir.Expr, c *ir.Composite) []ir.Stmt {
	var out []ir.Stmt
	t, ok := c.Typ.Underlying().(*types.Struct)
	if !ok {
		return g.arrayRefs(l, c)
	}
	if g.t.prog.Opaque(c.Typ) { // T{}: nobody here can write more
		return []ir.Stmt{ir.Set(l, shadow.Zero(c.Typ))}
	}
	for i := range t.NumFields() {
		ft := t.Field(i).Type()
		if !ir.HasRef(ft) || !ir.HasFloat(ft) || t.Field(i).Name() == "_" {
			continue
		}
		var x ir.Expr
		if i < len(c.Elems) {
			x = c.Elems[i]
		}
		out = append(out, g.partRefs(&ir.Field{X: l, I: i}, x)...)
	}
	return out
}

// partRefs stores the references of x, a part of a literal that may be left out, in the
// place l. Floats beside them are adjoints, which may be seeds, and stay.
func (g *generator) partRefs(l, x ir.Expr) []ir.Stmt {
	if inner, ok := x.(*ir.Composite); ok && !ir.IsRef(l.Type()) {
		return g.compositeRefs(l, inner)
	}
	var out []ir.Stmt
	tos := g.refLeaves(l)
	if x == nil {
		for _, to := range tos {
			out = append(out, ir.Set(to, shadow.Zero(to.Type())))
		}
		return out
	}
	froms := g.refLeaves(x)
	for k := range tos {
		out = append(out, ir.Set(tos[k], froms[k]))
	}
	return out
}

// arrayRefs is compositeRefs for an array literal.
func (g *generator) arrayRefs(l ir.Expr, c *ir.Composite) []ir.Stmt {
	t, ok := c.Typ.Underlying().(*types.Array)
	if !ok {
		return nil
	}
	if !ir.HasRef(t) || !ir.HasFloat(t) {
		return nil
	}
	var out []ir.Stmt
	for i := range int(t.Len()) {
		var x ir.Expr
		if i < len(c.Elems) {
			x = c.Elems[i]
		}
		out = append(out, g.partRefs(&ir.Index{X: l, I: ir.Int(i)}, x)...)
	}
	return out
}

// refLeaves lists the references inside the struct or array at e that lead to
// floats. A struct whose fields generated code cannot name is taken as a whole.
func (g *generator) refLeaves(e ir.Expr) []ir.Expr {
	t := e.Type()
	if !ir.HasRef(t) || !ir.HasFloat(t) {
		return nil
	}
	var out []ir.Expr
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if g.t.prog.Opaque(t) {
			return []ir.Expr{e}
		}
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" {
				continue
			}
			out = append(out, g.refLeaves(&ir.Field{X: e, I: i})...)
		}
	case *types.Array:
		for i := range int(u.Len()) {
			out = append(out, g.refLeaves(&ir.Index{X: e, I: ir.Int(i)})...)
		}
	default:
		out = append(out, e)
	}
	return out
}

func (g *generator) forwardCopy(s *ir.Copy, record bool) []ir.Stmt {
	var out []ir.Stmt
	shadowed := g.act.ShadowedRefs(&ir.Index{X: s.Dst, I: ir.Int(0)})
	if record && g.t.tbr.SavesCopy(s) {
		out = append(out, &ir.Call{Name: "ad.PushSlice", Args: []ir.Expr{&ir.Ref{V: g.st}, copied(s.Dst, s)}})
		if shadowed {
			out = append(out, &ir.Call{Name: "ad.PushSlice", Args: []ir.Expr{&ir.Ref{V: g.st}, copied(g.sh.Value(s.Dst), s)}})
		}
	}
	if s.N != nil {
		out = append(out, g.savesBefore(s, []ir.Expr{s.N}, record)...)
	}
	out = append(out, s)
	switch {
	case !shadowed:
	case g.act.ShadowedRefs(s.Src):
		out = append(out, &ir.Copy{At: s.At, Dst: g.sh.Value(s.Dst), Src: g.sh.Value(s.Src)})
	default: // all that is copied is nil
		out = append(out, &ir.Call{At: s.At, Name: "clear", Args: []ir.Expr{copied(g.sh.Value(s.Dst), s)}})
	}
	return out
}

// copied is the part of slice dst that copy overwrites.
func copied(dst ir.Expr, s *ir.Copy) ir.Expr {
	if ir.Equal(s.Dst, s.Src) {
		return dst
	}
	n := &ir.Math{Fn: "min", Args: []ir.Expr{&ir.Len{X: s.Dst}, &ir.Len{X: s.Src}}, Typ: types.Typ[types.Int]}
	return &ir.SliceOf{X: dst, Hi: n}
}

func (g *generator) forwardIf(s *ir.If, record bool) []ir.Stmt {
	cond, taken, known := g.given(s)
	if known {
		if taken == nil {
			return nil
		}
		return g.forwardScope(taken, record).Stmts
	}
	out := &ir.If{At: s.At, Cond: cond, Then: g.forwardScope(s.Then, record)}
	if s.Else != nil {
		out.Else = g.forwardScope(s.Else, record)
	}
	if record && g.t.tbr.Reverse(s) && !g.rec.Again(s) {
		bit := func(b *ir.Block, v bool) *ir.Block {
			if b == nil {
				b = &ir.Block{At: s.At}
			}
			b.Stmts = append(b.Stmts, &ir.Call{Name: "PushBool", On: g.st, Args: []ir.Expr{boolean(v)}})
			return b
		}
		out.Then, out.Else = bit(out.Then, true), bit(out.Else, false)
	}
	if len(out.Then.Stmts) == 0 && out.Else != nil {
		out.Cond, out.Then, out.Else = ir.Not(out.Cond), out.Else, nil
	}
	return []ir.Stmt{out}
}

// forwardLoop makes a loop that is not under a schedule. Unless its index can run
// backwards by itself, its iterations are counted.
func (g *generator) forwardLoop(s *ir.For, record bool) []ir.Stmt {
	rev := record && g.t.tbr.Reverse(s)
	var bulk []ir.Stmt
	if rev {
		bulk = g.pushSpans(g.bulkSaves(s))
	}
	out := &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Body: g.forwardScope(s.Body, record), Stop: s.Stop}
	if s.Go {
		sweep := ir.NoSweep
		if rev {
			sweep = ir.ForwardSweep
		}
		out.Spawn = g.spawn(s, sweep, out.Body)
	}
	if s.Post != nil && g.rec.Counted(s) == nil {
		saves := g.savesBefore(s.Post, s.Post.L, rev)
		shadowed := g.assignWithShadows(s.Post)
		if len(saves) > 0 || !alone(shadowed, s.Post) {
			out.Post = nil
			out.Body.Stmts = append(out.Body.Stmts, g.guardedPost(s, append(saves, shadowed...))...)
		}
	}
	if !rev || g.rec.Counted(s) != nil && s.Stop == nil {
		if g.hoistsInit(s, false) {
			return append(bulk, g.hoisted(s, out, nil)...)
		}
		return append(bulk, out)
	}
	n := g.sh.Temp("trips", types.Typ[types.Int])
	step := ir.Set(&ir.Ref{V: n}, ir.Add(&ir.Ref{V: n}, ir.Int(1)))
	out.Body.Stmts = append([]ir.Stmt{step}, out.Body.Stmts...)
	code := []ir.Stmt{ir.Define(n, ir.Int(0))}
	tail := g.push(&ir.Ref{V: n})
	if s.Stop != nil && g.rec.Counted(s) == nil {
		tail = append(tail, g.push(&ir.Ref{V: s.Stop})...)
	}
	if g.hoistsInit(s, true) {
		return append(code, g.hoisted(s, out, tail)...)
	}
	return append(append(code, out), tail...)
}

// guardedPost makes a loop's post statement the end of its body.
func (g *generator) guardedPost(s *ir.For, post []ir.Stmt) []ir.Stmt {
	if s.Stop == nil {
		return post
	}
	return []ir.Stmt{&ir.If{Cond: &ir.Unary{Op: token.NOT, X: &ir.Ref{V: s.Stop}}, Then: &ir.Block{Stmts: post}}}
}

// alone reports whether the code made for a part of a loop's head is no more than that
// part: a parallel assignment may have become one statement with its shadows.
func alone(made []ir.Stmt, s *ir.Assign) bool { return len(made) == 1 && made[0] == ir.Stmt(s) }

// hoistsInit reports whether the variables of the loop's head must outlive it so
// that their last values can be pushed, or have shadows to be declared.
func (g *generator) hoistsInit(s *ir.For, record bool) bool {
	if s.Init == nil {
		return false
	}
	if !alone(g.assignWithShadows(s.Init), s.Init) {
		return true
	}
	if !s.Init.Define {
		return record && len(g.savesBefore(s.Init, s.Init.L, true)) > 0
	}
	for _, l := range s.Init.L {
		if record && g.t.tbr.Exit(s, l.(*ir.Ref).V) {
			return true
		}
	}
	return false
}

func (g *generator) hoisted(s, out *ir.For, tail []ir.Stmt) []ir.Stmt {
	out.Init = nil
	var code []ir.Stmt
	if !s.Init.Define {
		code = append(code, g.savesBefore(s.Init, s.Init.L, tail != nil)...)
	}
	code = append(code, g.assignWithShadows(s.Init)...)
	code = append(append(code, out), tail...)
	if !s.Init.Define {
		return code
	}
	if tail != nil {
		for _, l := range s.Init.L {
			if v := l.(*ir.Ref).V; g.t.tbr.Exit(s, v) {
				code = append(code, g.push(l)...)
			}
		}
	}
	return []ir.Stmt{&ir.Block{At: s.At, Stmts: code}}
}

func boolean(v bool) ir.Expr {
	return &ir.Const{Val: makeBool(v), Typ: types.Typ[types.Bool]}
}
