// Package access makes functions that run a program and report every element
// that it reads or writes to an ad.Probe.
//
// In: a function in single-exit form. Out: FAccess functions: the primal with a
// probe call in front of each access to memory. What is read in the second part
// of && and || is reported only if that part is evaluated.
package access

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

var probeType = ir.RunTimeType("Probe")

type transform struct {
	prog    *ir.Program
	watched map[*ir.Var]bool
	made    map[*ir.Func]*ir.Func
	order   []*ir.Func
}

// A Watch is a place of the root that is watched under a name.
type Watch struct {
	Name  string
	Place ir.Expr
}

// Transform makes the access form of root, which comes first, and all that it
// calls. The watches begin once the first statements, watchAt of them, have run.
func Transform(prog *ir.Program, root *ir.Func, watches []Watch, watchAt int) []*ir.Func {
	t := &transform{prog: prog, watched: map[*ir.Var]bool{}, made: map[*ir.Func]*ir.Func{}}
	for _, w := range watches {
		t.watched[ir.Root(w.Place)] = true
	}
	t.function(root)
	for i := 0; i < len(t.order); i++ {
		f := t.order[i]
		g := &generator{t: t, probe: t.made[f].Params[0]}
		if f != root {
			t.made[f].Body = g.block(f.Body)
			continue
		}
		body := &ir.Block{Stmts: append([]ir.Stmt{}, f.Body.Stmts[:watchAt]...)}
		for _, w := range watches {
			body.Stmts = append(body.Stmts, &ir.Call{Name: "Watch", On: g.probe, Args: []ir.Expr{text(w.Name), &ir.Addr{X: w.Place}}})
		}
		body.Stmts = append(body.Stmts, g.block(&ir.Block{Stmts: f.Body.Stmts[watchAt:]}).Stmts...)
		t.made[f].Body = body
	}
	var out []*ir.Func
	for _, f := range t.order {
		out = append(out, t.made[f])
	}
	return out
}

// function returns the access form of f; its body is made later.
func (t *transform) function(f *ir.Func) *ir.Func {
	if m := t.made[f]; m != nil {
		return m
	}
	probe := &ir.Var{Name: "probe", Type: probeType, Kind: ir.Param}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if v.Name == probe.Name {
				probe.Name = "probe0"
			}
		}
	}
	m := &ir.Func{Name: f.Name + "Access", Pkg: t.prog.Pkg, Pos: f.Pos, Results: f.Results}
	if f.Pkg != t.prog.Pkg {
		m.Name = strings.ReplaceAll(f.Name, ".", "") + "Access"
		m.Params = append([]*ir.Var{probe}, f.Inputs()...)
	} else {
		m.Recv = f.Recv
		m.Params = append([]*ir.Var{probe}, f.Params...)
	}
	m.Doc = fmt.Sprintf("%s runs %s and tells the probe what it reads and writes.",
		m.Name[strings.LastIndex(m.Name, ".")+1:], f.Title(t.prog.Pkg))
	t.made[f] = m
	t.order = append(t.order, f)
	return m
}

func text(s string) ir.Expr {
	return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
}

type generator struct {
	t     *transform
	probe *ir.Var
}

func (g *generator) block(b *ir.Block) *ir.Block {
	out := &ir.Block{At: b.At}
	for _, s := range b.Stmts {
		out.Stmts = append(out.Stmts, g.stmt(s)...)
	}
	return out
}

func (g *generator) stmt(s ir.Stmt) []ir.Stmt {
	switch s := s.(type) {
	case *ir.Block:
		return []ir.Stmt{g.block(s)}
	case *ir.Assign:
		return append(g.assigned(s.R, s.L), s)
	case *ir.Copy:
		n := &ir.Math{Fn: "min", Args: []ir.Expr{&ir.Len{X: s.Dst}, &ir.Len{X: s.Src}}, Typ: types.Typ[types.Int]}
		out := g.reads(s.Dst, s.Src)
		out = append(out, g.slice("ad.ReadSlice", &ir.SliceOf{X: s.Src, Hi: n}), g.slice("ad.WriteSlice", &ir.SliceOf{X: s.Dst, Hi: n}))
		if s.N != nil {
			out = append(out, g.write(s.N)...)
		}
		return append(out, s)
	case *ir.Call:
		return g.call(s)
	case *ir.If:
		c := &ir.If{At: s.At, Cond: s.Cond, Then: g.block(s.Then)}
		if s.Else != nil {
			c.Else = g.block(s.Else)
		}
		return append(g.reads(s.Cond), c)
	case *ir.For:
		return g.loop(s)
	case *ir.Panic:
		return append(g.reads(s.X), s)
	}
	return []ir.Stmt{s}
}

// assigned reports the reads of right and the writes of left sides.
func (g *generator) assigned(reads, places []ir.Expr) []ir.Stmt {
	out := g.reads(reads...)
	for _, l := range places {
		if l != nil {
			out = append(out, g.address(l)...)
		}
	}
	for _, l := range places {
		if l != nil {
			out = append(out, g.write(l)...)
		}
	}
	return out
}

