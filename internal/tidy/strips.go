package tidy

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Where the goroutines of a reverse sweep each run a loop over rows, of which one row adds to elements
// of a shadow that can be told before, such as those of a few rows around it, copies are not needed:
// most rows of different goroutines are far apart. The rows that are not are held back until the
// others are done, and then run one after the other. See [Team.Apart] of package ad.

// strips is a loop over rows inside a loop that gets goroutines.
type strips struct {
	rows    *affineLoop
	at      int         // where it stands in the body of the outer loop
	pops    int         // as many calls behind it take back what it recorded
	records bool        // rows take back what they recorded
	lo, hi  ir.Expr     // the rows of an iteration of the outer loop, hi excluded, by its index
	direct  []*ir.Var   // shadows that need no copies
	reach   [][]ir.Expr // for each the least and the greatest element that a row adds to, by the number of the row
}

// strips returns the loop over rows of t, nil if there is none of which anything can be told.
func (t *teamLoop) strips() *strips {
	if t.sweep != ir.ReverseSweep {
		return nil
	}
	s := &strips{at: -1}
	defs, sums := map[*ir.Var]ir.Expr{}, map[*ir.Var]bool{}
	for i, st := range t.loop.Body.Stmts {
		switch st := st.(type) {
		case *ir.Comment:
			continue
		case *ir.Assign:
			if s.at >= 0 {
				as, sum := increased(st)
				r, variable := sum.(*ir.Ref)
				if as == nil || !variable || !slices.Contains(t.loop.Spawn.Private, ir.Root(as.L[0])) {
					return nil
				}
				sums[r.V] = true // it may come in two parts
				continue
			}
			if !st.Define {
				return nil
			}
			for k, l := range st.L {
				if l != nil {
					defs[l.(*ir.Ref).V] = st.R[k]
				}
			}
		case *ir.For:
			if s.at >= 0 {
				return nil
			}
			s.at = i
			s.rows = t.affine(st)
		case *ir.Call:
			if s.at < 0 || st.Name != "ad.PopRange" && st.Name != "ad.PopRows" {
				return nil
			}
			s.pops++
		default:
			return nil
		}
	}
	if s.rows == nil || !types.Identical(s.rows.index.Type.Underlying(), types.Typ[types.Int]) {
		return nil
	}
	if s.rows.up || !carriesSums(s.rows.loop, defs, sums) { // those held back, the first, are to be the last
		return nil
	}
	// Rows take back what they recorded from the last to the first; nothing below that is taken
	// back as long as some are held back.
	s.records = t.st != nil && ir.Vars([]ir.Stmt{s.rows.loop})[t.st]
	if s.records && s.pops > 0 {
		return nil
	}
	lo, hi := (&teamLoop{affineLoop: s.rows}).ends()
	if s.lo, s.hi = t.byIndex(lo, defs), t.byIndex(hi, defs); s.lo == nil || s.hi == nil {
		return nil
	}
	for _, v := range t.loop.Spawn.Private {
		if ir.HasRef(v.Type) {
			if reach := t.reach(s, v); reach != nil {
				s.direct, s.reach = append(s.direct, v), append(s.reach, reach)
			}
		} else if !ir.IsFloat(v.Type) {
			return nil // rows that are held back could not be added
		}
	}
	if len(s.direct) == 0 {
		return nil
	}
	return s
}

// carriesSums reports whether rows leave nothing to the rows that follow: of the variables defined
// before the loop they change only sums, which start at zero, and only by adding to them; what comes
// after the loop are such sums.
func carriesSums(rows *ir.For, defs map[*ir.Var]ir.Expr, sums map[*ir.Var]bool) bool {
	changed := map[*ir.Var]bool{}
	ir.WalkStmts(rows.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		changes(changed, places)
	})
	for v := range sums {
		if defs[v] == nil {
			return false
		}
	}
	for v, x := range defs {
		if !changed[v] && !sums[v] {
			continue
		}
		if !ir.IsConst(x, 0) {
			return false
		}
		if !onlyAddedTo(rows.Body, v) {
			return false
		}
	}
	return true
}

// byIndex writes e without the variables that are defined; nil if something else is left than the
// index of t and what does not change in it.
func (t *teamLoop) byIndex(e ir.Expr, defs map[*ir.Var]ir.Expr) ir.Expr {
	for range 8 {
		e = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			if r, ok := e.(*ir.Ref); ok {
				return defs[r.V]
			}
			return nil
		})
	}
	if !t.plainIn(e, t.index) {
		return nil
	}
	return e
}

// plainIn reports whether e is arithmetic of i and of what does not change in t.
func (t *teamLoop) plainIn(e ir.Expr, i *ir.Var) bool {
	plain := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			plain = plain && (e.V == i || t.fixed[e.V])
		case *ir.Const, *ir.Unary, *ir.Field, *ir.Convert, *ir.Binary:
		case *ir.Math:
			plain = plain && (e.Fn == "min" || e.Fn == "max")
		case *ir.Len:
			_, slice := e.X.Type().Underlying().(*types.Slice)
			plain = plain && slice
		default:
			plain = false
		}
		return plain
	})
	return plain
}

