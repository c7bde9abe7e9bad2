package adjoint

import (
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A checkpointed loop or block keeps of a slice what it touches, if that can be bounded
// before it. A joint call keeps of a slice what the callee may write: the part that it is given, and
// of that, if it writes only elements whose indices can be bounded before the call, those.
// The bounds are sums, differences and products of integers that have one value in the
// callee or loop: what it does not assign to, lengths of such slices, constants; and
// the least and greatest values of the indices of counted loops. That includes all that is
// written, and maybe more.

// indexRange is the indices from lo to hi, both included.
type indexRange struct{ lo, hi ir.Expr }

// mostStretches is how many stretches of a slice a snapshot keeps; with more it keeps all of it.
const mostStretches = 4

// sections finds which elements of the memory behind a parameter a function writes.
type sections struct {
	g       *generator
	v       *ir.Var
	steady  func(v *ir.Var) bool // v has one value all the time
	reads   bool                 // what is read counts, too
	memory  alias.Set
	indices map[*ir.Var]indexRange
	found   []indexRange
	failed  bool
}

// writtenAt returns the ranges of indices of the parameter p, a slice without references, at
// which f may write; ok is false if nothing is known.
func (g *generator) writtenAt(f *ir.Func, p *ir.Var) (ranges []indexRange, ok bool) {
	s := g.newSections(p, func(v *ir.Var) bool { return contains(f.Inputs(), v) && g.rec.Steady(v) })
	if !s.steady(p) || g.mem.OverlapAny(s.memory, g.t.room()) || f.Rule != nil {
		return nil, false
	}
	s.block(f.Body)
	return joined(s.found), !s.failed
}

func (g *generator) newSections(v *ir.Var, steady func(*ir.Var) bool) *sections {
	return &sections{g: g, v: v, steady: steady, memory: g.mem.PointsTo(&ir.Ref{V: v}), indices: map[*ir.Var]indexRange{}}
}

// touched returns the ranges of indices at which the loop l reads or writes the slice
// variable v that is declared outside it; ok is false if nothing is known.
func (g *generator) touched(l *ir.For, v *ir.Var) (ranges []indexRange, ok bool) {
	inside := map[*ir.Var]bool{}
	ir.WalkStmt(l, func(s ir.Stmt) {
		for _, v := range declared(&ir.Block{Stmts: []ir.Stmt{s}}) {
			inside[v] = true
		}
	})
	writes := g.t.eff.Writes(l)
	s := g.newSections(v, func(v *ir.Var) bool {
		return !inside[v] && !g.pointed(v) && !writes[alias.Loc{Obj: g.mem.VarObject(v)}]
	})
	s.reads = true
	if t, ok := v.Type.Underlying().(*types.Slice); !ok || ir.HasRef(t.Elem()) || !s.steady(v) || g.mem.OverlapAny(s.memory, g.t.room()) {
		return nil, false
	}
	s.loop(l)
	return joined(s.found), !s.failed && len(s.found) > 0
}

// pointed reports whether the function takes the address of v.
func (g *generator) pointed(v *ir.Var) bool {
	if g.whole == nil {
		g.whole = map[*ir.Var]bool{}
		note := func(e ir.Expr) bool {
			if a, ok := e.(*ir.Addr); ok {
				if r, plain := a.X.(*ir.Ref); plain {
					g.whole[r.V] = true
				}
			}
			return true
		}
		ir.WalkStmts(g.f.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, note)
			}
		})
	}
	return g.whole[v]
}

// read notes what evaluating e reads, or finding the place e.
func (s *sections) read(e ir.Expr) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.Index:
			if r, ok := x.X.(*ir.Ref); ok && r.V == s.v {
				s.add(x.I)
				s.read(x.I)
				return false
			}
		case *ir.Len:
			if r, ok := x.X.(*ir.Ref); ok && r.V == s.v {
				return false
			}
		case *ir.Ref:
			s.failed = s.failed || x.V == s.v
		}
		switch e.(type) {
		case *ir.Field, *ir.Index, *ir.Deref:
			via := alias.Via(e)
			if s.g.mem.OverlapAny(s.g.mem.Places(e), s.memory) && via != s.v && (via == nil || !s.g.mem.Disjoint(via, s.v)) {
				s.failed = true
			}
		}
		return !s.failed
	})
}

