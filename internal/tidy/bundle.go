package tidy

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

const (
	leastBundle = 3  // below, asking for room is no cheaper than a push for each
	mostBundle  = 64 // a chunk of the stack has room for it
	widest      = 8  // values in one statement
)

// Bundle records floats that are pushed in one stretch of code at once, and takes them back at
// once: the stack is asked for room once, instead of a check, a load and a store of its height for
// each. What lies on the stack is the same, so that code with and without it works together. A
// stretch ends with a statement that may use the stack in another way, since the order on the
// stack is that of the statements.
func Bundle(f *ir.Func) {
	b := &bundler{Maker: maker(f), stacks: stackUses{}}
	blocks(f.Body, b.block)
}

type bundler struct {
	ir.Maker
	stacks stackUses
}

// A run are the positions, in a list of statements, of pushes or of pops on one stack that
// follow one another on it.
type run struct {
	at  []int
	pop bool
}

func (b *bundler) block(list *ir.Block) {
	var out []ir.Stmt
	done := 0
	for _, r := range b.runs(list.Stmts) {
		if len(r.at) < leastBundle {
			continue
		}
		out = append(out, list.Stmts[done:r.at[0]]...)
		done = r.at[len(r.at)-1] + 1
		out = append(out, b.together(list.Stmts[r.at[0]:done], r)...)
	}
	if done > 0 {
		list.Stmts = append(out, list.Stmts[done:]...)
	}
}

// runs finds the runs of a list.
func (b *bundler) runs(stmts []ir.Stmt) []run {
	var out []run
	var now run
	var st *ir.Var
	end := func() {
		if len(now.at) > 0 {
			out = append(out, now)
		}
		now, st = run{}, nil
	}
	for i, s := range stmts {
		on, pop := floatOnStack(s)
		switch {
		case on == nil && b.stacks.in(s):
			end()
		case on != nil:
			if on != st || pop != now.pop || len(now.at) == mostBundle {
				end()
			}
			st, now.pop, now.at = on, pop, append(now.at, i)
		}
	}
	end()
	return out
}

// floatOnStack returns the stack that s pushes a float on or pops one from, nil for any other
// statement.
func floatOnStack(s ir.Stmt) (st *ir.Var, pop bool) {
	c, ok := s.(*ir.Call)
	switch {
	case !ok || c.On == nil || c.Fn != nil || c.Ext != nil:
	case c.Name == "PushFloat" && len(c.L) == 0 && len(c.Args) == 1:
		return c.On, false
	case c.Name == "PopFloat" && len(c.L) == 1 && len(c.Args) == 0:
		return c.On, true
	}
	return nil, false
}

// stackUses knows of statements whether they may use a stack.
type stackUses map[ir.Stmt]bool

// in reports whether s may use a stack, itself or in a closure that it calls.
func (u stackUses) in(s ir.Stmt) bool {
	used, known := u[s]
	if known {
		return used
	}
	used = usesStack(s)
	if l, ok := s.(*ir.For); ok {
		used = used || l.Init != nil && usesStack(l.Init) || l.Post != nil && usesStack(l.Post)
	}
	for _, b := range ir.Blocks(s) {
		for _, inner := range b.Stmts {
			used = used || u.in(inner)
		}
	}
	u[s] = used
	return used
}

// usesStack is stackUses.in for what stands in s itself.
func usesStack(s ir.Stmt) bool {
	found := false
	switch s := s.(type) {
	case *ir.Assign, *ir.Decl, *ir.Copy, *ir.If, *ir.For, *ir.Block, *ir.Comment:
	case *ir.Call:
		found = s.On != nil || s.Fn == nil && s.Ext == nil && len(s.Name) > 3 && s.Name[:3] != "ad."
	default:
		found = true
	}
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			found = found || stackOrCode(e.Type())
			return !found
		})
	}
	return found
}

// stackOrCode reports whether t is a stack, or code that may have one.
func stackOrCode(t types.Type) bool {
	if t == nil {
		return true
	}
	if p, ok := t.(*types.Pointer); ok {
		n, ok := p.Elem().(*types.Named)
		return ok && n.Obj().Name() == "Stack"
	}
	_, code := t.Underlying().(*types.Signature)
	return code
}

// together is the part of a list from the first to the last statement of r, with room for the
// floats of all.
func (b *bundler) together(stmts []ir.Stmt, r run) []ir.Stmt {
	kept := b.Var("kept", types.NewPointer(types.NewArray(types.Typ[types.Float64], int64(len(r.at)))))
	st := stmts[0].(*ir.Call).On
	ask := &ir.Call{L: []ir.Expr{&ir.Ref{V: kept}}, Define: true, Name: "Room", On: st, Args: []ir.Expr{ir.Int(len(r.at))}, Conv: kept.Type}
	if r.pop {
		ask.Name = "Take"
	}
	out := inPlace(stmts, r, func(k int) ir.Expr {
		return &ir.Index{X: &ir.Deref{X: &ir.Ref{V: kept}}, I: ir.Int(k)}
	})
	return append([]ir.Stmt{answered(ask, kept, out)}, out...)
}

// answered is a call that asks the stack for floats, without its result v if no statement has it:
// what is taken back may be of no use.
func answered(ask *ir.Call, v *ir.Var, stmts []ir.Stmt) *ir.Call {
	if !ir.Vars(stmts)[v] {
		ask.L, ask.Define, ask.Conv = nil, false, nil
	}
	return ask
}

// inPlace is the part of a list from the first to the last statement of r, with the k-th of the
// floats, in the order in which they are pushed, in the place at(k).
func inPlace(stmts []ir.Stmt, r run, at func(k int) ir.Expr) []ir.Stmt {
	n := len(r.at)
	var out []ir.Stmt
	var now *ir.Assign // the floats of neighbouring statements
	flush := func() {
		if now != nil && len(now.L) > 0 {
			out = append(out, now)
		}
		now = nil
	}
	k := 0
	for i, s := range stmts {
		if k >= n || i+r.at[0] != r.at[k] {
			flush()
			out = append(out, s)
			continue
		}
		c := s.(*ir.Call)
		if now != nil && (len(now.L) == widest || now.Define != c.Define || r.pop && !c.Define) {
			flush()
		}
		if now == nil {
			now = &ir.Assign{Define: c.Define}
		}
		if !r.pop {
			now.L, now.R = append(now.L, at(k)), append(now.R, c.Args[0])
		} else if c.L[0] != nil {
			x := at(n - 1 - k)
			if c.Conv != nil {
				x = &ir.Convert{X: x, Typ: c.Conv}
			}
			now.L, now.R = append(now.L, c.L[0]), append(now.R, x)
		}
		k++
	}
	flush()
	return out
}
