package ir

import (
	"go/token"
	"go/types"
	"slices"
)

// Children returns the direct operands of e, nil entries left out.
func Children(e Expr) []Expr { return operands(nil, e) }

// operands appends the direct operands of e to buf. It lets WalkExpr do without memory
// of its own.
func operands(buf []Expr, e Expr) []Expr {
	switch e := e.(type) {
	case *Unary:
		return given(buf, e.X)
	case *Binary:
		return given(buf, e.X, e.Y)
	case *Index:
		return given(buf, e.X, e.I)
	case *Field:
		return given(buf, e.X)
	case *Deref:
		return given(buf, e.X)
	case *SliceOf:
		return given(buf, e.X, e.Lo, e.Hi, e.Max)
	case *Addr:
		return given(buf, e.X)
	case *Convert:
		return given(buf, e.X)
	case *Len:
		return given(buf, e.X)
	case *Cap:
		return given(buf, e.X)
	case *Math:
		return given(buf, e.Args...)
	case *Composite:
		return given(buf, e.Elems...)
	case *Make:
		return given(buf, e.Len, e.Cap, e.In)
	case *Append:
		return given(given(buf, e.X), e.Elems...)
	case *Has:
		return given(buf, e.X, e.I)
	case *Keys:
		return given(buf, e.X)
	}
	return buf
}

// given appends the expressions that are not nil.
func given(buf []Expr, xs ...Expr) []Expr {
	for _, x := range xs {
		if x != nil {
			buf = append(buf, x)
		}
	}
	return buf
}

// WalkExpr calls f for e and, while f returns true, for its operands.
func WalkExpr(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	var buf [4]Expr
	for _, c := range operands(buf[:0], e) {
		WalkExpr(c, f)
	}
}

// Blocks returns the statement lists directly inside s.
func Blocks(s Stmt) []*Block {
	switch s := s.(type) {
	case *Block:
		return []*Block{s}
	case *If:
		if s.Else != nil {
			return []*Block{s.Then, s.Else}
		}
		return []*Block{s.Then}
	case *For:
		return []*Block{s.Body}
	case *Closure:
		return []*Block{s.Body}
	}
	return nil
}

// WalkStmts calls f for each statement of b, outer before inner, in order; Init
// and Post of a For are visited too, after the For itself.
func WalkStmts(b *Block, f func(Stmt)) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		WalkStmt(s, f)
	}
}

// WalkStmt is WalkStmts for one statement.
func WalkStmt(s Stmt, f func(Stmt)) {
	f(s)
	if l, ok := s.(*For); ok {
		if l.Init != nil {
			f(l.Init)
		}
		if l.Post != nil {
			f(l.Post)
		}
	}
	for _, b := range Blocks(s) {
		WalkStmts(b, f)
	}
}

// Callees returns the functions of the program that f calls, in the order of the
// calls; one that is called twice stands there twice.
func Callees(f *Func) []*Func {
	var out []*Func
	WalkStmts(f.Body, func(s Stmt) {
		if c, ok := s.(*Call); ok && c.Fn != nil {
			out = append(out, c.Fn)
		}
	})
	return out
}

// CalleesFirst lists root and all functions that it needs, callees before callers but for
// recursion.
func CalleesFirst(root *Func) []*Func {
	var out []*Func
	seen := map[*Func]bool{}
	var visit func(f *Func)
	visit = func(f *Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, g := range Callees(f) {
			visit(g)
		}
		out = append(out, f)
	}
	visit(root)
	return out
}

// Exprs returns the expressions that stand directly in s (not in statements
// nested in it): reads first, then the left sides, which are places. The lists may be
// those of s: they are for reading.
func Exprs(s Stmt) (reads, places []Expr) {
	switch s := s.(type) {
	case *Assign:
		return full(s.R), full(s.L)
	case *Call:
		return full(s.Args), full(s.L)
	case *Copy:
		return given(nil, s.Dst, s.Src), given(nil, s.N)
	case *If:
		return given(nil, s.Cond), nil
	case *For:
		if s.Checkpoint != nil {
			reads = given(nil, s.Cond)
			for _, a := range s.Checkpoint.Args {
				reads = given(reads, a.X)
			}
			return reads, nil
		}
		return given(nil, s.Cond), nil
	case *Panic:
		return given(nil, s.X), nil
	case *Yield:
		return given(nil, s.X), nil
	}
	return nil, nil
}

// full returns the list, which nothing can be appended to in place, without nil entries.
func full(xs []Expr) []Expr {
	for _, x := range xs {
		if x == nil {
			return given(nil, xs...)
		}
	}
	return slices.Clip(xs)
}

