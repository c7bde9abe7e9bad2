// Package tangent makes the forward mode: functions that compute, beside every
// value, its derivative in one direction, or which inputs it depends on at all.
//
// In: a program as lower made it, the activity of its variables and the [Algebra] of
// the shadows. Out: new ir.Funcs. The derivative of a statement stands in front of it, so that it sees
// the operands before the statement changes them; control stays as it is.
package tangent

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// A Request asks for the derivative of one function.
type Request struct {
	Fn  *ir.Func
	Wrt []*ir.Var // inputs
	Of  []*ir.Var // inputs that refer to outputs, and results

	Apart []shadow.Pair // inputs that must not share memory
	Parts []*shadow.Parts
	State *loopstate.Info
}

type transform struct {
	prog    *ir.Program
	act     *activity.Info
	algebra Algebra
	state   *loopstate.Info
	made    map[string]*made
	order   []*made
	taken   map[string]bool
	idles   map[*ir.Func]bool
	diags   diag.List

	again bool // the tangents are to be differentiated: see Differentiable
}

// made is one tangent function.
type made struct {
	primal *ir.Func
	root   *Request // nil for one that only made code calls
	fn     *ir.Func
	sh     *shadow.Map // once it is built
	t      *transform

	zero []*ir.Var // parameters added for tangents that begin as zero: see Differentiable
}

// Transform makes the functions asked for and all that they call.
func Transform(prog *ir.Program, act *activity.Info, algebra Algebra, requests []*Request) ([]*ir.Func, diag.List) {
	t := &transform{prog: prog, act: act, algebra: algebra, made: map[string]*made{}, taken: map[string]bool{}, idles: map[*ir.Func]bool{}}
	for _, r := range requests {
		t.state = r.State
		t.function(r.Fn, r)
	}
	var out []*ir.Func
	for i := 0; i < len(t.order); i++ {
		t.build(t.order[i])
		out = append(out, t.order[i].fn)
	}
	return out, t.diags
}

func (t *transform) function(f *ir.Func, root *Request) *made {
	m := &made{primal: f, root: root, t: t}
	key := m.key()
	if old := t.made[key]; old != nil {
		return old
	}
	base, recv := f.Name, ""
	if i := strings.LastIndex(base, "."); i >= 0 {
		recv, base = base[:i], base[i+1:]
	}
	if f.Pkg != t.prog.Pkg {
		base, recv = strings.ReplaceAll(f.Name, ".", ""), ""
	}
	suffix := t.algebra.suffix()
	if recv != "" {
		base = recv + "." + base
	}
	name := base + suffix
	for n := 2; t.taken[name]; n++ {
		name = fmt.Sprintf("%s%s%d", base, suffix, n)
	}
	t.taken[name] = true
	m.fn = &ir.Func{Name: name, Pkg: t.prog.Pkg, Pos: f.Pos, Mode: f.Mode}
	if t.again {
		m.fn.Tangent = f
	}
	t.made[key] = m
	t.order = append(t.order, m)
	return m
}

func (m *made) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %p", m.primal.Name, m.primal) // a specialized copy has its name
	if m.root != nil && (len(m.root.Apart) > 0 || len(m.root.Parts) > 0 || m.global()) {
		b.WriteString(" root")
	}
	for _, p := range m.primal.Inputs() {
		fmt.Fprintf(&b, " %t", m.shadowed(p))
	}
	for _, r := range m.primal.Results {
		fmt.Fprintf(&b, " %t", m.seeded(r))
	}
	return b.String()
}

// global reports whether the function has parameters for package-level variables, which
// a root has not: see package compile.
func (m *made) global() bool {
	for _, p := range m.primal.Params {
		if p.Global != nil {
			return true
		}
	}
	return false
}

func contains(vs []*ir.Var, v *ir.Var) bool {
	for _, w := range vs {
		if v == w {
			return true
		}
	}
	return false
}

// shadowed reports whether the parameter p is followed by its tangent.
func (m *made) shadowed(p *ir.Var) bool {
	if m.root != nil {
		return contains(m.root.Wrt, p) || contains(m.root.Of, p)
	}
	return m.t.carries(p)
}

// seeded reports whether the result r is followed by its tangent.
func (m *made) seeded(r *ir.Var) bool {
	if m.root != nil {
		return contains(m.root.Of, r)
	}
	return m.t.carries(r)
}

// carries reports whether the variable has a tangent at all.
func (t *transform) carries(v *ir.Var) bool {
	return t.act.Shadowed(v) || t.act.ActivePlace(&ir.Ref{V: v}) || t.act.AddressShadowed(v)
}

// active reports whether a call of f takes part in the derivative.
func (t *transform) active(f *ir.Func) bool {
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if t.carries(v) {
				return true
			}
		}
	}
	return false
}

