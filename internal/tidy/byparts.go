package tidy

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/internal/ir"
)

// partsTerms is how many terms of a sum have to go for what summing by parts adds: an addition
// to the sum for each cell, and one that joins what a cell gets with the factor and without.
const partsTerms = 3

// partsFactors is how many factors a variable may stand for.
const partsFactors = 8

// byParts finds the sums of a loop that are summed by parts, and notes them in the groups. Of
// y[i] = … + s*(x[i-1] - 2*x[i] + x[i+1]) the reverse has
//
//	sb += (x[i-1] - 2*x[i] + x[i+1]) * yb[i]
//	xb[i-1] += s*yb[i]; xb[i] -= 2*s*yb[i]; xb[i+1] += s*yb[i]
//
// The terms of both are the same with the sums exchanged: if r is what the cell j gets by the
// second line, but for the factor s, then what sb gets in all is the sum of x[j]*r over the cells. So
// where a group's variables go along with the loop, those for r do as well, and when a cell is
// complete, it gets s*r and sb gets x[j]*r.
func (a *affineLoop) byParts(groups []*group) {
	p := &partsFinder{affineLoop: a, groups: groups, behind: map[*ir.Var]*summand{}}
	if !slices.ContainsFunc(groups, func(g *group) bool { return g.moves && len(g.adds) >= partsTerms }) || !p.onlyShadows() {
		return
	}
	for _, s := range a.loop.Body.Stmts {
		if w := p.weightedSum(s); w != nil {
			p.place(w)
		}
	}
	for p.dropHalf() || p.dropLarge() {
	}
	for _, g := range groups {
		if g.scaled != nil {
			g.plain, g.scaled.registers = a.divided(g)
		}
	}
}

// A scaled is what a group gets with factors that are the same in all iterations.
type scaled struct {
	factors []ir.Expr
	weight  *ir.Var                              // what the increments have in common beside, yb[i]
	adds    map[*increment]summand               // with the other factors
	place   func(offset int, at ir.Expr) ir.Expr // the elements of x
	sums    []*weightedSum
	registers
}

// A weightedSum is a statement sum += factors*weight*(terms), or -=.
type weightedSum struct {
	assign  *ir.Assign
	into    *group // what gathers it; nil if it is a variable of the function
	product summand
	weight  *ir.Var
	whole   ir.Expr // the sum of the terms
	sum     *ir.Var // the variable that it stands behind, or nil
	terms   []summand
	rest    []ir.Expr        // the terms that stay
	through map[*ir.Var]bool // the variables that stand for parts of it
}

// A summand is a product, which is subtracted if minus is set.
type summand struct {
	e       ir.Expr
	minus   bool
	factors []ir.Expr // those that are the same in all iterations
	others  []ir.Expr
	through []*ir.Var // the variables that stand for parts of it
}

// divided returns the registers for what g gets otherwise, and for what it gets with the factor. Both
// go to the cell that an iteration completes.
func (a *affineLoop) divided(g *group) (plain, with registers) {
	complete := a.offset(g, g.span()-1)
	for _, x := range g.adds {
		if g.scaled.has(x) {
			with.cover(complete)
			with.cover(x.offset)
		} else {
			plain.cover(complete)
			plain.cover(x.offset)
		}
	}
	return plain, with
}

// has reports whether x is one of the increments of s.
func (s *scaled) has(x *increment) bool {
	_, ok := s.adds[x]
	return ok
}

// per is what stands in names for the factors.
func (s *scaled) per() string {
	if r, ok := s.factors[0].(*ir.Ref); ok && len(s.factors) == 1 {
		first, n := utf8.DecodeRuneInString(r.V.Name)
		return string(unicode.ToUpper(first)) + r.V.Name[n:]
	}
	return "Factor"
}

// takeOver leaves of the sums what does not go.
func (s *scaled) takeOver(into map[ir.Stmt]ir.Stmt) {
	for _, w := range s.sums {
		into[w.assign] = w.left()
	}
}

// weighed is the increment x without the factors of s, in its register.
func (s *scaled) weighed(x *increment) *ir.Assign {
	t := s.adds[x]
	return plusOrMinus(&ir.Ref{V: s.at(x.offset)}, t.minus, times(t.factors, &ir.Ref{V: s.weight}))
}

// plusOrMinus is place += e, or -=.
func plusOrMinus(place ir.Expr, minus bool, e ir.Expr) *ir.Assign {
	if minus {
		return ir.Set(place, ir.Sub(place, e))
	}
	return ir.Set(place, ir.Add(place, e))
}

// times is the product of the factors and e.
func times(factors []ir.Expr, e ir.Expr) ir.Expr {
	constants := 0
	for _, f := range factors {
		if _, ok := f.(*ir.Const); ok {
			constants++
		}
	}
	if len(factors) > 0 && constants < 2 {
		out := factors[0]
		for _, f := range factors[1:] {
			out = ir.Mul(out, f)
		}
		return ir.Mul(out, e)
	}
	for _, f := range slices.Backward(factors) { // a product of constants could be too large for Go
		e = ir.Mul(f, e)
	}
	return e
}

// target is what w adds to in the made code.
func (w *weightedSum) target() ir.Expr {
	if w.into != nil {
		return &ir.Ref{V: w.into.plain.vars[0]}
	}
	return w.assign.L[0]
}

// left is what is left of w, nil if nothing is.
func (w *weightedSum) left() ir.Stmt {
	if len(w.rest) == 0 {
		return nil
	}
	rest := w.rest[0]
	for _, e := range w.rest[1:] {
		rest = ir.Add(rest, e)
	}
	e := ir.Rewrite(w.assign.R[0].(*ir.Binary).Y, func(e ir.Expr) ir.Expr {
		if e == w.whole {
			return rest
		}
		return nil
	})
	out := plusOrMinus(w.target(), subtracts(w.assign), e)
	out.At = w.assign.At
	return out
}

// complete is what a sum gets when v has all that belongs to the element at.
func (s *scaled) complete(w *weightedSum, element ir.Expr, v *ir.Var) ir.Stmt {
	return plusOrMinus(w.target(), w.product.minus, times(w.product.factors, ir.Mul(element, &ir.Ref{V: v})))
}