// EachVar calls f for each mention of a variable in s and the statements in it.
func EachVar(s Stmt, f func(*Var)) {
	mention := func(e Expr) bool {
		if r, ok := e.(*Ref); ok {
			f(r.V)
		}
		return true
	}
	WalkStmt(s, func(s Stmt) {
		switch s := s.(type) {
		case *Call:
			if s.On != nil {
				f(s.On)
			}
		case *For:
			if s.Stop != nil {
				f(s.Stop)
			}
		}
		reads, places := Exprs(s)
		for _, e := range reads {
			WalkExpr(e, mention)
		}
		for _, e := range places {
			WalkExpr(e, mention)
		}
	})
}

// Root returns the variable that the place or value e starts from when it is a
// chain of Field, Index, Deref and SliceOf, else nil.
func Root(e Expr) *Var {
	for {
		switch x := e.(type) {
		case *Ref:
			return x.V
		case *Field:
			e = x.X
		case *Index:
			e = x.X
		case *Deref:
			e = x.X
		case *SliceOf:
			e = x.X
		default:
			return nil
		}
	}
}

// Held returns the variable that is the place e or holds it by value, as a field or an
// element of an array; nil if a slice, a pointer or a map leads there.
func Held(e Expr) *Var {
	for {
		switch x := e.(type) {
		case *Ref:
			return x.V
		case *Field:
			e = x.X
		case *Index:
			if _, array := x.X.Type().Underlying().(*types.Array); !array {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}

// UntypedInGo reports whether x := would lose the named boolean type that the IR has for the
// comparison x.
func UntypedInGo(x Expr) bool {
	if !IsBool(x.Type()) || types.Identical(x.Type(), types.Typ[types.Bool]) {
		return false
	}
	switch x := x.(type) {
	case *Binary:
		return x.Op != token.LAND && x.Op != token.LOR || UntypedInGo(x.X) && UntypedInGo(x.Y)
	case *Unary:
		return UntypedInGo(x.X)
	}
	return false
}

// HoldsShadow reports whether the place e is in a variable that holds derivatives.
func HoldsShadow(e Expr) bool {
	v := Root(e)
	return v != nil && v.Shadow != NoShadow
}

// FromGlobal reports whether the place or value e starts from a package-level
// variable.
func FromGlobal(e Expr) bool {
	for {
		switch x := e.(type) {
		case *Global:
			return true
		case *Field:
			e = x.X
		case *Index:
			e = x.X
		case *Deref:
			e = x.X
		case *SliceOf:
			e = x.X
		default:
			return false
		}
	}
}

// Appends reports whether evaluating the expressions may write to memory, which only append does.
func Appends(es []Expr) bool {
	found := false
	for _, e := range es {
		WalkExpr(e, func(e Expr) bool {
			_, is := e.(*Append)
			found = found || is
			return !found
		})
	}
	return found
}

// Mentions reports whether the variable v occurs in e.
func Mentions(e Expr, v *Var) bool {
	found := false
	WalkExpr(e, func(e Expr) bool {
		if r, ok := e.(*Ref); ok && r.V == v {
			found = true
		}
		return !found
	})
	return found
}

// Vars returns the variables that occur in the statements, nested ones included.
func Vars(stmts []Stmt) map[*Var]bool {
	out := map[*Var]bool{}
	for _, s := range stmts {
		AddVars(out, s)
	}
	return out
}

// AddVars adds the variables that occur in s to the set.
func AddVars(set map[*Var]bool, s Stmt) {
	EachVar(s, func(v *Var) { set[v] = true })
}

// Equal reports whether a and b are the same expression.
func Equal(a, b Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return Format(a) == Format(b)
}

// AddrOf returns the address of a place: for what a pointer points to, the pointer.
func AddrOf(place Expr) Expr {
	if d, ok := place.(*Deref); ok {
		return d.X
	}
	return &Addr{X: place}
}

// Addressed returns the variables of f that may change without being assigned to by name: the
// address of them, or of a part, is taken, or they are arrays of which a slice is taken.
func Addressed(f *Func) map[*Var]bool {
	out := map[*Var]bool{}
	look := func(e Expr) bool {
		var x Expr
		switch e := e.(type) {
		case *Addr:
			x = e.X
		case *SliceOf:
			if _, array := e.X.Type().Underlying().(*types.Array); array {
				x = e.X
			}
		}
		if x != nil {
			if v := Root(x); v != nil {
				out[v] = true
			}
		}
		return true
	}
	WalkStmts(f.Body, func(s Stmt) {
		reads, places := Exprs(s)
		for _, es := range [][]Expr{reads, places} {
			for _, e := range es {
				WalkExpr(e, look)
			}
		}
	})
	return out
}

// Defined returns the variables that s declares in the list that it stands in.
func Defined(s Stmt) []*Var {
	var ls []Expr
	switch s := s.(type) {
	case *Decl:
		return []*Var{s.V}
	case *Closure:
		return []*Var{s.V}
	case *Assign:
		if s.Define {
			ls = s.L
		}
	case *Call:
		if s.Define {
			ls = s.L
		}
	}
	var out []*Var
	for _, l := range ls {
		if l != nil {
			out = append(out, l.(*Ref).V)
		}
	}
	return out
}
