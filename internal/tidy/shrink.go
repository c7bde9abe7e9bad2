package tidy

import (
	"go/token"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Shrink applies the clean-ups that make the code shorter without changing what
// it computes, signs of zero apart.
func Shrink(f *ir.Func) {
	blocks(f.Body, emptyThen)
	blocks(f.Body, firstUse)
	taken := addressed(f)
	blocks(f.Body, func(stmts []ir.Stmt) []ir.Stmt { return clearedFirst(stmts, taken) })
	deadClears(f)
	blocks(f.Body, firstUse)
	blocks(f.Body, bareComments)
	blocks(f.Body, emptyThen)
	blocks(f.Body, emptyIfs)
}

// emptyIfs drops ifs without statements; conditions have no effect.
func emptyIfs(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range stmts {
		if f, ok := s.(*ir.If); ok && len(f.Then.Stmts) == 0 && f.Else == nil {
			continue
		}
		out = append(out, s)
	}
	return out
}

// bareComments drops the primal statements whose reverse has gone.
func bareComments(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for i, s := range stmts {
		if c, ok := s.(*ir.Comment); ok && !strings.HasSuffix(c.Text, "sweep.") && c.Text != "" {
			if i+1 == len(stmts) {
				continue
			}
			if _, next := stmts[i+1].(*ir.Comment); next {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// blocks applies a pass to every statement list, inner ones first.
func blocks(b *ir.Block, pass func([]ir.Stmt) []ir.Stmt) {
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			blocks(inner, pass)
		}
	}
	b.Stmts = pass(b.Stmts)
}

// emptyThen turns if c {} else { … } into if !c { … }.
func emptyThen(stmts []ir.Stmt) []ir.Stmt {
	for i, s := range stmts {
		f, ok := s.(*ir.If)
		if !ok {
			continue
		}
		if f.Else != nil && len(f.Else.Stmts) == 0 {
			f.Else = nil
		}
		if len(f.Then.Stmts) == 0 && f.Else != nil {
			stmts[i] = &ir.If{At: f.At, Cond: ir.Not(f.Cond), Then: f.Else}
		}
	}
	return stmts
}

// firstUse turns var v T … v += e, or v = e, into v := e.
func firstUse(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	drop := map[int]bool{}
	at := mentions(stmts)
	for i, s := range stmts {
		d, ok := s.(*ir.Decl)
		if !ok || !d.V.Made {
			continue
		}
		j := at.first(d.V, i+1)
		if j < 0 {
			continue
		}
		if x := gives(stmts[j], d.V); x != nil && sameType(x, d.V) {
			drop[i] = true
			stmts[j] = &ir.Assign{L: []ir.Expr{&ir.Ref{V: d.V}}, R: []ir.Expr{x}, Define: true}
		}
	}
	for i, s := range stmts {
		if !drop[i] {
			out = append(out, s)
		}
	}
	return out
}

func sameType(x ir.Expr, v *ir.Var) bool { return x.Type().String() == v.Type.String() }

// gives returns e if s is v += e or v = e with e free of v.
func gives(s ir.Stmt, v *ir.Var) ir.Expr {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 {
		return nil
	}
	if r, ok := a.L[0].(*ir.Ref); !ok || r.V != v {
		return nil
	}
	x := a.R[0]
	if b, ok := x.(*ir.Binary); ok && ir.Equal(b.X, a.L[0]) {
		switch b.Op {
		case token.ADD:
			x = b.Y
		case token.SUB:
			x = ir.Neg(b.Y)
		}
	}
	if ir.Mentions(x, v) {
		return nil
	}
	return x
}

// clearedFirst turns p = 0 … p += e into p = e where nothing between the two
// has to do with p; taken are the variables to which there are pointers.
func clearedFirst(stmts []ir.Stmt, taken map[*ir.Var]bool) []ir.Stmt {
	var out []ir.Stmt
	drop := map[int]bool{}
	at := mentions(stmts)
	ways := exits(stmts)
	for i, s := range stmts {
		p := cleared(s)
		if p == nil {
			continue
		}
		v := ir.Root(p)
		if v == nil || !v.Made { // the user's own statements stay as they are
			continue
		}
		j := at.first(v, i+1)
		if _, plain := p.(*ir.Ref); !plain || taken[v] {
			j = nextStatement(stmts, i+1) // memory may have other names
		}
		if j < 0 {
			continue
		}
		a, ok := stmts[j].(*ir.Assign)
		if !ok || a.Define || len(a.L) != 1 || !ir.Equal(a.L[0], p) || ways[j] > ways[i] {
			continue
		}
		b, ok := a.R[0].(*ir.Binary)
		if !ok || !ir.Equal(b.X, p) || ir.Mentions(b.Y, v) || b.Op != token.ADD && b.Op != token.SUB {
			continue
		}
		x := b.Y
		if b.Op == token.SUB {
			x = ir.Neg(x)
		}
		drop[i] = true
		stmts[j] = ir.Set(p, x)
	}
	for i, s := range stmts {
		if !drop[i] {
			out = append(out, s)
		}
	}
	return out
}

// exits counts, for each statement of the list, by how many of those before it control
// may leave the list.
func exits(stmts []ir.Stmt) []int {
	before := make([]int, len(stmts))
	ways := 0
	for i, s := range stmts {
		before[i] = ways
		found := false
		ir.WalkStmt(s, func(s ir.Stmt) {
			switch s.(type) {
			case *ir.Return, *ir.Break, *ir.Continue:
				found = true
			}
		})
		if found {
			ways++
		}
	}
	return before
}

// cleared returns the float place that s sets to zero, or nil.
func cleared(s ir.Stmt) ir.Expr {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 || a.L[0] == nil || !ir.IsFloat(a.L[0].Type()) || !ir.IsConst(a.R[0], 0) {
		return nil
	}
	return a.L[0]
}

func nextStatement(stmts []ir.Stmt, from int) int {
	for i := from; i < len(stmts); i++ {
		if _, ok := stmts[i].(*ir.Comment); !ok {
			return i
		}
	}
	return -1
}

// A mentionIndex tells for each variable which statements of a list have to do with
// it, in order.
type mentionIndex map[*ir.Var][]int

func mentions(stmts []ir.Stmt) mentionIndex {
	out := mentionIndex{}
	for i, s := range stmts {
		for v := range ir.Vars([]ir.Stmt{s}) {
			out[v] = append(out[v], i)
		}
	}
	return out
}

// first returns the index of the first statement from there on that has to do with
// v, or -1.
func (m mentionIndex) first(v *ir.Var, from int) int {
	at := m[v]
	if i, _ := slices.BinarySearch(at, from); i < len(at) {
		return at[i]
	}
	return -1
}

// deadClears removes x = 0 where x is a plain variable that is not read again.
func deadClears(f *ir.Func) {
	always := addressed(f)
	for _, r := range f.Results {
		always[r] = true
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Closure); ok {
			for v := range readVars(c.Body.Stmts) {
				always[v] = true
			}
		}
	})
	removeDead(f.Body, newLive(nil), always)
}

// addressed returns the variables whose address, or that of a part, is taken.
func addressed(f *ir.Func) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if a, ok := e.(*ir.Addr); ok {
					if v := ir.Root(a.X); v != nil {
						out[v] = true
					}
				}
				return true
			})
		}
	})
	return out
}