// readBy notes what st itself reads, nested statements apart.
func (s *sections) readBy(st ir.Stmt) {
	reads, places := ir.Exprs(st)
	for _, l := range places {
		s.read(l)
	}
	for _, e := range reads {
		part, ok := e.(*ir.SliceOf)
		_, call := st.(*ir.Call)
		_, copies := st.(*ir.Copy)
		if r, plain := e.(*ir.Ref); plain && r.V == s.v && (call || copies) {
			s.failed = true
		}
		if ok && (call || copies) && alias.Reference(e) == s.v {
			s.slice(e)
			s.read(part.Lo)
			s.read(part.Hi)
			continue
		}
		s.read(e)
	}
}

func (s *sections) block(b *ir.Block) {
	for _, st := range b.Stmts {
		s.stmt(st)
	}
}

func (s *sections) stmt(st ir.Stmt) {
	if s.reads {
		s.readBy(st)
	}
	switch st := st.(type) {
	case *ir.Assign:
		for _, l := range st.L {
			s.place(l)
		}
		for _, r := range st.R {
			ir.WalkExpr(r, func(e ir.Expr) bool {
				if a, ok := e.(*ir.Append); ok && s.g.mem.OverlapAny(s.g.mem.PointsTo(a.X), s.memory) {
					s.failed = true
				}
				return true
			})
		}
	case *ir.Copy:
		s.place(st.N)
		s.slice(st.Dst)
		if s.reads {
			s.slice(st.Src)
		}
	case *ir.Call:
		s.call(st)
	case *ir.For:
		s.loop(st)
	default:
		for _, b := range ir.Blocks(st) {
			s.block(b)
		}
	}
}

// loop notes the values that the index of a counted loop takes.
func (s *sections) loop(l *ir.For) {
	for _, a := range []*ir.Assign{l.Init, l.Post} {
		if a != nil {
			s.stmt(a)
		}
	}
	if k := s.g.rec.Counted(l); k != nil {
		lo, ok1 := s.bounds(k.Lo)
		hi, ok2 := s.bounds(k.Hi)
		if ok1 && ok2 && types.Identical(k.Index.Type, types.Typ[types.Int]) {
			switch k.Cmp {
			case token.LSS:
				s.indices[k.Index] = indexRange{lo.lo, ir.Sub(hi.hi, ir.Int(1))}
			case token.LEQ:
				s.indices[k.Index] = indexRange{lo.lo, hi.hi}
			case token.GTR:
				s.indices[k.Index] = indexRange{ir.Add(hi.lo, ir.Int(1)), lo.hi}
			case token.GEQ:
				s.indices[k.Index] = indexRange{hi.lo, lo.hi}
			}
		}
	}
	s.block(l.Body)
}

// place notes that the place l is written.
func (s *sections) place(l ir.Expr) {
	if l == nil || !s.g.mem.OverlapAny(s.g.mem.Places(l), s.memory) {
		return
	}
	via := alias.Via(l)
	if via != nil && via != s.v && s.g.mem.Disjoint(via, s.v) {
		return
	}
	for e := l; ; {
		switch x := e.(type) {
		case *ir.Field:
			e = x.X
			continue
		case *ir.Index:
			if r, ok := x.X.(*ir.Ref); ok && r.V == s.v {
				s.add(x.I)
				return
			}
			if _, array := x.X.Type().Underlying().(*types.Array); array {
				e = x.X
				continue
			}
		}
		s.failed = true
		return
	}
}

