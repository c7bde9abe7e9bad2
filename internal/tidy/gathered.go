package tidy

import (
	"go/constant"
	"go/types"
	"slices"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// rewrite lets the loop gather the groups. It returns the loop with what comes before and
// behind it.
func (a *affineLoop) rewrite(groups []*group) []ir.Stmt {
	into := map[ir.Stmt]*ir.Var{}
	var before, start, end, behind, guarded []ir.Stmt
	for _, grp := range groups {
		a.name(grp)
		for _, x := range grp.adds {
			into[x.assign] = grp.vars[x.offset-grp.min]
		}
		if !grp.moves {
			before = append(before, &ir.Decl{V: grp.vars[0]})
			add := grp.add(grp.min, grp.vars[0], &ir.Ref{V: a.index})
			if grp.pointee {
				behind = append(behind, add)
			} else {
				guarded = append(guarded, add)
			}
			continue
		}
		vars := slices.Clone(grp.vars) // the cell that is left behind is the last
		if a.up {
			slices.Reverse(vars)
		}
		n := len(vars) - 1
		start = append(start, &ir.Decl{V: vars[0]})
		end = append(end, grp.add(a.offset(grp, n), vars[n], &ir.Ref{V: a.index}))
		if n == 0 {
			continue
		}
		shift := &ir.Assign{}
		for k := n; k > 0; k-- {
			before = append(before, &ir.Decl{V: vars[k]})
			shift.L = append(shift.L, &ir.Ref{V: vars[k]})
			shift.R = append(shift.R, &ir.Ref{V: vars[k-1]})
			guarded = append(guarded, grp.add(a.offset(grp, k), vars[k], a.past()))
		}
		end = append(end, shift)
	}
	a.replace(a.loop.Body, into)
	a.loop.Body.Stmts = slices.Concat(start, a.loop.Body.Stmts, end)
	out := append(zeros(before), a.loop)
	switch {
	case a.runs():
		out = append(out, guarded...)
	case len(guarded) > 0:
		out = append(out, &ir.If{Cond: ir.Substitute(a.loop.Cond, a.index, a.first), Then: &ir.Block{Stmts: guarded}})
	}
	return append(out, behind...)
}

// runs reports whether the loop has constant bounds, with which it runs.
func (a *affineLoop) runs() bool {
	x, ok1 := a.first.(*ir.Const)
	y, ok2 := a.bound.(*ir.Const)
	return ok1 && ok2 && constant.Compare(x.Val, a.loop.Cond.(*ir.Binary).Op, y.Val)
}

// zeros puts the declarations of variables of type float64 into one statement, the first.
func zeros(decls []ir.Stmt) []ir.Stmt {
	all := &ir.Assign{Define: true}
	var out []ir.Stmt
	for _, s := range decls {
		d := s.(*ir.Decl)
		if !types.Identical(d.V.Type, types.Typ[types.Float64]) {
			out = append(out, s)
			continue
		}
		all.L = append(all.L, &ir.Ref{V: d.V})
		all.R = append(all.R, ir.Number(0, d.V.Type))
	}
	if len(all.L) > 0 {
		out = append([]ir.Stmt{all}, out...)
	}
	return out
}

// offset is that of the cell of which the k-th variable holds the sum when an iteration ends: the
// last one is left behind by it.
func (a *affineLoop) offset(grp *group, k int) int {
	n := grp.max - grp.min
	if a.up {
		return grp.min + n - k
	}
	return grp.max - (n - k)
}

// there reports whether Go takes the places behind the loop: where an index is a constant, it asks that the
// cell be there. A loop that would have come to another one has panicked.
func (a *affineLoop) there(grp *group) bool {
	for k := 1; grp.moves && k <= grp.max-grp.min; k++ {
		for p := grp.place(a.offset(grp, k), a.past()); p != nil; p = inside(p) {
			at, ok := p.(*ir.Index)
			if !ok {
				continue
			}
			i, known := number(at.I)
			array, _ := at.X.Type().Underlying().(*types.Array)
			if known && (i < 0 || array != nil && int64(i) >= array.Len()) {
				return false
			}
		}
	}
	return true
}

// past is the index with which the loop ends if it has run.
func (a *affineLoop) past() ir.Expr {
	switch rest, c := withoutConst(a.bound); {
	case a.strict:
		return a.bound
	case a.up:
		return plus(rest, c+1)
	default:
		return plus(rest, c-1)
	}
}

// add is the statement that adds v to the cell of the group.
func (grp *group) add(offset int, v *ir.Var, at ir.Expr) ir.Stmt {
	p := grp.place(offset, at)
	return ir.Set(p, ir.Add(p, &ir.Ref{V: v}))
}

// replace lets the increments add to variables.
func (a *affineLoop) replace(b *ir.Block, into map[ir.Stmt]*ir.Var) {
	for i, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			a.replace(inner, into)
		}
		if v := into[s]; v != nil {
			x := *s.(*ir.Assign).R[0].(*ir.Binary)
			x.X = &ir.Ref{V: v}
			b.Stmts[i] = &ir.Assign{At: ir.At{P: s.Pos()}, L: []ir.Expr{x.X}, R: []ir.Expr{&x}}
		}
	}
}

// name makes the variables of the group.
func (a *affineLoop) name(grp *group) {
	base := grp.root.Name
	for p := grp.adds[0].assign.L[0]; ; {
		if f, ok := p.(*ir.Field); ok {
			base += f.Var().Name()
			p = f.X
			continue
		}
		break
	}
	t := grp.adds[0].assign.L[0].Type()
	for c := grp.min; c <= grp.max; c++ {
		name := base
		switch {
		case !grp.moves || grp.min == grp.max:
			name += "Sum"
		case c == 0:
			name += "Here"
		case c > 0:
			name += "Up"
		default:
			name += "Down"
		}
		if c > 1 || c < -1 {
			name += strconv.Itoa(max(c, -c))
		}
		v := &ir.Var{Name: a.fresh(name), Type: t, Kind: ir.Temp, Made: true, Shadow: ir.ShadowValue}
		grp.vars = append(grp.vars, v)
		a.fn.Locals = append(slices.Clip(a.fn.Locals), v) // copies of the function may share it
	}
}

// fresh returns want, or want with a number behind it if that is taken.
func (g *gatherer) fresh(want string) string {
	got := want
	for i := 1; g.names.Taken(got); i++ {
		got = want + "_" + strconv.Itoa(i)
	}
	return g.names.Take(got)
}