func (t *transform) build(m *made) {
	f := m.primal
	g := &generator{t: t, f: f, act: t.act, sh: shadow.New(f, "d"), targets: map[ir.Stmt]ir.Stmt{}}
	var list []*ir.Var
	var before []ir.Stmt
	for _, p := range f.Inputs() {
		list = append(list, p)
		switch {
		case m.shadowed(p):
			d := g.sh.Var(p)
			d.Kind = ir.Param
			list = append(list, d)
		case t.carries(p) && ir.HasRef(p.Type) && t.again:
			d := g.sh.Var(p)
			d.Kind = ir.Param
			list = append(list, d)
			m.zero = append(m.zero, d)
		case t.carries(p) && ir.HasRef(p.Type):
			before = append(before, &ir.Call{L: []ir.Expr{g.sh.Ref(p)}, Define: true, Name: "ad.ZeroLike", Args: []ir.Expr{&ir.Ref{V: p}}})
		case t.carries(p):
			before = append(before, &ir.Decl{V: g.sh.Var(p)})
		}
	}
	if !t.again {
		before = append(m.apartChecks(g.sh), before...)
	}
	if f.Recv != nil && f.Pkg == t.prog.Pkg {
		m.fn.Recv, list = list[0], list[1:]
	}
	m.fn.Params = list
	for _, r := range f.Results {
		m.fn.Results = append(m.fn.Results, r)
		switch {
		case m.seeded(r):
			m.fn.Results = append(m.fn.Results, g.sh.Var(r))
		case t.carries(r):
			before = append(before, &ir.Decl{V: g.sh.Var(r)})
		}
	}
	m.fn.Body = &ir.Block{Stmts: append(before, g.block(f.Body).Stmts...)}
	m.fn.Locals, m.sh = g.sh.Locals, g.sh
	m.fn.Doc = m.doc()
}

func (m *made) doc() string {
	return m.fn.Name[strings.LastIndex(m.fn.Name, ".")+1:] + " " + m.t.algebra.doc(m.primal.Title(m.t.prog.Pkg))
}

// generator makes one function.
type generator struct {
	t       *transform
	f       *ir.Func
	act     *activity.Info
	sh      *shadow.Map
	targets map[ir.Stmt]ir.Stmt // copies of loops and blocks that exits name
}

func (g *generator) block(b *ir.Block) *ir.Block {
	out := &ir.Block{At: b.At}
	if g.t.again {
		out.Checkpoint = b.Checkpoint
	}
	g.targets[b] = out
	for _, s := range b.Stmts {
		out.Stmts = append(out.Stmts, g.stmt(s)...)
	}
	return out
}

func (g *generator) stmt(s ir.Stmt) []ir.Stmt {
	if g.t.again {
		return append(g.capacities(s), g.single(s)...)
	}
	return g.single(s)
}

func (g *generator) single(s ir.Stmt) []ir.Stmt {
	switch s := s.(type) {
	case *ir.Block:
		return []ir.Stmt{g.block(s)}
	case *ir.Decl:
		if g.t.carries(s.V) {
			return []ir.Stmt{s, &ir.Decl{At: s.At, V: g.sh.Var(s.V)}}
		}
	case *ir.Assign:
		return g.assign(s)
	case *ir.Copy:
		return g.copy(s)
	case *ir.Call:
		return g.call(s)
	case *ir.If:
		c := &ir.If{At: s.At, Cond: s.Cond, Then: g.block(s.Then)}
		if s.Else != nil {
			c.Else = g.block(s.Else)
		}
		return []ir.Stmt{c}
	case *ir.For:
		if s.IsFixed() {
			return g.fixedLoop(s)
		}
		return g.loop(s)
	case *ir.Break:
		return []ir.Stmt{&ir.Break{At: s.At, Target: g.targets[s.Target]}}
	case *ir.Continue:
		return []ir.Stmt{&ir.Continue{At: s.At, Target: g.targets[s.Target].(*ir.For)}}
	}
	return []ir.Stmt{s}
}

// loop keeps a loop; if its head has tangents of its own, Init moves out and
// Post becomes part of every way to the next iteration.
func (g *generator) loop(s *ir.For) []ir.Stmt {
	out := &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Body: &ir.Block{At: s.Body.At}}
	if g.t.again {
		out.Checkpoint = s.Checkpoint
		out.Go, out.GoReads, out.GoFloats = s.Go, s.GoReads, s.GoFloats
	} else if s.Go && !s.GoFloats { // tangents lie where the values do, so goroutines meet nowhere else
		out.Spawn = &ir.Spawn{Of: s}
	}
	g.targets[s] = out
	var init, post []ir.Stmt
	if s.Init != nil {
		init = g.assign(s.Init)
	}
	if s.Post != nil {
		post = g.assign(s.Post)
	}
	body := g.block(s.Body)
	if alone(init, s.Init) && alone(post, s.Post) {
		out.Body = body
		return []ir.Stmt{out}
	}
	out.Init, out.Post = nil, nil
	// continue must still reach the post statements: it leaves an inner block.
	inner := &ir.Block{At: s.Body.At, Stmts: body.Stmts}
	retarget(inner, out, inner)
	out.Body.Stmts = append([]ir.Stmt{inner}, post...)
	return []ir.Stmt{&ir.Block{At: s.At, Stmts: append(init, out)}}
}

// alone reports whether the code made for a part of a loop's head is no more than that
// part: a parallel assignment may have become one statement with its tangents.
func alone(made []ir.Stmt, s *ir.Assign) bool {
	return s == nil || len(made) == 1 && made[0] == ir.Stmt(s)
}

