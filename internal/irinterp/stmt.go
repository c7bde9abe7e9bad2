package irinterp

import (
	"github.com/cairn-ad/cairn/internal/ir"
)

// exit says how a statement ended.
type exit uint8

const (
	fallsOn exit = iota
	breaks
	continues
	returns
)

type outcome struct {
	exit   exit
	target ir.Stmt // of a break or continue
	yield  Value   // of a Yield
}

func (m *machine) step(s ir.Stmt) {
	if m.left--; m.left < 0 {
		panic(failure{ErrSteps})
	}
	if p := s.Pos(); p.IsValid() {
		m.at = p
	}
}

func (m *machine) block(f *frame, b *ir.Block) outcome {
	for _, s := range b.Stmts {
		if out := m.stmt(f, s); out.exit != fallsOn {
			return out
		}
	}
	return outcome{}
}

func (m *machine) stmt(f *frame, s ir.Stmt) outcome {
	m.step(s)
	switch s := s.(type) {
	case *ir.Block:
		out := m.block(f, s)
		if out.exit == breaks && out.target == ir.Stmt(s) {
			return outcome{}
		}
		return out
	case *ir.Decl:
		f.declare(s.V, zero(s.V.Type))
	case *ir.Assign:
		m.assign(f, s)
	case *ir.Call:
		m.callStmt(f, s)
	case *ir.Copy:
		n := m.copySlice(m.eval(f, s.Dst), m.eval(f, s.Src))
		if s.N != nil {
			store(m.place(f, s.N), Int64(int64(n)))
		}
	case *ir.If:
		if m.eval(f, s.Cond).Bool() {
			return m.block(f, s.Then)
		}
		if s.Else != nil {
			return m.block(f, s.Else)
		}
	case *ir.For:
		return m.loop(f, s)
	case *ir.Break:
		return outcome{exit: breaks, target: s.Target}
	case *ir.Continue:
		return outcome{exit: continues, target: s.Target}
	case *ir.Return:
		return outcome{exit: returns}
	case *ir.Panic:
		panic(goPanic{panicText(m.eval(f, s.X))})
	case *ir.Comment:
	case *ir.Closure:
		f.declare(s.V, Value{kind: Closure, ref: &closure{def: s, env: f}})
	case *ir.Yield:
		return outcome{exit: returns, yield: m.eval(f, s.X)}
	default:
		panic(fault("no meaning for statement %T", s))
	}
	return outcome{}
}

func panicText(v Value) string {
	if v.kind == String {
		return v.Str()
	}
	return v.String()
}

func (m *machine) loop(f *frame, s *ir.For) outcome {
	if s.Init != nil {
		m.assign(f, s.Init)
	}
	for s.Cond == nil || m.eval(f, s.Cond).Bool() {
		out := m.block(f, s.Body)
		mine := out.target == ir.Stmt(s)
		switch {
		case out.exit == breaks && mine:
			return outcome{}
		case out.exit == continues && mine, out.exit == fallsOn:
		default:
			return out
		}
		m.step(s)
		if s.Stop != nil && m.eval(f, &ir.Ref{V: s.Stop}).Bool() { // single-exit form
			return outcome{}
		}
		if s.Post != nil {
			m.assign(f, s.Post)
		}
	}
	return outcome{}
}

// assign evaluates all places and all values, then stores from left to right.
func (m *machine) assign(f *frame, s *ir.Assign) {
	if len(s.L) == 1 && len(s.R) == 1 {
		if _, gone := s.R[0].(*ir.Absent); gone {
			m.deleteEntry(f, s.L[0].(*ir.Index))
			return
		}
		m.put(f, s.L[0], m.eval(f, s.R[0]), s.Define)
		return
	}
	places := make([]*Value, len(s.L))
	if !s.Define {
		for i, l := range s.L {
			if l != nil {
				places[i] = m.place(f, l)
			}
		}
	}
	values := make([]Value, len(s.R))
	for i, r := range s.R {
		values[i] = m.eval(f, r)
	}
	for i, l := range s.L {
		switch {
		case l == nil:
		case s.Define:
			f.declare(l.(*ir.Ref).V, values[i])
		default:
			store(places[i], values[i])
		}
	}
}

// put stores x in the place l, which may be blank.
func (m *machine) put(f *frame, l ir.Expr, x Value, define bool) {
	switch {
	case l == nil:
	case define:
		f.declare(l.(*ir.Ref).V, x)
	case ir.IsEntry(l):
		m.setEntry(f, l.(*ir.Index), x)
	default:
		store(m.place(f, l), x)
	}
}

func (m *machine) callStmt(f *frame, s *ir.Call) {
	args := make([]Value, len(s.Args))
	for i, a := range s.Args {
		args[i] = m.eval(f, a)
	}
	at := m.at
	results := m.dispatch(f, s, args)
	m.at = at
	if len(results) < len(s.L) {
		panic(fault("a call gives %d results where %d are assigned", len(results), len(s.L)))
	}
	for i, l := range s.L {
		m.put(f, l, results[i], s.Define)
	}
}

func (m *machine) dispatch(f *frame, s *ir.Call, args []Value) []Value {
	switch {
	case s.Fn != nil && s.Fn.Passive:
		return m.callPassive(s.Fn, args)
	case s.Fn != nil:
		return m.call(s.Fn, args)
	case s.Ext != nil:
		if out, ok := sorter(s.Ext, args); ok {
			return out
		}
		if sorts(s.Ext, args) {
			return nil
		}
		if m.Ext == nil {
			panic(fault("call of %s: it is outside the program; set Interp.Ext", s.Ext.FullName()))
		}
		return outside(m.Ext(s.Ext, args))
	}
	for v, p := range f.vars { // a closure of this function, called by its name
		if v.Name == s.Name && p.kind == Closure {
			return []Value{m.invoke(*p, args...)}
		}
	}
	if m.Named == nil {
		panic(fault("call of run-time function %s; set Interp.Named", s.Name))
	}
	return outside(m.Named(s.Name, args, m.invoke))
}

// outside returns results that come from outside the program: fresh and passive.
func outside(results []Value, err error) []Value {
	if err != nil {
		panic(failure{err})
	}
	out := make([]Value, len(results))
	for i, r := range results {
		out[i] = r.Clone()
		forget(&out[i])
	}
	return out
}

// copySlice is Go's copy, right also if the two overlap.
func (m *machine) copySlice(dst, src Value) int {
	if src.kind == String {
		panic(fault("copy from a string is outside the subset"))
	}
	n := min(len(dst.elems), len(src.elems))
	saved := make([]Value, n)
	for i := range saved {
		saved[i] = src.elems[i].Clone()
	}
	for i := range saved {
		store(&dst.elems[i], saved[i])
	}
	return n
}
