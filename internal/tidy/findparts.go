package tidy

import (
	"go/token"
	"maps"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// partsFinder looks for sums of a loop that can be summed by parts.
type partsFinder struct {
	*affineLoop
	groups []*group
	behind map[*ir.Var]*summand // see productBehind
}

// place lets w go to the first group that it matches.
func (p *partsFinder) place(w *weightedSum) {
	x, y := w.product.others[0], w.product.others[1]
	for _, g := range p.groups {
		if g.moves && (p.divide(w, x, y) && p.match(g, w) || p.divide(w, y, x) && p.match(g, w)) {
			return
		}
	}
}

// onlyShadows reports whether the loop writes to no memory but that of shadows, and calls
// nothing that could: all else that it reads from memory is the same in all iterations.
func (p *partsFinder) onlyShadows() bool {
	only := true
	ir.WalkStmts(p.loop.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for _, l := range s.L {
				_, local := l.(*ir.Ref)
				only = only && (l == nil || local || ir.HoldsShadow(l))
			}
		case *ir.Decl, *ir.If, *ir.For, *ir.Comment:
		default:
			only = false
		}
	})
	return only
}

// ofPrimal reports whether v is of the primal, or a number: nothing that leads to the memory of shadows. What
// a transform has made may do that without being marked.
func ofPrimal(v *ir.Var) bool { return v.Shadow == ir.NoShadow && !(v.Made && ir.HasRef(v.Type)) }

// constant reports whether the number e is the same in all iterations of a loop with [onlyShadows].
func (p *partsFinder) constant(e ir.Expr) bool {
	same := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			same = same && p.fixed[e.V] && ofPrimal(e.V)
		case *ir.Const, *ir.Unary, *ir.Field, *ir.Deref, *ir.Index, *ir.Convert:
		case *ir.Binary:
			same = same && (e.Op == token.ADD || e.Op == token.SUB || e.Op == token.MUL || e.Op == token.QUO)
		default:
			same = false
		}
		return same
	})
	return same
}

// product divides e into factors, looking through variables that stand for products.
func (p *partsFinder) product(e ir.Expr) summand {
	switch e := e.(type) {
	case *ir.Binary:
		if e.Op == token.MUL {
			x, y := p.product(e.X), p.product(e.Y)
			return summand{
				e: e, minus: x.minus != y.minus, factors: slices.Concat(x.factors, y.factors),
				others: slices.Concat(x.others, y.others), through: slices.Concat(x.through, y.through),
			}
		}
	case *ir.Unary:
		if e.Op == token.SUB {
			x := p.product(e.X)
			x.e, x.minus = e, !x.minus
			return x
		}
	case *ir.Ref:
		if x := p.productBehind(e.V); x != nil {
			return *x
		}
	}
	switch {
	case ir.IsConst(e, 1):
		return summand{e: e}
	case p.constant(e):
		return summand{e: e, factors: []ir.Expr{e}}
	}
	return summand{e: e, others: []ir.Expr{e}}
}

// productBehind returns the value of v if it is a product that has the same value where v is used:
// of constants, sums, and one variable with one value. Larger ones are not looked at.
func (p *partsFinder) productBehind(v *ir.Var) *summand {
	if x, known := p.behind[v]; known {
		return x
	}
	p.behind[v] = nil
	if b, ok := p.defs[v].(*ir.Binary); !ok || b.Op != token.MUL {
		return nil
	}
	x := p.product(p.defs[v])
	x.through = append(x.through, v)
	weights := 0
	for _, e := range x.others {
		if p.sum(e) == nil {
			weights++
			if p.oneValue(e) == nil {
				return nil
			}
		}
	}
	if weights <= 1 && len(x.others) <= 2 && len(x.factors) <= partsFactors {
		p.behind[v] = &x
	}
	return p.behind[v]
}

// sum returns e, or what e stands for, if it is a sum.
func (p *partsFinder) sum(e ir.Expr) ir.Expr {
	if v := p.oneValue(e); v != nil {
		e = p.defs[v]
	}
	if isSum(e) {
		return e
	}
	return nil
}

// isSum reports whether e is a sum or difference.
func isSum(e ir.Expr) bool {
	b, ok := e.(*ir.Binary)
	return ok && (b.Op == token.ADD || b.Op == token.SUB)
}