func (s *sections) add(i ir.Expr) {
	r, ok := s.bounds(i)
	if !ok {
		s.failed = true
		return
	}
	for _, f := range s.found {
		if ir.Equal(f.lo, r.lo) && ir.Equal(f.hi, r.hi) {
			return
		}
	}
	s.found = append(s.found, r)
	s.failed = s.failed || len(s.found) > mostStretches
}

// slice notes that all that the slice e leads to may be written.
func (s *sections) slice(e ir.Expr) {
	if !s.g.mem.OverlapAny(s.g.mem.PointsTo(e), s.memory) {
		return
	}
	if v := alias.Reference(e); v != nil && v != s.v && s.g.mem.Disjoint(v, s.v) {
		return
	}
	part, ok := e.(*ir.SliceOf)
	if !ok || part.Max != nil {
		s.failed = true
		return
	}
	if r, ok := part.X.(*ir.Ref); !ok || r.V != s.v || part.Hi == nil {
		s.failed = true
		return
	}
	lo := indexRange{ir.Int(0), ir.Int(0)}
	ok1 := true
	if part.Lo != nil {
		lo, ok1 = s.bounds(part.Lo)
	}
	hi, ok2 := s.bounds(part.Hi)
	if !ok1 || !ok2 {
		s.failed = true
		return
	}
	s.found = append(s.found, indexRange{lo.lo, ir.Sub(hi.hi, ir.Int(1))})
	s.failed = s.failed || len(s.found) > mostStretches
}

func (s *sections) call(c *ir.Call) {
	for _, l := range c.L {
		s.place(l)
	}
	if !s.g.mem.OverlapAny(s.g.t.eff.Writes(c), s.memory) && !(s.reads && s.g.mem.OverlapAny(s.g.t.eff.Reads(c), s.memory)) {
		return
	}
	if c.Fn == nil {
		s.failed = true
		return
	}
	for _, a := range c.Args {
		if !ir.HasRef(a.Type()) {
			continue
		}
		if _, ok := a.Type().Underlying().(*types.Slice); ok && !ir.HasRef(elemOf(a.Type())) {
			s.slice(a)
			continue
		}
		for _, to := range s.g.mem.Refs(a) {
			s.failed = s.failed || s.g.mem.OverlapAny(s.g.t.eff.Reach(to), s.memory)
		}
	}
}

// bounds returns the least and the greatest value of an index, by what has one value in
// the function.
func (s *sections) bounds(e ir.Expr) (indexRange, bool) {
	if !types.Identical(e.Type(), types.Typ[types.Int]) {
		return indexRange{}, false
	}
	switch e := e.(type) {
	case *ir.Const:
		return indexRange{e, e}, e.Val != nil
	case *ir.Ref:
		if r, ok := s.indices[e.V]; ok {
			return r, true
		}
		return indexRange{e, e}, s.steady(e.V)
	case *ir.Len:
		r, ok := e.X.(*ir.Ref)
		return indexRange{e, e}, ok && s.steady(r.V)
	case *ir.Binary:
		x, ok1 := s.bounds(e.X)
		y, ok2 := s.bounds(e.Y)
		if !ok1 || !ok2 {
			return indexRange{}, false
		}
		switch e.Op {
		case token.ADD:
			return indexRange{ir.Add(x.lo, y.lo), ir.Add(x.hi, y.hi)}, true
		case token.SUB:
			return indexRange{ir.Sub(x.lo, y.hi), ir.Sub(x.hi, y.lo)}, true
		case token.MUL:
			return product(x, y)
		}
	}
	return indexRange{}, false
}

// product is the range of x times y, one of which has a single value.
func product(x, y indexRange) (indexRange, bool) {
	if !ir.Equal(y.lo, y.hi) {
		x, y = y, x
	}
	if !ir.Equal(y.lo, y.hi) {
		return indexRange{}, false
	}
	a, b := ir.Mul(x.lo, y.lo), ir.Mul(x.hi, y.lo)
	if ir.Equal(a, b) {
		return indexRange{a, a}, true
	}
	if c, ok := y.lo.(*ir.Const); ok && c.Val != nil && constant.Sign(c.Val) >= 0 {
		return indexRange{a, b}, true
	}
	most := func(fn string) ir.Expr { return &ir.Math{Fn: fn, Args: []ir.Expr{a, b}, Typ: types.Typ[types.Int]} }
	return indexRange{most("min"), most("max")}, true
}