func (g *generator) call(s *ir.Call) []ir.Stmt {
	out := g.reads(s.Args...)
	if s.Fn == nil || s.Fn.Rule != nil {
		for _, a := range s.Args { // foreign code may read all of a slice
			if _, ok := a.Type().Underlying().(*types.Slice); ok {
				out = append(out, g.slice("ad.ReadSlice", a))
			}
		}
		for _, l := range s.L {
			if l != nil && !s.Define {
				out = append(out, g.write(l)...)
			}
		}
		return append(out, s)
	}
	c := *s
	c.Fn, c.Mode = g.t.function(s.Fn), ir.DefaultMode
	probe := &ir.Ref{V: g.probe}
	if c.Fn.Recv != nil {
		c.Args = append([]ir.Expr{s.Args[0], probe}, s.Args[1:]...)
	} else {
		c.Args = append([]ir.Expr{probe}, s.Args...)
	}
	for _, l := range s.L {
		if l != nil && !s.Define {
			out = append(out, g.write(l)...)
		}
	}
	return append(out, &c)
}

// loop moves condition and post statement into the body, where their accesses
// can be reported each time.
func (g *generator) loop(s *ir.For) []ir.Stmt {
	var out []ir.Stmt
	if s.Init != nil {
		out = append(out, g.assigned(s.Init.R, nil)...)
	}
	c := &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Body: g.block(s.Body), Stop: s.Stop}
	if s.Cond != nil {
		if probes := g.reads(s.Cond); len(probes) > 0 {
			c.Cond = nil
			leave := &ir.If{Cond: &ir.Unary{Op: token.NOT, X: s.Cond}, Then: &ir.Block{Stmts: []ir.Stmt{&ir.Break{Target: c}}}}
			c.Body.Stmts = append(append(probes, leave), c.Body.Stmts...)
		}
	}
	if s.Post != nil {
		if probes := g.assigned(s.Post.R, s.Post.L); len(probes) > 0 {
			c.Post = nil
			post := append(probes, s.Post)
			if s.Stop != nil {
				post = []ir.Stmt{&ir.If{Cond: &ir.Unary{Op: token.NOT, X: &ir.Ref{V: s.Stop}}, Then: &ir.Block{Stmts: post}}}
			}
			c.Body.Stmts = append(c.Body.Stmts, post...)
		}
	}
	return append(out, c)
}

// reads reports what evaluating the expressions reads.
func (g *generator) reads(es ...ir.Expr) []ir.Stmt {
	var out []ir.Stmt
	for _, e := range es {
		out = append(out, g.read(e)...)
	}
	return out
}

func (g *generator) read(e ir.Expr) []ir.Stmt {
	switch e := e.(type) {
	case nil:
		return nil
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		out := g.address(e)
		if g.reportable(e) {
			out = append(out, &ir.Call{Name: "ad.Read", Args: []ir.Expr{&ir.Ref{V: g.probe}, &ir.Addr{X: e}}})
		}
		return out
	case *ir.Addr:
		if _, lit := e.X.(*ir.Composite); lit {
			return g.read(e.X)
		}
		return g.address(e.X)
	case *ir.Append:
		out := append(g.reads(e.X), g.reads(e.Elems...)...)
		out = append(out, g.slice("ad.ReadSlice", e.X))
		if e.Spread {
			out = append(out, g.slice("ad.ReadSlice", e.Elems[0]))
		}
		return out
	case *ir.Binary:
		if e.Op == token.LAND || e.Op == token.LOR {
			return g.shortCircuit(e)
		}
	case *ir.SliceOf:
		out := append(g.reads(e.Lo, e.Hi), g.reads(e.Max)...)
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			return append(out, g.address(e.X)...)
		}
		return append(out, g.read(e.X)...)
	}
	return g.reads(ir.Children(e)...)
}

func (g *generator) shortCircuit(e *ir.Binary) []ir.Stmt {
	out := g.read(e.X)
	second := g.read(e.Y)
	if len(second) == 0 {
		return out
	}
	cond := e.X
	if e.Op == token.LOR {
		cond = &ir.Unary{Op: token.NOT, X: e.X}
	}
	return append(out, &ir.If{Cond: cond, Then: &ir.Block{Stmts: second}})
}

// address reports what finding the place e reads.
func (g *generator) address(e ir.Expr) []ir.Stmt {
	switch e := e.(type) {
	case *ir.Field:
		return g.address(e.X)
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			return append(g.address(e.X), g.read(e.I)...)
		}
		return append(g.read(e.X), g.read(e.I)...)
	case *ir.Deref:
		return g.read(e.X)
	}
	return nil
}

func (g *generator) write(l ir.Expr) []ir.Stmt {
	if !g.reportable(l) {
		return nil
	}
	return []ir.Stmt{&ir.Call{Name: "ad.Write", Args: []ir.Expr{&ir.Ref{V: g.probe}, &ir.Addr{X: l}}}}
}

// reportable reports whether the place may be in watched memory: a component of
// a watched variable, or anything behind a reference. References themselves are
// not elements.
func (g *generator) reportable(e ir.Expr) bool {
	if ir.IsRef(e.Type()) || ir.Root(e) == nil {
		return false
	}
	if isString(e) {
		return false
	}
	for x := e; ; {
		switch y := x.(type) {
		case *ir.Ref:
			return g.t.watched[y.V]
		case *ir.Field:
			x = y.X
		case *ir.Index:
			if _, ok := y.X.Type().Underlying().(*types.Array); !ok {
				return true
			}
			x = y.X
		default:
			return true
		}
	}
}

// isString reports whether e is an element of a string, which has no address.
func isString(e ir.Expr) bool {
	i, ok := e.(*ir.Index)
	if !ok {
		return false
	}
	b, ok := i.X.Type().Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func (g *generator) slice(name string, x ir.Expr) ir.Stmt {
	return &ir.Call{Name: name, Args: []ir.Expr{&ir.Ref{V: g.probe}, x}}
}