// live are variables that are read later: those around, as they are, but for what is
// different here.
type live struct {
	around *live
	here   map[*ir.Var]bool
}

func newLive(around *live) *live { return &live{around, map[*ir.Var]bool{}} }

func (l *live) has(v *ir.Var) bool {
	for ; l != nil; l = l.around {
		if is, known := l.here[v]; known {
			return is
		}
	}
	return false
}

// removeDead walks a block from its end; live holds what is read later.
func removeDead(b *ir.Block, live *live, always map[*ir.Var]bool) {
	var kept []ir.Stmt
	for i := len(b.Stmts) - 1; i >= 0; i-- {
		s := b.Stmts[i]
		if p := cleared(s); p != nil {
			if r, ok := p.(*ir.Ref); ok && r.V.Made && !live.has(r.V) && !always[r.V] {
				continue
			}
		}
		switch s := s.(type) {
		case *ir.For:
			inside := newLive(live)
			inside.here = readVars([]ir.Stmt{s})
			for _, inner := range s.Body.Stmts { // new each time round
				for _, v := range ir.Defined(inner) {
					inside.here[v] = false
				}
			}
			removeDead(s.Body, inside, always)
		default:
			for _, inner := range ir.Blocks(s) {
				removeDead(inner, newLive(live), always)
			}
		}
		for v := range readVars([]ir.Stmt{s}) {
			live.here[v] = true
		}
		kept = append(kept, s)
	}
	for i, j := 0, len(kept)-1; i < j; i, j = i+1, j-1 {
		kept[i], kept[j] = kept[j], kept[i]
	}
	b.Stmts = kept
}

// readVars returns the variables that the statements read.
func readVars(stmts []ir.Stmt) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	for _, s := range stmts {
		ir.WalkStmt(s, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.On != nil {
				out[c.On] = true
			}
			if l, ok := s.(*ir.For); ok && l.Stop != nil {
				out[l.Stop] = true
			}
			reads, places := ir.Exprs(s)
			for _, p := range places {
				if _, plain := p.(*ir.Ref); !plain {
					reads = append(reads, p)
				}
			}
			for _, e := range reads {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if r, ok := e.(*ir.Ref); ok {
						out[r.V] = true
					}
					return true
				})
			}
		})
	}
	return out
}
