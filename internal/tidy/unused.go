// Package tidy shrinks made code. Each pass is optional for correctness except
// Unused, without which Go would refuse the code.
//
// In and out: a made function, changed in place; it shares no statement with any
// other.
package tidy

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Unused removes the variables that made code declares and nothing reads, such
// as shadows of references that a sweep did not come to use, with all that gives
// them values, and then those that only these read. One ir.Var may be declared in
// several scopes of a made function, in each sweep say; each of these stands for
// itself. The user's own variables count too: in a part of a function, or where a
// use became a constant, some have lost their readers. What a variable is given out of
// itself, as in v += x, does not count as read. It takes time linear in the size of the
// function, and again where conditions have gone.
func Unused(f *ir.Func) {
	u := &unused{bound: map[*ir.Var]*declared{}, calls: map[*ir.Call]*callReads{}, gone: map[ir.Stmt]bool{}, without: map[ir.Stmt][]bool{}}
	u.block(f.Body)
	for _, d := range u.all {
		if d.reads == 0 {
			u.dead = append(u.dead, d)
		}
	}
	for len(u.dead) > 0 {
		d := u.dead[len(u.dead)-1]
		u.dead = u.dead[:len(u.dead)-1]
		u.remove(d)
	}
	if len(u.gone)+len(u.without) > 0 {
		u.rebuild(f.Body)
		blocks(f.Body, bareComments)
		before := ifs(f.Body)
		blocks(f.Body, emptyIfs)
		blocks(f.Body, bareComments)
		if ifs(f.Body) < before { // their conditions read variables, too
			Unused(f)
		}
	}
}

// ifs counts the ifs in b.
func ifs(b *ir.Block) int {
	n := 0
	ir.WalkStmts(b, func(s ir.Stmt) {
		if _, ok := s.(*ir.If); ok {
			n++
		}
	})
	return n
}

// declared is one declaration of a variable.
type declared struct {
	reads  int
	places []giving // the declaration, and what gives the variable a value
}

// giving is a statement that gives a variable a value, as its left side i.
type giving struct {
	s     ir.Stmt
	i     int
	reads []*reading // of what goes away with it
}

// reading is one mention of a variable; it counts until it goes away.
type reading struct {
	of   *declared
	over bool
}

// callReads is what a call without other effect reads, which goes away with the last of
// its results.
type callReads struct {
	results int
	reads   []*reading
}

type unused struct {
	bound   map[*ir.Var]*declared // what a variable stands for here; nil for what always stays
	all     []*declared
	dead    []*declared
	calls   map[*ir.Call]*callReads
	gone    map[ir.Stmt]bool
	without map[ir.Stmt][]bool // left sides that are gone
	note    []*[]*reading      // lists that get every reading: those of the closures around
}

// scope runs f and forgets what it has bound.
func (u *unused) scope(f func(bind func(v *ir.Var, d *declared))) {
	type binding struct {
		v   *ir.Var
		old *declared
		was bool
	}
	var undo []binding
	f(func(v *ir.Var, d *declared) {
		old, was := u.bound[v]
		undo = append(undo, binding{v, old, was})
		u.bound[v] = d
	})
	for i := len(undo) - 1; i >= 0; i-- {
		if b := undo[i]; b.was {
			u.bound[b.v] = b.old
		} else {
			delete(u.bound, b.v)
		}
	}
}

func (u *unused) block(b *ir.Block) {
	u.scope(func(bind func(*ir.Var, *declared)) {
		for _, s := range b.Stmts {
			u.stmt(s, bind)
		}
	})
}

// declare starts a declaration of v in the scope of bind.
func (u *unused) declare(v *ir.Var, bind func(*ir.Var, *declared)) *declared {
	d := &declared{}
	u.all = append(u.all, d)
	bind(v, d)
	return d
}

func (u *unused) stmt(s ir.Stmt, bind func(*ir.Var, *declared)) {
	switch s := s.(type) {
	case *ir.Decl:
		d := u.declare(s.V, bind)
		d.places = append(d.places, giving{s: s})
	case *ir.Assign:
		u.assign(s, bind)
		u.leaveSelf(s)
	case *ir.Call:
		u.call(s, bind)
	case *ir.For:
		u.loop(s)
	case *ir.Closure:
		u.closure(s, bind)
	default:
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			u.read(e)
		}
		for _, b := range ir.Blocks(s) {
			u.block(b)
		}
	}
}

// read notes the variables in e.
func (u *unused) read(e ir.Expr) []*reading {
	var out []*reading
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			if x := u.mention(r.V); x != nil {
				out = append(out, x)
			}
		}
		return true
	})
	return out
}

func (u *unused) mention(v *ir.Var) *reading {
	d := u.bound[v]
	if d == nil {
		return nil
	}
	d.reads++
	r := &reading{of: d}
	for _, list := range u.note {
		*list = append(*list, r)
	}
	return r
}

// target is the declaration that the left side l gives a value, or nil; what finds any
// other place is read.
func (u *unused) target(l ir.Expr) *declared {
	if l == nil {
		return nil
	}
	if r, ok := l.(*ir.Ref); ok {
		return u.bound[r.V]
	}
	u.read(l)
	return nil
}

func (u *unused) assign(s *ir.Assign, bind func(*ir.Var, *declared)) {
	reads := make([][]*reading, len(s.R))
	for i, x := range s.R {
		reads[i] = u.read(x)
	}
	for i, l := range s.L {
		d := u.left(l, s.Define, bind)
		if d != nil {
			d.places = append(d.places, giving{s, i, reads[i]})
		}
	}
}