// joined makes one range of several, unless they are all single elements: what two loops
// touch overlaps, as a rule.
func joined(ranges []indexRange) []indexRange {
	points := true
	for i, r := range ranges {
		r = indexRange{shorter(r.lo), shorter(r.hi)}
		ranges[i] = r
		points = points && ir.Equal(r.lo, r.hi)
	}
	if points || len(ranges) < 2 {
		return ranges
	}
	out := ranges[0]
	for _, r := range ranges[1:] {
		out = indexRange{extreme("min", out.lo, r.lo), extreme("max", out.hi, r.hi)}
	}
	return []indexRange{out}
}

// shorter writes a sum with one constant at its end.
func shorter(e ir.Expr) ir.Expr {
	rest, n := offset(simpler(e))
	switch {
	case rest == nil:
		return ir.Int(int(n))
	case n < 0:
		return ir.Sub(rest, ir.Int(int(-n)))
	}
	return ir.Add(rest, ir.Int(int(n)))
}

// extreme is the lesser or the greater of two integers, found here if they differ by a
// constant.
func extreme(fn string, x, y ir.Expr) ir.Expr {
	a, m := offset(x)
	b, n := offset(y)
	switch {
	case fn == "min" && a == nil && m <= 0: // no index is less
		return x
	case fn == "min" && b == nil && n <= 0:
		return y
	case (a == nil) != (b == nil) || a != nil && !ir.Equal(a, b):
		return &ir.Math{Fn: fn, Args: []ir.Expr{x, y}, Typ: types.Typ[types.Int]}
	case (m < n) == (fn == "min"):
		return x
	}
	return y
}

// offset divides e into a constant and the rest, which is nil for a constant.
func offset(e ir.Expr) (rest ir.Expr, n int64) {
	switch e := e.(type) {
	case *ir.Const:
		if n, ok := constant.Int64Val(constant.ToInt(e.Val)); ok {
			return nil, n
		}
	case *ir.Binary:
		if by, ok := e.Y.(*ir.Const); ok && (e.Op == token.ADD || e.Op == token.SUB) {
			if n, ok := constant.Int64Val(constant.ToInt(by.Val)); ok {
				rest, m := offset(e.X)
				if e.Op == token.SUB {
					n = -n
				}
				return rest, m + n
			}
		}
	}
	return e, 0
}

// all reports whether the range is all of the slice x.
func (r indexRange) all(x ir.Expr) bool {
	rest, n := offset(r.hi)
	return ir.IsConst(r.lo, 0) && n == -1 && rest != nil && ir.Equal(rest, &ir.Len{X: x})
}

// stretches divides what a joint call writes into places that are kept whole and parts of
// slices.
func (g *generator) stretches(c *ir.Call) (whole []ir.Expr, parts []ir.Expr) {
	var rest []ir.Expr
	for i, arg := range c.Args {
		for _, a := range handed(arg) {
			at := i
			if a != arg {
				at = -1
			}
			if list, ok := g.argumentParts(c, at, a); ok {
				if g.keepsFloats(c) || !ir.HasFloat(a.Type()) {
					parts = append(parts, list...)
				}
			} else {
				rest = append(rest, a)
			}
		}
	}
	return g.t.placesOf(c, rest), parts
}

