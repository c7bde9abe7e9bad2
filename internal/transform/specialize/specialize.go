// Package specialize gives a function a copy for each set of arguments that carry
// derivatives in calls of it. What is active is found for a function as a whole, whoever
// calls it: a parameter is active if some call gives it an active argument, and then the
// derivative code of all other calls works on zeros.
//
// In: a program and the activity of its variables. Out: a program with the same meaning, of
// which the analyses are to be run again. A copy is called what the function is called,
// since code that is no derivative calls the function itself.
package specialize

import (
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A function of more statements is not copied, nor one into more copies than these: made
// code is to be read.
const (
	mostStatements = 40
	mostCopies     = 4
)

// Transform returns the program with copies, and the functions of it by those of prog, which
// it does not change. If there is nothing to be copied, it returns prog itself and nil. The
// callers of a copy may call others with fewer active arguments than before, which a further
// run finds out.
func Transform(prog *ir.Program, mem *alias.Info, act *activity.Info, root *ir.Func) (*ir.Program, map[*ir.Func]*ir.Func) {
	t := &transform{prog: prog, mem: mem, act: act, sets: map[*ir.Func][]string{}, calls: map[*ir.Call]string{}}
	t.find(root)
	if !t.several() {
		return prog, nil
	}
	return t.copy()
}

type transform struct {
	prog  *ir.Program
	mem   *alias.Info
	act   *activity.Info
	sets  map[*ir.Func][]string // of active arguments, with which a function is called
	calls map[*ir.Call]string   // the set of each call
}

// find notes which arguments are active in the calls of functions that may be copied.
func (t *transform) find(root *ir.Func) {
	refused := map[*ir.Func]bool{root: true}
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok || c.Fn == nil || refused[c.Fn] {
				return
			}
			if t.sets[c.Fn] == nil && !t.suitable(c.Fn) {
				refused[c.Fn] = true
				return
			}
			set := t.set(c)
			t.calls[c] = set
			if !slices.Contains(t.sets[c.Fn], set) {
				t.sets[c.Fn] = append(t.sets[c.Fn], set)
			}
		})
	}
	for f, sets := range t.sets {
		most := mostCopies
		if slices.Contains(sets, asked) { // its copy is never differentiated
			most++
		}
		if len(sets) > most {
			delete(t.sets, f)
		}
	}
}

// asked is the set of calls that nobody differentiates.
const asked = "asked"

// set tells which arguments of the call are active, of those of which any call has active
// ones: "+" for one that is. It is asked if no active result is used, and nothing else follows from the call.
func (t *transform) set(c *ir.Call) string {
	if t.onlyAsked(c) {
		return asked
	}
	var b strings.Builder
	for i, p := range c.Fn.Inputs() {
		ref := &ir.Ref{V: p}
		if (t.act.ActivePlace(ref) || t.act.Shadowed(p)) && t.act.Varies(c.Args[i]) {
			b.WriteByte('+')
		} else {
			b.WriteByte('-')
		}
	}
	return b.String()
}

// onlyAsked reports whether the call gives active results to nobody, and its function writes no memory.
func (t *transform) onlyAsked(c *ir.Call) bool {
	active := false
	for i, r := range c.Fn.Results {
		if ir.HasRef(r.Type) {
			return false
		}
		active = active || t.act.ActivePlace(&ir.Ref{V: r})
		if i < len(c.L) && c.L[i] != nil && t.act.ActivePlace(c.L[i]) {
			return false
		}
	}
	return active && !slices.ContainsFunc(ir.CalleesFirst(c.Fn), writesMemory)
}

// writesMemory reports whether a statement of f itself may write anything but a variable of f.
func writesMemory(f *ir.Func) bool {
	writes := f.Rule != nil || f.Derivative != nil
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		writes = writes || ir.Appends(reads) || slices.ContainsFunc(places, func(l ir.Expr) bool { return ir.Held(l) == nil })
		if _, is := s.(*ir.Copy); is {
			writes = true
		}
	})
	return writes
}

// suitable reports whether f may be copied.
func (t *transform) suitable(f *ir.Func) bool {
	ok, n := f.Rule == nil && f.Derivative == nil && !f.Passive && !f.Made, 0
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		n++
		switch s := s.(type) {
		case *ir.For:
			ok = ok && s.Checkpoint == nil
		case *ir.Block:
			ok = ok && s.Checkpoint == nil
		case *ir.Closure, *ir.Yield:
			ok = false
		}
	})
	return ok && n <= mostStatements && !t.mem.Recursive(f)
}

// several reports whether a function is to have copies.
func (t *transform) several() bool {
	for _, sets := range t.sets {
		if len(sets) > 1 {
			return true
		}
	}
	return false
}

// copies are the functions of the new program that one of the given program has become, by
// their sets. The first one has the given variables.
type copies struct {
	first *ir.Func
	bySet map[string]*ir.Func
}

// copy makes the new program.
func (t *transform) copy() (*ir.Program, map[*ir.Func]*ir.Func) {
	out := *t.prog
	out.Funcs = nil
	made := map[*ir.Func]*copies{}
	first := map[*ir.Func]*ir.Func{}
	for _, f := range t.prog.Funcs { // all at first: a callee may stand behind
		m := &copies{bySet: map[string]*ir.Func{}}
		for _, set := range append([]string{""}, t.sets[f]...)[min(1, len(t.sets[f])):] {
			c := *f
			if c.Origin == nil {
				c.Origin = f
			}
			m.bySet[set] = &c
			if m.first == nil {
				m.first = &c
			} else {
				renew(&c)
			}
			out.Funcs = append(out.Funcs, &c)
		}
		made[f], first[f] = m, m.first
	}
	for f, m := range made {
		for _, c := range m.bySet {
			if c == m.first {
				c.Body = ir.CopyBlock(c.Body, nil)
			}
		}
		t.redirect(f, m, made)
	}
	return &out, first
}

// redirect lets the copies of f call copies: the calls in them stand in the order of those
// in f.
func (t *transform) redirect(f *ir.Func, m *copies, made map[*ir.Func]*copies) {
	var calls []*ir.Call
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok {
			calls = append(calls, c)
		}
	})
	for _, g := range m.bySet {
		rest := calls
		ir.WalkStmts(g.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok {
				return
			}
			if callee := made[c.Fn]; callee != nil {
				c.Fn = callee.first
				if set, ok := t.calls[rest[0]]; ok && callee.bySet[set] != nil {
					c.Fn = callee.bySet[set]
				}
			}
			rest = rest[1:]
		})
	}
}

// renew gives f variables and a body of its own.
func renew(f *ir.Func) {
	to := map[*ir.Var]*ir.Var{}
	fresh := func(v *ir.Var) *ir.Var {
		if v == nil {
			return nil
		}
		if to[v] == nil {
			c := *v
			to[v] = &c
		}
		return to[v]
	}
	list := func(vs []*ir.Var) []*ir.Var {
		var out []*ir.Var
		for _, v := range vs {
			out = append(out, fresh(v))
		}
		return out
	}
	f.Recv, f.Params, f.Results, f.Locals = fresh(f.Recv), list(f.Params), list(f.Results), list(f.Locals)
	for v := range ir.Vars(f.Body.Stmts) {
		fresh(v)
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			fresh(v)
		}
	})
	f.Body = ir.CopyBlock(f.Body, to)
}