// retarget turns every continue of loop inside b into a break of the block to.
func retarget(b *ir.Block, loop *ir.For, to *ir.Block) {
	for i, s := range b.Stmts {
		if c, ok := s.(*ir.Continue); ok && c.Target == loop {
			b.Stmts[i] = &ir.Break{At: c.At, Target: to}
		}
		for _, inner := range ir.Blocks(s) {
			retarget(inner, loop, to)
		}
	}
}

func (g *generator) activePlace(e ir.Expr) bool {
	if r, ok := e.(*ir.Ref); ok && g.act.AddressShadowed(r.V) {
		return true
	}
	return g.act.ActivePlace(e) || g.act.ShadowedRefs(e)
}

func (g *generator) assign(s *ir.Assign) []ir.Stmt {
	d := &differ{g: g, at: s}
	ds := &ir.Assign{At: s.At, Define: s.Define, Guard: g.t.again && singular(s.R)}
	for i, l := range s.L {
		if l == nil || !g.activePlace(l) {
			continue
		}
		ds.L = append(ds.L, g.sh.Place(l))
		if gone, ok := s.R[i].(*ir.Absent); ok {
			ds.R = append(ds.R, gone)
		} else if x := d.value(s.R[i]); x != nil {
			ds.R = append(ds.R, x)
		} else {
			ds.R = append(ds.R, shadow.Zero(l.Type()))
		}
	}
	if len(ds.L) == 0 || len(ds.L) == 1 && !s.Define && ir.Equal(ds.L[0], ds.R[0]) { // w += passive
		return append(d.out, s)
	}
	if len(s.L) > 1 && !s.Define {
		both := &ir.Assign{At: s.At, L: append(append([]ir.Expr{}, s.L...), ds.L...), R: append(append([]ir.Expr{}, s.R...), ds.R...), Guard: ds.Guard}
		return append(d.out, both)
	}
	return append(d.out, ds, s)
}

func (g *generator) copy(s *ir.Copy) []ir.Stmt {
	at := &ir.Index{X: s.Dst, I: ir.Int(0)}
	from := &ir.Index{X: s.Src, I: ir.Int(0)}
	switch {
	case !g.activePlace(at):
		return []ir.Stmt{s}
	case g.activePlace(from):
		return []ir.Stmt{&ir.Copy{At: s.At, Dst: g.sh.Value(s.Dst), Src: g.sh.Value(s.Src)}, s}
	}
	n := &ir.Math{Fn: "min", Args: []ir.Expr{&ir.Len{X: s.Dst}, &ir.Len{X: s.Src}}, Typ: types.Typ[types.Int]}
	return append(g.clear(s, g.sh.Value(s.Dst), n), s)
}

func (g *generator) call(s *ir.Call) []ir.Stmt {
	if s.Fn == nil || !g.t.active(s.Fn) || g.t.idle(s.Fn) || s.Fn.Rule != nil && s.Fn.Rule.Passive {
		out := []ir.Stmt{}
		var after []ir.Stmt
		for _, l := range s.L { // a passive value arrives
			if l != nil && g.act.ShadowedRefs(l) {
				after = append(after, g.zeroLike(s, g.sh.Place(l), l, s.Define)...)
			} else if l != nil && g.activePlace(l) {
				if s.Define {
					out = append(out, &ir.Decl{At: s.At, V: g.sh.Var(l.(*ir.Ref).V)})
				} else {
					out = append(out, ir.Set(g.sh.Place(l), shadow.Zero(l.Type())))
				}
			}
		}
		return append(append(out, s), after...)
	}
	if s.Fn.Rule != nil {
		return g.byRule(s)
	}
	if s.Fn.Derivative != nil {
		return g.derivative(s)
	}
	m := g.t.function(s.Fn, nil)
	d := &differ{g: g, at: s}
	c := &ir.Call{At: s.At, Fn: m.fn, Define: s.Define, Mode: s.Mode}
	for i, p := range s.Fn.Inputs() {
		c.Args = append(c.Args, s.Args[i])
		if !m.shadowed(p) {
			continue
		}
		x := d.value(s.Args[i])
		if x == nil {
			x = shadow.Zero(p.Type)
		}
		c.Args = append(c.Args, x)
	}
	var after []ir.Stmt
	fresh := false
	for i, l := range s.L {
		c.L = append(c.L, l)
		r := s.Fn.Results[i]
		fresh = fresh || l != nil
		switch {
		case m.seeded(r) && l != nil && g.activePlace(l):
			c.L = append(c.L, g.sh.Place(l))
		case m.seeded(r):
			c.L = append(c.L, nil)
		case l != nil && g.activePlace(l):
			if s.Define {
				after = append(after, &ir.Decl{At: s.At, V: g.sh.Var(l.(*ir.Ref).V)})
			} else {
				after = append(after, ir.Set(g.sh.Place(l), shadow.Zero(l.Type())))
			}
		}
	}
	c.Define = s.Define && fresh
	return append(append(d.out, c), after...)
}
