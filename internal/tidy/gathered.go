package tidy

import (
	"go/constant"
	"go/types"
	"slices"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// gathering is the code of a loop that gathers.
type gathering struct {
	into       map[ir.Stmt]ir.Stmt // for statements of the body, nil for none
	before     []ir.Stmt
	start, end []ir.Stmt // of each iteration
	guarded    []ir.Stmt // behind the loop, if it has run
	behind     []ir.Stmt
}

// rewrite lets the loop gather the groups. It returns the loop with what comes before and
// behind it.
func (a *affineLoop) rewrite(groups []*group) []ir.Stmt {
	code := &gathering{into: map[ir.Stmt]ir.Stmt{}}
	for _, grp := range groups {
		a.name(grp)
		for _, x := range grp.adds {
			code.into[x.assign] = grp.gathered(x)
		}
	}
	for _, grp := range groups {
		if grp.scaled != nil {
			grp.scaled.takeOver(code.into)
		}
	}
	var sums []ir.Stmt
	for _, grp := range groups {
		switch {
		case grp.moves:
			a.along(grp, code)
			continue
		case grp.pointee:
			code.behind = append(code.behind, grp.complete(grp.min, &ir.Ref{V: a.index}, nil)...)
		default:
			sums = append(sums, grp.complete(grp.min, &ir.Ref{V: a.index}, nil)...)
		}
		code.before = append(code.before, &ir.Decl{V: grp.plain.vars[0]})
	}
	code.guarded = append(code.guarded, sums...) // to which the cells that are left may add
	replaceStmts(a.loop.Body, code.into)
	a.loop.Body.Stmts = slices.Concat(code.start, a.loop.Body.Stmts, code.end)
	out := append(zeros(code.before), a.loop)
	switch {
	case a.runs():
		out = append(out, code.guarded...)
	case len(code.guarded) > 0:
		out = append(out, &ir.If{Cond: ir.Substitute(a.loop.Cond, a.index, a.first), Then: &ir.Block{Stmts: code.guarded}})
	}
	return append(out, code.behind...)
}

// along lets the variables of grp go along with the loop: each iteration completes a cell, and
// hands on the others.
func (a *affineLoop) along(grp *group, code *gathering) {
	last := grp.span() - 1
	code.end = append(code.end, grp.complete(a.offset(grp, last), &ir.Ref{V: a.index}, nil)...)
	shift := &ir.Assign{}
	open := map[*ir.Var]bool{} // in each iteration anew
	for _, r := range grp.sets() {
		vars := slices.Clone(r.vars) // the cell that is completed is the last
		if a.up {
			slices.Reverse(vars)
		}
		open[vars[0]] = true
		code.start = append(code.start, &ir.Decl{V: vars[0]})
		for k := len(vars) - 1; k > 0; k-- {
			code.before = append(code.before, &ir.Decl{V: vars[k]})
			shift.L = append(shift.L, &ir.Ref{V: vars[k]})
			shift.R = append(shift.R, &ir.Ref{V: vars[k-1]})
		}
	}
	if len(shift.L) > 0 {
		code.end = append(code.end, shift)
	}
	for k := last; k > 0; k-- {
		code.guarded = append(code.guarded, grp.complete(a.offset(grp, k), a.past(), open)...)
	}
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

// complete adds to the cell what was gathered for it.
func (grp *group) complete(offset int, at ir.Expr, without map[*ir.Var]bool) []ir.Stmt {
	var out []ir.Stmt
	var sum ir.Expr
	if v := grp.plain.at(offset); v != nil && !without[v] {
		sum = &ir.Ref{V: v}
	}
	if s := grp.scaled; s != nil {
		if v := s.at(offset); v != nil && !without[v] {
			for _, w := range s.sums {
				out = append(out, s.complete(w, s.place(offset, at), v))
			}
			if x := times(s.factors, &ir.Ref{V: v}); sum == nil {
				sum = x
			} else {
				sum = ir.Add(sum, x)
			}
		}
	}
	p := grp.place(offset, at)
	return append(out, plusOrMinus(p, false, sum))
}

// gathered is what the increment x of grp becomes.
func (grp *group) gathered(x *increment) ir.Stmt {
	var out *ir.Assign
	if s := grp.scaled; s != nil && s.has(x) {
		out = s.weighed(x)
	} else {
		sum := *x.assign.R[0].(*ir.Binary)
		sum.X = &ir.Ref{V: grp.plain.at(x.offset)}
		out = ir.Set(sum.X, &sum)
	}
	out.P = x.assign.P
	return out
}

// replaceStmts puts other statements in the place of some of the block, or none.
func replaceStmts(b *ir.Block, by map[ir.Stmt]ir.Stmt) {
	for i, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			replaceStmts(inner, by)
		}
		if other, ok := by[s]; ok {
			b.Stmts[i] = other
		}
	}
	keep(b, func(_ int, s ir.Stmt) bool { return s != nil })
}

// registers are the variables for what is added at the offsets from min to max.
type registers struct {
	min, max int
	any      bool
	vars     []*ir.Var // once they are named
}

// cover lets the registers reach offset.
func (r *registers) cover(offset int) {
	if !r.any {
		r.min, r.max, r.any = offset, offset, true
	}
	r.min, r.max = min(r.min, offset), max(r.max, offset)
}

// len is the number of variables.
func (r *registers) len() int {
	if !r.any {
		return 0
	}
	return r.max - r.min + 1
}

// at is the variable for offset, nil if there is none.
func (r *registers) at(offset int) *ir.Var {
	if !r.any || offset < r.min || offset > r.max {
		return nil
	}
	return r.vars[offset-r.min]
}

// name makes the variables of the group.
func (a *affineLoop) name(grp *group) {
	base := grp.root.Name
	for f, ok := grp.adds[0].assign.L[0].(*ir.Field); ok; f, ok = f.X.(*ir.Field) {
		base += f.Var().Name()
	}
	t := grp.adds[0].assign.L[0].Type()
	a.nameAll(&grp.plain, base, grp.moves && grp.span() > 1, t)
	if s := grp.scaled; s != nil {
		a.nameAll(&s.registers, base+"Per"+s.per(), true, t)
	}
}

// nameAll makes the variables of r; by the cells that they are for if those are several.
func (a *affineLoop) nameAll(r *registers, base string, several bool, t types.Type) {
	for i := range r.len() {
		c := r.min + i
		name := base
		switch {
		case !several:
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
		r.vars = append(r.vars, v)
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