// leaveSelf lets what s reads of the variable that it gives a value, as in v += x, not count.
func (u *unused) leaveSelf(s *ir.Assign) {
	if s.Define || len(s.L) != 1 {
		return
	}
	l, ok := s.L[0].(*ir.Ref)
	if !ok || u.bound[l.V] == nil {
		return
	}
	d := u.bound[l.V]
	given := d.places[len(d.places)-1]
	for _, r := range given.reads {
		if r.of == d && !r.over {
			r.over = true
			d.reads--
		}
	}
}

// left notes a left side, and the variable that it declares or gives a value; nil if there
// is none.
func (u *unused) left(l ir.Expr, define bool, bind func(*ir.Var, *declared)) *declared {
	if r, ok := l.(*ir.Ref); ok && define {
		return u.declare(r.V, bind)
	}
	return u.target(l)
}

func (u *unused) call(s *ir.Call, bind func(*ir.Var, *declared)) {
	if s.Again && !slices.ContainsFunc(s.L, func(l ir.Expr) bool { return l != nil }) {
		u.gone[s] = true
		return
	}
	c := &callReads{}
	if s.On != nil {
		u.mention(s.On)
	}
	for _, a := range s.Args {
		c.reads = append(c.reads, u.read(a)...)
	}
	for i, l := range s.L {
		d := u.left(l, s.Define, bind)
		if l != nil {
			c.results++
		}
		if d != nil {
			d.places = append(d.places, giving{s: s, i: i})
		}
	}
	u.calls[s] = c
}

// loop goes through a loop. The variables of its head always stay.
func (u *unused) loop(s *ir.For) {
	u.scope(func(bind func(*ir.Var, *declared)) {
		if s.Init != nil {
			if s.Init.Define {
				for _, x := range s.Init.R {
					u.read(x)
				}
				for _, l := range s.Init.L {
					if r, ok := l.(*ir.Ref); ok {
						bind(r.V, nil)
					}
				}
			} else {
				u.assign(s.Init, bind)
			}
		}
		reads, _ := ir.Exprs(s)
		for _, e := range reads {
			u.read(e)
		}
		if s.Stop != nil {
			u.mention(s.Stop)
		}
		if s.Post != nil {
			u.assign(s.Post, bind)
		}
		u.block(s.Body)
	})
}

func (u *unused) closure(s *ir.Closure, bind func(*ir.Var, *declared)) {
	var inside []*reading
	u.note = append(u.note, &inside)
	u.scope(func(bind func(*ir.Var, *declared)) {
		for _, p := range s.Params {
			bind(p, nil)
		}
		u.block(s.Body)
	})
	u.note = u.note[:len(u.note)-1]
	d := u.declare(s.V, bind)
	d.places = append(d.places, giving{s: s, reads: inside})
}

// remove takes away what gives d its values.
func (u *unused) remove(d *declared) {
	for _, p := range d.places {
		switch s := p.s.(type) {
		case *ir.Decl, *ir.Closure:
			u.gone[s] = true
		case *ir.Assign:
			u.drop(s, p.i, len(s.L))
		case *ir.Call:
			u.drop(s, p.i, len(s.L))
			c := u.calls[s]
			if c.results--; c.results == 0 && (s.Again || s.Name == "ad.ZeroLike") { // has no other effect
				u.gone[s] = true
				u.release(c.reads)
			}
		}
		u.release(p.reads)
	}
}

func (u *unused) drop(s ir.Stmt, i, n int) {
	if u.without[s] == nil {
		u.without[s] = make([]bool, n)
	}
	u.without[s][i] = true
}

func (u *unused) release(rs []*reading) {
	for _, r := range rs {
		if r.over {
			continue
		}
		r.over = true
		if r.of.reads--; r.of.reads == 0 {
			u.dead = append(u.dead, r.of)
		}
	}
}

// rebuild leaves out what is gone.
func (u *unused) rebuild(b *ir.Block) {
	kept := b.Stmts[:0:0]
	for _, s := range b.Stmts {
		if u.gone[s] {
			continue
		}
		switch s := s.(type) {
		case *ir.Assign:
			if !u.trim(s) {
				continue
			}
		case *ir.Call:
			u.trimCall(s)
		case *ir.For:
			if s.Init != nil && !u.trim(s.Init) {
				s.Init = nil
			}
			if s.Post != nil && !u.trim(s.Post) {
				s.Post = nil
			}
		}
		for _, inner := range ir.Blocks(s) {
			u.rebuild(inner)
		}
		kept = append(kept, s)
	}
	b.Stmts = kept
}

// trim drops the left sides of s that are gone and reports whether any is left.
func (u *unused) trim(s *ir.Assign) bool {
	gone := u.without[s]
	if gone == nil {
		return true
	}
	var l, r []ir.Expr
	for i := range s.L {
		if !gone[i] {
			l, r = append(l, s.L[i]), append(r, s.R[i])
		}
	}
	s.L, s.R = l, r
	return len(l) > 0
}

// trimCall puts blanks in the places of the left sides of s that are gone.
func (u *unused) trimCall(s *ir.Call) {
	gone := u.without[s]
	if gone == nil {
		return
	}
	l := make([]ir.Expr, len(s.L))
	left := 0
	for i, x := range s.L {
		if x != nil && !gone[i] {
			l[i] = x
			left++
		}
	}
	s.L = l
	if left == 0 {
		s.L, s.Define, s.Conv = nil, false, nil
	}
}
