package tidy

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Reslice takes bounds checks out of loops. In front of a counted loop
//
//	for i := len(x) - 1; i >= 0; i-- {
//		xb[i] += weight[k*d+i] * yb[i]
//	}
//
// it asks once for all that the loop reads and writes,
//
//	_, _ = xb[:len(x):len(xb)], yb[:len(x):len(yb)]
//
// from which the compiler of Go sees that no index in the loop is out of range. An index
// with an offset gets a slice of its own, weight1 := weight[k*d:], in an innermost loop.
//
// The code panics where it did: what the loop reaches in each of its iterations is asked
// for, nothing else, and only if there is an iteration. It panics before the first
// iteration, not in the middle. x[:n:len(x)] has at most the length of x, where x[:n]
// might have its capacity.
func Reslice(f *ir.Func) {
	blocks(f.Body, newReslicer(f).block)
}

func newReslicer(f *ir.Func) *reslicer {
	r := &reslicer{Maker: maker(f), addressed: ir.Addressed(f), once: singleValues(f), closures: map[string]bool{}}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Closure); ok {
			r.closures[c.V.Name] = true
		}
	})
	return r
}

// reslicer is what is known of one function.
type reslicer struct {
	ir.Maker
	addressed map[*ir.Var]bool
	once      map[*ir.Var]ir.Expr // see singleValues
	closures  map[string]bool     // their names
}

func (r *reslicer) block(b *ir.Block) {
	r.lengths(b)
	var out []ir.Stmt
	for i, s := range b.Stmts {
		hints := r.stmt(s)
		if hints != nil && out == nil {
			out = append(out, b.Stmts[:i]...)
		}
		switch {
		case hints != nil:
			out = append(out, hints...)
		case out != nil:
			out = append(out, s)
		}
	}
	if out != nil {
		b.Stmts = out
	}
}

// stmt returns what is to stand in the place of s, or nil.
func (r *reslicer) stmt(s ir.Stmt) []ir.Stmt {
	loop, ok := s.(*ir.For)
	if !ok {
		return nil
	}
	c := r.counted(loop)
	if c == nil || !plain(c.end) {
		return nil
	}
	groups := r.groups(c)
	if c.outer {
		if !r.empty(c) { // a condition around all of it is not worth it
			return nil
		}
		groups = slices.DeleteFunc(groups, func(g *reached) bool { return g.window || g.below != 0 })
	}
	if len(groups) == 0 || len(groups) > mostSlices {
		return nil
	}
	return r.ask(c, groups)
}

// mostSlices is how many slices a loop is to reach at most. A processor has registers for few more,
// and what a loop over more of them computes takes longer than the checks.
const mostSlices = 10

// perLine is how many slices are asked for in one line.
const perLine = 3

// ask puts the slices of the groups in front of the loop.
func (r *reslicer) ask(c *counted, groups []*reached) []ir.Stmt {
	out, windows := r.windows(c, groups)
	var asked *ir.Assign
	for _, g := range groups {
		x := g.slice
		if g.window {
			x = &ir.Ref{V: windows[g.key]}
		}
		if asked == nil || len(asked.L) == perLine {
			asked = &ir.Assign{At: c.loop.At}
			out = append(out, asked)
		}
		asked.L, asked.R = append(asked.L, nil), append(asked.R, c.all(x, g))
	}
	if len(windows) > 0 {
		r.rewrite(c, windows)
	}
	out = append(out, c.loop)
	if c.runsFor() || len(windows) == 0 && r.empty(c) {
		return out
	}
	return []ir.Stmt{&ir.If{At: c.loop.At, Cond: c.runs(), Then: &ir.Block{At: c.loop.At, Stmts: out}}}
}

// windows makes the slices for accesses at an offset, those with the same offset in one
// statement, and returns them by the keys of their groups.
func (r *reslicer) windows(c *counted, groups []*reached) ([]ir.Stmt, map[string]*ir.Var) {
	var out []ir.Stmt
	windows := map[string]*ir.Var{}
	sets := map[string]*ir.Assign{}
	for _, g := range groups {
		if !g.window {
			continue
		}
		from, at := g.slice, ""
		if g.offset != nil {
			from, at = &ir.SliceOf{X: from, Lo: g.offset}, ir.Format(g.offset)
		}
		w := r.temp(g)
		windows[g.key] = w
		set := sets[at]
		if set == nil || len(set.L) == perLine {
			set = &ir.Assign{At: c.loop.At, Define: true}
			sets[at] = set
			out = append(out, set)
		}
		set.L, set.R = append(set.L, &ir.Ref{V: w}), append(set.R, from)
	}
	return out, windows
}

// all is what a loop needs of the slice x: up to its last index.
func (c *counted) all(x ir.Expr, g *reached) ir.Expr {
	below := 0 // a window has the offset in it
	if !g.window {
		below = g.below
	}
	var from ir.Expr
	if c.from == nil {
		from = c.first
	}
	return &ir.SliceOf{X: x, Lo: from, Hi: minus(c.end, below), Max: &ir.Len{X: x}}
}

// runs is the condition for a first iteration.
func (c *counted) runs() ir.Expr {
	return &ir.Binary{Op: token.GTR, X: c.end, Y: c.first, Typ: types.Typ[types.Bool]}
}

// runsFor reports whether it is known that the loop has an iteration.
func (c *counted) runsFor() bool {
	n, ok := number(c.end)
	return ok && c.from != nil && n > *c.from
}

// empty reports whether nothing is asked for if the loop has no iteration: x[:0].
func (r *reslicer) empty(c *counted) bool {
	return c.from != nil && *c.from == 0 && r.natural(c.end, 4)
}

// natural reports whether e is never negative.
func (r *reslicer) natural(e ir.Expr, depth int) bool {
	switch e := e.(type) {
	case *ir.Len, *ir.Cap:
		return true
	case *ir.Const:
		n, ok := number(e)
		return ok && n >= 0
	case *ir.Ref:
		x := r.once[e.V]
		return x != nil && depth > 0 && r.natural(x, depth-1)
	case *ir.Math:
		switch e.Fn {
		case "min":
			return r.natural(e.Args[0], depth) && r.natural(e.Args[1], depth)
		case "max":
			return r.natural(e.Args[0], depth) || r.natural(e.Args[1], depth)
		}
	}
	return false
}

// plain reports whether e is a variable, a length or a number: what the compiler of Go
// knows by one name. From an end like n-1 it does not see that n is out of reach.
func plain(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref, *ir.Const:
		return true
	case *ir.Len:
		_, ok := e.X.(*ir.Ref)
		return ok
	}
	return false
}

// rewrite replaces the accesses for which there are windows.
func (r *reslicer) rewrite(c *counted, windows map[string]*ir.Var) {
	c.loop.Body = ir.CopyBlockWith(c.loop.Body, func(e ir.Expr) ir.Expr {
		x, ok := e.(*ir.Index)
		if !ok {
			return nil
		}
		key, _, ok := r.access(c, x)
		if !ok || windows[key] == nil {
			return nil
		}
		return &ir.Index{X: &ir.Ref{V: windows[key]}, I: &ir.Ref{V: c.i}}
	})
}