// argumentParts returns the parts of the slice a, the i-th argument or, for -1, in a literal, that
// the callee may write; ok is false if it has to be kept in another way.
func (g *generator) argumentParts(c *ir.Call, i int, a ir.Expr) (parts []ir.Expr, ok bool) {
	t, ok := a.Type().Underlying().(*types.Slice)
	if !ok || ir.HasRef(t.Elem()) || c.Fn.Variadic || !g.repeatable(a) || ofArray(a) || g.mem.OverlapAny(g.mem.PointsTo(a), g.t.room()) {
		return nil, false
	}
	written := alias.Set{}
	for w := range g.t.eff.SharedWrites(c.Fn) {
		if g.mem.OverlapAny(alias.Set{w: true}, g.mem.PointsTo(a)) {
			written[w] = true
		}
	}
	if len(written) == 0 {
		return nil, true // nothing to keep
	}
	var ranges []indexRange
	known := false
	if i >= 0 {
		ranges, known = g.writtenAt(c.Fn, c.Fn.Inputs()[i])
	}
	if known {
		for _, r := range ranges {
			if r.all(&ir.Ref{V: c.Fn.Inputs()[i]}) {
				known = false
				break
			}
			lo, ok1 := g.atCall(c, r.lo)
			hi, ok2 := g.atCall(c, r.hi)
			if !ok1 || !ok2 {
				known = false
				break
			}
			parts = append(parts, &ir.Math{Fn: "ad.Part", Args: []ir.Expr{a, lo, hi}, Typ: a.Type()})
		}
	}
	if known {
		return parts, true
	}
	parts = nil
	if s, ok := a.(*ir.SliceOf); ok && s.Max == nil {
		return []ir.Expr{a}, true
	}
	return nil, false
}

// ofArray reports whether the slice a is a part of an array that a variable of the function
// holds. Between the sweeps of a function in the split form its value is kept, and in the
// reverse sweep it lies elsewhere than a snapshot of the slice would tell.
func ofArray(a ir.Expr) bool {
	for {
		switch x := a.(type) {
		case *ir.SliceOf:
			a = x.X
		case *ir.Field:
			a = x.X
		case *ir.Index:
			if _, array := x.X.Type().Underlying().(*types.Array); !array {
				return false
			}
			a = x.X
		case *ir.Ref:
			_, slice := x.Type().Underlying().(*types.Slice)
			return !slice
		default:
			return false
		}
	}
}

// repeatable reports whether evaluating the slice a once more, before the call, is cheap.
func (g *generator) repeatable(a ir.Expr) bool {
	ok := true
	ir.WalkExpr(a, func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref, *ir.SliceOf, *ir.Const, *ir.Len, *ir.Binary:
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// atCall writes a bound with the arguments of a call in place of the parameters.
func (g *generator) atCall(c *ir.Call, e ir.Expr) (ir.Expr, bool) {
	args := map[*ir.Var]ir.Expr{}
	for i, p := range c.Fn.Inputs() {
		args[p] = c.Args[i]
	}
	ok := true
	out := ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		r, isRef := e.(*ir.Ref)
		if !isRef {
			return nil
		}
		a := args[r.V]
		if a == nil || !g.repeatable(a) {
			ok = false
			return nil
		}
		return a
	})
	return shorter(out), ok
}

// loopParts makes variables for the parts of slices that a checkpointed loop touches, by
// the slice, and the statements that give them values.
func (g *generator) loopParts(s *ir.For) (parts map[*ir.Var][]*ir.Var, order []*ir.Var, code []ir.Stmt) {
	parts = map[*ir.Var][]*ir.Var{}
	for _, it := range g.loopState(s) {
		r, ok := it.Place.(*ir.Ref)
		if !ok || it.Headers {
			continue
		}
		ranges, ok := g.touched(s, r.V)
		if !ok {
			continue
		}
		var mine []*ir.Var
		var defs []ir.Stmt
		for _, x := range ranges {
			if x.all(r) {
				mine = nil
				break
			}
			part := g.sh.Temp("part", r.V.Type)
			mine = append(mine, part)
			defs = append(defs, ir.Define(part, &ir.Math{Fn: "ad.Part", Args: []ir.Expr{r, x.lo, x.hi}, Typ: r.V.Type}))
		}
		if mine != nil {
			parts[r.V] = mine
			order = append(order, mine...)
			code = append(code, defs...)
		}
	}
	return parts, order, code
}