// oneValue returns the variable that e is, if each iteration gives it one value.
func (p *partsFinder) oneValue(e ir.Expr) *ir.Var {
	if r, ok := e.(*ir.Ref); ok && p.defs[r.V] != nil {
		return r.V
	}
	return nil
}

// weightedSum returns s as a weightedSum whose parts are not known yet, nil if it is none.
func (p *partsFinder) weightedSum(s ir.Stmt) *weightedSum {
	as, e := increased(s)
	if as == nil {
		return nil
	}
	w := &weightedSum{assign: as, product: p.product(e), through: map[*ir.Var]bool{}}
	for _, v := range w.product.through {
		w.through[v] = true
	}
	w.product.minus = w.product.minus != subtracts(as)
	if len(w.product.others) != 2 || !p.summedUp(w) {
		return nil
	}
	return w
}

// divide says which of the factors of w is the sum and which is the weight, and reports whether they can be.
func (p *partsFinder) divide(w *weightedSum, sum, weight ir.Expr) bool {
	w.whole, w.weight, w.sum, w.terms = p.sum(sum), p.oneValue(weight), p.oneValue(sum), nil
	if w.whole == nil || w.weight == nil {
		return false
	}
	p.split(w.whole, false, &w.terms)
	return true
}

// subtracts reports whether the increment is a -=.
func subtracts(as *ir.Assign) bool { return as.R[0].(*ir.Binary).Op == token.SUB }

// summedUp notes what w adds to, and reports whether the loop does nothing but add to it.
func (p *partsFinder) summedUp(w *weightedSum) bool {
	r, ok := w.assign.L[0].(*ir.Ref)
	if !ok {
		i := slices.IndexFunc(p.groups, func(g *group) bool {
			return !g.moves && slices.ContainsFunc(g.adds, func(x *increment) bool { return x.assign == w.assign })
		})
		if i >= 0 {
			w.into = p.groups[i]
		}
		return i >= 0
	}
	return !p.addressed[r.V] && onlyAddedTo(p.loop.Body, r.V)
}

// split appends the terms of the sum e, or of -e, to out.
func (p *partsFinder) split(e ir.Expr, minus bool, out *[]summand) {
	if isSum(e) {
		b := e.(*ir.Binary)
		p.split(b.X, minus, out)
		p.split(b.Y, minus != (b.Op == token.SUB), out)
		return
	}
	t := p.product(e)
	if t.e = e; minus {
		t.e, t.minus = ir.Neg(e), !t.minus
	}
	*out = append(*out, t)
}

// match lets those terms of w go to the variables of g for which g has an increment, if they are enough, all of
// one slice, one beside the other, and if one is of the cell that an iteration completes: then no element is
// read that w does not read. It reports whether they do.
func (p *partsFinder) match(g *group, w *weightedSum) bool {
	tried := map[string]bool{}
	for _, t := range w.terms {
		x, _ := p.element(g, t)
		if x == nil || tried[p.key(x.place)] {
			continue
		}
		tried[p.key(x.place)] = true
		if got, rest := p.matchSlice(g, w, x.place); got != nil && (g.scaled == nil || p.alike(g.scaled, got)) {
			if g.scaled == nil {
				g.scaled = got
			}
			g.scaled.sums = append(g.scaled.sums, w)
			if w.rest = rest; w.sum != nil {
				w.through[w.sum] = true
			}
			return true
		}
	}
	return false
}

// matchSlice is match for the terms that are elements of one slice; it returns nil if they do not do.
func (p *partsFinder) matchSlice(g *group, w *weightedSum, place func(int, ir.Expr) ir.Expr) (got *scaled, rest []ir.Expr) {
	got = &scaled{weight: w.weight, place: place, adds: map[*increment]summand{}}
	offsets := map[int]bool{}
	for _, t := range w.terms {
		x, offset := p.element(g, t)
		if x != nil && !offsets[offset] && p.key(x.place) == p.key(place) && p.meets(g, got, t, offset) {
			offsets[offset] = true
		} else {
			rest = append(rest, t.e)
		}
	}
	if len(offsets) < partsTerms || len(rest) > 0 && (w.sum != nil || len(w.through) > 0) {
		return nil, nil
	}
	if !offsets[p.offset(g, g.span()-1)] || !withoutGap(offsets) {
		return nil, nil
	}
	return got, rest
}

// key is the same for the same places.
func (p *partsFinder) key(place func(int, ir.Expr) ir.Expr) string {
	return ir.Format(place(0, p.another()))
}