// reach returns the least and the greatest index of v that a row uses, by the row's number; nil if
// that is not known.
func (t *teamLoop) reach(s *strips, v *ir.Var) []ir.Expr {
	if sl, ok := v.Type.Underlying().(*types.Slice); !ok || ir.HasRef(sl.Elem()) {
		return nil
	}
	for i, st := range t.loop.Body.Stmts {
		if i != s.at && ir.Vars([]ir.Stmt{st})[v] {
			return nil
		}
	}
	r := &ranges{t: t, rows: s.rows, of: map[*ir.Var][]ir.Expr{s.rows.index: {&ir.Ref{V: s.rows.index}, &ir.Ref{V: s.rows.index}}}}
	r.gather(s.rows.loop.Body)
	var lows, highs []ir.Expr
	known := true
	note := func(e ir.Expr) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			switch x := e.(type) {
			case *ir.Index:
				if root, ok := x.X.(*ir.Ref); ok && root.V == v {
					at := r.find(x.I)
					if at == nil {
						known = false
						return false
					}
					lows, highs = append(lows, at[0]), append(highs, at[1])
					return false
				}
			case *ir.Len:
				if root, ok := x.X.(*ir.Ref); ok && root.V == v {
					return false
				}
			case *ir.Ref:
				known = known && x.V != v
			}
			return known
		})
	}
	ir.WalkStmts(s.rows.loop.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			note(e)
		}
	})
	if !known || len(lows) == 0 {
		return nil
	}
	for _, e := range slices.Concat(lows, highs) {
		if !linear(e, s.rows.index) { // the team looks at the first and the last of the rows only
			return nil
		}
	}
	lo, hi := extreme(1, lows), extreme(-1, highs)
	if !t.plainIn(lo, s.rows.index) || !t.plainIn(hi, s.rows.index) {
		return nil
	}
	return []ir.Expr{lo, hi}
}

// ranges finds the least and the greatest value of indices in a row.
type ranges struct {
	t    *teamLoop
	rows *affineLoop
	of   map[*ir.Var][]ir.Expr // of variables of the row; nil for unknown
}

// gather notes the indices of loops, and the integers that are defined once.
func (r *ranges) gather(b *ir.Block) {
	times := map[*ir.Var]int{}
	ir.WalkStmts(b, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, e := range places {
			if e != nil {
				if v := ir.Held(e); v != nil {
					times[v]++
				}
			}
		}
		for _, v := range ir.Defined(s) {
			if _, decl := s.(*ir.Decl); decl {
				times[v]++
			}
		}
	})
	ir.WalkStmts(b, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.For:
			inner := r.t.affine(s)
			if inner == nil || times[inner.index] != 2 { // where it is defined, and the step
				return
			}
			lo, hi := (&teamLoop{affineLoop: inner}).ends()
			from, to := r.find(lo), r.find(hi)
			if from != nil && to != nil {
				rest, c := withoutConst(to[1])
				r.of[inner.index] = []ir.Expr{from[0], plus(rest, c-1)}
			}
		case *ir.Assign:
			if !s.Define {
				return
			}
			for i, l := range s.L {
				if l == nil {
					continue
				}
				if v := l.(*ir.Ref).V; times[v] == 1 && ir.IsInteger(v.Type) && !r.t.addressed[v] {
					if at := r.find(s.R[i]); at != nil {
						r.of[v] = at
					}
				}
			}
		}
	})
}

// find returns the least and the greatest value of e, nil if they are not known.
func (r *ranges) find(e ir.Expr) []ir.Expr {
	if !types.Identical(e.Type().Underlying(), types.Typ[types.Int]) {
		if _, constant := e.(*ir.Const); !constant {
			return nil
		}
	}
	switch e := e.(type) {
	case *ir.Const:
		return []ir.Expr{e, e}
	case *ir.Ref:
		if at, known := r.of[e.V]; known {
			return at
		}
		if r.t.fixed[e.V] {
			return []ir.Expr{e, e}
		}
	case *ir.Field, *ir.Len:
		if r.t.plainIn(e, r.rows.index) {
			return []ir.Expr{e, e}
		}
	case *ir.Binary:
		x, y := r.find(e.X), r.find(e.Y)
		if x == nil || y == nil {
			return nil
		}
		switch e.Op {
		case token.ADD:
			return []ir.Expr{ir.Add(x[0], y[0]), ir.Add(x[1], y[1])}
		case token.SUB:
			return []ir.Expr{ir.Sub(x[0], y[1]), ir.Sub(x[1], y[0])}
		case token.MUL:
			if ir.Equal(x[0], x[1]) && ir.Equal(y[0], y[1]) {
				both := ir.Mul(x[0], y[0])
				return []ir.Expr{both, both}
			}
			if notNegative(x[0]) && ir.Equal(x[0], x[1]) || notNegative(y[0]) && ir.Equal(y[0], y[1]) {
				return []ir.Expr{ir.Mul(x[0], y[0]), ir.Mul(x[1], y[1])}
			}
		}
	}
	return nil
}

