// Package heap gives variables memory of their own: var a [3]float64 becomes p := new([3]float64), and
// *p is used in its place. The two sweeps of a function that is called split have variables of their own each, and
// an address that is kept on the run-time stack leads to that of the forward sweep. Both find what new has made.
//
// In: a program that may be changed, in single-exit form, and some of its variables. Out: the same
// program; facts about it have to be found anew.
package heap

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Use moves the variables, parameters apart, and reports whether there are any.
func Use(prog *ir.Program, vars []*ir.Var) bool {
	set := map[*ir.Var]bool{}
	for _, v := range vars {
		if v.Kind != ir.Param {
			set[v] = true
		}
	}
	changed := false
	for _, f := range prog.Funcs {
		if f.Rule != nil || f.Derivative != nil {
			continue
		}
		m := &mover{set: set, made: ir.Maker{F: f, Pkgs: []*types.Package{prog.Pkg, f.Pkg}}, behind: map[*ir.Var]*ir.Var{}}
		changed = m.function(f) || changed
	}
	return changed
}

// mover works on one function.
type mover struct {
	set    map[*ir.Var]bool
	made   ir.Maker
	behind map[*ir.Var]*ir.Var // pointers to what has been moved
}

// function changes f. A result gets what is in its memory where f ends.
func (m *mover) function(f *ir.Func) bool {
	var start, end []ir.Stmt
	for _, r := range f.Results {
		if m.set[r] {
			start = append(start, m.make(r, f.Body.At))
			end = append(end, &ir.Assign{At: f.Body.At, L: []ir.Expr{&ir.Ref{V: r}}, R: []ir.Expr{&ir.Deref{X: &ir.Ref{V: m.behind[r]}}}})
		}
	}
	m.block(f.Body)
	if len(m.behind) == 0 {
		return false
	}
	f.Body = ir.CopyBlockAt(f.Body, nil, m.behind)
	f.Body.Stmts = slices.Concat(start, f.Body.Stmts, end)
	return true
}

// block puts new in the place of declarations; what uses the variables is changed later.
func (m *mover) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			m.block(inner)
		}
		if l, ok := s.(*ir.For); ok && l.Init != nil && slices.ContainsFunc(ir.Defined(l.Init), func(v *ir.Var) bool { return m.set[v] }) {
			out = append(out, m.head(l)...)
		}
		here := ir.At{P: s.Pos()}
		moved := false
		for _, v := range ir.Defined(s) {
			if m.set[v] {
				out = append(out, m.make(v, here))
				moved = true
			}
		}
		if !moved {
			out = append(out, s)
			continue
		}
		for _, v := range ir.Defined(s) {
			if !m.set[v] {
				out = append(out, &ir.Decl{At: here, V: v})
			}
		}
		switch s := s.(type) { // a declaration goes
		case *ir.Assign:
			s.Define = false
			out = append(out, s)
		case *ir.Call:
			s.Define = false
			out = append(out, s)
		}
	}
	b.Stmts = out
}

// head takes variables out of the head of a loop and returns the statements that make them before it.
func (m *mover) head(l *ir.For) []ir.Stmt {
	var out []ir.Stmt
	rest := &ir.Assign{At: l.Init.At, Define: true}
	for i, left := range l.Init.L {
		if v := left.(*ir.Ref).V; m.set[v] {
			out = append(out, m.make(v, l.Init.At), &ir.Assign{At: l.Init.At, L: []ir.Expr{left}, R: []ir.Expr{l.Init.R[i]}})
			continue
		}
		rest.L, rest.R = append(rest.L, left), append(rest.R, l.Init.R[i])
	}
	if l.Init = rest; len(rest.L) == 0 {
		l.Init = nil
	}
	return out
}

// make returns the statement that makes the memory of v.
func (m *mover) make(v *ir.Var, at ir.At) ir.Stmt {
	t := types.NewPointer(v.Type)
	p := m.made.Var(v.Name, t)
	m.behind[v] = p
	d := ir.Define(p, &ir.New{Typ: t})
	d.At = at
	return d
}