// withoutGap reports whether the numbers lie one beside the other.
func withoutGap(numbers map[int]bool) bool {
	all := slices.Sorted(maps.Keys(numbers))
	return all[len(all)-1]-all[0] < len(all)
}

// element returns the group of which the term t is constants times a place, and its offset, if they
// lie in their slice as the places of g do in theirs.
func (p *partsFinder) element(g *group, t summand) (*group, int) {
	if len(t.others) != 1 {
		return nil, 0
	}
	root := ir.Root(t.others[0])
	if root == nil || !p.fixed[root] || !ofPrimal(root) {
		return nil, 0
	}
	x, offset := p.group(t.others[0])
	at := p.another()
	if x == nil || !x.moves || !ir.Equal(ir.Substitute(x.place(0, at), root, &ir.Ref{V: g.root}), g.place(0, at)) {
		return nil, 0
	}
	return x, offset
}

// meets looks for the increment of g that takes the place of the term t with that offset.
func (p *partsFinder) meets(g *group, s *scaled, t summand, offset int) bool {
	for _, x := range g.adds {
		if !x.always || x.offset != offset {
			continue
		}
		e := p.product(x.assign.R[0].(*ir.Binary).Y)
		if len(e.others) != 1 || p.oneValue(e.others[0]) != s.weight || t.minus != (e.minus != subtracts(x.assign)) {
			continue
		}
		factors, ok := withoutFactors(e.factors, t.factors)
		if !ok || len(factors) == 0 || len(s.adds) > 0 && !sameFactors(factors, s.factors) {
			continue
		}
		s.factors = factors
		s.adds[x] = t
		return true
	}
	return false
}

// withoutFactors takes the factors fs out of all; ok reports whether they are there.
func withoutFactors(all, fs []ir.Expr) (rest []ir.Expr, ok bool) {
	rest = slices.Clone(all)
	for _, f := range fs {
		i := slices.IndexFunc(rest, func(e ir.Expr) bool { return ir.Equal(e, f) })
		if i < 0 {
			return nil, false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return rest, true
}

// sameFactors reports whether x and y are the same in some order.
func sameFactors(x, y []ir.Expr) bool {
	rest, ok := withoutFactors(x, y)
	return ok && len(rest) == 0
}

// alike reports whether the variables of s are also those of t, made for another sum.
func (p *partsFinder) alike(s, t *scaled) bool {
	if s.weight != t.weight || len(s.adds) != len(t.adds) || !sameFactors(s.factors, t.factors) || p.key(s.place) != p.key(t.place) {
		return false
	}
	for x, a := range s.adds {
		if b, ok := t.adds[x]; !ok || a.minus != b.minus || !sameFactors(a.factors, b.factors) {
			return false
		}
	}
	return true
}

// dropHalf takes back a sum for which variables would be worked out that stay in use, and
// reports whether there was one.
func (p *partsFinder) dropHalf() bool {
	gone, through := map[ir.Stmt]bool{}, map[*ir.Var]bool{}
	for _, g := range p.groups {
		if g.scaled != nil {
			for _, w := range g.scaled.sums {
				gone[w.assign] = true
				maps.Copy(through, w.through)
			}
		}
	}
	used := map[*ir.Var]bool{}
	ir.WalkStmts(p.loop.Body, func(s ir.Stmt) {
		d, ok := s.(*ir.Assign)
		if ok && d.Define && len(d.L) == 1 && through[ir.Held(d.L[0])] || gone[s] {
			return
		}
		ir.AddVars(used, s)
	})
	for _, g := range p.groups {
		if g.scaled == nil {
			continue
		}
		n := len(g.scaled.sums)
		g.scaled.sums = slices.DeleteFunc(g.scaled.sums, func(w *weightedSum) bool {
			for v := range w.through {
				if used[v] {
					return true
				}
			}
			return false
		})
		if len(g.scaled.sums) == n {
			continue
		}
		if len(g.scaled.sums) == 0 {
			g.scaled = nil
		}
		return true
	}
	return false
}

// dropLarge takes back what a group gets by parts if there are more variables than go along with a loop, and
// reports whether it had to.
func (p *partsFinder) dropLarge() bool {
	n := 0
	var last *group
	for _, g := range p.groups {
		if g.scaled == nil {
			n += g.span()
			continue
		}
		plain, with := p.divided(g)
		n += plain.len() + with.len()
		last = g
	}
	if last == nil || n <= gatherVars {
		return false
	}
	last.scaled = nil
	return true
}