func notNegative(e ir.Expr) bool {
	c, ok := e.(*ir.Const)
	return ok && c.Val != nil && constant.Sign(constant.ToInt(c.Val)) >= 0
}

// linear reports whether e grows with i by a fixed step.
func linear(e ir.Expr, i *ir.Var) bool {
	if !ir.Mentions(e, i) {
		return true
	}
	switch e := e.(type) {
	case *ir.Ref:
		return true
	case *ir.Binary:
		switch e.Op {
		case token.ADD, token.SUB:
			return linear(e.X, i) && linear(e.Y, i)
		case token.MUL:
			return !ir.Mentions(e.X, i) && linear(e.Y, i) || !ir.Mentions(e.Y, i) && linear(e.X, i)
		}
	}
	return false
}

// extreme is the least of the values (sign is 1), or the greatest (sign is -1).
func extreme(sign int, values []ir.Expr) ir.Expr {
	type sum struct {
		rest ir.Expr // nil for none
		c    int
	}
	var sums []*sum
	known := map[string]*sum{} // by rest
	for _, x := range values {
		rest, c := withoutConst(x)
		text := ""
		if rest != nil {
			text = ir.Format(rest)
		}
		if s := known[text]; s != nil {
			s.c = sign * min(sign*s.c, sign*c)
			continue
		}
		known[text] = &sum{rest, c}
		sums = append(sums, known[text])
	}
	fn := map[int]string{1: "min", -1: "max"}[sign]
	var out ir.Expr
	for _, s := range sums {
		x := plus(s.rest, s.c)
		if out == nil {
			out = x
		} else {
			out = &ir.Math{Fn: fn, Args: []ir.Expr{out, x}, Typ: types.Typ[types.Int]}
		}
	}
	return out
}

var pair = types.NewArray(types.Typ[types.Int], 2)

// apart makes what tells the team which rows there are and what they reach.
func (s *strips) apart(t *teamLoop, team *ir.Var) []ir.Stmt {
	give := func(name string, index *ir.Var, lo, hi ir.Expr) (*ir.Var, ir.Stmt) {
		f := t.local(name, types.NewSignatureType(nil, nil, nil, nil, nil, false))
		result := &ir.Composite{Typ: pair, Elems: []ir.Expr{lo, hi}}
		return f, &ir.Closure{At: t.loop.At, V: f, Params: []*ir.Var{index}, Result: pair, Body: &ir.Block{Stmts: []ir.Stmt{&ir.Yield{X: result}}}}
	}
	f, code := give("strip", t.index, s.lo, s.hi)
	out := []ir.Stmt{code}
	args := []ir.Expr{&ir.Ref{V: f}}
	for i, v := range s.direct {
		f, code := give(v.Name+"Reach", s.rows.index, s.reach[i][0], s.reach[i][1])
		out, args = append(out, code), append(args, &ir.Ref{V: f})
	}
	method := "Apart"
	if s.records {
		method = "ApartRecorded"
	}
	return append(out, &ir.Call{Name: method, On: team, Args: args})
}

// divide lets the loop over rows, in the body of a copy of the outer loop, run those rows whose turn
// it is.
func (s *strips) divide(t *teamLoop, outer *ir.For, team *ir.Var) {
	body := outer.Body
	rows := body.Stmts[s.at].(*ir.For)
	lo, hi := (&teamLoop{affineLoop: s.rows}).ends()
	from, to := t.local("begin", types.Typ[types.Int]), t.local("until", types.Typ[types.Int])
	ask := func(fn string, x ir.Expr) ir.Expr {
		return &ir.Math{Fn: fn, Args: []ir.Expr{&ir.Ref{V: team}, &ir.Ref{V: t.index}, x}, Typ: types.Typ[types.Int]}
	}
	(&teamLoop{affineLoop: s.rows}).within(rows, from, to)
	stmts := append([]ir.Stmt{}, body.Stmts[:s.at]...)
	stmts = append(stmts, ir.Define(from, ask("ad.From", lo)), ir.Define(to, ask("ad.To", hi)), rows)
	var pops []ir.Stmt
	for _, st := range body.Stmts[s.at+1:] {
		if _, call := st.(*ir.Call); call {
			pops = append(pops, st)
		} else {
			stmts = append(stmts, st)
		}
	}
	if len(pops) > 0 {
		now := &ir.Math{Fn: "ad.Pops", Args: []ir.Expr{&ir.Ref{V: team}}, Typ: types.Typ[types.Bool]}
		stmts = append(stmts, &ir.If{Cond: now, Then: &ir.Block{Stmts: pops}})
	}
	body.Stmts = stmts
}
